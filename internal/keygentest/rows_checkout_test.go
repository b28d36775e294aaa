package keygentest_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// certificate is what a license or machine file holds.
type certificate struct {
	Enc, Sig, Alg string
}

// readCertificate unwraps a file and checks its signature.
func readCertificate(t *testing.T, text, noun string, acc keygentest.Account) certificate {
	t.Helper()
	label := strings.ToUpper(noun) + " FILE-----\n"
	body, begins := strings.CutPrefix(text, "-----BEGIN "+label)
	body, ends := strings.CutSuffix(body, "-----END "+label)
	require.True(t, begins && ends, text)
	rows := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	for i, row := range rows {
		if i < len(rows)-1 {
			assert.Len(t, row, 60)
		}
		assert.LessOrEqual(t, len(row), 60)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(rows, ""))
	require.NoError(t, err)
	var c certificate
	require.NoError(t, json.Unmarshal(raw, &c))
	signature, err := base64.StdEncoding.DecodeString(c.Sig)
	require.NoError(t, err)
	assert.True(t, ed25519.Verify(publicKey(acc), []byte(noun+"/"+c.Enc), signature), "signature")
	return c
}

// open returns the document of a file.
func (c certificate) open(t *testing.T, secret string) answer {
	t.Helper()
	parts := []string{c.Enc}
	if strings.HasPrefix(c.Alg, "aes-256-gcm+") {
		parts = strings.Split(c.Enc, ".")
		require.Len(t, parts, 3)
	}
	var raw [][]byte
	for _, part := range parts {
		bytes, err := base64.StdEncoding.DecodeString(part)
		require.NoError(t, err)
		raw = append(raw, bytes)
	}
	text := raw[0]
	if len(raw) == 3 {
		key := sha256.Sum256([]byte(secret))
		block, err := aes.NewCipher(key[:])
		require.NoError(t, err)
		gcm, err := cipher.NewGCM(block)
		require.NoError(t, err)
		text, err = gcm.Open(nil, raw[1], append(raw[0], raw[2]...), nil)
		require.NoError(t, err)
	}
	a := answer{t: t, body: text}
	require.NoError(t, json.Unmarshal(text, &a.doc))
	return a
}

