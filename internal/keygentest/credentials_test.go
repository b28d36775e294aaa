package keygentest_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func TestSchemes(t *testing.T) {
	s := open(t, keygentest.Options{})
	id, raw := s.AddToken(s.demo.Plain.ID, time.Time{})
	const ok = ""
	for _, c := range []struct{ name, auth, query, code, challenge string }{
		{"Bearer", "Bearer " + raw, "", ok, ""},
		{"Token", "Token " + raw, "", ok, ""},
		{"bearer in lower case", "bearer " + raw, "", "TOKEN_MISSING", "Bearer"},
		{"BEARER in capitals", "BEARER " + raw, "", "TOKEN_MISSING", "Bearer"},
		{"token in lower case", "token " + raw, "", "TOKEN_MISSING", "Token"},
		{"Bearer without a token", "Bearer", "", "TOKEN_MISSING", "Bearer"},
		{"token as user name", basic(raw + ":"), "", ok, ""},
		{"token as user name, password ignored", basic(raw + ":whatever"), "", ok, ""},
		{"token as user name, no colon", basic(raw), "", ok, ""},
		{"basic in lower case", "basic " + base64.StdEncoding.EncodeToString([]byte(raw+":")), "", ok, ""},
		{"token as password", basic("token:" + raw), "", ok, ""},
		{"wrong token as password", basic("token:nope"), "", "TOKEN_INVALID", "Basic"},
		{"id as user name", basic(id + ":x"), "", "TOKEN_FORMAT_INVALID", "Basic"},
		{"licence key as password", basic("license:key"), "", "LICENSE_INVALID", "Basic"},
		{"licence", "License key", "", "LICENSE_INVALID", "License"},
		{"unknown scheme", "Digest " + raw, "", "TOKEN_MISSING", "Digest"},
		{"in the query", "", "?token=" + raw, ok, ""},
		{"in the query as auth", "", "?auth=token:" + raw, ok, ""},
		{"in the query as bare auth", "", "?auth=" + raw, ok, ""},
		{"licence in the query", "", "?auth=license:key", "LICENSE_INVALID", "Bearer"},
		{"wrong in the query", "", "?token=nope", "TOKEN_INVALID", "Bearer"},
		{"unknown scheme leaves the query", "Digest x", "?token=" + raw, ok, ""},
		{"known scheme hides the query", "Bearer nope", "?token=" + raw, "TOKEN_INVALID", "Bearer"},
		{"empty known scheme hides the query", "Bearer", "?token=" + raw, "TOKEN_MISSING", "Bearer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			w := want{status: 401, code: c.code}
			if c.code == ok {
				w = want{status: 200}
			}
			a := s.expect(get("me"+c.query, c.auth), w)
			if c.code != ok {
				assert.Equal(t, c.challenge+` realm="keygen"`, a.header.Get("WWW-Authenticate"))
			}
		})
	}
}

func TestBasicOnLogin(t *testing.T) {
	s := open(t, keygentest.Options{})
	id, raw := s.AddToken(s.demo.Plain.ID, time.Time{})
	right := base64.StdEncoding.EncodeToString([]byte("ada@example.com:correct horse battery"))
	s.AddUser("demo", keygentest.User{Email: "eve@example.com", Password: "\xff\xfe\xfd?"})
	eve := base64.URLEncoding.EncodeToString([]byte("eve@example.com:\xff\xfe\xfd?"))
	for _, c := range []struct {
		name, auth string
		want       want
	}{
		{"scheme in lower case", "basic " + right, want{status: 201}},
		{"foreign characters are skipped", "Basic " + right[:9] + "*" + right[9:], want{status: 201}},
		{"padding missing", "Basic " + base64.RawStdEncoding.EncodeToString([]byte("ada@example.com:correct horse battery")), want{status: 201}},
		{"URL-safe alphabet", "Basic " + eve, refusedCredentials("PASSWORD_INVALID")},
		{"bytes that are not UTF-8 in the password", basic("eve@example.com:\xff\xfe\xfd?"), want{status: 201}},
		{"token as user name", basic(raw + ":"), want{status: 201}},
		{"id as user name", basic(id + ":x"), want{status: 401, code: "TOKEN_FORMAT_INVALID"}},
		{"licence", basic("license:x"), want{status: 401, code: "LICENSE_INVALID"}},
		{"nothing", "Basic", want{status: 401, code: "TOKEN_INVALID"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			s.expect(call{method: "POST", path: "tokens", auth: c.auth}, c.want)
		})
	}
}

func TestEmailSyntax(t *testing.T) {
	s := open(t, keygentest.Options{})
	for email, code := range map[string]string{
		"nobody@example.com":          "EMAIL_INVALID", // fine, but of no user
		"o'brien+tag@mail.example.co": "EMAIL_INVALID",
		"jörg@example.com":            "EMAIL_INVALID",
		"a@xn--bcher-kva.example":     "EMAIL_INVALID",
		"@example.com":                "EMAIL_REQUIRED",
		"ada@":                        "EMAIL_REQUIRED",
		"ada@example":                 "EMAIL_REQUIRED",
		"ada@example.c":               "EMAIL_REQUIRED",
		"ada@example.c0m":             "EMAIL_REQUIRED",
		"ada@example..com":            "EMAIL_REQUIRED",
		"ada@bücher.example":          "EMAIL_REQUIRED",
		"a@b@example.com":             "EMAIL_REQUIRED",
		"a da@example.com":            "EMAIL_REQUIRED",
		" ada@example.com":            "EMAIL_REQUIRED", // nothing is trimmed
		"ada@example.com ":            "EMAIL_REQUIRED",
		"ada@example.com\n":           "EMAIL_REQUIRED",
		"x\nada@example.com":          "EMAIL_REQUIRED",
	} {
		s.expect(login(email, "x"), refusedCredentials(code))
	}
	s.expect(login("a\x00da@example.com", "x"), want{status: 400, code: "ENCODING_INVALID"})
}
