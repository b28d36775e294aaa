package keygentest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func TestPresentedTokens(t *testing.T) {
	invalid := want{status: 401, code: "TOKEN_INVALID"}
	const guide = "https://keygen.sh/docs/api/authentication/#token-authentication"
	runRows(t, []row{
		{name: "36 unknown token", run: func(s *scene) {
			a := s.expect(get("me", bearer("user-nope")), invalid)
			assert.Equal(s.t, guide, a.text("errors", 0, "links", "about"))
		}},
		{name: "37 id of a token used as token", run: func(s *scene) {
			id, _ := s.signIn(s.demo.Plain)
			a := s.expect(get("me", bearer(id)), want{status: 401, code: "TOKEN_FORMAT_INVALID"})
			assert.Equal(s.t, guide, a.text("errors", 0, "links", "about"))
		}},
		{name: "38 expired token", run: func(s *scene) {
			_, raw := s.AddToken(s.demo.Plain.ID, noon.Add(time.Hour))
			s.clock.set(noon.Add(time.Hour - 1))
			s.expect(get("me", bearer(raw)), want{status: 200})
			s.clock.set(noon.Add(time.Hour))
			expired := want{status: 401, code: "TOKEN_EXPIRED"}
			a := s.expect(get("me", bearer(raw)), expired)
			assert.Equal(s.t, "Token is expired", a.text("errors", 0, "detail"))
			assert.Nil(s.t, a.at("errors", 0, "links"))
			s.expect(call{method: "PUT", path: "tokens", auth: bearer(raw)}, expired)
			assert.Empty(s.t, s.Tokens(s.demo.Plain.ID))
		}},
		{name: "39 email and password where a token belongs", run: func(s *scene) {
			s.expect(get("me", basic("ada@example.com:correct horse battery")), invalid)
		}},
		{name: "40 token of another account", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "other"})
			u := s.AddUser("other", keygentest.User{Email: "ada@example.com"})
			_, auth := s.signIn(u)
			s.expect(get("me", auth), invalid)
			s.expect(get("/v1/accounts/other/me", auth), want{status: 200, account: acc})
		}},
		{name: "41 no credentials", run: func(s *scene) {
			a := s.expect(get("me", ""), want{status: 401, code: "TOKEN_MISSING"})
			assert.Equal(s.t, `Bearer realm="keygen"`, a.header.Get("WWW-Authenticate"))
		}},
	})
}