func TestCheckOutLicense(t *testing.T) {
	runRows(t, []row{
		{name: "91 check out", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			path := "licenses/" + l.ID + "/actions/check-out"
			for _, auth := range []string{c.asOwner, c.asMember} {
				a := s.expect(post(path, auth, ""), want{status: 200})
				assert.Equal(s.t, "license-files", a.text("data", "type"))
				assert.NotEqual(s.t, l.ID, a.text("data", "id"))
				assert.NotContains(s.t, a.at("data"), "links")
				attributes := a.at("data", "attributes").(map[string]any)
				cert := readCertificate(s.t, attributes["certificate"].(string), "license", s.demo.Account)
				assert.Equal(s.t, "base64+ed25519", cert.Alg)
				delete(attributes, "certificate")
				assert.Equal(s.t, map[string]any{
					"algorithm": "base64+ed25519", "includes": []any{}, "ttl": 2629746.0,
					"expiry": "2026-11-05T22:29:06.000Z", "issued": "2026-10-06T12:00:00.000Z",
				}, attributes)
				assert.Equal(s.t, map[string]any{"type": "licenses", "id": l.ID}, a.at("data", "relationships", "license", "data"))
				assert.NotContains(s.t, a.at("data", "relationships"), "machine")

				doc := cert.open(s.t, "")
				shown := s.expect(get("licenses/"+l.ID, auth), want{status: 200})
				assert.Equal(s.t, shown.at("data"), doc.at("data"))
				assert.Equal(s.t, "2026-10-06T12:00:00.000Z", shown.text("data", "attributes", "lastCheckOut"))
				assert.NotContains(s.t, doc.doc, "included")
				assert.Equal(s.t, map[string]any{
					"issued": "2026-10-06T12:00:00.000Z", "expiry": "2026-11-05T22:29:06.000Z", "ttl": 2629746.0,
				}, doc.at("meta"))
			}
			closed := c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{})
			for _, auth := range []string{c.asOwner, c.asMember} {
				s.expect(post("licenses/"+closed.ID+"/actions/check-out", auth, `{"foo":1}`), denied())
			}
		}},
		{name: "91 as a file", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			a := s.expect(get("licenses/"+l.ID+"/actions/check-out?ttl=3600&include=owner,users", c.asOwner).
				under("Accept", "application/octet-stream"), want{status: 200})
			assert.Equal(s.t, "application/octet-stream", a.header.Get("Content-Type"))
			assert.Equal(s.t, `attachment; filename="`+l.ID+`.lic"`, a.header.Get("Content-Disposition"))
			doc := readCertificate(s.t, string(a.body), "license", s.demo.Account).open(s.t, "")
			assert.Equal(s.t, 3600.0, doc.at("meta", "ttl"))
			assert.Equal(s.t, "2026-10-06T13:00:00.000Z", doc.text("meta", "expiry"))
			assert.Equal(s.t, c.owner.ID, doc.text("included", 0, "id"))
			assert.Len(s.t, doc.at("included"), 3)
		}},
		{name: "91 encrypted", run: func(s *scene) {
			c := s.crowd()
			s.AddEntitlement("demo", keygentest.Entitlement{Code: "ONE"})
			l := c.license(keygentest.Policy{}, keygentest.License{Entitlements: []string{"ONE"}})
			path := "licenses/" + l.ID + "/actions/check-out"
			body := `{"meta":{"encrypt":true,"ttl":null,"include":["entitlements"],"algorithm":"aes-256-gcm+ed25519"}}`
			a := s.expect(post(path, c.asOwner, body), want{status: 200})
			assert.Equal(s.t, "aes-256-gcm+ed25519", a.text("data", "attributes", "algorithm"))
			assert.Nil(s.t, a.at("data", "attributes", "ttl"))
			assert.Nil(s.t, a.at("data", "attributes", "expiry"))
			assert.Equal(s.t, []any{"entitlements"}, a.at("data", "attributes", "includes"))
			cert := readCertificate(s.t, a.text("data", "attributes", "certificate"), "license", s.demo.Account)
			assert.Equal(s.t, "aes-256-gcm+ed25519", cert.Alg)
			doc := cert.open(s.t, l.Key)
			assert.Equal(s.t, l.ID, doc.text("data", "id"))
			assert.Equal(s.t, "ONE", doc.text("included", 0, "attributes", "code"))
			assert.Contains(s.t, doc.at("meta"), "ttl")
			assert.Nil(s.t, doc.at("meta", "expiry"))
			for _, query := range []string{"encrypt=true", "encrypt=1&ttl="} {
				a = s.expect(get(path+"?"+query, c.asOwner), want{status: 200})
				readCertificate(s.t, string(a.body), "license", s.demo.Account).open(s.t, l.Key)
			}
			a = s.expect(post(path+"?encrypt=true&ttl=5000", c.asOwner, `{"meta":{"ttl":4000}}`), want{status: 200})
			assert.Equal(s.t, "aes-256-gcm+ed25519", a.text("data", "attributes", "algorithm"), "options may be in the query")
			assert.Equal(s.t, 4000.0, a.at("data", "attributes", "ttl"), "the body counts more")
			a = s.expect(post(path+"?encrypt=true&include=foo&algorithm=foo", c.asOwner, `{"meta":{"encrypt":false,"include":[],"algorithm":"base64+ed25519"}}`), want{status: 200})
			assert.Equal(s.t, "base64+ed25519", a.text("data", "attributes", "algorithm"))
		}},
		{name: "92 wrong options", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			path := "licenses/" + l.ID + "/actions/check-out"
			parameter := map[string]string{"TTL": "ttl", "INCLUDE": "include", "ALGORITHM": "algorithm"}
			for options, name := range map[string]string{
				`"ttl":60`: "TTL", `"ttl":3599`: "TTL", `"ttl":-1`: "TTL", `"include":["account"]`: "INCLUDE",
				`"include":["owner","license"]`: "INCLUDE", `"include":["policy","account"]`: "INCLUDE", `"algorithm":"foo"`: "ALGORITHM",
				`"algorithm":"ed25519"`: "ALGORITHM", `"algorithm":"aes-256-gcm+ed25519"`: "ALGORITHM",
				`"encrypt":true,"algorithm":"base64+ed25519"`: "ALGORITHM",
			} {
				s.expect(post(path, c.asOwner, `{"meta":{`+options+`}}`),
					want{status: 400, code: "CHECKOUT_" + name + "_INVALID", title: "Bad request", parameter: parameter[name]})
			}
			for query, name := range map[string]string{
				"ttl=60": "TTL", "ttl=month": "TTL", "include=account": "INCLUDE", "include=owner,": "INCLUDE", "algorithm=foo": "ALGORITHM",
			} {
				s.expect(get(path+"?"+query, c.asOwner), want{status: 400, code: "CHECKOUT_" + name + "_INVALID", parameter: parameter[name]})
			}
			for options, pointer := range map[string]string{
				`"ttl":"3600"`: "/meta/ttl", `"encrypt":"true"`: "/meta/encrypt", `"include":"owner"`: "/meta/include", `"foo":1`: "/meta/foo",
			} {
				s.expect(post(path, c.asOwner, `{"meta":{`+options+`}}`), want{status: 400, pointer: pointer})
			}
			for _, name := range []string{"policy", "product", "environment"} {
				s.expect(post(path, c.asOwner, `{"meta":{"include":["owner","`+name+`"]}}`), denied())
				s.expect(get(path+"?include="+name, c.asOwner), denied())
			}
			assert.Nil(s.t, s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200}).at("data", "attributes", "lastCheckOut"))
			s.expect(post(path, c.asOwner, `{"meta":{"ttl":3600,"include":["group"]}}`), want{status: 200})
		}},
	})
}

