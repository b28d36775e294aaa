package session_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

func TestCorruptValues(t *testing.T) {
	whole := `{"v":1,"token":"x","tokenId":"t","userId":"u","kind":"user-token","expiry":null,"created":""}`
	for _, text := range []string{
		``, `{`, whole[:40], `null`, `7`, `"text"`, `[]`, `{}`, `{"v":2}`,
		`{"v":2,"token":"x","tokenId":"t","expiry":null}`,
		`{"v":"1","token":"x","tokenId":"t","expiry":null}`,
		`{"v":1,"token":"","tokenId":"t","expiry":null}`,
		`{"v":1,"token":7,"tokenId":"t","expiry":null}`,
		`{"v":1,"token":"x","expiry":null}`,
		`{"v":1,"token":"x","tokenId":"t"}`,
		`{"v":1,"token":"x","tokenId":"t","expiry":""}`,
		`{"v":1,"token":"x","tokenId":"t","expiry":"soon"}`,
		`{"v":1,"token":"x","tokenId":"t","expiry":1893456000}`,
		`{"accessToken":"of someone else"}`,
	} {
		t.Run(text, func(t *testing.T) {
			clean(t)
			store := session.NewBrowserStore(session.Local, key)
			for name, area := range areas {
				require.NoError(t, area.Set(key, text))
				got, err := store.Load()
				assert.ErrorIs(t, err, session.ErrCorrupt, name)
				assert.Nil(t, got)
				assert.Empty(t, what(t, area), "removed")
				_, ok := load(t, store)
				assert.False(t, ok, "and reported once")

				require.NoError(t, area.Set(key, text))
				store.Remove("t1")
				assert.Empty(t, what(t, area), "nobody's")
			}
			require.NoError(t, browser.LocalStorage.Set(key, whole))
			require.NoError(t, browser.SessionStorage.Set(key, text))
			got, err := store.Load()
			assert.ErrorIs(t, err, session.ErrCorrupt)
			require.NotNil(t, got, "another area's session survives it")
			assert.Equal(t, "x", got.Token.Value)
			assert.Equal(t, whole, what(t, browser.LocalStorage))
		})
	}
}

func TestSave(t *testing.T) {
	tests := []struct {
		mode        session.Mode
		remember    bool
		area, other *browser.Storage
	}{
		{session.Local, true, browser.LocalStorage, browser.SessionStorage},
		{session.Local, false, browser.SessionStorage, browser.LocalStorage},
		{session.Tab, true, browser.SessionStorage, browser.LocalStorage},
		{session.Tab, false, browser.SessionStorage, browser.LocalStorage},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.mode, test.remember), func(t *testing.T) {
			clean(t)
			const elsewhere = "of another page"
			require.NoError(t, test.other.Set(key, elsewhere))
			store := session.NewBrowserStore(test.mode, key)
			first, second := record(1, test.remember), record(2, test.remember)
			saved, before := store.Save(&first, true)
			assert.Equal(t, token(1), saved.Token)
			assert.True(t, saved.Persistent)
			assert.Nil(t, before)
			assert.JSONEq(t, `{"v":1,"token":"`+token(1).Value+`","tokenId":"t1","userId":"u1","kind":"user-token",
				"expiry":"2030-01-01T00:00:00.000Z","created":"2029-01-01T00:00:00.000Z"}`, what(t, test.area))
			assert.Equal(t, elsewhere, what(t, test.other), "each in its place")

			require.NoError(t, test.other.Remove(key))
			got, ok := load(t, session.NewBrowserStore(test.mode, key))
			assert.True(t, ok)
			alike(t, *saved, got)
			assert.Equal(t, test.area == browser.LocalStorage, got.Remember, "what is to be remembered tells the area")

			saved, before = store.Save(&second, true)
			assert.Equal(t, token(1), before.Token)
			assert.Equal(t, "t1", saved.After)
			got, _ = load(t, session.NewBrowserStore(test.mode, key))
			assert.Equal(t, "t1", got.After)

			store.Remove("t1")
			assert.NotEmpty(t, what(t, test.area), "another token's stays")
			store.Remove("t2")
			assert.Empty(t, what(t, test.area))
			_, ok = load(t, store)
			assert.False(t, ok)
		})
	}
}