func TestOwnTokens(t *testing.T) {
	runRows(t, []row{
		{name: "42 me and profile", run: func(s *scene) {
			id, auth := s.signIn(s.demo.Plain)
			a := s.expect(get("me", auth), want{status: 200})
			assert.Equal(s.t, "users", a.text("data", "type"))
			assert.Equal(s.t, s.demo.Plain.ID, a.text("data", "id"))
			assert.Equal(s.t, "tokens", a.text("included", 0, "type"))
			assert.Equal(s.t, id, a.text("included", 0, "id"))
			assert.NotContains(s.t, a.at("included", 0, "attributes"), "token")
			assert.Equal(s.t, id, a.header.Get("Keygen-Token"))
			assert.Equal(s.t, s.demo.Plain.ID, a.header.Get("Keygen-Bearer"))

			a = s.expect(get("profile", auth), want{status: 200})
			assert.Equal(s.t, s.demo.Plain.ID, a.text("data", "id"))
			assert.Equal(s.t, map[string]any{"tokenId": id}, a.at("meta"))
			assert.NotContains(s.t, a.doc, "included")
		}},
		{name: "43 list own tokens, filter others'", run: func(s *scene) {
			first, auth := s.signIn(s.demo.Plain)
			second, _ := s.signIn(s.demo.Plain)
			s.signIn(s.demo.TwoFactor)
			for query, ids := range map[string][]string{
				"":                                      {second, first},
				"?bearer[id]=" + s.demo.TwoFactor.ID:    {},
				"?bearer[id]=" + s.demo.Plain.ID:        {second, first},
				"?bearer[type]=users&bearer[role]=user": {second, first},
				"?bearer[type]=license":                 {},
				"?bearer[role]=admin":                   {},
				"?unknown=key":                          {second, first},
			} {
				a := s.expect(get("tokens"+query, auth), want{status: 200})
				assert.Equal(s.t, ids, a.ids(), query)
				assert.NotContains(s.t, a.doc, "links", query)
				assert.NotContains(s.t, a.doc, "meta", query)
			}
		}},
		{name: "44 show a token", run: func(s *scene) {
			id, auth := s.signIn(s.demo.Plain)
			a := s.expect(get("tokens/"+id, auth), want{status: 200})
			assert.Equal(s.t, id, a.text("data", "id"))
			assert.NotContains(s.t, a.at("data", "attributes"), "token")
		}},
		{name: "45 show what does not exist", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			a := s.expect(get("tokens/invalid", auth), want{status: 404, code: "NOT_FOUND"})
			assert.Equal(s.t, "The requested token 'invalid' was not found", a.text("errors", 0, "detail"))
		}},
		{name: "46 regenerate a token that expires", run: func(s *scene) {
			id, raw := s.AddToken(s.demo.Plain.ID, noon.AddDate(0, 0, 7))
			s.clock.add(time.Hour)
			// Without an endpoint that reads the body, a document that is no object does no harm.
			a := s.expect(call{method: "PUT", path: "tokens/" + id, auth: bearer(raw), body: `[1]`}, want{status: 200})
			assert.Equal(s.t, id, a.text("data", "id"))
			assert.Equal(s.t, "2026-10-20T13:00:00.000Z", a.text("data", "attributes", "expiry"))
			assert.Equal(s.t, "2026-10-06T12:00:00.000Z", a.text("data", "attributes", "created"))
			assert.Equal(s.t, "2026-10-06T13:00:00.000Z", a.text("data", "attributes", "updated"))
			renewed := a.text("data", "attributes", "token")
			assert.NotEqual(s.t, raw, renewed)
			s.expect(get("me", bearer(raw)), want{status: 401, code: "TOKEN_INVALID"})
			s.expect(get("me", bearer(renewed)), want{status: 200})
		}},
		{name: "46 regenerate shortens a long life", run: func(s *scene) {
			_, raw := s.AddToken(s.demo.Plain.ID, noon.AddDate(1, 0, 0))
			a := s.expect(call{method: "PUT", path: "tokens", auth: bearer(raw)}, want{status: 200})
			assert.Equal(s.t, fortnight, a.text("data", "attributes", "expiry"))
		}},
		{name: "47 regenerate a token without expiry", run: func(s *scene) {
			id, auth := s.signIn(s.demo.Plain)
			a := s.expect(call{method: "PUT", path: "tokens/" + id, auth: auth}, want{status: 200})
			assert.Contains(s.t, a.at("data", "attributes"), "expiry")
			assert.Nil(s.t, a.at("data", "attributes", "expiry"))
		}},
		{name: "48 revoke, use again", run: func(s *scene) {
			id, auth := s.signIn(s.demo.Plain)
			a := s.expect(call{method: "DELETE", path: "tokens/" + id, auth: auth}, want{status: 204})
			assert.Empty(s.t, a.body)
			assert.Empty(s.t, a.header.Get("Content-Type"))
			s.expect(get("me", auth), want{status: 401, code: "TOKEN_INVALID"})
			assert.Empty(s.t, s.Tokens(s.demo.Plain.ID))
		}},
		{name: "49 revoke another user's", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			id, _ := s.signIn(s.demo.TwoFactor)
			s.expect(call{method: "DELETE", path: "tokens/" + id, auth: auth}, missing)
			s.expect(get("tokens/"+id, auth), missing)
			s.expect(call{method: "PUT", path: "tokens/" + id, auth: auth}, missing)
			assert.Len(s.t, s.Tokens(s.demo.TwoFactor.ID), 1)
		}},
	})
}
