package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func TestVersions(t *testing.T) {
	s := open(t, keygentest.Options{})
	for asked, used := range map[string]string{
		"": "1.8", "1.8": "1.8", "v1.8": "1.8", "1.7": "1.7", "v1.0": "1.0", "1.3": "1.3",
		"1.9": "", "2.0": "", "1": "", "v": "", "vv1.8": "", "1.8.0": "", "1.08": "", "latest": "",
	} {
		t.Run("version "+asked, func(t *testing.T) {
			s.t = t
			ping := get("/v1/ping", "")
			if asked != "" {
				ping = ping.under("Keygen-Version", asked)
			}
			if used == "" {
				s.expect(ping, want{status: 400, code: "INVALID_API_VERSION", unsigned: true})
				return
			}
			a := s.expect(ping, want{status: 200, unsigned: true})
			assert.Equal(t, used, a.header.Get("Keygen-Version"))
		})
	}
}

func TestCredentialCodesByVersion(t *testing.T) {
	header, otp := want{inHeader: "Authorization"}, want{pointer: "/meta/otp"}
	for _, c := range []struct {
		name     string
		call     call
		new, old string
		source   want
	}{
		{"no email", login("a@b", "x"), "EMAIL_REQUIRED", "CREDENTIALS_INVALID", header},
		{"unknown email", login("nobody@example.com", "x"), "EMAIL_INVALID", "CREDENTIALS_INVALID", header},
		{"no password", login("ada@example.com", ""), "PASSWORD_REQUIRED", "CREDENTIALS_INVALID", header},
		{"wrong password", login("ada@example.com", "x"), "PASSWORD_INVALID", "CREDENTIALS_INVALID", header},
		{"password not set", login("nopass@example.com", "x"), "PASSWORD_NOT_SUPPORTED", "CREDENTIALS_INVALID", header},
		{"single sign-on", login("sam@sso.example.com", "x"), "SSO_REQUIRED", "SSO_REQUIRED", header},
		{"no code", login("grace@example.com", "x"), "OTP_REQUIRED", "OTP_REQUIRED", otp},
		{"wrong code", login("grace@example.com", "x").with(withCode("0")), "OTP_INVALID", "OTP_INVALID", otp},
		{"token", call{method: "POST", path: "tokens", auth: "Bearer x"}, "TOKEN_INVALID", "TOKEN_INVALID", want{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			for version, code := range map[string]string{"": c.new, "1.8": c.new, "1.7": c.old, "v1.0": c.old} {
				asked, wanted := c.call, c.source
				if version != "" {
					asked = asked.under("Keygen-Version", version)
				}
				wanted.status, wanted.code = 401, code
				a := s.expect(asked, wanted)
				if code == "CREDENTIALS_INVALID" {
					assert.Equal(t, "email and password must be valid", a.text("errors", 0, "detail"))
				}
			}
		})
	}
}

func TestHeaderNamesByVersion(t *testing.T) {
	s := open(t, keygentest.Options{})
	id, auth := s.signIn(s.demo.Plain)
	for version, suffix := range map[string]string{"1.8": "", "1.4": "", "1.3": "-Id", "1.0": "-Id"} {
		a := s.expect(get("me", auth).under("Keygen-Version", version), want{status: 200})
		for name, value := range map[string]string{"Account": s.demo.Account.ID, "Bearer": s.demo.Plain.ID, "Token": id} {
			assert.Equal(t, []string{value}, a.header.Values("Keygen-"+name+suffix), version)
			assert.Len(t, append(a.header.Values("Keygen-"+name), a.header.Values("Keygen-"+name+"-Id")...), 1, version)
		}
	}
}

func TestServerFacts(t *testing.T) {
	for _, c := range []struct {
		name          string
		options       keygentest.Options
		edition, mode string
	}{
		{"Enterprise", keygentest.Options{}, "EE", "multiplayer"},
		{"Community", keygentest.Options{Community: true}, "CE", "multiplayer"},
		{"single account", keygentest.Options{Single: true}, "EE", "singleplayer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, c.options)
			a := s.expect(get("me", ""), want{status: 401, code: "TOKEN_MISSING"})
			assert.Equal(t, c.edition, a.header.Get("Keygen-Edition"))
			assert.Equal(t, c.mode, a.header.Get("Keygen-Mode"))
			assert.NotEmpty(t, a.header.Get("Keygen-Revision"))
			assert.Equal(t, c.edition == "EE", a.header.Get("Keygen-License") != "")
			assert.Equal(t, "Tue, 06 Oct 2026 12:00:00 GMT", a.header.Get("Date"))
		})
	}
}

func TestHealth(t *testing.T) {
	s := open(t, keygentest.Options{})
	assert.Equal(t, " ", string(s.expect(get("/v1/ping", ""), want{status: 200, unsigned: true}).body))
	assert.Empty(t, s.expect(get("/v1/health", ""), want{status: 204, unsigned: true}).body)
	s.expect(get("ping", ""), want{status: 404, code: "NOT_FOUND", unsigned: true})
	s.expect(get("/ping", ""), want{status: 404, code: "NOT_FOUND", unsigned: true})
}

func TestAccountInPath(t *testing.T) {
	const id = "6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90"
	for _, c := range []struct {
		name   string
		single bool
		path   string
		detail string // "" if found
	}{
		{"by slug", false, "/v1/accounts/demo/me", ""},
		{"by id", false, "/v1/accounts/" + id + "/me", ""},
		{"escaped", false, "/v1/accounts/%64emo/me", ""},
		{"left out", false, "/v1/me", "account is required"},
		{"unknown", false, "/v1/accounts/nobody/me", "The requested account 'nobody' was not found"},
		{"id in capitals", false, "/v1/accounts/6F0A1B52-7C1E-4D0B-9A34-2F5F1C7D8E90/me",
			"The requested account '6F0A1B52-7C1E-4D0B-9A34-2F5F1C7D8E90' was not found"},
		{"single, left out", true, "/v1/me", ""},
		{"single, by slug", true, "/v1/accounts/demo/me", ""},
		{"single, by id", true, "/v1/accounts/" + id + "/me", ""},
		{"single, another", true, "/v1/accounts/nobody/me", "account is invalid (expected " + id + ")"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{Single: c.single})
			_, auth := s.signIn(s.demo.Plain)
			if c.detail != "" {
				a := s.expect(get(c.path, auth), want{status: 404, code: "NOT_FOUND", title: "Not found", unsigned: true})
				assert.Equal(t, c.detail, a.text("errors", 0, "detail"))
				return
			}
			a := s.expect(get(c.path, auth), want{status: 200})
			assert.Equal(t, "/v1/accounts/"+id+"/users/"+s.demo.Plain.ID, a.text("data", "links", "self"))
		})
	}
}
