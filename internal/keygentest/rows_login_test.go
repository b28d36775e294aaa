package keygentest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

const fortnight = "2026-10-20T12:00:00.000Z" // from noon

func TestLoginSucceeds(t *testing.T) {
	runRows(t, []row{
		{name: "1 login", run: func(s *scene) {
			a := s.expect(login("ada@example.com", "correct horse battery"), want{status: 201})
			assert.Equal(s.t, "tokens", a.text("data", "type"))
			assert.Equal(s.t, "user-token", a.text("data", "attributes", "kind"))
			assert.Regexp(s.t, "^user-[0-9a-f]{64}v3$", a.text("data", "attributes", "token"))
			assert.Equal(s.t, fortnight, a.text("data", "attributes", "expiry"))
			assert.Equal(s.t, map[string]any{"type": "users", "id": s.demo.Plain.ID}, a.at("data", "relationships", "bearer", "data"))
			assert.Equal(s.t, s.demo.Account.ID, a.header.Get("Keygen-Account"))
			assert.Equal(s.t, s.demo.Plain.ID, a.header.Get("Keygen-Bearer"))
			assert.Empty(s.t, a.header.Get("Keygen-Token"))
			assert.Equal(s.t, s.URL+a.text("data", "links", "self"), a.header.Get("Location"))
			assert.Len(s.t, a.doc, 1, "members at the top")
		}},
		{name: "2 login with name and expiry", run: func(s *scene) {
			body := withAttributes(`{"name":"Website","expiry":"2049-01-02T03:04:05.678Z"}`)
			a := s.expect(login("ada@example.com", "correct horse battery").with(body), want{status: 201})
			assert.Equal(s.t, "Website", a.text("data", "attributes", "name"))
			assert.Equal(s.t, "2049-01-02T03:04:05.678Z", a.text("data", "attributes", "expiry"))
		}},
		{name: "3 login with null expiry", run: func(s *scene) {
			body := withAttributes(`{"expiry":null}`)
			a := s.expect(login("ada@example.com", "correct horse battery").with(body), want{status: 201})
			assert.Contains(s.t, a.at("data", "attributes"), "expiry")
			assert.Nil(s.t, a.at("data", "attributes", "expiry"))
		}},
		{name: "4 upper-case email", run: func(s *scene) {
			s.expect(login("ADA@Example.com", "correct horse battery"), want{status: 201})
		}},
		{name: "5 password with colon and beyond ASCII", run: func(s *scene) {
			s.AddUser("demo", keygentest.User{Email: "eve@example.com", Password: "a:b:ÄÖ密:"})
			s.expect(login("eve@example.com", "a:b:ÄÖ密:"), want{status: 201})
			s.expect(login("eve@example.com", "a:b:ÄÖ密"), refusedCredentials("PASSWORD_INVALID"))
		}},
	})
}

func TestLoginRefusesCredentials(t *testing.T) {
	tokenInvalid := want{status: 401, code: "TOKEN_INVALID"}
	cases := []struct {
		name string
		call call
		want want
	}{
		{"6 unknown email", login("nobody@example.com", "x"), refusedCredentials("EMAIL_INVALID")},
		{"8 wrong password", login("ada@example.com", "Correct horse battery"), refusedCredentials("PASSWORD_INVALID")},
		{"10 user without password", login("nopass@example.com", "x"), refusedCredentials("PASSWORD_NOT_SUPPORTED")},
		{"10 user without password, none sent", login("nopass@example.com", ""), refusedCredentials("PASSWORD_NOT_SUPPORTED")},
		{"11 domain without a dot", login("a@b", "x"), refusedCredentials("EMAIL_REQUIRED")},
		{"11 NUL in the domain", login("ada@example\x00.com", "x"), refusedCredentials("EMAIL_REQUIRED")},
		{"12 NUL in the password", login("ada@example.com", "correct horse battery\x00"), refusedCredentials("PASSWORD_INVALID")},
		{"13 email is not UTF-8", login("ad\xffa@example.com", "x"), want{status: 400, code: "ENCODING_INVALID"}},
		{"14 user name without @", login("ada", "pw"), tokenInvalid},
		{"15 no colon", call{method: "POST", path: "tokens", auth: basic("a@b.co")}, tokenInvalid},
		{"16 no Authorization", call{method: "POST", path: "tokens"}, want{status: 401, code: "TOKEN_MISSING"}},
		{"22 domain of single sign-on, known user", login("sam@sso.example.com", "never asked for"), refusedCredentials("SSO_REQUIRED")},
		{"22 domain of single sign-on, nobody", login("x@SSO.Example.com", ""), refusedCredentials("SSO_REQUIRED")},
		{"23 single sign-on elsewhere, empty password", login("ada@example.com", ""), refusedCredentials("PASSWORD_REQUIRED")},
		{"24 banned, right password", login("mallory@example.com", "man in the middle"), denied()},
		{"24 banned, wrong password", login("mallory@example.com", "x"), refusedCredentials("PASSWORD_INVALID")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			a := s.expect(c.call, c.want)
			switch c.want.code {
			case "SSO_REQUIRED":
				assert.Equal(t, s.demo.Account.SSORedirect, a.text("errors", 0, "links", "redirect"))
			case "TOKEN_INVALID":
				assert.Equal(t, "https://keygen.sh/docs/api/authentication/#token-authentication", a.text("errors", 0, "links", "about"))
			case "TOKEN_MISSING":
				assert.Equal(t, "https://keygen.sh/docs/api/authentication/", a.text("errors", 0, "links", "about"))
				assert.Equal(t, `Bearer realm="keygen"`, a.header.Get("WWW-Authenticate"))
			case "":
				assert.Contains(t, a.text("errors", 0, "detail"), "(user is banned)")
			default:
				assert.Nil(t, a.at("errors", 0, "links"))
			}
			if a.status == http.StatusUnauthorized && c.call.auth != "" {
				assert.Equal(t, `Basic realm="keygen"`, a.header.Get("WWW-Authenticate"))
			}
			assert.Empty(t, s.Tokens(s.demo.Banned.ID), "no token was made")
		})
	}
}