func TestCheckOutMachine(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{}, keygentest.License{})
	m := s.AddMachine(keygentest.Machine{License: l.ID, Fingerprint: "4d:Eq", Owner: c.member.ID})
	s.AddComponent(keygentest.Component{Machine: m.ID, Name: "CPU"})
	path := "machines/" + m.ID + "/actions/check-out"
	body := `{"meta":{"encrypt":true,"include":["license","license.users","components","owner"]}}`
	a := s.expect(post(path, c.asMember, body), want{status: 200})
	assert.Equal(t, "machine-files", a.text("data", "type"))
	assert.Equal(t, map[string]any{"type": "licenses", "id": l.ID}, a.at("data", "relationships", "license", "data"))
	assert.Equal(t, map[string]any{"type": "machines", "id": m.ID}, a.at("data", "relationships", "machine", "data"))
	doc := readCertificate(t, a.text("data", "attributes", "certificate"), "machine", s.demo.Account).open(t, l.Key+"4d:Eq")
	assert.Equal(t, m.ID, doc.text("data", "id"))
	assert.Equal(t, "2026-10-06T12:00:00.000Z", doc.text("data", "attributes", "lastCheckOut"))
	var included []string
	for i := range 5 {
		included = append(included, doc.text("included", i, "type"))
	}
	assert.Equal(t, []string{"licenses", "users", "users", "components", "users"}, included)

	a = s.expect(get("machines/4d%3AEq/actions/check-out", c.asOwner), want{status: 200})
	assert.Equal(t, `attachment; filename="`+m.ID+`.lic"`, a.header.Get("Content-Disposition"))
	readCertificate(t, string(a.body), "machine", s.demo.Account).open(t, "")

	for _, name := range []string{"entitlements", "users", "machine"} {
		s.expect(get(path+"?include="+name, c.asOwner), want{status: 400, code: "CHECKOUT_INCLUDE_INVALID", parameter: "include"})
	}
	for _, name := range []string{"environment", "license.policy", "license.product"} {
		s.expect(get(path+"?include="+name, c.asOwner), denied())
	}
	s.expect(get(path+"?include=group,license.owner,license.entitlements", c.asOwner), want{status: 200})
	s.expect(get(path, c.asStranger), missing)
	closed := s.AddMachine(keygentest.Machine{License: c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{}).ID})
	for _, auth := range []string{c.asOwner, c.asMember} {
		s.expect(post("machines/"+closed.ID+"/actions/check-out", auth, `{"foo":1}`), denied())
	}
}

// Policies are shown to those who are granted it.
func TestGrantedPolicies(t *testing.T) {
	s := open(t, keygentest.Options{})
	permissions := []string{"license.check-out", "license.read", "policy.read"}
	u := s.AddUser("demo", keygentest.User{Email: "eve@example.com", Permissions: permissions})
	_, auth := s.signIn(u)
	p := s.AddPolicy("demo", keygentest.Policy{Name: "Pro", ProcessLeasingStrategy: "PER_USER"})
	l := s.AddLicense("demo", keygentest.License{Policy: p.ID, Owner: u.ID})
	a := s.expect(get("licenses/"+l.ID+"/actions/check-out?include=policy", auth), want{status: 200})
	doc := readCertificate(t, string(a.body), "license", s.demo.Account).open(t, "")
	assert.Equal(t, p.ID, doc.text("included", 0, "id"))
	for version, name := range map[string]string{"1.8": "processLeasingStrategy", "1.7": "processLeasingStrategy", "1.6": "leasingStrategy"} {
		for _, path := range []string{"licenses/" + l.ID + "/policy", "policies/" + p.ID} {
			a := s.expect(get(path, auth).under("Keygen-Version", version), want{status: 200})
			assert.Equal(t, "PER_USER", a.text("data", "attributes", name))
			attributes := a.at("data", "attributes").(map[string]any)
			_, current := attributes["processLeasingStrategy"]
			_, old := attributes["leasingStrategy"]
			assert.True(t, current != old, version)
		}
	}
	assert.Contains(t, s.expect(get("policies", auth), want{status: 200}).ids(), p.ID)
}
