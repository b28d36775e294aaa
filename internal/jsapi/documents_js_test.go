package jsapi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// withAuth returns the API of a visit with another session.
func withAuth(v visit, auth jsapi.Auth) jsapi.API {
	return jsapi.API{Auth: auth, Client: v.client, Patience: patience(10)}
}

// abortsMeanwhile ends a request that hangs by the AbortController testPage.
func (v visit) abortsMeanwhile(method, arguments string) {
	v.t.Helper()
	control(v.t, "DELETE", "/requests", "")
	control(v.t, "POST", "/faults", `{"kind":"hang"}`)
	require.NoError(v.t, browser.Window().Set("testPage", eval(v.t, `new AbortController()`)))
	promise := v.start(method, arguments)
	require.Eventually(v.t, func() bool { return len(seen(v.t)) == 1 }, waitLimit, tick)
	eval(v.t, `testPage.abort()`)
	outcome, err := browser.Await(promise)
	require.NoError(v.t, err)
	assert.Equal(v.t, keygen.CodeAborted, text(outcome, "rejected", "code"), method)
	assert.NotNil(v.t, v.auth.State())
	control(v.t, "DELETE", "/faults", "")
}

// documents are the methods that ask for one, with arguments that hold a signal.
var documents = map[string]string{
	"users.me": `{ signal: testPage.signal }`, "tokens.list": `{ limit: 5 }, { signal: testPage.signal }`,
	"tokens.revoke": `"none", { signal: testPage.signal }`,
}

func TestDocumentsFail(t *testing.T) {
	eval(t, `window.testPage = new AbortController()`)
	for name, test := range map[string]struct {
		fault   string
		seconds float64
		code    string
	}{
		"no network":      {`{"kind":"cut"}`, 10, keygen.CodeNetwork},
		"no CORS":         {`{"kind":"no-cors"}`, 10, keygen.CodeUnavailable},
		"cut in the body": {`{"kind":"cut-body"}`, 10, keygen.CodeUnavailable},
		"no answer":       {`{"kind":"hang"}`, 0.1, keygen.CodeTimeout},
		"a portal":        {`{"kind":"html"}`, 10, keygen.CodeResponse},
		"truncated":       {`{"kind":"truncated"}`, 10, keygen.CodeResponse},
		"503":             {`{"kind":"status"}`, 10, keygen.CodeUnavailable},
		"401 of an edge":  {`{"kind":"status","status":401}`, 10, "HTTP_401"},
		"429 of an edge":  {`{"kind":"status","status":429}`, 10, "HTTP_429"},
	} {
		t.Run(name, func(t *testing.T) {
			v := signedIn(t, test.seconds)
			control(t, "POST", "/faults", test.fault)
			for method, arguments := range documents {
				want := test.code
				if method == "tokens.revoke" && name == "truncated" {
					want = "HTTP_404" // it is no error document any more
				}
				outcome := v.call(method, arguments)
				assert.False(t, outcome.Get("resolved").Exists())
				assert.Equal(t, want, text(outcome, "rejected", "code"), method)
				assert.NotContains(t, stringify(t, outcome), v.auth.Token())
			}
			assert.NotNil(t, v.auth.State(), "the session stays")
			assert.Empty(t, *v.events)
		})
	}
}

func TestDocumentsAbort(t *testing.T) {
	v := signedIn(t, 10)
	eval(t, `(window.testPage = new AbortController()).abort()`)
	for method, arguments := range documents {
		assert.Equal(t, keygen.CodeAborted, v.rejected(method, arguments), method)
	}
	assert.Empty(t, seen(t))
	for method, arguments := range documents {
		v.abortsMeanwhile(method, arguments)
	}
	assert.Empty(t, *v.events)
}

func TestDocumentsEndTheSession(t *testing.T) {
	for method := range documents {
		v := signedIn(t, 10)
		v.revoke()
		assert.Equal(t, "TOKEN_INVALID", v.rejected(method, good[method]), method)
		assert.Nil(t, v.auth.State(), method)
		assert.Equal(t, []string{session.SignedOut + ` {"reason":"invalid"}`}, *v.events)
		assert.Equal(t, "TOKEN_MISSING", v.rejected(method, good[method]))
		assert.Len(t, seen(t), 1)
	}
}

func TestUsersMe(t *testing.T) {
	v := signedIn(t, 10)
	for _, options := range []string{``, `null`, `{}`, `{ signal: null }`, `{ signal: new AbortController().signal }`} {
		control(t, "DELETE", "/requests", "")
		document := v.resolved("users.me", options)
		assert.Equal(t, v.auth.State().UserID, text(document, "data", "id"))
		assert.Equal(t, "ada@example.com", text(document, "data", "attributes", "email"))
		requests := seen(t)
		require.Len(t, requests, 1, options)
		assert.Equal(t, "GET "+below+"/me", requests[0].method+" "+requests[0].path)
		assert.Equal(t, "Bearer "+v.auth.Token(), requests[0].header("Authorization"))
		assert.Equal(t, "application/vnd.api+json", requests[0].header("Accept"))
	}
}

