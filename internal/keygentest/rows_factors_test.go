package keygentest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func enabling(enabled, code string) string {
	return `{"data":{"type":"second-factors","attributes":{"enabled":` + enabled + `}},"meta":{"otp":"` + code + `"}}`
}

func withPassword(password string) string { return `{"meta":{"password":"` + password + `"}}` }

// enroll creates a second factor for Ada and returns its path and her Authorization.
func (s *scene) enroll() (path, auth string) {
	s.t.Helper()
	_, auth = s.signIn(s.demo.Plain)
	a := s.expect(post("users/"+s.demo.Plain.ID+"/second-factors", auth, withPassword("correct horse battery")), want{status: 201})
	s.ResetThrottles()
	return "users/" + s.demo.Plain.ID + "/second-factors/" + a.text("data", "id"), auth
}

func TestSecondFactors(t *testing.T) {
	const conflict = "Conflict"
	runRows(t, []row{
		{name: "72 create", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			path := "users/" + s.demo.Plain.ID + "/second-factors"
			for _, body := range []string{withPassword("wrong"), `{"meta":{}}`, withCode("123456")} {
				s.expect(post(path, auth, body), want{status: 401, code: "PASSWORD_INVALID", pointer: "/meta/password"})
			}
			assert.Empty(s.t, s.expect(get(path, auth), want{status: 200}).ids())
			a := s.expect(post(path, auth, withPassword("correct horse battery")), want{status: 201})
			assert.Equal(s.t, false, a.at("data", "attributes", "enabled"))
			secret := a.text("data", "attributes", "secret")
			assert.Regexp(s.t, "^[A-Z2-7]{32}$", secret)
			assert.Equal(s.t, "otpauth://totp/Keygen:ada%40example.com?secret="+secret+
				"&image=https%3A%2F%2Fkeygen.sh%2Fimages%2Flogomark.png&issuer=Keygen", a.text("data", "attributes", "uri"))
			assert.Equal(s.t, s.URL+a.text("data", "links", "self"), a.header.Get("Location"))
			shown := s.expect(get(path+"/"+a.text("data", "id"), auth), want{status: 200})
			assert.Equal(s.t, a.at("data"), shown.at("data"))
			assert.Equal(s.t, []string{a.text("data", "id")}, s.expect(get(path, auth), want{status: 200}).ids())
			s.expect(login("ada@example.com", "correct horse battery"), want{status: 201}) // not asked yet
		}},
		{name: "72 create without meta", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			for _, body := range []string{``, `{}`, `{"data":{"type":"second-factors"}}`} {
				s.ResetThrottles()
				pointer := "/meta"
				if len(body) > 2 {
					pointer = "/data"
				}
				s.expect(post("users/"+s.demo.Plain.ID+"/second-factors", auth, body), want{status: 400, pointer: pointer})
			}
			_, auth = s.signIn(s.demo.NoPassword)
			for _, body := range []string{withPassword("x"), `{"meta":{}}`} {
				s.expect(post("users/"+s.demo.NoPassword.ID+"/second-factors", auth, body),
					want{status: 401, code: "PASSWORD_INVALID", pointer: "/meta/password"})
			}
		}},
		{name: "73 create again", run: func(s *scene) {
			_, auth := s.enroll()
			path := "users/" + s.demo.Plain.ID + "/second-factors"
			s.expect(post(path, auth, withPassword("wrong")), want{status: 401, code: "PASSWORD_INVALID", pointer: "/meta/password"})
			s.expect(post(path, auth, withPassword("correct horse battery")), want{status: 409, title: conflict})
			// Of one that is enabled the password is not enough.
			_, auth = s.signIn(s.demo.TwoFactor)
			path = "users/" + s.demo.TwoFactor.ID + "/second-factors"
			s.expect(post(path, auth, withPassword("nanoseconds of wire")), refusedCode("OTP_INVALID"))
			code := withCode(s.TOTP(s.demo.TwoFactor.ID))
			s.expect(post(path, auth, code), want{status: 409, title: conflict})
			s.expect(post(path, auth, code), refusedCode("OTP_INVALID")) // spent
		}},
		{name: "74 enable and disable", run: func(s *scene) {
			path, auth := s.enroll()
			s.expect(patch(path, auth, enabling("true", "000000")), refusedCode("OTP_INVALID"))
			s.expect(patch(path, auth, `{"data":{"type":"second-factors","attributes":{"enabled":true}},"meta":{}}`), refusedCode("OTP_INVALID"))
			s.expect(patch(path, auth, `{"data":{"type":"second-factors","attributes":{"enabled":true}}}`),
				want{status: 400, pointer: "/meta", detail: "is missing"})
			code := s.TOTP(s.demo.Plain.ID)
			a := s.expect(patch(path, auth, enabling("true", code)), want{status: 200})
			assert.Equal(s.t, true, a.at("data", "attributes", "enabled"))
			assert.NotContains(s.t, a.at("data", "attributes"), "uri")
			assert.NotContains(s.t, a.at("data", "attributes"), "secret")

			ada := login("ada@example.com", "correct horse battery")
			s.expect(ada, refusedCode("OTP_REQUIRED"))
			s.expect(ada.with(withCode(code)), refusedCode("OTP_INVALID")) // spent by enabling
			s.clock.add(30 * time.Second)
			s.ResetThrottles()
			s.expect(patch(path, auth, enabling("false", code)), refusedCode("OTP_INVALID"))
			a = s.expect(patch(path, auth, enabling("false", s.TOTP(s.demo.Plain.ID))), want{status: 200})
			assert.Equal(s.t, false, a.at("data", "attributes", "enabled"))
			assert.NotEmpty(s.t, a.text("data", "attributes", "secret"))
			s.expect(ada, want{status: 201})
		}},
		{name: "74 wrong documents", run: func(s *scene) {
			path, auth := s.enroll()
			for body, pointer := range map[string]string{
				`{"meta":{"otp":"1"}}`: "/data",
				`{"data":{"type":"second-factors","attributes":{}},"meta":{"otp":"1"}}`: "/data/attributes/enabled",
				enabling(`"yes"`, "1"): "/data/attributes/enabled",
				enabling(`true`, ""):   "/meta/otp",
				`{"data":{"type":"tokens","attributes":{"enabled":true}},"meta":{"otp":"1"}}`: "/data/type",
			} {
				s.ResetThrottles()
				s.expect(patch(path, auth, body), want{status: 400, pointer: pointer})
			}
		}},
		{name: "75 delete", run: func(s *scene) {
			path, auth := s.enroll()
			s.expect(patch(path, auth, enabling("true", s.TOTP(s.demo.Plain.ID))), want{status: 200})
			s.expect(remove(path, auth), refusedCode("OTP_INVALID"))
			s.expect(remove(path, auth).with(withCode(s.TOTP(s.demo.Plain.ID))), refusedCode("OTP_INVALID")) // spent
			s.clock.add(30 * time.Second)
			assert.Empty(s.t, s.expect(remove(path, auth).with(withCode(s.TOTP(s.demo.Plain.ID))), want{status: 204}).body)
			s.expect(login("ada@example.com", "correct horse battery"), want{status: 201})
			s.ResetThrottles()
			s.expect(remove(path, auth), missing)
			path, auth = s.enroll()
			s.expect(remove(path, auth), want{status: 204}) // a disabled one
			path, auth = s.enroll()
			s.expect(remove(path, auth).with(`{"meta":{"password":"x"}}`), notPermitted("/meta/password"))
		}},
		{name: "75 those of others", run: func(s *scene) {
			c := s.crowd()
			c.license(keygentest.Policy{}, keygentest.License{})
			a := s.expect(post("users/"+c.member.ID+"/second-factors", c.asMember, withPassword("member password")), want{status: 201})
			id := a.text("data", "id")
			s.ResetThrottles()
			s.expect(get("users/"+c.member.ID+"/second-factors/"+id+"x", c.asMember), missing)
			assert.Empty(s.t, s.expect(get("users/"+c.member.ID+"/second-factors", c.asOwner), want{status: 200}).ids())
			for _, method := range []string{"GET", "PATCH", "DELETE"} {
				s.expect(call{method: method, path: "users/" + c.member.ID + "/second-factors/" + id, auth: c.asOwner}, denied())
				s.expect(call{method: method, path: "users/" + c.member.ID + "/second-factors/" + id, auth: c.asStranger}, missing)
			}
			s.ResetThrottles()
			s.expect(post("users/"+c.member.ID+"/second-factors", c.asOwner, withPassword("x")), denied())
			s.expect(post("users/"+c.member.ID+"/second-factors", c.asStranger, withPassword("x")), missing)
			s.expect(get("users/"+c.member.ID+"/second-factors", c.asStranger), missing)
			s.expect(get("users/"+c.member.ID+"/second-factors", ""), want{status: 401, code: "TOKEN_MISSING"})
		}},
		{name: "29 cancelled account", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
			u := s.AddUser("gone", keygentest.User{Email: "eve@example.com"})
			_, auth := s.signIn(u)
			path := "/v1/accounts/gone/users/" + u.ID + "/second-factors"
			s.expect(get(path, auth), inactive(acc))
			s.expect(post(path, auth, ""), inactive(acc))
			s.expect(get(path+"/x", auth), inactive(acc))
			s.expect(patch(path+"/x", auth, ""), inactive(acc))
			s.expect(remove(path+"/x", auth), inactive(acc))
		}},
	})
}
