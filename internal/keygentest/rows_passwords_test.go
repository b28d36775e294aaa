package keygentest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

const resetTokenSyntax = "^[0-9a-f]{48}v3$"

func passwordChange(old, new string) string {
	return `{"meta":{"oldPassword":"` + old + `","newPassword":"` + new + `"}}`
}

func passwordReset(token, new string) string {
	return `{"meta":{"passwordResetToken":"` + token + `","newPassword":"` + new + `"}}`
}

// forget asks for a reset and returns the token that is mailed.
func (s *scene) forget(u keygentest.User) string {
	s.t.Helper()
	s.expect(post("passwords", "", `{"meta":{"email":"`+u.Email+`"}}`), want{status: 204})
	require.Regexp(s.t, resetTokenSyntax, s.ResetToken(u.ID))
	return s.ResetToken(u.ID)
}

func TestUpdatePassword(t *testing.T) {
	const password = "/data/attributes/password"
	wrong := want{status: 401, pointer: "/meta/oldPassword", detail: "is not valid"}
	runRows(t, []row{
		{name: "63 update", run: func(s *scene) {
			id, auth := s.signIn(s.demo.Plain)
			s.signIn(s.demo.Plain)
			other, _ := s.signIn(s.demo.TwoFactor)
			path := "users/" + s.demo.Plain.ID + "/actions/update-password"
			a := s.expect(post(path, auth, passwordChange("correct horse battery", "staple")), want{status: 200})
			assert.Equal(s.t, s.demo.Plain.ID, a.text("data", "id"))
			require.Len(s.t, s.Tokens(s.demo.Plain.ID), 1)
			assert.Equal(s.t, id, s.Tokens(s.demo.Plain.ID)[0].ID)
			assert.Equal(s.t, other, s.Tokens(s.demo.TwoFactor.ID)[0].ID)
			s.expect(login("ada@example.com", "correct horse battery"), refusedCredentials("PASSWORD_INVALID"))
			s.expect(login("ada@example.com", "staple"), want{status: 201})
			s.expect(post("users/ada@example.com/actions/update-password", auth, passwordChange("staple", "correct")), want{status: 200})
			s.expect(post("users/ADA@example.com/actions/update-password", auth, passwordChange("correct", "staple")), missing)
		}},
		{name: "64 wrong old password, or none set", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			path := "users/" + s.demo.Plain.ID + "/actions/update-password"
			a := s.expect(post(path, auth, passwordChange("wrong", "staple")), wrong)
			assert.Equal(s.t, `Bearer realm="keygen"`, a.header.Get("WWW-Authenticate"))
			s.expect(post(path, auth, passwordChange("wrong", "x")), wrong)
			assert.Len(s.t, s.Tokens(s.demo.Plain.ID), 1, "not a lost session")
			_, auth = s.signIn(s.demo.NoPassword)
			s.expect(post("users/"+s.demo.NoPassword.ID+"/actions/update-password", auth, passwordChange("any", "staple")), wrong)
		}},
		{name: "65 bad new password", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			s.signIn(s.demo.Plain)
			path := "users/" + s.demo.Plain.ID + "/actions/update-password"
			s.expect(post(path, auth, passwordChange("correct horse battery", "12345")), invalid("PASSWORD_TOO_SHORT", password))
			s.expect(post(path, auth, passwordChange("correct horse battery", strings.Repeat("x", 73))), invalid("PASSWORD_TOO_LONG", password))
			assert.Len(s.t, s.Tokens(s.demo.Plain.ID), 2, "none was revoked")
			s.expect(login("ada@example.com", "correct horse battery"), want{status: 201})
		}},
		{name: "66 another user's", run: func(s *scene) {
			c := s.crowd()
			c.license(keygentest.Policy{}, keygentest.License{})
			_, staff := s.signIn(s.demo.Staff)
			s.expect(post("users/"+c.stranger.ID+"/actions/update-password", c.asOwner, `{"foo":1}`), missing)
			s.expect(post("users/"+c.member.ID+"/actions/update-password", c.asOwner, `{"foo":1}`), denied())
			s.expect(post("users/"+c.member.ID+"/actions/update-password", staff, `{"foo":1}`), denied())
			s.expect(post("users/"+c.owner.ID+"/actions/update-password", "", `{"foo":1}`), want{status: 401, code: "TOKEN_MISSING"})
		}},
		{name: "64 keys missing", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			for body, pointer := range map[string]string{
				``:                                     "/meta",
				`{"meta":{}}`:                          "/meta/oldPassword",
				`{"meta":{"oldPassword":"x"}}`:         "/meta/newPassword",
				passwordChange("", "x"):                "/meta/oldPassword",
				passwordChange("x", ""):                "/meta/newPassword",
				`{"meta":{"oldPassword":"x","otp":1}}`: "/meta/otp",
			} {
				s.ResetThrottles()
				s.expect(post("users/"+s.demo.Plain.ID+"/actions/update-password", auth, body), want{status: 400, pointer: pointer})
			}
		}},
	})
}