func TestLoginRefuses(t *testing.T) {
	ada := login("ada@example.com", "correct horse battery")
	grace := login("grace@example.com", "nanoseconds of wire")
	runRows(t, []row{
		{name: "7 unknown email, as version 1.7 told it", run: func(s *scene) {
			a := s.expect(login("nobody@example.com", "x").under("Keygen-Version", "1.7"), refusedCredentials("CREDENTIALS_INVALID"))
			assert.Equal(s.t, "1.7", a.header.Get("Keygen-Version"))
		}},
		{name: "9 empty password, not counted", run: func(s *scene) {
			for range 7 {
				s.expect(login("ada@example.com", ""), refusedCredentials("PASSWORD_REQUIRED"))
			}
			s.expect(login("ada@example.com", " \t "), refusedCredentials("PASSWORD_REQUIRED"))
		}},
		{name: "17 second factor asked", run: func(s *scene) {
			s.expect(grace, refusedCode("OTP_REQUIRED"))
			s.expect(grace.with(`{"meta":{"otp":null}}`), refusedCode("OTP_REQUIRED"))
			s.expect(login("grace@example.com", "wrong"), refusedCode("OTP_REQUIRED"))
		}},
		{name: "18 second factor wrong", run: func(s *scene) {
			s.expect(grace.with(withCode("000000")), refusedCode("OTP_INVALID"))
		}},
		{name: "19 second factor right", run: func(s *scene) {
			a := s.expect(grace.with(withCode(s.TOTP(s.demo.TwoFactor.ID))), want{status: 201})
			assert.Equal(s.t, s.demo.TwoFactor.ID, a.header.Get("Keygen-Bearer"))
		}},
		{name: "20 second factor spent on a wrong password", run: func(s *scene) {
			code := withCode(s.TOTP(s.demo.TwoFactor.ID))
			s.expect(login("grace@example.com", "wrong").with(code), refusedCredentials("PASSWORD_INVALID"))
			s.expect(grace.with(code), refusedCode("OTP_INVALID"))
		}},
		{name: "21 meta without a code, no second factor", run: func(s *scene) {
			a := s.expect(ada.with(`{"meta":{}}`), want{status: 400, title: "Bad request", pointer: "/meta/otp"})
			assert.Equal(s.t, "is missing", a.text("errors", 0, "detail"))
			s.expect(ada.with(withCode("any text")), want{status: 201})
		}},
		{name: "25 banned, with a token", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Banned)
			s.expect(get("me", auth), want{status: 403, code: "USER_BANNED", title: "Access denied"})
			s.SetBanned(s.demo.Banned.ID, false)
			s.expect(get("me", auth), want{status: 200})
		}},
		{name: "26 without permission to make tokens", run: func(s *scene) {
			s.AddUser("demo", keygentest.User{Email: "eve@example.com", Password: "pw", Permissions: []string{"user.read"}})
			a := s.expect(login("eve@example.com", "pw"), denied())
			assert.Contains(s.t, a.text("errors", 0, "detail"), "(user lacks permission to perform action)")

			acc := s.AddAccount(keygentest.Account{Permissions: []string{}})
			s.AddUser(acc.ID, keygentest.User{Email: "eve@example.com", Password: "pw"})
			eve := login("eve@example.com", "pw")
			eve.path = "/v1/accounts/" + acc.ID + "/tokens"
			w := denied()
			w.account = acc
			s.expect(eve, w)
		}},
		{name: "27 unknown account", run: func(s *scene) {
			unknown := ada
			unknown.path = "/v1/accounts/Demo/tokens" // case matters
			a := s.expect(unknown, want{status: 404, code: "NOT_FOUND", title: "Not found", unsigned: true})
			assert.Equal(s.t, "The requested account 'Demo' was not found", a.text("errors", 0, "detail"))
			assert.Empty(s.t, a.header.Get("Keygen-Account"))
		}},
		{name: "28 cancelled account keeps login, identity and revocation", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
			u := s.AddUser("gone", keygentest.User{Email: "eve@example.com", Password: "pw"})
			id, auth := s.signIn(u)
			for _, c := range []struct {
				call   call
				status int
			}{
				{call{method: "POST", path: "/v1/accounts/gone/tokens", auth: basic("eve@example.com:pw")}, 201},
				{get("/v1/accounts/gone/me", auth), 200},
				{get("/v1/accounts/gone/profile", auth), 200},
				{get("/v1/accounts/gone/users/"+u.ID, auth), 200},
				{get("/v1/accounts/gone/tokens/"+id, auth), 200},
				{call{method: "DELETE", path: "/v1/accounts/gone/tokens/" + id, auth: auth}, 204},
			} {
				s.expect(c.call, want{status: c.status, account: acc})
			}
		}},
		{name: "29 cancelled account loses the rest", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
			u := s.AddUser("gone", keygentest.User{Email: "eve@example.com"})
			id, auth := s.signIn(u)
			s.expect(get("/v1/accounts/gone/tokens", auth), inactive(acc))
			s.expect(call{method: "PUT", path: "/v1/accounts/gone/tokens", auth: auth}, inactive(acc))
			s.expect(call{method: "PUT", path: "/v1/accounts/gone/tokens/" + id, auth: auth}, inactive(acc))
			s.expect(get("/v1/accounts/gone/users/"+u.ID+"/tokens", auth), inactive(acc))
			s.expect(get("/v1/accounts/gone/me", auth), want{status: 200, account: acc})
		}},
		{name: "30 sixth attempt in a minute", run: func(s *scene) {
			for range 5 {
				s.expect(login("ada@example.com", "wrong"), refusedCredentials("PASSWORD_INVALID"))
			}
			a := s.expect(ada, want{status: 429, code: "TOO_MANY_REQUESTS", title: "Too many requests", outside: true})
			assert.Equal(s.t, "auth", a.header.Get("X-RateLimit-Window"))
			assert.NotEmpty(s.t, a.header.Get("Access-Control-Expose-Headers"))
		}},
		{name: "31 another email after that", run: func(s *scene) {
			for range 5 {
				s.expect(ada, want{status: 201})
			}
			s.expect(ada, want{status: 429, code: "TOO_MANY_REQUESTS", outside: true})
			s.expect(grace.with(withCode(s.TOTP(s.demo.TwoFactor.ID))), want{status: 201})
		}},
		{name: "32 permissions not held", run: func(s *scene) {
			body := withAttributes(`{"permissions":["user.read","policy.read"]}`)
			s.expect(ada.with(body), want{
				status: 422, code: "PERMISSIONS_NOT_ALLOWED", title: "Unprocessable resource", pointer: "/data/attributes/permissions",
			})
		}},
		{name: "32 any permissions on the Community Edition", options: community, run: func(s *scene) {
			a := s.expect(ada.with(withAttributes(`{"permissions":["user.read"]}`)),
				want{status: 400, pointer: "/data/attributes/permissions"})
			assert.Equal(s.t, "unpermitted parameter", a.text("errors", 0, "detail"))
		}},
		{name: "33 bearer is another user", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			other := withBearer(`{"type":"users","id":"` + s.demo.TwoFactor.ID + `"}`)
			s.expect(call{method: "POST", path: "tokens", auth: auth, body: other}, denied())
			own := withBearer(`{"type":"users","id":"` + s.demo.Plain.ID + `"}`)
			s.expect(call{method: "POST", path: "tokens", auth: auth, body: own}, want{status: 201})
		}},
		{name: "34 bearer is null", run: func(s *scene) {
			a := s.expect(ada.with(withBearer("null")), want{status: 400, pointer: "/data/relationships/bearer/data"})
			assert.Equal(s.t, "cannot be null", a.text("errors", 0, "detail"))
		}},
		{name: "35 a token makes another", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			a := s.expect(call{method: "POST", path: "tokens", auth: auth}, want{status: 201})
			assert.Equal(s.t, fortnight, a.text("data", "attributes", "expiry"))
			assert.Contains(s.t, a.at("data", "attributes"), "name")
			assert.Nil(s.t, a.at("data", "attributes", "name"))
			assert.Len(s.t, s.Tokens(s.demo.Plain.ID), 2)
		}},
	})
}
