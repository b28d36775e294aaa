package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func TestSignedAnswers(t *testing.T) {
	s := open(t, keygentest.Options{})
	id, auth := s.signIn(s.demo.Plain)
	ada := login("ada@example.com", "correct horse battery")
	algorithm := func(header string) call { return get("me", auth).under("Keygen-Accept-Signature", header) }
	rejected := want{status: 400, unsigned: true}
	for _, c := range []struct {
		name string
		call call
		want want
	}{
		{"200", get("me", auth), want{status: 200}},
		{"200 with a raw query", get("tokens?page[cursor]=&page[size]=5", auth), want{status: 200}},
		{"200 with an escaped path", get("users/ada%40example.com", auth), want{status: 200}},
		{"200 by slug or id", get("/v1/accounts/"+s.demo.Account.ID+"/me", auth), want{status: 200}},
		{"201", ada, want{status: 201}},
		{"400", ada.with(`{"meta":{}}`), want{status: 400, pointer: "/meta/otp"}},
		{"401", get("me", ""), want{status: 401, code: "TOKEN_MISSING"}},
		{"403", login("mallory@example.com", "man in the middle"), denied()},
		{"404 of a record", get("tokens/invalid", auth), want{status: 404, code: "NOT_FOUND"}},
		{"422", ada.with(withAttributes(`{"permissions":["x"]}`)),
			want{status: 422, code: "PERMISSIONS_NOT_ALLOWED", pointer: "/data/attributes/permissions"}},
		{"algorithm asked", algorithm(`algorithm="ed25519"`), want{status: 200}},
		{"key asked", algorithm(`keyid="` + s.demo.Account.ID + `"`), want{status: 200}},
		{"key and algorithm asked", algorithm(`keyid="` + s.demo.Account.ID + `", algorithm="ed25519"`), want{status: 200}},
		{"foreign key", algorithm(`keyid="` + s.demo.Plain.ID + `", algorithm="ed25519"`), rejected},
		{"unsupported algorithm", algorithm(`algorithm="hmac-sha256"`), rejected},
		{"malformed", algorithm(`ed25519`), rejected},
		{"unknown account", get("/v1/accounts/nobody/me", auth), want{status: 404, code: "NOT_FOUND", unsigned: true}},
		{"no account", get("/v1/me", auth), want{status: 404, code: "NOT_FOUND", unsigned: true}},
		{"unroutable", get("nowhere", auth), want{status: 404, code: "NOT_FOUND", unsigned: true}},
		{"unroutable method", call{method: "PATCH", path: "me", auth: auth}, want{status: 404, code: "NOT_FOUND", unsigned: true}},
		{"malformed JSON", ada.with(`{`), want{status: 400, code: "JSON_INVALID", outside: true}},
		{"204", call{method: "DELETE", path: "tokens/" + id, auth: auth}, want{status: 204}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			s.expect(c.call, c.want)
		})
	}
}

func TestVerifyRejects(t *testing.T) {
	s := open(t, keygentest.Options{})
	good := s.send(get("me", ""))
	assert.NoError(t, verify(good, s.demo.Account))

	spoilt := good
	spoilt.body = append([]byte(" "), good.body...)
	assert.Error(t, verify(spoilt, s.demo.Account), "another body")

	spoilt = good
	spoilt.req = s.request(get("profile", ""))
	assert.Error(t, verify(spoilt, s.demo.Account), "another path")

	other := s.AddAccount(keygentest.Account{})
	assert.Error(t, verify(good, other), "another account")
}

func TestAccountsSignWithKeysOfTheirOwn(t *testing.T) {
	s := open(t, keygentest.Options{})
	acc := s.AddAccount(keygentest.Account{Slug: "other"})
	assert.NotEqual(t, s.demo.Account.Key, acc.Key)
	s.expect(get("/v1/accounts/other/me", ""), want{status: 401, code: "TOKEN_MISSING", account: acc})
}
