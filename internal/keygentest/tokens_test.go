package keygentest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

func TestTokenKinds(t *testing.T) {
	for _, c := range []struct{ role, prefix, kind, expiry string }{
		{"user", "user", "user-token", fortnight},
		{"admin", "admin", "admin-token", ""},
		{"developer", "dev", "developer-token", ""},
		{"sales-agent", "sales", "sales-token", ""},
		{"support-agent", "spprt", "support-token", ""},
		{"read-only", "read", "read-only-token", ""},
	} {
		t.Run(c.role, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			acc := s.AddAccount(keygentest.Account{Slug: "team"}) // without single sign-on, which staff would have to use
			u := s.AddUser("team", keygentest.User{Email: "eve@example.com", Password: "pw", Role: c.role})
			eve := login("eve@example.com", "pw")
			eve.path = "/v1/accounts/team/tokens"
			a := s.expect(eve, want{status: 201, account: acc})
			assert.Equal(t, c.kind, a.text("data", "attributes", "kind"))
			assert.Regexp(t, "^"+c.prefix+"-[0-9a-f]{64}v3$", a.text("data", "attributes", "token"))
			assert.Equal(t, c.expiry, a.text("data", "attributes", "expiry"))

			a = s.expect(get("/v1/accounts/team/me", bearer(a.text("data", "attributes", "token"))), want{status: 200, account: acc})
			assert.Equal(t, "users", a.text("data", "type"))
			assert.Equal(t, c.role, a.text("data", "attributes", "role"))
			require.Len(t, s.Tokens(u.ID), 1)
			assert.Equal(t, c.kind, s.Tokens(u.ID)[0].Kind)
		})
	}
}

func TestExpiry(t *testing.T) {
	const never = ""
	s := open(t, keygentest.Options{})
	for _, c := range []struct{ name, attributes, expiry string }{
		{"omitted", `{}`, fortnight},
		{"null", `{"expiry":null}`, never},
		{"ISO 8601", `{"expiry":"2027-01-02T03:04:05Z"}`, "2027-01-02T03:04:05.000Z"},
		{"with milliseconds", `{"expiry":"2027-01-02T03:04:05.678Z"}`, "2027-01-02T03:04:05.678Z"},
		{"with an offset", `{"expiry":"2027-01-02T03:04:05+02:00"}`, "2027-01-02T01:04:05.000Z"},
		{"with a short offset", `{"expiry":"2027-01-02T03:04:05+0200"}`, "2027-01-02T01:04:05.000Z"},
		{"without seconds", `{"expiry":"2027-01-02T03:04Z"}`, "2027-01-02T03:04:00.000Z"},
		{"without zone", `{"expiry":"2027-01-02T03:04:05"}`, "2027-01-02T03:04:05.000Z"},
		{"a day", `{"expiry":"2027-01-02"}`, "2027-01-02T00:00:00.000Z"},
		{"Unix seconds", `{"expiry":1798858800}`, "2027-01-02T03:00:00.000Z"},
		{"Unix seconds with a fraction", `{"expiry":1798858800.9}`, "2027-01-02T03:00:00.000Z"},
		{"Unix seconds as text", `{"expiry":"1798858800"}`, "2027-01-02T03:00:00.000Z"},
		{"in the past", `{"expiry":"2020-01-01T00:00:00Z"}`, "2020-01-01T00:00:00.000Z"},
		{"empty", `{"expiry":""}`, never},
		{"unreadable", `{"expiry":"in two weeks"}`, never},
		{"no such day", `{"expiry":"2027-02-30T00:00:00Z"}`, never},
		{"number beyond all years", `{"expiry":1e300}`, never},
		{"text beyond all years", `{"expiry":"9223372036854775807"}`, never},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			a := s.expect(login("ada@example.com", "correct horse battery").with(withAttributes(c.attributes)), want{status: 201})
			assert.Contains(t, a.at("data", "attributes"), "expiry")
			assert.Equal(t, c.expiry, a.text("data", "attributes", "expiry"))
		})
	}
	t.Run("neither time nor text", func(t *testing.T) {
		s.t = t
		s.ResetThrottles()
		s.expect(login("ada@example.com", "correct horse battery").with(withAttributes(`{"expiry":true}`)),
			want{status: 400, pointer: "/data/attributes/expiry"})
	})
}

