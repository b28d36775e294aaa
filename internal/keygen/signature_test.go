//go:build !js

package keygen_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

// verifier is a Verifier by the standard library.
type verifier struct{ key ed25519.PublicKey }

func (v verifier) Digest(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}

func (v verifier) Verify(signature, text []byte) bool {
	return len(signature) == ed25519.SignatureSize && ed25519.Verify(v.key, text, signature)
}

func (v verifier) Open(key, nonce, sealed []byte) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil || len(nonce) != gcm.NonceSize() {
		return nil
	}
	opened, _ := gcm.Open(nil, nonce, sealed, nil)
	return opened
}

func (v verifier) Nonce() int64 { return 4711 }

// vector is an answer of the API, signed by a throw-away key.
type vector struct {
	host, account, method, path string
	status                      int
	date, body, digest          string
	signature                   string
}

const vectorKey = "19732c86076c6ee28fed99ab2f1575fdbf1505808b0cd1cd52429e5a14171e78"

var vectors = []vector{
	{
		host: "https://api.keygen.sh", account: "6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90",
		method: "POST", path: "/licenses/actions/validate-key", status: 200, date: "Tue, 06 Oct 2026 12:00:00 GMT",
		body:      `{"data":null,"meta":{"ts":"2026-10-06T12:00:00.000Z","valid":false,"detail":"does not exist","code":"NOT_FOUND"}}`,
		digest:    "sha-256=sxVcrSdMg65h7F4AK2ckEeO2vVB8AoIcfLWDJAZiplU=",
		signature: "0lAGe1bXuzfFUkWvxJazkd5JqmEteuhnDTtChurHNqupNO7SxFXEd9ymqmV2Q4ObawBqLmNoGP5883ZZ41pBCw==",
	}, {
		host: "https://api.keygen.sh", account: "6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90",
		method: "DELETE", path: "/tokens/0d9f2c1e-5b7a-4c3d-8e1f-2a4b6c8d0e1f", status: 204, date: "Tue, 06 Oct 2026 12:00:05 GMT",
		digest:    "sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		signature: "LGB0U52r/gK4eXyajNZevrZz2MbIqE7lFjbElXEJgyBHfQiDWE37doS1Zo8nsQRekmgDgnshXVArh358ImZfDQ==",
	}, {
		host: "https://licensing.example.com", method: "GET", path: "/licenses?page[cursor]=&page[size]=5",
		status: 200, date: "Tue, 06 Oct 2026 12:00:10 GMT",
		body:      `{"data":[],"links":{"self":"/v1/licenses?page%5Bcursor%5D=&page%5Bsize%5D=5","next":null}}`,
		digest:    "sha-256=ndvn2nTuzEbcUVO/2sRCQtNe164xx73XVSr+s1uUwV0=",
		signature: "TdMZPncWONZka7L8hnbntQThT8KalcbUBRjiTwsBXrfhfu00LuC8cgmtYN+Mljmz/z+f9WCMksPMRhANUDkTCA==",
	},
}

// judge has a vector judged by a client whose clock is so far from its date. Whoever is asked for the time is out of
// reach.
func (v vector) judge(t *testing.T, key string, late time.Duration) error {
	t.Helper()
	public, err := hex.DecodeString(key)
	require.NoError(t, err)
	now, _ := parseTime(vectors[0].date)
	api := client(&canned{err: &keygen.Error{Code: keygen.CodeNetwork}})
	api.Host, api.Account, api.Verifier = v.host, v.account, verifier{public}
	api.Now = func() int64 { return now + late.Milliseconds() }
	return api.Judge(v.method, v.path, v.answer())
}

func (v vector) answer() *keygen.Response {
	headers := map[string]string{
		"keygen-signature": fmt.Sprintf(`keyid=%q, algorithm="ed25519", signature=%q, headers="(request-target) host date digest"`, v.account, v.signature),
		"date":             v.date, "keygen-date": v.date, "digest": v.digest, "keygen-digest": v.digest,
		"x-request-id": "request",
	}
	return &keygen.Response{
		Status: v.status, Header: func(name string) string { return headers[name] },
		Raw: []byte(v.body), Body: parse(v.body),
	}
}

func TestSignedAnswers(t *testing.T) {
	for _, v := range vectors {
		for _, late := range []time.Duration{0, 4 * time.Minute, -4 * time.Minute} {
			assert.NoError(t, v.judge(t, vectorKey, late), "%s %s, %v", v.method, v.path, late)
		}
		v.host += ":8443"
		assert.NoError(t, v.judge(t, vectorKey, 0), "a port is not signed")
		v.method = strings.ToLower(v.method)
		assert.NoError(t, v.judge(t, vectorKey, 0))
	}
	blank := vectors[0]
	blank.path += "?"
	assert.NoError(t, blank.judge(t, vectorKey, 0), "no query")
}

