package keygentest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func TestBodySchema(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, c := range []struct{ name, body, pointer, detail string }{
		{"list", `[]`, "/data", "type mismatch (received array expected object)"},
		{"text", `"x"`, "/data", "type mismatch (received string expected object)"},
		{"unknown at the top", `{"foo":1}`, "/foo", "unpermitted parameter"},
		{"unknown in data", `{"data":{"type":"tokens","id":"x"}}`, "/data/id", "unpermitted parameter"},
		{"unknown attribute", withAttributes(`{"foo_bar":1}`), "/data/attributes/fooBar", "unpermitted parameter"},
		{"first of two unknown", withAttributes(`{"zulu":1,"alpha":1}`), "/data/attributes/zulu", "unpermitted parameter"},
		{"unknown key with a slash", withAttributes(`{"a/b~c":1}`), "/data/attributes/a~1b~0c", "unpermitted parameter"},
		{"unknown in meta", `{"meta":{"otp":"1","scope":{}}}`, "/meta/scope", "unpermitted parameter"},
		{"unknown relationship", `{"data":{"type":"tokens","relationships":{"group":{}}}}`, "/data/relationships/group", "unpermitted parameter"},
		{"unknown in a relationship", withBearer(`{"type":"users","id":"x","name":"y"}`),
			"/data/relationships/bearer/data/name", "unpermitted parameter"},
		{"type absent", `{"data":{}}`, "/data/type", "is missing"},
		{"type null", `{"data":{"type":null}}`, "/data/type", "cannot be null"},
		{"type of another resource", `{"data":{"type":"users"}}`, "/data/type", "is invalid"},
		{"data is a list", `{"data":[]}`, "/data", "type mismatch (received array expected object)"},
		{"attributes are a boolean", withAttributes(`true`), "/data/attributes", "type mismatch (received boolean expected object)"},
		{"name blank", withAttributes(`{"name":""}`), "/data/attributes/name", "cannot be blank"},
		{"name of blanks", withAttributes(`{"name":" \t"}`), "/data/attributes/name", "cannot be blank"},
		{"name is a number", withAttributes(`{"name":1}`), "/data/attributes/name", "type mismatch (received integer expected string)"},
		{"name is an object", withAttributes(`{"name":{"x":1}}`), "/data/attributes/name", "type mismatch (received object expected string)"},
		{"permissions are text", withAttributes(`{"permissions":"*"}`), "/data/attributes/permissions", "type mismatch (received string expected array)"},
		{"permission is a number", withAttributes(`{"permissions":["user.read",7]}`),
			"/data/attributes/permissions/1", "type mismatch (received integer expected string)"},
		{"bearer without data", `{"data":{"type":"tokens","relationships":{"bearer":{}}}}`,
			"/data/relationships/bearer/data", "is missing"},
		{"bearer without id", withBearer(`{"type":"users"}`), "/data/relationships/bearer/data/id", "is missing"},
		{"bearer by email", withBearer(`{"type":"users","id":"ada@example.com"}`),
			"/data/relationships/bearer/data/id", "type mismatch (received string expected UUID string)"},
		{"meta without code", `{"meta":{}}`, "/meta/otp", "is missing"},
		{"code is null", `{"meta":{"otp":null}}`, "/meta/otp", "cannot be null"},
		{"code is blank", `{"meta":{"otp":""}}`, "/meta/otp", "cannot be blank"},
		{"code is a number", `{"meta":{"otp":123456}}`, "/meta/otp", "type mismatch (received integer expected string)"},
		{"meta is text", `{"meta":"123456"}`, "/meta", "type mismatch (received string expected object)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			ada := login("ada@example.com", "correct horse battery").with(c.body)
			a := s.expect(ada, want{status: 400, title: "Bad request", pointer: c.pointer})
			assert.Equal(t, c.detail, a.text("errors", 0, "detail"))
		})
	}
	assert.Empty(t, s.Tokens(s.demo.Plain.ID), "none of these made a token")
}

func TestBodyAccepted(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, c := range []struct{ name, body string }{
		{"none", ``},
		{"blanks", " \n"},
		{"null", `null`},
		{"empty", `{}`},
		{"null where null means absent", `{"data":null,"meta":null}`},
		{"type in the singular", `{"data":{"type":"token"}}`},
		{"null permissions", withAttributes(`{"permissions":null}`)},
		{"the longest name", withAttributes(`{"name":"` + strings.Repeat("ä", 255) + `"}`)},
		{"own bearer, in the singular", withBearer(`{"type":"user","id":"1c0a5c2e-0f5d-4b7e-8a11-000000000001"}`)},
		{"code nobody asked for", withCode("123456")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			s.expect(login("ada@example.com", "correct horse battery").with(c.body), want{status: 201})
		})
	}
}

func TestKeyCasing(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, key := range []string{"expiry", "Expiry"} {
		a := s.expect(login("ada@example.com", "correct horse battery").with(withAttributes(`{"`+key+`":null}`)), want{status: 201})
		assert.Nil(t, a.at("data", "attributes", "expiry"), key)
	}
	s.ResetThrottles()
	for sent, told := range map[string]string{
		"first_name": "firstName", "first-name": "firstName", "firstName": "firstName", "First Name": "firstName",
		"customerID": "customerId", "HTMLPage": "htmlPage", "a1B": "a1B",
	} {
		s.ResetThrottles()
		s.expect(login("ada@example.com", "correct horse battery").with(withAttributes(`{"`+sent+`":1}`)),
			want{status: 400, pointer: "/data/attributes/" + told})
	}
}

func TestBodyIsJudgedAfterCredentialsAndBeforeTheRest(t *testing.T) {
	s := open(t, keygentest.Options{})
	unpermitted := `{"foo":1}`
	s.expect(login("ada@example.com", "wrong").with(unpermitted), refusedCredentials("PASSWORD_INVALID"))
	s.expect(login("ada@example.com", "wrong").with(`[]`), refusedCredentials("PASSWORD_INVALID"))
	s.expect(call{method: "POST", path: "tokens", body: unpermitted}, want{status: 401, code: "TOKEN_MISSING"})
	s.expect(login("mallory@example.com", "man in the middle").with(unpermitted), want{status: 400, pointer: "/foo"})
	// Permission comes before values.
	s.expect(login("mallory@example.com", "man in the middle").with(withAttributes(`{"permissions":["x"]}`)), denied())
}

func TestValues(t *testing.T) {
	s := open(t, keygentest.Options{})
	ada := login("ada@example.com", "correct horse battery")
	a := s.expect(ada.with(withAttributes(`{"name":"`+strings.Repeat("x", 256)+`"}`)), want{
		status: 422, code: "NAME_TOO_LONG", title: "Unprocessable resource", pointer: "/data/attributes/name",
	})
	assert.Contains(t, a.text("errors", 0, "detail"), "is too long")
	s.expect(ada.with(withAttributes(`{"name":"a\u0000b"}`)), want{status: 400, code: "ENCODING_INVALID"})
	assert.Empty(t, s.Tokens(s.demo.Plain.ID))
}
