package jsapi_test

import (
	"testing"
	"time"

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
	state       *session.State
	failure     *keygen.Error
	wait        chan bool // holds SignIn until closed
	panics      bool
}

func (f *fakeAuth) SignIn(credentials keygen.Credentials, remember bool) session.Attempt {
	if f.wait != nil {
		<-f.wait
	}
	if f.panics {
		panic("canary")
	}
	f.credentials, f.remember = append(f.credentials, credentials), append(f.remember, remember)
	return session.Attempt{Err: f.failure}
}

func (f *fakeAuth) SignOut() {
	if f.panics {
		panic("canary")
	}
	f.signedOut++
}

func (f *fakeAuth) State() *session.State { return f.state }

func eval(t *testing.T, script string) browser.Value {
	t.Helper()
	value, err := browser.Window().Call("eval", "("+script+")")
	require.NoError(t, err, script)
	return value
}

// loader calls the API as the loader does.
type loader struct {
	t     *testing.T
	serve browser.Value
}

func serve(t *testing.T, api jsapi.API) loader {
	t.Helper()
	before := browser.LiveFuncs()
	f := api.Serve()
	t.Cleanup(func() {
		f.Release()
		assert.Equal(t, before, browser.LiveFuncs(), "Funcs")
	})
	return loader{t, f.Value()}
}

// start calls a method with one argument (a script) and returns a promise of
// {resolved} or {rejected}.
func (l loader) start(method, argument string) browser.Value {
	l.t.Helper()
	promise, err := eval(l.t, `(serve, method) => new Promise((resolve, reject) => serve(method, [`+argument+`], resolve, reject))
		.then((resolved) => ({ resolved }), (rejected) => ({ rejected }))`).Invoke(l.serve, method)
	require.NoError(l.t, err)
	return promise
}

func (l loader) call(method, argument string) browser.Value {
	l.t.Helper()
	outcome, err := browser.Await(l.start(method, argument))
	require.NoError(l.t, err)
	return outcome
}

// stringify returns a value as JSON.
func stringify(t *testing.T, value browser.Value) string {
	t.Helper()
	encoded, err := browser.Window().Get("JSON").Call("stringify", value)
	require.NoError(t, err)
	text, _ := encoded.Text()
	return text
}

func TestSignInRejects(t *testing.T) {
	auth := &fakeAuth{}
	l := serve(t, jsapi.API{Auth: auth})
	for _, test := range []struct {
		failure *keygen.Error
		json    string
	}{
		{&keygen.Error{Code: "NETWORK_ERROR"}, `{"code":"NETWORK_ERROR","status":0,"title":"","detail":"","message":"NETWORK_ERROR",
			"source":null,"retryAfter":null,"requestId":null,"errors":[]}`},
		{&keygen.Error{
			Code: "TOO_MANY_REQUESTS", Status: 429, Title: "Too many requests", Detail: "wait", RetryAfter: 37, RequestID: "r",
			Source: keygen.Source{Header: "Authorization"},
			Errors: []keygen.Problem{
				{Code: "TOO_MANY_REQUESTS", Title: "Too many requests", Detail: "wait", Source: keygen.Source{Header: "Authorization"}},
				{Title: "Two", Source: keygen.Source{Pointer: "/meta/otp"}},
				{Title: "Three", Source: keygen.Source{Parameter: "limit"}},
			},
		}, `{"code":"TOO_MANY_REQUESTS","status":429,"title":"Too many requests","detail":"wait","message":"wait",
			"source":{"header":"Authorization"},"retryAfter":37,"requestId":"r","errors":[
			{"code":"TOO_MANY_REQUESTS","title":"Too many requests","detail":"wait","source":{"header":"Authorization"}},
			{"code":null,"title":"Two","detail":"","source":{"pointer":"/meta/otp"}},
			{"code":null,"title":"Three","detail":"","source":{"parameter":"limit"}}]}`},
	} {
		auth.failure = test.failure
		outcome := l.call("signIn", `{ email: "ada@example.com", password: "canary" }`)
		assert.False(t, outcome.Get("resolved").Exists())
		assert.JSONEq(t, test.json, stringify(t, outcome.Get("rejected")))
	}
}

// A bug of ours rejects; a promise that never settles would hang the page.
func TestPanicsReject(t *testing.T) {
	l := serve(t, jsapi.API{Auth: &fakeAuth{panics: true}})
	for method, argument := range map[string]string{"signIn": "{}", "signOut": "", "signUp": "{}", "": "", "toString": ""} {
		code, _ := l.call(method, argument).Get("rejected").Get("code").Text()
		assert.Equal(t, keygen.CodeInternal, code, method)
	}
}

