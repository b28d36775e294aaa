package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

const (
	typeJSONAPI = "application/vnd.api+json; charset=utf-8"
	typeJSON    = "application/json; charset=utf-8"
)

func TestAccept(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.Plain)
	for _, c := range []struct{ name, accept, path, want string }{
		{"absent", "", "me", typeJSONAPI},
		{"anything", "*/*", "me", typeJSONAPI},
		{"bare star", "*", "me", typeJSONAPI},
		{"JSON:API", "application/vnd.api+json", "me", typeJSONAPI},
		{"JSON:API in capitals with a parameter", "Application/Vnd.API+JSON; q=0.1", "me", typeJSONAPI},
		{"JSON:API before JSON", "application/vnd.api+json, application/json", "me", typeJSONAPI},
		{"JSON", "application/json", "me", typeJSON},
		{"JSON before JSON:API, whatever the weights", "application/json;q=0.1, application/vnd.api+json;q=1", "me", typeJSON},
		{"JSON after others", "text/html, application/json, */*", "me", typeJSON},
		{"anything among others", "text/html, */*;q=0.8", "me", typeJSONAPI},
		{"bytes among others", "text/html, application/octet-stream", "me", typeJSONAPI},
		{"HTML", "text/html", "me", ""},
		{"plain text", "text/plain", "me", ""},
		{"XML", "application/xml, text/xml", "me", ""},
		{"extension of JSON", "", "me.json", typeJSON},
		{"extension of HTML", "", "me.html", ""},
		{"extension comes first", "application/json", "me.html", ""},
		{"dot that is no extension", "", "users/ada@example.com", typeJSONAPI},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			asked := get(c.path, auth).under("Accept", c.accept)
			if c.want == "" {
				a := s.expect(asked, want{status: 400, code: "MIME_TYPE_INVALID", title: "Bad request", outside: true})
				assert.Equal(t, typeJSONAPI, a.header.Get("Content-Type"))
				return
			}
			a := s.expect(asked, want{status: 200})
			assert.Equal(t, c.want, a.header.Get("Content-Type"))
			assert.Equal(t, s.demo.Plain.ID, a.text("data", "id"), "the shape is the same")
		})
	}
}

func TestRefusalsFollowAccept(t *testing.T) {
	s := open(t, keygentest.Options{})
	a := s.expect(get("me", "").under("Accept", "application/json"), want{status: 401, code: "TOKEN_MISSING"})
	assert.Equal(t, typeJSON, a.header.Get("Content-Type"))
}

func TestContentType(t *testing.T) {
	s := open(t, keygentest.Options{})
	body := withAttributes(`{"name":"Website"}`)
	for _, c := range []struct{ name, contentType, want string }{
		{"absent", "", "parsed"},
		{"JSON:API", "application/vnd.api+json", "parsed"},
		{"alias", "application/vnd.keygen+json", "parsed"},
		{"JSON", "application/json", "parsed"},
		{"charset", `application/json; charset="UTF-8"`, "parsed"},
		{"capitals", "Application/JSON", "parsed"},
		{"what fetch sends for text", "text/plain;charset=UTF-8", "parsed"},
		{"what forms send", "application/x-www-form-urlencoded", "parsed"},
		{"what forms with files send", "multipart/form-data; boundary=x", "parsed"},
		{"XML", "application/xml", "ignored"},
		{"HTML", "text/html", "ignored"},
		{"no slash", "vnd.api+xml", "refused"},
		{"two slashes", "a/b/c", "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			post := login("ada@example.com", "correct horse battery").with(body)
			if c.contentType != "" {
				post = post.under("Content-Type", c.contentType)
			}
			switch c.want {
			case "parsed":
				assert.Equal(t, "Website", s.expect(post, want{status: 201}).text("data", "attributes", "name"))
			case "ignored":
				assert.Nil(t, s.expect(post, want{status: 201}).at("data", "attributes", "name"))
				s.expect(post.with("{"), want{status: 201})
			default:
				s.expect(post, want{status: 400, code: "MIME_TYPE_INVALID", outside: true})
			}
		})
	}
}

func TestMalformedRequests(t *testing.T) {
	s := open(t, keygentest.Options{})
	ada := login("ada@example.com", "correct horse battery")
	nowhere := ada.with("{")
	nowhere.path = "/v1/accounts/nobody/tokens"
	for _, c := range []struct {
		name string
		call call
		code string
	}{
		{"cut JSON", ada.with(`{"data":`), "JSON_INVALID"},
		{"garbage after JSON", ada.with(`{} x`), "JSON_INVALID"},
		{"two documents", ada.with(`{}{}`), "JSON_INVALID"},
		{"no JSON", ada.with(`name=Website`), "JSON_INVALID"},
		{"not UTF-8", ada.with("{\"data\":\"\xff\"}"), "JSON_INVALID"},
		{"before the account is looked up", nowhere, "JSON_INVALID"},
		{"before credentials are looked at", call{method: "PUT", path: "tokens", body: "{"}, "JSON_INVALID"},
		{"query that is not escaped", get("me?x=%zz", ""), "PARAMETERS_INVALID"},
		{"query that is not UTF-8", get("me?x=%ff", ""), "PARAMETERS_INVALID"},
		{"method that does not exist", call{method: "BREW", path: "me"}, "HTTP_METHOD_INVALID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.ResetThrottles()
			s.expect(c.call, want{status: 400, code: c.code, title: "Bad request", outside: true})
		})
	}
	t.Run("bodies of GET are ignored", func(t *testing.T) {
		s.t = t
		_, auth := s.signIn(s.demo.Plain)
		s.expect(get("me", auth).with("{"), want{status: 200})
	})
}

// Without Accept errors are plain JSON, and those of the router no document at all.
func TestRefusalsWithoutAccept(t *testing.T) {
	s := open(t, keygentest.Options{})
	a := s.send(get("me", "").under("Accept", ""))
	assert.Equal(t, 401, a.status)
	assert.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
	assert.Equal(t, "TOKEN_MISSING", a.text("errors", 0, "code"))
	a = s.send(get("nonsense", "").under("Accept", ""))
	assert.Equal(t, 404, a.status)
	assert.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
	assert.Equal(t, "Not Found", string(a.body))
}
