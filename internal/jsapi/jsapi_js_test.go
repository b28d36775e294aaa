package jsapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// fakeAuth answers at once and remembers what it was asked.
type fakeAuth struct {
	credentials []keygen.Credentials
	remember    []bool
	signedOut   int
	used        int
	verified    int
	state       *session.State
	value       string
	failure     *keygen.Error
	wait        chan bool // holds SignIn until closed
	panics      bool
	use         func(request func(keygen.Token) error) error
}

func (f *fakeAuth) panic() {
	if f.panics {
		panic("canary")
	}
}

func (f *fakeAuth) SignIn(credentials keygen.Credentials, remember, _ bool) session.Attempt {
	if f.wait != nil {
		<-f.wait
	}
	f.panic()
	f.credentials, f.remember = append(f.credentials, credentials), append(f.remember, remember)
	return session.Attempt{Err: f.failure, State: f.state}
}

func (f *fakeAuth) SignOut() {
	f.panic()
	f.signedOut++
}

func (f *fakeAuth) Renew() (*session.State, error) {
	f.panic()
	if f.failure != nil {
		return nil, f.failure
	}
	return f.state, nil
}

func (f *fakeAuth) Use(request func(keygen.Token) error) error {
	f.panic()
	f.used++
	if f.use != nil {
		return f.use(request)
	}
	return f.failure
}

func (f *fakeAuth) Revoked(string)        { f.panic() }
func (f *fakeAuth) Verify()               { f.panic(); f.verified++ }
func (f *fakeAuth) State() *session.State { return f.state }
func (f *fakeAuth) Token() string         { f.panic(); return f.value }

// api is an API without a server.
func api(auth *fakeAuth) jsapi.API {
	return jsapi.API{Auth: auth, Client: &keygen.Client{Host: "https://api.example.com", Account: "demo"}, Patience: patience(10)}
}

// good are arguments that each method takes.
var good = map[string]string{
	"signIn": `{ email: "ada@example.com", password: "" }`, "signOut": "", "renew": "", "token": "", "fetch": `"me"`,
	"users.me": "", "tokens.list": "", "tokens.revoke": `"t"`, "tokens.regenerate": `"t"`, "tokens.revokeOthers": "",
	"users.update": `"u", {}`, "licenses.create": `{ policy: "p" }`,
}

// A bug of ours rejects; a promise that never settles would hang the page.
func TestPanicsReject(t *testing.T) {
	auth := &fakeAuth{failure: &keygen.Error{Code: "TOKEN_MISSING"}}
	l := serve(t, api(auth))
	for method, arguments := range good {
		auth.panics = true
		outcome := l.call(method, arguments)
		assert.Equal(t, keygen.CodeInternal, text(outcome, "rejected", "code"), method)
		assert.NotContains(t, stringify(t, outcome), "canary")
		auth.panics = false
		assert.NotEqual(t, keygen.CodeInternal, text(l.call(method, arguments), "rejected", "code"), "%s works again", method)
	}
	for _, method := range []string{"signUp", "", "toString", "__proto__", "users", "users.", "dispose "} {
		assert.Equal(t, keygen.CodeArgument, l.rejected(method, ""), method)
	}
}

// Arguments are read in the caller's own turn.
func TestPanicWhileReadingRejects(t *testing.T) {
	l := serve(t, jsapi.API{Auth: &fakeAuth{}})
	assert.Equal(t, keygen.CodeInternal, l.rejected("fetch", `"me"`), "there is no client")
	assert.Equal(t, keygen.CodeArgument, l.rejected("signIn", ``), "others work")
}

