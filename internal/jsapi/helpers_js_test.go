package jsapi_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// How long tests wait for a condition, and how often they look.
const (
	waitLimit = 30 * time.Second
	tick      = 5 * time.Millisecond
)

func eval(t *testing.T, script string) browser.Value {
	t.Helper()
	value, err := browser.Window().Call("eval", "("+script+")")
	require.NoError(t, err, script)
	return value
}

// replace sets a property of an object for the time of a test, by a property descriptor.
func replace(t *testing.T, object, name, descriptor string) {
	t.Helper()
	restore, err := eval(t, `(object, name, next) => {
		const before = Object.getOwnPropertyDescriptor(object, name);
		Object.defineProperty(object, name, { configurable: true, ...next });
		return () => before ? Object.defineProperty(object, name, before) : delete object[name];
	}`).Invoke(eval(t, object), name, eval(t, descriptor))
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = restore.Invoke() })
}

// stringify returns a value as JSON.
func stringify(t *testing.T, value browser.Value) string {
	t.Helper()
	encoded, err := browser.Window().Get("JSON").Call("stringify", value)
	require.NoError(t, err)
	text, _ := encoded.Text()
	return text
}

// text returns the string at a path of members, "" when there is none.
func text(value browser.Value, path ...string) string {
	for _, name := range path {
		value = value.Get(name)
	}
	found, _ := value.Text()
	return found
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
		for end := time.Now().Add(waitLimit); browser.LiveFuncs() != before && time.Now().Before(end); {
			time.Sleep(tick) // what a promise frees is freed soon
		}
		assert.Equal(t, before, browser.LiveFuncs(), "Funcs")
	})
	return loader{t, f.Value()}
}

// start calls a method with arguments (a script) and returns a promise of
// {resolved} or {rejected}.
func (l loader) start(method, arguments string) browser.Value {
	l.t.Helper()
	promise, err := eval(l.t, `(serve, method) => new Promise((resolve, reject) => serve(method, [`+arguments+`], resolve, reject))
		.then((resolved) => ({ resolved }), (rejected) => ({ rejected }))`).Invoke(l.serve, method)
	require.NoError(l.t, err)
	return promise
}

func (l loader) call(method, arguments string) browser.Value {
	l.t.Helper()
	outcome, err := browser.Await(l.start(method, arguments))
	require.NoError(l.t, err)
	return outcome
}

// resolved returns what a call resolves to.
func (l loader) resolved(method, arguments string) browser.Value {
	l.t.Helper()
	outcome := l.call(method, arguments)
	require.False(l.t, outcome.Get("rejected").Exists(), stringify(l.t, outcome.Get("rejected")))
	return outcome.Get("resolved")
}

// rejected returns the code that a call rejects with.
func (l loader) rejected(method, arguments string) string {
	l.t.Helper()
	outcome := l.call(method, arguments)
	assert.False(l.t, outcome.Get("resolved").Exists())
	return text(outcome, "rejected", "code")
}

// control asks something of the emulator and returns the answer.
func control(t *testing.T, method, path, body string) string {
	t.Helper()
	answer, err := browser.Fetch(browser.Request{
		Method: method, URL: os.Getenv("KEYGENTEST_URL") + "/-" + path, Body: body, Seconds: 10,
	})
	require.NoError(t, err)
	require.Less(t, answer.Status, 300, string(answer.Body))
	return string(answer.Body)
}

// request is one that the emulator has seen.
type request struct {
	method, path, body string
	header             func(name string) string
}

// seen returns what the emulator has seen since the test's sign-in, preflights aside.
func seen(t *testing.T) (requests []request) {
	t.Helper()
	list, err := browser.Parse(control(t, "GET", "/requests", ""))
	require.NoError(t, err)
	for i := range list.Len() {
		one := list.At(i)
		if text(one, "method") == "OPTIONS" {
			continue
		}
		requests = append(requests, request{
			method: text(one, "method"), path: text(one, "path"), body: text(one, "body"),
			header: func(name string) string { return text(one, "header", name, "0") },
		})
	}
	return requests
}

// patience is a page's, where tries of a call have so many seconds.
func patience(seconds float64) *keygen.Patience {
	return keygen.Browser{Timeout: seconds}.Patience(func() bool { return false })
}

// visit is a page of the emulator's account.
type visit struct {
	loader
	auth   *session.Session
	client *keygen.Client
	events *[]string
}

// below is where the account's paths begin.
const below = "/v1/accounts/demo"

// ada is a user of the emulator's seed.
var ada = keygen.Credentials{Email: "ada@example.com", Password: "correct horse battery"}

// signedIn signs in. Requests are given up after so many seconds.
func signedIn(t *testing.T, seconds float64) visit {
	t.Helper()
	v := opened(t, seconds)
	v.client.Transport = keygen.Browser{Timeout: 10} // that is not about the sign-in
	v.signIn(ada)
	v.client.Transport = keygen.Browser{Timeout: seconds}
	return v
}

func (v visit) signIn(credentials keygen.Credentials) {
	v.t.Helper()
	require.Nil(v.t, v.auth.SignIn(credentials, true, false).Err)
	control(v.t, "DELETE", "/requests", "")
	*v.events = nil
}

// opened opens a page where nobody is signed in.
func opened(t *testing.T, seconds float64) visit {
	t.Helper()
	control(t, "POST", "/reset", "")
	t.Cleanup(func() { control(t, "POST", "/reset", "") })
	client := &keygen.Client{
		Transport: keygen.Browser{Timeout: seconds}, Host: os.Getenv("KEYGENTEST_URL"), Account: "demo",
		Now: browser.Now, ParseTime: browser.ParseTime,
	}
	auth := session.New(session.Config{
		API: client, Store: session.NewBrowserStore(session.Memory, ""), Clock: browser.Clock{},
		Background: func(do func()) { do() },
		Exclusive:  func(do func()) { do() },
		Busy:       browser.Busy,
		Visible:    browser.Visible,
		Notify:     jsapi.Notify,
		Changed:    func(*session.State, keygen.User) {},
	})
	l := serve(t, jsapi.API{Auth: auth, Client: client, Patience: patience(seconds)})
	t.Cleanup(func() {
		control(t, "DELETE", "/faults", "")
		auth.SignOut() // and the server holds no token of this test
	})
	return visit{l, auth, client, hear(t)}
}

// revoke has the session's token revoked by somebody else.
func (v visit) revoke() {
	v.t.Helper()
	require.NoError(v.t, v.client.RevokeToken(keygen.Token{Value: v.auth.Token(), ID: v.auth.State().TokenID}))
	control(v.t, "DELETE", "/requests", "")
}
