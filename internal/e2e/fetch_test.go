package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attacker is a server on an origin that must not hear of anything. It returns its host with the port.
func attacker(t *testing.T) (host string) {
	t.Helper()
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*, authorization")
	}))
	t.Cleanup(func() {
		server.Close()
		assert.Zero(t, requests.Load(), "requests to the attacker")
	})
	return server.Listener.Addr().String()
}

// TestFetchStaysBelowTheAccount asks for paths that lead elsewhere, or would once a browser or a server has had its way
// with them. All are refused before anything is sent anywhere.
func TestFetchStaysBelowTheAccount(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	evil := attacker(t)
	api := strings.TrimPrefix(s.apiURL, "http://")
	s.do(`window.asked = 0;
		const fetching = window.fetch;
		window.fetch = (...args) => { window.asked++; return fetching(...args); };
		const open = XMLHttpRequest.prototype.open;
		XMLHttpRequest.prototype.open = function (...args) { window.asked++; return open.apply(this, args); };`)
	s.api.ResetRequests()
	for _, path := range []string{
		// Other origins.
		"http://" + evil + "/me", "https://" + evil + "/me", "HTTP://" + evil, "http:" + evil, "http:/" + evil, "http:///" + evil,
		"//" + evil + "/me", "///" + evil + "/me", `\\` + evil + `\me`, `/\` + evil + "/me", `\/` + evil + "/me", "/\t/" + evil,
		"@" + evil + "/me:x", "http://" + api + "@" + evil + "/me", "//" + api + "@" + evil, "user:password@" + evil,
		"javascript:alert(1)", "data:text/html,x", "blob:" + s.url + "/x", "file:///etc/passwd", "ftp://" + evil, " http://" + evil,
		// The API's own origin, outside of the account; or in full.
		s.apiURL + "/v1/accounts/demo/me", s.apiURL, "/v1/accounts/demo/../plain/me", "../plain/me", "/../../accounts/plain/me",
		"./me", "me/.", "me/..", "..", ".", "tokens/../../plain/me", "%2e%2e/plain/me", "%2E./plain/me", ".%2e/plain/me", "%2e/me",
		"tokens/%2e%2e/me", "tokens/..%2fme", "tokens/%2e%2e%2fme", "tokens/..%5cme", `..\plain\me`, `tokens\..\me`, "%2e%2e%5cme",
		"/v1/accounts/demo", "/v1/accounts/demo/", "/v1/accounts/demo//me", "//me", "/", "", "?limit=5",
		// What browsers leave out or change.
		"\tme", "me\t", "m\ne", "m\re", ".\t./me", " me", "me ", "m\x00e", "me#x", "#", "mé", "me\u3000", "me/．．/x", `me"`, "me<x>", "m|e", "m^e", "{me}", "m`e",
		// Credentials in an address.
		"me?token=x", "me?TOKEN=x", "me?a=b&token=x", "me?auth=x", "me?t%6fken=x", "me?%74oken=x", "me?token",
	} {
		t.Run(path, func(t *testing.T) {
			got := s.rejected(`keygenAuth.fetch(` + quote(path) + `)`)
			assert.Equal(t, "ARGUMENT_INVALID", got.Code)
			assert.True(t, strings.HasPrefix(got.Message, "fetch: path "), got.Message)
			assert.True(t, got.IsError)
		})
	}
	for _, value := range []string{`new Request("http://` + evil + `/me")`, `new URL("http://` + evil + `/me")`,
		`{toString: () => "http://` + evil + `/me"}`, `["me"]`, `null`, `undefined`, `7`} {
		t.Run(value, func(t *testing.T) {
			assert.Equal(t, "ARGUMENT_INVALID", s.rejected(`keygenAuth.fetch(`+value+`)`).Code)
		})
	}
	assert.Zero(t, eval[int](s.tab, `window.asked`))
	assert.Empty(t, s.asked())
	assert.Equal(t, []string{"signed-in"}, s.names(), "a wrong call is no failed attempt, and ends no session")
}

// TestFetchHeaders sends the token in one header, and lets no page replace it, or the account, or the environment.
func TestFetchHeaders(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{})
	s.api.ResetRequests()
	for _, headers := range []string{
		`{Authorization: "Bearer x"}`, `{"aUTHORIZATION": "x"}`, `[["authorization", ""]]`, `new Headers({authorization: "x"})`,
		`{"Keygen-Version": "1.0"}`, `{"Keygen-Environment": "x"}`, `{"keygen-account": "plain"}`,
	} {
		got := s.rejected(`keygenAuth.fetch("me", {headers: ` + headers + `})`)
		assert.Equal(t, "ARGUMENT_INVALID", got.Code, headers)
		assert.Contains(t, got.Message, "fetch: init.headers must be without ")
	}
	assert.Empty(t, s.asked())

	s.do(`document.cookie = "crumb=1"`)
	status := eval[int](s.tab, `keygenAuth.fetch("tokens?limit=1", {headers: {"X-Page": "yes", Accept: "application/json"},
		credentials: "include", redirect: "follow", mode: "no-cors", cache: "force-cache", referrerPolicy: "unsafe-url", keepalive: true,
		integrity: "sha256-AAAA"}).then((r) => r.status)`)
	assert.Equal(t, 200, status)
	require.Len(t, s.api.Requests(), 1)
	sent := s.api.Requests()[0]
	assert.Equal(t, "/v1/accounts/demo/tokens?limit=1", sent.Path)
	assert.True(t, sent.Header.Get("Authorization") == "Bearer "+token, "the token")
	assert.Equal(t, "1.8", sent.Header.Get("Keygen-Version"))
	assert.Equal(t, "yes", sent.Header.Get("X-Page"))
	assert.Equal(t, "application/json", sent.Header.Get("Accept"))
	assert.Empty(t, sent.Header.Get("Cookie"))
	assert.Empty(t, sent.Header.Get("Referer"))
	assert.Equal(t, "no-cache", sent.Header.Get("Cache-Control"))
	sent.Header.Del("Authorization")
	for name, values := range sent.Header {
		assert.False(t, strings.Contains(strings.Join(values, " "), token), "the token is in %s, too", name)
	}
}

// TestFetchRefusesRedirects, wherever they lead: the token goes with none of them.
func TestFetchRefusesRedirects(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{})
	evil := attacker(t)
	try := func(location string, status int) {
		s.api.ResetRequests()
		landed := make(chan string, 9)
		s.bend(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			if strings.HasSuffix(r.URL.Path, "/landed") {
				landed <- r.URL.Path
				return true
			}
			w.Header().Set("Location", location)
			w.WriteHeader(status)
			return true
		})
		got := s.rejected(`keygenAuth.fetch("me")`)
		assert.Equal(t, "NETWORK_ERROR", got.Code, "%d to %s", status, location)
		assert.Zero(t, got.Status)
		assert.False(t, strings.Contains(got.Everything, token))
		assert.Empty(t, landed)
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		try("/landed", status)
	}
	for _, location := range []string{"http://" + evil + "/", "//" + evil + "/", s.url + "/landed", "/v1/accounts/demo/landed"} {
		try(location, http.StatusTemporaryRedirect)
	}
	assert.Equal(t, token, s.storedToken(), "says nothing about the session")
}

// TestFetchResolves to whatever the API answers, with a body that is the page's to read.
func TestFetchResolves(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{})
	tests := []struct {
		name, call string
		status     int
		body       string // a part of it
	}{
		{"a document", `fetch("me")`, 200, `"email":"ada@example.com"`},
		{"with a slash", `fetch("/me")`, 200, `"email":"ada@example.com"`},
		{"in full", `fetch("/v1/accounts/demo/me")`, 200, `"email":"ada@example.com"`},
		{"brackets", `fetch("tokens?page[cursor]=&page[size]=1")`, 200, `"type":"tokens"`},
		{"not found", `fetch("tokens/nobody")`, 404, `"code":"NOT_FOUND"`},
		{"no such resource", `fetch("moons")`, 404, `"errors"`},
		{"a wrong parameter", `fetch("tokens?limit=0")`, 400, `"errors"`},
		{"no head", `fetch("me", {method: "head"})`, 200, ``},
		{"a body", `fetch("tokens", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({data: {type: "tokens",
			attributes: {name: "Second"}}})})`, 201, `"name":"Second"`},
		{"a body that is not valid", `fetch("tokens", {method: "post", headers: {"Content-Type": "application/vnd.api+json"},
			body: new Blob([JSON.stringify({data: {type: "tokens", attributes: {name: "x".repeat(256)}}})])})`, 422, `"code":"NAME_TOO_LONG"`},
		{"an own token is shown", `fetch("tokens/" + keygenAuth.session.tokenId)`, 200, `"kind":"user-token"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := eval[struct {
				Is     bool
				Status int
				Body   string
			}](s.tab, `keygenAuth.`+test.call+`.then(async (r) => ({Is: r instanceof Response, Status: r.status, Body: await r.text()}))`)
			assert.True(t, got.Is)
			assert.Equal(t, test.status, got.Status)
			assert.Contains(t, strings.ReplaceAll(got.Body, `": "`, `":"`), test.body)
		})
	}
	assert.Equal(t, token, s.storedToken())
	assert.Equal(t, []string{"signed-in"}, s.names())
	assert.Equal(t, "http://"+strings.TrimPrefix(s.apiURL, "http://")+"/v1/accounts/demo/me",
		eval[string](s.tab, `keygenAuth.fetch("me").then((r) => r.url)`), "an address without the token")
}