// A session of this tab hides the one of all tabs, which stays for the others.
func TestSessionOfThisTab(t *testing.T) {
	clean(t)
	store := session.NewBrowserStore(session.Local, key)
	save(store, record(1, true))
	elsewhere := what(t, browser.LocalStorage)
	save(store, record(2, false))
	assert.Equal(t, elsewhere, what(t, browser.LocalStorage))
	got, ok := load(t, store)
	assert.True(t, ok)
	assert.Equal(t, token(2), got.Token)
	assert.False(t, got.Remember)
	assert.Len(t, store.Records(true), 3, "with what the page knows")
	assert.Len(t, store.Records(false), 2)

	store.Remove("t2")
	assert.Equal(t, elsewhere, what(t, browser.LocalStorage))
	got, ok = load(t, store)
	assert.True(t, ok)
	assert.Equal(t, token(1), got.Token)
	assert.True(t, got.Remember)
	_, ok = load(t, session.NewBrowserStore(session.Tab, key))
	assert.False(t, ok, "a page with data-storage=session has no look at it")
}

func TestSaveWithoutExpiry(t *testing.T) {
	clean(t)
	store := session.NewBrowserStore(session.Local, key)
	forever := session.Record{Token: keygen.Token{Value: "密码🔑", ID: "t", Kind: keygen.KindUser}, Remember: true}
	saved := save(store, forever)
	assert.Contains(t, what(t, browser.LocalStorage), `"expiry":null`)
	got, ok := load(t, store)
	assert.True(t, ok)
	alike(t, saved, got)
}

// ask answers as a server that has one token for everybody.
type ask struct{ revoked []keygen.Token }

func (a *ask) CreateToken(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) {
	return keygen.Token{Value: "v", ID: "t", UserID: "u", Kind: keygen.KindUser}, nil
}
func (a *ask) AddToken(token keygen.Token, _ keygen.TokenOptions) (keygen.Token, error) {
	return token, nil
}
func (a *ask) RenewToken(token keygen.Token) (keygen.Token, error) { return token, nil }
func (a *ask) Me(token keygen.Token) (keygen.User, error)          { return keygen.User{ID: token.UserID}, nil }
func (a *ask) RevokeToken(token keygen.Token) error {
	a.revoked = append(a.revoked, token)
	return nil
}

// The session and the store together: a program that takes over after a crash, where storage is blocked.
func TestSessionWithoutStorage(t *testing.T) {
	clean(t)
	for area := range areas {
		block(t, area)
	}
	api, memory := new(ask), new(place)
	var events []string
	begin := func() *session.Session {
		store := session.NewBrowserStore(session.Local, key)
		store.Memory = memory
		return session.New(session.Config{
			API: api, Store: store, Clock: browser.Clock{},
			Background: func(do func()) { do() },
			Exclusive:  func(do func()) { do() },
			Busy:       func() bool { return false },
			Visible:    browser.Visible,
			Changed:    func(*session.State, keygen.User) {},
			Notify:     func(event session.Event) bool { events = append(events, event.Name+event.Reason); return true },
		})
	}
	first := begin()
	first.Restore()
	require.Nil(t, first.SignIn(keygen.Credentials{Email: "ada@example.com"}, true, false).Err)
	require.NotNil(t, first.State())
	assert.False(t, first.State().Persistent)

	second := begin()
	second.Restore()
	assert.Equal(t, "v", second.Token())
	second.SignOut()
	assert.Nil(t, second.State())
	assert.Empty(t, memory.text)
	assert.Len(t, api.revoked, 1)
	assert.Equal(t, []string{session.SignedIn, session.Restored, session.SignedOut + session.User}, events)
	third := begin()
	third.Restore()
	assert.Nil(t, third.State())
}
