package jsapi_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

var names = []string{
	session.Restored, session.SignedIn, session.SignedOut, session.OTPRequired, session.SSORequired, session.Failed,
}

// hear returns the events of the module from now on, as lines of name and
// detail. Those named in prevent are cancelled.
func hear(t *testing.T, prevent ...string) *[]string {
	t.Helper()
	lines := &[]string{}
	for _, name := range names {
		t.Cleanup(browser.Listen(browser.Document(), name, func(event browser.Value) {
			*lines = append(*lines, name+" "+stringify(t, event.Get("detail")))
			for _, prevented := range prevent {
				if prevented == name {
					_, _ = event.Call("preventDefault")
				}
			}
		}))
	}
	return lines
}

func TestEvents(t *testing.T) {
	state := &session.State{TokenID: "t", UserID: "u", Kind: "user-token", Persistent: true}
	const stateJSON = `{"tokenId":"t","userId":"u","kind":"user-token","expiry":null,"persistent":true}`
	failure := &keygen.Error{Code: "SSO_REQUIRED", Status: 401, Link: "https://sso.example.com/"}
	for _, test := range []struct {
		event  session.Event
		detail string
	}{
		{session.Event{Name: session.Restored, State: state}, stateJSON},
		{session.Event{Name: session.SignedIn, State: state}, stateJSON},
		{session.Event{Name: session.SignedOut, Reason: session.Banned}, `{"reason":"banned"}`},
		{session.Event{Name: session.OTPRequired}, `{}`},
		{session.Event{Name: session.SSORequired, Err: failure}, `{"link":"https://sso.example.com/"}`},
		{session.Event{Name: session.Failed, Err: failure}, `{"code":"SSO_REQUIRED","status":401,"title":"","detail":"",
			"message":"SSO_REQUIRED","source":null,"retryAfter":null,"requestId":null,"errors":[]}`},
	} {
		t.Run(test.event.Name, func(t *testing.T) {
			lines := hear(t)
			assert.True(t, jsapi.Notify(test.event))
			require.Len(t, *lines, 1)
			name := test.event.Name + " "
			assert.Equal(t, name, (*lines)[0][:len(name)])
			assert.JSONEq(t, test.detail, (*lines)[0][len(name):])
		})
		t.Run(test.event.Name+" cancelled", func(t *testing.T) {
			hear(t, test.event.Name)
			assert.False(t, jsapi.Notify(test.event))
		})
	}
}

// canaryAPI issues tokens whose value must show nowhere.
type canaryAPI struct{ err error }

const (
	tokenCanary    = "user-token-canary-v3"
	passwordCanary = "password-canary"
)

func (c *canaryAPI) CreateToken(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) {
	return keygen.Token{Value: tokenCanary, ID: "t", UserID: "u", Kind: keygen.KindUser}, c.err
}
func (c *canaryAPI) RevokeToken(keygen.Token) error { return nil }
func (c *canaryAPI) Me(keygen.Token) (keygen.User, error) {
	return keygen.User{}, errors.New("offline")
}

// A whole life of a session, as a page's scripts hear it.
func TestEventsHoldNoSecret(t *testing.T) {
	const key = "keygen-auth:jsapi-test"
	store := session.BrowserStore{Mode: session.Local, Key: key}
	t.Cleanup(store.Remove)
	lines := hear(t)
	api := &canaryAPI{}
	begin := func() *session.Session {
		return session.New(session.Config{
			API: api, Store: store, Now: browser.Now, ISO: browser.ISO, ParseTime: browser.ParseTime,
			Background: func(do func()) { do() }, Notify: jsapi.Notify, Changed: func(*session.State, keygen.User) {},
		})
	}
	credentials := keygen.Credentials{Email: "ada@example.com", Password: passwordCanary, OTP: "otp-canary"}
	auth := begin()
	l := serve(t, jsapi.API{Auth: auth})
	outcome := stringify(t, l.call("signIn", `{ email: "ada@example.com", password: "`+passwordCanary+`", otp: "otp-canary" }`))
	assert.Contains(t, outcome, `"persistent":true`)

	auth = begin()
	auth.Restore()
	for _, code := range []string{"PASSWORD_INVALID", "OTP_REQUIRED", "SSO_REQUIRED"} {
		api.err = &keygen.Error{Code: code, Status: 401}
		auth.SignIn(credentials, true)
	}
	auth.SignOut()
	require.NoError(t, browser.LocalStorage.Set(key, tokenCanary))
	begin().Restore()

	require.Len(t, *lines, 8)
	for _, line := range append(*lines, outcome) {
		assert.NotContains(t, line, "canary")
	}
	assert.Contains(t, (*lines)[7], session.CodeStorage)
}

func TestStateObject(t *testing.T) {
	assert.True(t, jsapi.StateObject(nil).IsNull())
	assert.False(t, jsapi.StateObject(&session.State{}).IsNull())
}
