package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProtocol(t *testing.T) {
	runRows(t, []row{
		{name: "105 answer wanted as HTML", run: func(s *scene) {
			wanted := want{status: 400, code: "MIME_TYPE_INVALID", title: "Bad request", outside: true}
			s.expect(get("me", "").under("Accept", "text/html"), wanted)
			s.expect(get("no/such/endpoint", "").under("Accept", "text/html"), wanted)
		}},
		{name: "106 unknown version", run: func(s *scene) {
			wanted := want{status: 400, code: "INVALID_API_VERSION", title: "Bad request", unsigned: true}
			_, auth := s.signIn(s.demo.Plain)
			for _, c := range []call{get("me", auth), login("ada@example.com", "x"), get("/v1/ping", ""), get("nowhere", "")} {
				a := s.expect(c.under("Keygen-Version", "9.9"), wanted)
				assert.NotEmpty(s.t, a.text("errors", 0, "links", "about"))
			}
		}},
		{name: "107 environment on the Community Edition", options: community, run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			s.expect(get("me", auth).under("Keygen-Environment", "test"),
				want{status: 400, code: "ENVIRONMENT_NOT_SUPPORTED", inHeader: "Keygen-Environment"})
			s.expect(get("me?environment=test", auth),
				want{status: 400, code: "ENVIRONMENT_NOT_SUPPORTED", parameter: "environment"})
		}},
		{name: "108 signature by an unsupported algorithm", run: func(s *scene) {
			_, auth := s.signIn(s.demo.Plain)
			s.expect(get("me", auth).under("Keygen-Accept-Signature", `algorithm="rsa-sha1"`),
				want{status: 400, title: "Bad request", unsigned: true})
		}},
		{name: "109 preflight of an unknown path", run: func(s *scene) {
			a := s.send(call{method: "OPTIONS", path: "/no/such/path", header: map[string]string{
				"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,keygen-version",
			}})
			assert.Equal(s.t, 200, a.status)
			assert.Empty(s.t, a.body)
			assert.Equal(s.t, "*", a.header.Get("Access-Control-Allow-Origin"))
			assert.Equal(s.t, "86400", a.header.Get("Access-Control-Max-Age"))
			assert.Equal(s.t, "authorization,keygen-version", a.header.Get("Access-Control-Allow-Headers"))
		}},
		{name: "110 signature on 401 and on 204", run: func(s *scene) {
			// expect verifies the signatures of both.
			id, auth := s.signIn(s.demo.Plain)
			s.expect(call{method: "DELETE", path: "tokens/" + id, auth: auth}, want{status: 204})
			s.expect(get("me", auth), want{status: 401, code: "TOKEN_INVALID"})
		}},
	})
}