func TestResetPassword(t *testing.T) {
	reset := func(s *scene, u keygentest.User, token, new string) call {
		return post("users/"+u.ID+"/actions/reset-password", "", passwordReset(token, new))
	}
	runRows(t, []row{
		{name: "67 ask, whoever it is", run: func(s *scene) {
			for _, body := range []string{
				`{"meta":{"email":"ada@example.com"}}`, `{"meta":{"email":"ADA@Example.com","deliver":false}}`,
				`{"meta":{"email":"nobody@example.com","deliver":true}}`, `{"meta":{"email":"no email","deliver":null}}`,
			} {
				assert.Empty(s.t, s.expect(post("passwords", "", body), want{status: 204}).body)
			}
			assert.Regexp(s.t, resetTokenSyntax, s.ResetToken(s.demo.Plain.ID))
			assert.Empty(s.t, s.ResetToken(s.demo.TwoFactor.ID))
			assert.Panics(s.t, func() { s.ResetToken("nobody") })
		}},
		{name: "68 ask without an email", run: func(s *scene) {
			for body, pointer := range map[string]string{
				``: "/meta", `{"meta":{}}`: "/meta/email", `{"meta":{"email":""}}`: "/meta/email", `{"meta":{"email":null}}`: "/meta/email",
				`{"meta":{"email":1}}`: "/meta/email", `{"meta":{"email":"x","deliver":"no"}}`: "/meta/deliver", `{"data":{}}`: "/data",
			} {
				s.ResetThrottles()
				s.expect(post("passwords", "", body), want{status: 400, pointer: pointer})
			}
		}},
		{name: "69 reset", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			first := s.forget(s.demo.Plain)
			token := s.forget(s.demo.Plain)
			s.expect(reset(s, s.demo.Plain, first, "staple"), missing) // only the newest counts
			c := reset(s, s.demo.Plain, token, "staple")
			c.auth = auth // of no interest
			a := s.expect(c, want{status: 200})
			assert.Equal(s.t, s.demo.Plain.ID, a.text("data", "id"))
			assert.Empty(s.t, a.header.Get("Keygen-Bearer"))
			assert.Empty(s.t, s.Tokens(s.demo.Plain.ID))
			s.expect(login("ada@example.com", "staple"), want{status: 201})
			s.expect(reset(s, s.demo.Plain, token, "battery"), missing) // once
			assert.Empty(s.t, s.ResetToken(s.demo.Plain.ID))
			// A stale token does no harm, and users without a password get one.
			s.ResetThrottles()
			token = s.forget(s.demo.NoPassword)
			c = post("users/nopass@example.com/actions/reset-password", "Bearer stale", passwordReset(token, "staple"))
			s.expect(c, want{status: 200})
			s.expect(login("nopass@example.com", "staple"), want{status: 201})
		}},
		{name: "70 wrong or expired token", run: func(s *scene) {
			token := s.forget(s.demo.Plain)
			other := s.forget(s.demo.TwoFactor)
			id := s.demo.Plain.ID
			for _, wrong := range []string{other, strings.ToUpper(token), token[:48], "x"} {
				a := s.expect(reset(s, s.demo.Plain, wrong, "x"), missing)
				assert.Equal(s.t, "The requested user '"+id+"' was not found", a.text("errors", 0, "detail"))
			}
			s.expect(post("users/nobody@example.com/actions/reset-password", "", `{"foo":1}`), missing)
			s.clock.set(noon.Add(24 * time.Hour))
			s.expect(reset(s, s.demo.Plain, token, "12345"), invalid("PASSWORD_TOO_SHORT", "/data/attributes/password"))
			s.clock.set(noon.Add(24*time.Hour + 1))
			expired := want{status: 401, pointer: "/meta/passwordResetToken", detail: "is expired"}
			s.expect(reset(s, s.demo.Plain, token, "staple"), expired)
			s.expect(reset(s, s.demo.Plain, token, "x"), expired)
			s.clock.set(noon.Add(24 * time.Hour))
			s.expect(reset(s, s.demo.Plain, token, "staple"), want{status: 200}) // a bad password has not used it up
		}},
		{name: "70 keys missing", run: func(s *scene) {
			for body, pointer := range map[string]string{
				``: "/meta", `{"meta":{}}`: "/meta/passwordResetToken", `{"meta":{"passwordResetToken":"x"}}`: "/meta/newPassword",
			} {
				s.expect(post("users/"+s.demo.Plain.ID+"/actions/reset-password", "", body), want{status: 400, pointer: pointer})
			}
		}},
		{name: "71 protected account, no password", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "closed", Protected: true})
			never := s.AddUser("closed", keygentest.User{Email: "never@example.com"})
			once := s.AddUser("closed", keygentest.User{Email: "once@example.com", Password: "secret"})
			w := denied()
			w.account = acc
			for _, u := range []keygentest.User{never, once} {
				s.expect(post("/v1/accounts/closed/passwords", "", `{"meta":{"email":"`+u.Email+`"}}`), want{status: 204, account: acc})
			}
			c := reset(s, never, s.ResetToken(never.ID), "staple")
			c.path = "/v1/accounts/closed/" + c.path
			s.expect(c, w)
			s.expect(c.with(`{}`), w) // 403 comes before 400
			c = reset(s, once, s.ResetToken(once.ID), "staple")
			c.path = "/v1/accounts/closed/" + c.path
			s.expect(c, want{status: 200, account: acc})
		}},
		{name: "28 cancelled account keeps passwords", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
			u := s.AddUser("gone", keygentest.User{Email: "eve@example.com", Password: "secret"})
			_, auth := s.signIn(u)
			const base = "/v1/accounts/gone/"
			s.expect(patch(base+"users/"+u.ID, auth, userBody(`{"firstName":"Eve"}`)), want{status: 200, account: acc})
			s.expect(post(base+"users/"+u.ID+"/actions/update-password", auth, passwordChange("secret", "staple")), want{status: 200, account: acc})
			s.expect(post(base+"passwords", "", `{"meta":{"email":"eve@example.com"}}`), want{status: 204, account: acc})
			s.expect(post(base+"users/"+u.ID+"/actions/reset-password", "", passwordReset(s.ResetToken(u.ID), "secret")), want{status: 200, account: acc})
		}},
	})
}
