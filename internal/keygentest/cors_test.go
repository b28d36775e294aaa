package keygentest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

const exposed = "keygen-accept-signature, keygen-signature, keygen-date, keygen-digest, keygen-account-id, " +
	"keygen-bearer-id, keygen-token-id, keygen-account, keygen-bearer, keygen-token, keygen-environment, " +
	"keygen-license, keygen-edition, keygen-mode, keygen-revision, keygen-version, x-ratelimit-window, " +
	"x-ratelimit-count, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id, " +
	"x-signature, date, digest"

// shared checks that an answer is open to scripts of any origin.
func (a answer) shared() {
	a.t.Helper()
	assert.Equal(a.t, []string{"*"}, a.header.Values("Access-Control-Allow-Origin"))
	assert.Equal(a.t, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", a.header.Get("Access-Control-Allow-Methods"))
	assert.Equal(a.t, "86400", a.header.Get("Access-Control-Max-Age"))
	assert.Equal(a.t, []string{exposed}, a.header.Values("Access-Control-Expose-Headers"))
	assert.NotContains(a.t, a.header, "Access-Control-Allow-Credentials")
}

func TestAnswersAreShared(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.Plain)
	for range 5 {
		s.send(login("full@example.com", "x"))
	}
	for _, c := range []struct {
		name   string
		call   call
		status int
	}{
		{"success", get("me", auth), 200},
		{"no account needed", get("/v1/ping", ""), 200},
		{"empty", get("/v1/health", ""), 204},
		{"malformed", login("ada@example.com", "x").with("{"), 400},
		{"not acceptable", get("me", auth).under("Accept", "text/html"), 400},
		{"refused", get("me", ""), 401},
		{"forbidden", login("mallory@example.com", "man in the middle"), 403},
		{"unknown account", get("/v1/accounts/nobody/me", auth), 404},
		{"unroutable", get("/", ""), 404},
		{"throttled", login("full@example.com", "x"), 429},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			a := s.send(c.call)
			assert.Equal(t, c.status, a.status)
			assert.Equal(t, "Origin", a.header.Get("Vary"))
			a.shared()
		})
	}
}

func TestRequestsWithoutOriginGetNoCORS(t *testing.T) {
	s := open(t, keygentest.Options{})
	req := s.request(get("me", ""))
	req.Header.Del("Origin")
	res, err := http.DefaultClient.Do(req)
	if assert.NoError(t, err) {
		defer res.Body.Close()
		assert.Equal(t, "Origin", res.Header.Get("Vary"))
		assert.NotContains(t, res.Header, "Access-Control-Allow-Origin")
	}
}

func TestPreflights(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, c := range []struct{ name, path, headers string }{
		{"an endpoint", "tokens", "authorization,content-type,keygen-version"},
		{"unknown account", "/v1/accounts/nobody/tokens", "x-anything"},
		{"unknown path", "/wp-login.php", "authorization"},
		{"no headers asked", "me", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			preflight := call{method: "OPTIONS", path: c.path}.under("Access-Control-Request-Method", "DELETE")
			if c.headers != "" {
				preflight = preflight.under("Access-Control-Request-Headers", c.headers)
			}
			a := s.send(preflight)
			assert.Equal(t, 200, a.status)
			assert.Empty(t, a.body)
			assert.Equal(t, c.headers, a.header.Get("Access-Control-Allow-Headers"))
			assert.Empty(t, a.header.Get("Vary"))
			a.shared()
		})
	}
	assert.Empty(t, s.Requests(), "preflights are not recorded")
}

func TestPreflightsComeBeforeThrottle(t *testing.T) {
	s := open(t, keygentest.Options{})
	ada := login("ada@example.com", "x")
	preflight := ada.under("Access-Control-Request-Method", "POST")
	preflight.method = "OPTIONS"
	for range 10 {
		assert.Equal(t, 200, s.send(preflight).status)
	}
	for range 5 {
		s.expect(ada, refusedCredentials("PASSWORD_INVALID"))
	}
	assert.Equal(t, 429, s.send(ada).status)
	assert.Equal(t, 200, s.send(preflight).status)
}

func TestOptionsThatIsNoPreflight(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.expect(call{method: "OPTIONS", path: "me"}, want{status: 404, code: "NOT_FOUND", unsigned: true})
}