// TestFetchPages follows the links of the API's pages.
func TestFetchPages(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	for range 4 {
		s.api.AddToken(s.demo.Plain.ID, time.Now().Add(time.Hour))
	}
	ids := eval[[]string](s.tab, `(async () => {
		const ids = [];
		for (let link = "tokens?page[cursor]=&page[size]=2"; link;) {
			const page = await (await keygenAuth.fetch(link)).json();
			ids.push(...page.data.map((token) => token.id));
			link = page.links.next;
		}
		return ids;
	})()`)
	unique := map[string]bool{}
	for _, id := range ids {
		unique[id] = true
	}
	assert.Len(t, ids, 5)
	assert.Len(t, unique, 5)
}

// TestFetchSlowBody gives a body the time it needs once the answer has begun.
func TestFetchSlowBody(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{"form.html": document(short, tutorialForm)})
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = io.WriteString(w, "half ")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-time.After(shortly + 300*time.Millisecond):
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, "whole")
		return true
	})
	assert.Equal(t, "half whole", eval[string](s.tab, `keygenAuth.fetch("me").then((r) => r.text())`))
}

// TestFetchEndsSession when the API says that the token is worth nothing. What it answered is still the page's to read.
func TestFetchEndsSession(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reason string
		status       int
		given        func(s *stage)
	}{
		{"revoked", "invalid", 401, func(s *stage) { s.bend(revoked) }},
		{"expired", "expired", 401, func(s *stage) {
			s.api.SetNow(func() time.Time { return time.Now().AddDate(0, 1, 0) })
			s.do(`Date.now = () => 0`) // this device knows nothing of it
		}},
		{"banned", "banned", 403, func(s *stage) { s.api.SetBanned(s.demo.Plain.ID, true) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _ := signedIn(t, map[string]string{})
			test.given(s)
			assert.Equal(t, test.status, eval[int](s.tab, `keygenAuth.fetch("me").then(async (r) => (await r.json()).errors && r.status)`))
			s.untilSignedOut()
			assert.Empty(t, s.storedToken())
			assert.Equal(t, []heard{{"signed-out", `{"reason":"` + test.reason + `"}`}}, eval[[]heard](s.tab, `window.heard.slice(1)`))
			assert.Equal(t, "TOKEN_MISSING", s.rejected(`keygenAuth.fetch("me")`).Code)
		})
	}
}