// flip returns text with the lowest bit of its middle byte flipped.
func flip(text string) string {
	spoilt := []byte(text)
	spoilt[len(spoilt)/2] ^= 1
	return string(spoilt)
}

func TestSpoiltAnswers(t *testing.T) {
	later := func(v *vector) { v.date = strings.Replace(v.date, "12:00", "12:01", 1) }
	for name, spoil := range map[string]func(*vector){
		"body":       func(v *vector) { v.body = flip(v.body + " ") },
		"path":       func(v *vector) { v.path = flip(v.path) },
		"query":      func(v *vector) { v.path += "&a=b" },
		"account":    func(v *vector) { v.account += "0" },
		"host":       func(v *vector) { v.host = flip(v.host) },
		"method":     func(v *vector) { v.method = "PATCH" },
		"date":       later,
		"no date":    func(v *vector) { v.date = "" },
		"digest":     func(v *vector) { v.digest = flip(v.digest) },
		"no digest":  func(v *vector) { v.digest = "" },
		"signature":  func(v *vector) { v.signature = flip(v.signature) },
		"half of it": func(v *vector) { v.signature = v.signature[:44] },
		"none":       func(v *vector) { v.signature = "" },
		"not base64": func(v *vector) { v.signature = "*" + v.signature[1:] },
		"another's":  func(v *vector) { v.signature = vectors[0].signature[:86] + "A=" },
	} {
		for i, v := range vectors {
			spoil(&v)
			failed := failure(v.judge(t, vectorKey, 0))
			assert.Equal(t, keygen.CodeSignature, failed.Code, "%s of vector %d", name, i)
			assert.Equal(t, v.status, failed.Status)
			assert.Equal(t, "request", failed.RequestID)
		}
	}
	digits := []byte(vectorKey)
	digits[0] = '0'
	for _, v := range vectors {
		assert.Equal(t, keygen.CodeSignature, failure(v.judge(t, string(digits), 0)).Code, "another key")
		for _, late := range []time.Duration{6 * time.Minute, -6 * time.Minute, 48 * time.Hour} {
			assert.Equal(t, keygen.CodeSignature, failure(v.judge(t, vectorKey, late)).Code, "%v", late)
		}
	}
}

// What is said of a signature must be what was checked.
func TestOddSignatureHeaders(t *testing.T) {
	v := vectors[0]
	for name, header := range map[string]string{
		"no header":         "",
		"another algorithm": strings.Replace(v.answer().Header("keygen-signature"), "ed25519", "rsa-sha256", 1),
		"fewer parts":       strings.Replace(v.answer().Header("keygen-signature"), " digest", "", 1),
		"no parts":          strings.Split(v.answer().Header("keygen-signature"), ", headers")[0],
	} {
		signed := v.answer()
		read := signed.Header
		signed.Header = func(name string) string {
			if name == "keygen-signature" {
				return header
			}
			return read(name)
		}
		public, _ := hex.DecodeString(vectorKey)
		now, _ := parseTime(v.date)
		api := client(nil)
		api.Host, api.Account, api.Verifier, api.Now = v.host, v.account, verifier{public}, func() int64 { return now }
		assert.Equal(t, keygen.CodeSignature, failure(api.Judge(v.method, v.path, signed)).Code, name)
	}
}

// A CDN may replace the standard headers, and may not be believed for it.
func TestHeadersOfProxies(t *testing.T) {
	v := vectors[0]
	public, _ := hex.DecodeString(vectorKey)
	now, _ := parseTime(v.date)
	api := client(nil)
	api.Host, api.Account, api.Verifier, api.Now = v.host, v.account, verifier{public}, func() int64 { return now }
	var told []int64
	api.Dated = func(now int64) { told = append(told, now) }
	for _, kept := range []string{"keygen-", ""} {
		answer := v.answer()
		read := answer.Header
		answer.Header = func(name string) string {
			if name == kept+"date" || name == kept+"digest" || name == "keygen-signature" {
				return read(name)
			}
			return map[string]string{"date": "Tue, 06 Oct 2026 13:00:00 GMT", "digest": "sha-256=x"}[name]
		}
		assert.NoError(t, api.Judge(v.method, v.path, answer))
	}
	assert.Equal(t, []int64{now, now}, told, "the time that is signed")
}

