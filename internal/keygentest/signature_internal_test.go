package keygentest

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The published vectors fix bodies and hosts that no endpoint produces, so they meet the signing code itself.
func TestSignVectors(t *testing.T) {
	const id = "6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90"
	const public = "19732c86076c6ee28fed99ab2f1575fdbf1505808b0cd1cd52429e5a14171e78"
	seed, err := hex.DecodeString(seedKey)
	require.NoError(t, err)
	key := ed25519.NewKeyFromSeed(seed)
	require.Equal(t, public, hex.EncodeToString(key.Public().(ed25519.PublicKey)))

	for _, c := range []struct {
		name, method, url, body, date, digest, signature string
	}{
		{
			"POST to a hosted account", "POST",
			"https://api.keygen.sh/v1/accounts/" + id + "/licenses/actions/validate-key",
			`{"data":null,"meta":{"ts":"2026-10-06T12:00:00.000Z","valid":false,"detail":"does not exist","code":"NOT_FOUND"}}`,
			"Tue, 06 Oct 2026 12:00:00 GMT",
			"sha-256=sxVcrSdMg65h7F4AK2ckEeO2vVB8AoIcfLWDJAZiplU=",
			"0lAGe1bXuzfFUkWvxJazkd5JqmEteuhnDTtChurHNqupNO7SxFXEd9ymqmV2Q4ObawBqLmNoGP5883ZZ41pBCw==",
		},
		{
			"DELETE with an empty answer", "DELETE",
			"https://api.keygen.sh/v1/accounts/" + id + "/tokens/0d9f2c1e-5b7a-4c3d-8e1f-2a4b6c8d0e1f",
			"",
			"Tue, 06 Oct 2026 12:00:05 GMT",
			"sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
			"LGB0U52r/gK4eXyajNZevrZz2MbIqE7lFjbElXEJgyBHfQiDWE37doS1Zo8nsQRekmgDgnshXVArh358ImZfDQ==",
		},
		{
			"GET with a raw query on a host of its own", "GET",
			"https://licensing.example.com/v1/licenses?page[cursor]=&page[size]=5",
			`{"data":[],"links":{"self":"/v1/licenses?page%5Bcursor%5D=&page%5Bsize%5D=5","next":null}}`,
			"Tue, 06 Oct 2026 12:00:10 GMT",
			"sha-256=ndvn2nTuzEbcUVO/2sRCQtNe164xx73XVSr+s1uUwV0=",
			"TdMZPncWONZka7L8hnbntQThT8KalcbUBRjiTwsBXrfhfu00LuC8cgmtYN+Mljmz/z+f9WCMksPMRhANUDkTCA==",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := &exchange{
				req:       httptest.NewRequest(c.method, c.url, nil),
				account:   &account{Account: Account{ID: id, Key: key}},
				algorithm: "ed25519",
			}
			rep := newReply(http.StatusOK)
			rep.body = []byte(c.body)
			rep.header.Set("Date", c.date)
			x.sign(rep)
			assert.Equal(t, c.digest, rep.header.Get("Digest"))
			assert.Equal(t, c.digest, rep.header.Get("Keygen-Digest"))
			assert.Equal(t, c.date, rep.header.Get("Keygen-Date"))
			assert.Equal(t, `keyid="`+id+`", algorithm="ed25519", signature="`+c.signature+
				`", headers="(request-target) host date digest"`, rep.header.Get("Keygen-Signature"))
		})
	}
}

func TestSigningText(t *testing.T) {
	for _, c := range []struct{ name, url, want string }{
		{"port left out", "http://licensing.example.com:8081/v1/ping", "(request-target): get /v1/ping\nhost: licensing.example.com"},
		{"IPv6 with port", "http://[::1]:8081/v1/ping", "(request-target): get /v1/ping\nhost: [::1]"},
		{"escapes untouched", "http://h/v1/users/a%40b%2fc?x=%7e", "(request-target): get /v1/users/a%40b%2fc?x=%7e\nhost: h"},
		{"empty query", "http://h/v1/ping?", "(request-target): get /v1/ping\nhost: h"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := signingText(httptest.NewRequest("GET", c.url, nil), "D", "G")
			assert.Equal(t, c.want+"\ndate: D\ndigest: G", got)
		})
	}
}