func TestRejections(t *testing.T) {
	auth := &fakeAuth{}
	l := serve(t, api(auth))
	for _, test := range []struct {
		failure *keygen.Error
		json    string
	}{
		{&keygen.Error{Code: "NETWORK_ERROR"}, `{"code":"NETWORK_ERROR","status":0,"title":"","detail":"","message":"{method}: NETWORK_ERROR",
			"source":null,"retryAfter":null,"requestId":null,"errors":[]}`},
		{&keygen.Error{
			Code: "TOO_MANY_REQUESTS", Status: 429, Title: "Too many requests", Detail: "wait", RetryAfter: 37, RequestID: "r",
			Source: keygen.Source{Header: "Authorization"},
			Errors: []keygen.Problem{
				{Code: "TOO_MANY_REQUESTS", Title: "Too many requests", Detail: "wait", Source: keygen.Source{Header: "Authorization"}},
				{Title: "Two", Source: keygen.Source{Pointer: "/meta/otp"}},
				{Title: "Three", Source: keygen.Source{Parameter: "limit"}},
			},
		}, `{"code":"TOO_MANY_REQUESTS","status":429,"title":"Too many requests","detail":"wait","message":"{method}: wait",
			"source":{"header":"Authorization"},"retryAfter":37,"requestId":"r","errors":[
			{"code":"TOO_MANY_REQUESTS","title":"Too many requests","detail":"wait","source":{"header":"Authorization"}},
			{"code":null,"title":"Two","detail":"","source":{"pointer":"/meta/otp"}},
			{"code":null,"title":"Three","detail":"","source":{"parameter":"limit"}}]}`},
	} {
		auth.failure = test.failure
		for _, method := range []string{"signIn", "renew", "fetch", "users.me", "tokens.list", "tokens.revoke"} {
			outcome := l.call(method, good[method])
			assert.False(t, outcome.Get("resolved").Exists(), method)
			assert.JSONEq(t, strings.ReplaceAll(test.json, "{method}", method), stringify(t, outcome.Get("rejected")), method)
		}
	}
}

// The caller may change its object as soon as the call returns.
func TestSignInReadsAtOnce(t *testing.T) {
	auth := &fakeAuth{wait: make(chan bool)}
	l := serve(t, api(auth))
	promise := l.start("signIn", `window.testArgument = { email: "ada@example.com", password: "first" }`)
	require.NoError(t, eval(t, `testArgument`).Set("password", "second"))
	close(auth.wait)
	_, err := browser.Await(promise)
	require.NoError(t, err)
	assert.Equal(t, "first", auth.credentials[0].Password)
}

func TestStates(t *testing.T) {
	auth := &fakeAuth{state: &session.State{
		TokenID: "t", UserID: "u", Kind: "user-token", Expiry: "2030-01-01T00:00:00.000Z", Persistent: true,
	}}
	l := serve(t, api(auth))
	for _, method := range []string{"signIn", "renew"} {
		auth.state = &session.State{TokenID: "t", UserID: "u", Kind: "user-token", Expiry: "2030-01-01T00:00:00.000Z", Persistent: true}
		assert.JSONEq(t, `{"tokenId":"t","userId":"u","kind":"user-token","expiry":"2030-01-01T00:00:00.000Z","persistent":true}`,
			stringify(t, l.resolved(method, good[method])))
		auth.state.Expiry, auth.state.Persistent = "", false
		assert.JSONEq(t, `{"tokenId":"t","userId":"u","kind":"user-token","expiry":null,"persistent":false}`,
			stringify(t, l.resolved(method, good[method])))
		auth.state = nil // signed out again meanwhile
		assert.True(t, l.resolved(method, good[method]).IsNull())
	}
}

func TestSignOutAndToken(t *testing.T) {
	auth := &fakeAuth{}
	l := serve(t, api(auth))
	outcome := l.call("signOut", "")
	assert.Equal(t, 1, auth.signedOut)
	assert.Equal(t, `{}`, stringify(t, outcome), "undefined")
	assert.True(t, l.resolved("token", "").IsNull())
	auth.value = "user-secret-v3"
	value, _ := l.resolved("token", "").Text()
	assert.Equal(t, "user-secret-v3", value)
}

func TestFormsAndDispose(t *testing.T) {
	asked := map[string]browser.Value{}
	disposed := 0
	l := serve(t, jsapi.API{
		Auth:    &fakeAuth{},
		Form:    func(what string, element browser.Value) { asked[what] = element },
		Dispose: func() { disposed++ },
	})
	for _, what := range []string{"submit", "attach", "show-password", "download"} {
		_, err := l.serve.Invoke(what, eval(t, `[document.body]`))
		require.NoError(t, err)
		assert.True(t, asked[what].Equal(browser.Document().Get("body")), "at once")
	}
	_, err := l.serve.Invoke("dispose", eval(t, `[]`))
	require.NoError(t, err)
	assert.Equal(t, 1, disposed)
}

// Calls that are none do nothing, as nobody could be told.
func TestCallsWithoutTheirArguments(t *testing.T) {
	auth := &fakeAuth{}
	l := serve(t, api(auth))
	for _, args := range [][]any{
		nil, {"signOut"}, {"signOut", eval(t, `[]`)}, {"signOut", eval(t, `[]`), eval(t, `() => {}`)}, {"submit"}, {"dispose"},
	} {
		_, err := l.serve.Invoke(args...)
		assert.NoError(t, err)
	}
	l.resolved("signOut", "") // comes after all of them
	assert.Equal(t, 1, auth.signedOut)
}
