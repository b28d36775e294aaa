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

var names = []string{
	session.Restored, session.SignedIn, session.Renewed, session.SignedOut, session.OTPRequired, session.SSORequired, session.Failed,
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
		{session.Event{Name: session.Renewed, State: state}, stateJSON},
		{session.Event{Name: session.SignedOut, Reason: session.Banned}, `{"reason":"banned"}`},
		{session.Event{Name: session.OTPRequired}, `null`},
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

// token returns one that lasts ten days.
func (c *canaryAPI) token() keygen.Token {
	date, _ := browser.Window().Get("Date").New(browser.Now() + 10*24*3600*1000)
	iso, _ := date.Call("toISOString")
	expiry, _ := iso.Text()
	return keygen.Token{Value: tokenCanary, ID: "t", UserID: "u", Kind: keygen.KindUser, Expiry: expiry}
}

func (c *canaryAPI) CreateToken(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) {
	return c.token(), c.err
}

func (c *canaryAPI) AddToken(keygen.Token, keygen.TokenOptions) (keygen.Token, error) {
	added := c.token()
	added.Value, added.ID = "added-canary", "added"
	return added, nil
}

func (c *canaryAPI) RenewToken(token keygen.Token) (keygen.Token, error) { return token, nil }

func (c *canaryAPI) RevokeToken(keygen.Token) error { return nil }

func (c *canaryAPI) Me(keygen.Token) (keygen.User, error) { return keygen.User{ID: "u"}, nil }

// A whole life of a session, as a page's scripts hear it.
func TestEventsHoldNoSecret(t *testing.T) {
	const key = "keygen-auth:jsapi-test"
	t.Cleanup(func() { _ = browser.LocalStorage.Remove(key) })
	lines := hear(t)
	canaries := &canaryAPI{}
	begin := func() *session.Session {
		return session.New(session.Config{
			API: canaries, Store: session.NewBrowserStore(session.Local, key), Clock: browser.Clock{}, Visible: browser.Visible,
			Background: func(do func()) { browser.Go(do, nil) }, Exclusive: func(do func()) { do() }, Busy: browser.Busy,
			Broadcast: func(string) {}, Notify: jsapi.Notify, Changed: func(*session.State, keygen.User) {},
		})
	}
	credentials := keygen.Credentials{Email: "ada@example.com", Password: passwordCanary, OTP: "otp-canary"}
	auth, other := begin(), begin()
	l := serve(t, jsapi.API{Auth: auth})
	outcomes := stringify(t, l.call("signIn", `{ email: "ada@example.com", password: "`+passwordCanary+`", otp: "otp-canary" }`))
	assert.Contains(t, outcomes, `"persistent":true`)
	other.Restore()
	outcomes += stringify(t, l.call("renew", ""))
	other.Wake(false)
	for _, code := range []string{"PASSWORD_INVALID", "OTP_REQUIRED", "SSO_REQUIRED"} {
		canaries.err = &keygen.Error{Code: code, Status: 401}
		auth.SignIn(credentials, true, false)
	}
	other.SignOut()
	auth.Wake(false)
	require.NoError(t, browser.LocalStorage.Set(key, tokenCanary))
	begin().Restore()

	var heard []string
	for _, line := range *lines {
		name, _, _ := strings.Cut(line, " ")
		heard = append(heard, name)
	}
	assert.Equal(t, []string{
		session.SignedIn, session.Restored, session.Renewed, session.Renewed, session.Failed, session.OTPRequired,
		session.SSORequired, session.Failed, session.SignedOut, session.SignedOut, session.Failed,
	}, heard)
	for _, line := range append(*lines, outcomes) {
		assert.NotContains(t, line, "canary")
	}
	assert.Contains(t, (*lines)[9], session.OtherTab)
	assert.Contains(t, (*lines)[10], session.CodeStorageCorrupt)
}

func TestStateObject(t *testing.T) {
	assert.True(t, jsapi.StateObject(nil).IsNull())
	assert.False(t, jsapi.StateObject(&session.State{}).IsNull())
}
