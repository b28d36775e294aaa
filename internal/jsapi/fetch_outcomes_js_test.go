package jsapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

func TestFetchRejects(t *testing.T) {
	for name, test := range map[string]struct {
		fault   string
		seconds float64
		code    string
	}{
		"cut":     {`{"kind":"cut"}`, 10, keygen.CodeNetwork},
		"no CORS": {`{"kind":"no-cors"}`, 10, keygen.CodeUnavailable},
		"hang":    {`{"kind":"hang"}`, 0.1, keygen.CodeTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			v := signedIn(t, test.seconds)
			control(t, "POST", "/faults", test.fault)
			outcome := v.call("fetch", `"me", { signal: new AbortController().signal }`)
			assert.False(t, outcome.Get("resolved").Exists())
			assert.Equal(t, test.code, text(outcome, "rejected", "code"))
			assert.NotContains(t, stringify(t, outcome), v.auth.Token())
			assert.NotContains(t, stringify(t, outcome), "http")
			assert.NotNil(t, v.auth.State(), "the session stays")
			assert.Empty(t, *v.events)
		})
	}
}

func TestFetchSignedOut(t *testing.T) {
	v := signedIn(t, 10)
	v.auth.SignOut()
	control(t, "DELETE", "/requests", "")
	assert.Equal(t, "TOKEN_MISSING", v.rejected("fetch", `"me"`))
	assert.Empty(t, seen(t))
}

// Whatever the API says is an answer, as it is to the platform's fetch.
func TestFetchResolvesToWhatWasRefused(t *testing.T) {
	v := signedIn(t, 10)
	for _, test := range []struct {
		arguments string
		status    int
		body      string
	}{
		{`"tokens/none"`, 404, "NOT_FOUND"},
		{`"nothing/here"`, 404, "The requested endpoint was not found"},
		{`"tokens", { method: "POST", headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ data: { type: "tokens", attributes: { name: "n".repeat(256) } } }) }`, 422, "NAME_TOO_LONG"},
		{`"tokens", { method: "POST", body: "{" }`, 400, "JSON_INVALID"},
		{`"tokens?limit=0"`, 400, "must be a number"},
		{`"users/ada@example.com/tokens", { method: "POST" }`, 403, "Access denied"},
	} {
		response := v.resolved("fetch", test.arguments)
		assert.False(t, response.Get("ok").True())
		status, body := read(t, response)
		assert.Equal(t, test.status, status, test.arguments)
		assert.Contains(t, body, test.body)
	}
	for fault, want := range map[string]int{
		`{"kind":"status","status":401,"times":1}`: 401,
		`{"kind":"status","status":429,"times":1}`: 429, `{"kind":"html","times":1}`: 200, `{"kind":"status","status":204,"times":1}`: 204,
	} {
		control(t, "POST", "/faults", fault)
		status, body := read(t, v.resolved("fetch", `"me"`))
		assert.Equal(t, want, status)
		assert.Equal(t, want != 204, strings.Contains(body, "<!doctype html>"), "of whoever answered")
	}
	assert.NotNil(t, v.auth.State(), "none of that ends a session")
	assert.Empty(t, *v.events)
}

func TestFetchEndsTheSession(t *testing.T) {
	v := signedIn(t, 10)
	v.revoke()
	status, body := read(t, v.resolved("fetch", `"me"`))
	assert.Equal(t, 401, status)
	assert.Contains(t, body, "TOKEN_INVALID", "the body is the caller's")
	assert.Nil(t, v.auth.State())
	assert.Equal(t, []string{session.SignedOut + ` {"reason":"invalid"}`}, *v.events)
	assert.Len(t, seen(t), 1, "asked once")
	assert.Equal(t, "TOKEN_MISSING", v.rejected("fetch", `"me"`))
}

// A HEAD has no body that says what is wrong with the token.
func TestFetchHead(t *testing.T) {
	v := signedIn(t, 10)
	v.revoke()
	status, body := read(t, v.resolved("fetch", `"me", { method: "HEAD" }`))
	assert.Equal(t, 401, status)
	assert.Empty(t, body)
	assert.NotNil(t, v.auth.State())
}

// The end of an answer that is judged may not come.
func TestFetchRefusedWithoutEnd(t *testing.T) {
	v := signedIn(t, 0.1)
	replace(t, `window`, `fetch`, `{ value: async (url, { signal }) => new Response(new ReadableStream({
		start: (it) => signal.addEventListener("abort", () => it.error(signal.reason)) }), { status: 401 }) }`)
	status, _ := v.resolved("fetch", `"me"`).Get("status").Number()
	assert.InDelta(t, 401, status, 0)
	assert.NotNil(t, v.auth.State(), "what it would have said is not known")
}

// twice has every request made with two tokens, as if another tab had renewed the first.
func twice(between func()) func(func(keygen.Token) error) error {
	return func(request func(keygen.Token) error) error {
		if err := request(keygen.Token{Value: "old"}); err == nil {
			return nil
		}
		between()
		return request(keygen.Token{Value: "new"})
	}
}

func TestFetchOnceMore(t *testing.T) {
	v := signedIn(t, 10)
	l := serve(t, withAuth(v, &fakeAuth{use: twice(func() {})}))
	_, body := read(t, l.resolved("fetch", `"me", { method: "PUT", body: "{}" }`))
	assert.Contains(t, body, "NOT_FOUND")
	_, body = read(t, l.resolved("fetch", `"tokens", { method: "POST", body: "{}" }`))
	assert.Contains(t, body, "TOKEN_INVALID")
	var sent []string
	for _, request := range seen(t) {
		sent = append(sent, request.method+" "+request.header("Authorization")+" "+request.body)
	}
	assert.Equal(t, []string{"PUT Bearer old {}", "PUT Bearer new {}", "POST Bearer old {}", "POST Bearer new {}"}, sent)
}

// The answer to the first try is not the answer to the second.
func TestFetchOnceMoreFails(t *testing.T) {
	v := signedIn(t, 10)
	l := serve(t, withAuth(v, &fakeAuth{use: twice(func() { control(t, "POST", "/faults", `{"kind":"no-cors"}`) })}))
	assert.Equal(t, keygen.CodeUnavailable, l.rejected("fetch", `"me"`))
}

func TestFetchAborts(t *testing.T) {
	v := signedIn(t, 10)
	assert.Equal(t, keygen.CodeAborted, v.rejected("fetch", `"me", { signal: AbortSignal.abort() }`))
	assert.Empty(t, seen(t))
	v.abortsMeanwhile("fetch", `"me", { signal: testPage.signal }`)

	require.NoError(t, browser.Window().Set("testPage", eval(t, `new AbortController()`)))
	response := v.resolved("fetch", `"me", { signal: testPage.signal }`)
	eval(t, `testPage.abort()`)
	_, err := browser.Await(first(response.Call("text")))
	var thrown *browser.Error
	require.ErrorAs(t, err, &thrown)
	assert.Equal(t, "AbortError", thrown.Name, "the body is under the page's signal, too")
}