func TestTokensOfAUser(t *testing.T) {
	s := open(t, keygentest.Options{})
	id, auth := s.signIn(s.demo.Plain)
	stranger, _ := s.signIn(s.demo.TwoFactor)
	own, other := "users/"+s.demo.Plain.ID, "users/"+s.demo.TwoFactor.ID

	assert.Equal(t, []string{id}, s.expect(get(own+"/tokens", auth), want{status: 200}).ids())
	assert.Equal(t, []string{id}, s.expect(get("users/ada@example.com/tokens", auth), want{status: 200}).ids())
	s.expect(get("users/ADA@example.com/tokens", auth), missing) // only the user itself goes by an email in any case
	s.expect(get("users/ADA@example.com", auth), want{status: 200})
	assert.Equal(t, id, s.expect(get(own+"/tokens/"+id, auth), want{status: 200}).text("data", "id"))
	s.expect(get(own+"/tokens/"+stranger, auth), missing)
	s.expect(get(other+"/tokens", auth), missing)
	s.expect(get(other+"/tokens/"+stranger, auth), missing)
	s.expect(get(other, auth), missing)
	s.expect(call{method: "POST", path: own + "/tokens", auth: auth}, denied())
	s.expect(call{method: "POST", path: other + "/tokens", auth: auth}, missing)
}

func TestPermissions(t *testing.T) {
	s := open(t, keygentest.Options{})
	ada := login("ada@example.com", "correct horse battery")
	a := s.expect(ada.with(withAttributes(`{"permissions":["user.read","token.read"]}`)), want{status: 201})
	assert.Equal(t, []any{"token.read", "user.read"}, a.at("data", "attributes", "permissions"))
	narrow := bearer(a.text("data", "attributes", "token"))
	id := a.text("data", "id")

	s.expect(get("me", narrow), want{status: 200})
	s.expect(get("tokens", narrow), want{status: 200})
	for _, c := range []call{
		{method: "POST", path: "tokens"}, {method: "PUT", path: "tokens/" + id}, {method: "DELETE", path: "tokens/" + id},
	} {
		c.auth = narrow
		a := s.expect(c, denied())
		assert.Contains(t, a.text("errors", 0, "detail"), "(token lacks permission to perform action)")
	}

	whole := s.expect(ada, want{status: 201}).at("data", "attributes", "permissions")
	star := s.expect(ada.with(withAttributes(`{"permissions":["*"]}`)), want{status: 201}).at("data", "attributes", "permissions")
	assert.Len(t, whole, 54)
	assert.Equal(t, whole, star)
}

func TestUsersWithoutPermission(t *testing.T) {
	s := open(t, keygentest.Options{})
	u := s.AddUser("demo", keygentest.User{Email: "eve@example.com", Permissions: []string{}})
	id, auth := s.signIn(u)
	for _, c := range []call{
		get("me", auth), get("profile", auth), get("tokens", auth), get("tokens/"+id, auth), get("users/"+u.ID, auth),
		{method: "PUT", path: "tokens/" + id, auth: auth}, {method: "DELETE", path: "tokens/" + id, auth: auth},
	} {
		a := s.expect(c, denied())
		assert.Contains(t, a.text("errors", 0, "detail"), "(user lacks permission to perform action)")
	}
	// What may not be seen is missing rather than forbidden.
	s.expect(get("tokens/invalid", auth), want{status: 404, code: "NOT_FOUND"})
}

func TestTokensThatTestsSee(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.expect(login("ada@example.com", "correct horse battery").with(withAttributes(`{"name":"Website"}`)), want{status: 201})
	id, _ := s.AddToken(s.demo.Plain.ID, time.Time{})
	tokens := s.Tokens(s.demo.Plain.ID)
	require.Len(t, tokens, 2)
	assert.Equal(t, "Website", tokens[0].Name)
	assert.True(t, tokens[0].Expiry.Equal(noon.AddDate(0, 0, 14)))
	assert.Equal(t, keygentest.Token{ID: id, Kind: "user-token"}, tokens[1])
	assert.Panics(t, func() { s.AddToken("nobody", time.Time{}) })
	assert.Panics(t, func() { s.Tokens("nobody") })
}