func TestTokensList(t *testing.T) {
	v := signedIn(t, 10)
	for query, want := range map[string]string{
		``: "", `undefined`: "", `null`: "", `{}`: "", `{ limit: undefined, page: null }`: "",
		`{ limit: 5 }`:                                         "?limit=5",
		`{ page: { cursor: "", size: 100 }}`:                   "?page%5Bcursor%5D=&page%5Bsize%5D=100",
		`{ a: "ä&=?#/ +", b: true, c: false, d: 0.5, "é": 1 }`: "?a=%C3%A4%26%3D%3F%23%2F%20%2B&b=true&c=false&d=0.5&%C3%A9=1",
		`{ bearer: { token: "x" } }`:                           "?bearer%5Btoken%5D=x",
	} {
		control(t, "DELETE", "/requests", "")
		document := v.resolved("tokens.list", query)
		require.Equal(t, 1, document.Get("data").Len(), query)
		assert.Equal(t, v.auth.State().TokenID, text(document.Get("data").At(0), "id"))
		requests := seen(t)
		require.Len(t, requests, 1)
		assert.Equal(t, below+"/tokens"+want, requests[0].path, query)
	}
	rejected := v.call("tokens.list", `{ limit: 0 }`).Get("rejected")
	assert.Equal(t, "HTTP_400", text(rejected, "code"))
	assert.Equal(t, "limit", text(rejected, "source", "parameter"))
}

func TestTokensRevoke(t *testing.T) {
	v := signedIn(t, 10)
	other, err := v.client.CreateToken(ada, keygen.TokenOptions{})
	require.NoError(t, err)

	for _, id := range []string{"none", "a/b", "ä", "..."} {
		rejected := v.call("tokens.revoke", `"`+id+`"`).Get("rejected")
		assert.Equal(t, "NOT_FOUND", text(rejected, "code"), "%s is one segment", id)
	}
	assert.Equal(t, `{}`, stringify(t, v.call("tokens.revoke", `"`+other.ID+`"`)), "undefined")
	_, err = v.client.Me(other)
	assert.ErrorContains(t, err, "TOKEN_INVALID")
	assert.NotNil(t, v.auth.State(), "it was another one's")
	assert.Empty(t, *v.events)

	control(t, "DELETE", "/requests", "")
	current := keygen.Token{Value: v.auth.Token(), ID: v.auth.State().TokenID}
	assert.Equal(t, `{}`, stringify(t, v.call("tokens.revoke", `"`+current.ID+`"`)))
	assert.Nil(t, v.auth.State())
	assert.Equal(t, []string{session.SignedOut + ` {"reason":"user"}`}, *v.events)
	require.Len(t, seen(t), 1, "which is not revoked once more")
	_, err = v.client.Me(current)
	assert.ErrorContains(t, err, "TOKEN_INVALID")
	assert.True(t, v.resolved("token", "").IsNull())
}

// A whole session by the API of a page.
func TestSession(t *testing.T) {
	v := signedIn(t, 10)
	old := v.auth.Token()
	value, _ := v.resolved("token", "").Text()
	assert.Equal(t, old, value)
	state := v.resolved("renew", "")
	assert.Equal(t, v.auth.State().TokenID, text(state, "tokenId"), "two weeks are left: nothing to do")
	assert.Equal(t, old, v.auth.Token())
	assert.Empty(t, seen(t))

	assert.Equal(t, "PASSWORD_INVALID", v.rejected("signIn", `{ email: "ada@example.com", password: "wrong" }`))
	assert.Equal(t, old, v.auth.Token(), "a failure leaves the session alone")
	v.resolved("signIn", `{ email: " ada@example.com ", password: "correct horse battery" }`)
	_, err := v.client.Me(keygen.Token{Value: old})
	assert.ErrorContains(t, err, "TOKEN_INVALID", "what was replaced is revoked")

	fresh := v.auth.Token()
	assert.False(t, v.resolved("signOut", "").Exists())
	assert.True(t, v.resolved("token", "").IsNull())
	_, err = v.client.Me(keygen.Token{Value: fresh})
	assert.ErrorContains(t, err, "TOKEN_INVALID")
	assert.Equal(t, "TOKEN_MISSING", v.rejected("renew", ""))
	for _, line := range *v.events {
		assert.NotContains(t, line, old)
		assert.NotContains(t, line, fresh)
	}
	for _, request := range seen(t) {
		assert.NotContains(t, request.path+request.body, old, "a token goes into a header alone")
		assert.NotContains(t, request.path+request.body, fresh)
	}
}