func TestSignInReadsItsArgument(t *testing.T) {
	const half = `"\ud83d"`
	tests := []struct {
		argument    string
		credentials keygen.Credentials
		remember    bool
	}{
		{`{ email: "ada@example.com", password: " pä:ß ", otp: "123456" }`,
			keygen.Credentials{Email: "ada@example.com", Password: " pä:ß ", OTP: "123456"}, true},
		{`{ email: "a", remember: true }`, keygen.Credentials{Email: "a"}, true},
		{`{ email: "a", remember: false }`, keygen.Credentials{Email: "a"}, false},
		{`{ email: "a", remember: undefined }`, keygen.Credentials{Email: "a"}, true},
		{`{ email: "a", remember: null }`, keygen.Credentials{Email: "a"}, true},
		{`{ email: "a", remember: 0 }`, keygen.Credentials{Email: "a"}, false},
		{`{ email: "a", password: ` + half + ` }`, keygen.Credentials{Email: "a", Password: "\ufffd", Malformed: "password"}, true},
		{`{ email: 7n, password: Symbol(), otp: { toString: () => "x" } }`, keygen.Credentials{}, true},
		{`{ get email() { throw "no" }, get password() { throw null } }`, keygen.Credentials{}, true},
		{`null`, keygen.Credentials{}, true},
		{`"ada@example.com"`, keygen.Credentials{}, true},
		{``, keygen.Credentials{}, true},
	}
	for _, test := range tests {
		t.Run(test.argument, func(t *testing.T) {
			auth := &fakeAuth{}
			serve(t, jsapi.API{Auth: auth}).call("signIn", test.argument)
			assert.Equal(t, []keygen.Credentials{test.credentials}, auth.credentials)
			assert.Equal(t, []bool{test.remember}, auth.remember)
		})
	}
}

// The caller may change its object as soon as the call returns.
func TestSignInReadsAtOnce(t *testing.T) {
	auth := &fakeAuth{wait: make(chan bool)}
	l := serve(t, jsapi.API{Auth: auth})
	promise := l.start("signIn", `window.testArgument = { email: "ada@example.com", password: "first" }`)
	require.NoError(t, eval(t, `testArgument`).Set("password", "second"))
	close(auth.wait)
	_, err := browser.Await(promise)
	require.NoError(t, err)
	assert.Equal(t, "first", auth.credentials[0].Password)
}

func TestSignInResolves(t *testing.T) {
	auth := &fakeAuth{state: &session.State{
		TokenID: "t", UserID: "u", Kind: "user-token", Expiry: "2030-01-01T00:00:00.000Z", Persistent: true,
	}}
	l := serve(t, jsapi.API{Auth: auth})
	assert.JSONEq(t, `{"resolved":{"tokenId":"t","userId":"u","kind":"user-token","expiry":"2030-01-01T00:00:00.000Z","persistent":true}}`,
		stringify(t, l.call("signIn", `{}`)))
	auth.state.Expiry, auth.state.Persistent = "", false
	assert.JSONEq(t, `{"resolved":{"tokenId":"t","userId":"u","kind":"user-token","expiry":null,"persistent":false}}`,
		stringify(t, l.call("signIn", `{}`)))
	auth.state = nil // signed out again meanwhile
	assert.JSONEq(t, `{"resolved":null}`, stringify(t, l.call("signIn", `{}`)))
}

func TestSignOut(t *testing.T) {
	auth := &fakeAuth{}
	outcome := serve(t, jsapi.API{Auth: auth}).call("signOut", "")
	assert.Equal(t, 1, auth.signedOut)
	assert.JSONEq(t, `{}`, stringify(t, outcome))
}

func TestSubmit(t *testing.T) {
	var submitted []browser.Value
	l := serve(t, jsapi.API{Auth: &fakeAuth{}, Submit: func(form browser.Value) { submitted = append(submitted, form) }})
	_, err := l.serve.Invoke("submit", eval(t, `[document.body]`))
	require.NoError(t, err)
	require.Len(t, submitted, 1)
	assert.True(t, submitted[0].Equal(browser.Document().Get("body")))
}

// Calls that are none do nothing, as nobody could be told.
func TestCallsWithoutTheirArguments(t *testing.T) {
	auth := &fakeAuth{}
	l := serve(t, jsapi.API{Auth: auth})
	for _, args := range [][]any{nil, {"signIn"}, {"signIn", eval(t, `[{}]`)}, {"signIn", eval(t, `[{}]`), eval(t, `() => {}`)}} {
		_, err := l.serve.Invoke(args...)
		assert.NoError(t, err)
	}
	done := make(chan bool)
	browser.After(1, func() { close(done) })
	select {
	case <-done:
	case <-time.After(5 * time.Second):
	}
	assert.Empty(t, auth.credentials)
}