// Answers that the API never signs pass, as they change nothing. Their time is not believed.
func TestUnsignedAnswers(t *testing.T) {
	api := client(&canned{err: &keygen.Error{Code: keygen.CodeNetwork}})
	api.Verifier = verifier{make([]byte, ed25519.PublicKeySize)}
	api.Dated = func(int64) { t.Error("a time that nobody signed") }
	headers := map[string]string{"x-request-id": "r", "date": httpDate(1_900_000_000)}
	for status, code := range map[int]string{
		429: "HTTP_429", 500: keygen.CodeResponse, 503: keygen.CodeResponse,
		200: keygen.CodeSignature, 204: keygen.CodeSignature, 302: keygen.CodeSignature, 400: keygen.CodeSignature,
		401: keygen.CodeSignature, 403: keygen.CodeSignature, 404: keygen.CodeSignature, 422: keygen.CodeSignature,
	} {
		assert.Equal(t, code, failure(api.Judge("GET", "/me", answer(status, "", headers))).Code, status)
	}
}

// clockwork signs answers, now and as they were at another time.
type clockwork struct {
	key   ed25519.PrivateKey
	now   int64
	asked []string
	stale bool // what is asked for the time answers an old answer, too
}

func (c *clockwork) Send(request keygen.Request) (*keygen.Response, error) {
	path := strings.TrimPrefix(request.URL, "https://api.example.com")
	c.asked = append(c.asked, request.Method+" "+path)
	if request.Headers["Authorization"] != "" {
		return nil, &keygen.Error{Code: "TOKEN_SENT"}
	}
	if c.stale {
		path = "/v1/accounts/demo/me?nonce=another"
	}
	return c.sign("get", path, c.now), nil
}

func (c *clockwork) sign(method, target string, at int64) *keygen.Response {
	const body = `{"data":{"id":"u"}}`
	sum := sha256.Sum256([]byte(body))
	v := vector{status: 200, body: body, date: httpDate(at / 1000), digest: "sha-256=" + base64.StdEncoding.EncodeToString(sum[:])}
	text := fmt.Sprintf("(request-target): %s %s\nhost: api.example.com\ndate: %s\ndigest: %s", method, target, v.date, v.digest)
	v.signature = base64.StdEncoding.EncodeToString(ed25519.Sign(c.key, []byte(text)))
	return v.answer()
}

// A device's clock may be wrong by days. An answer that seems old is believed once the account has said what time it is,
// and one that is old is not, whatever the clock says.
func TestClockOfTheDevice(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	for _, wrong := range []time.Duration{0, 4 * time.Minute, 48 * time.Hour, -48 * time.Hour} {
		server := &clockwork{key: private, now: localTime - wrong.Milliseconds()}
		api := client(server)
		api.Verifier = verifier{public}
		var told []int64
		api.Dated = func(now int64) { told = append(told, now) }
		me := func(age time.Duration) error {
			return api.Judge("GET", "/me", server.sign("get", "/v1/accounts/demo/me", server.now-age.Milliseconds()))
		}
		require.NoError(t, me(0), "%v", wrong)
		require.NoError(t, me(time.Minute), "%v", wrong)
		asked := 0
		if wrong.Abs() > 5*time.Minute {
			asked = 1
		}
		assert.Len(t, server.asked, asked, "%v", wrong)
		for _, age := range []time.Duration{11 * time.Minute, 48 * time.Hour, -11 * time.Minute, -48 * time.Hour, wrong + 11*time.Minute} {
			assert.Equal(t, keygen.CodeSignature, failure(me(age)).Code, "%v, %v old", wrong, age)
		}
		assert.Len(t, told, 2, "nobody is told the time of what was kept")
		assert.Equal(t, "GET /v1/accounts/demo/me?nonce=4711", server.asked[0])
	}
}

// Who keeps answers cannot answer for the time.
func TestReplayedTime(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	kept := int64(localTime - time.Hour.Milliseconds())
	server := &clockwork{key: private, now: kept, stale: true}
	api := client(server)
	api.Verifier = verifier{public}
	failed := failure(api.Judge("GET", "/me", server.sign("get", "/v1/accounts/demo/me", kept)))
	assert.Equal(t, keygen.CodeSignature, failed.Code)
	assert.Len(t, server.asked, 1)
	assert.NoError(t, api.Judge("GET", "/me", server.sign("get", "/v1/accounts/demo/me", localTime)), "the clock is as it was")
}
