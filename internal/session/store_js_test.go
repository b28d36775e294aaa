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

const key = "keygen-auth:api.example.com:demo"

// places are the storages by name.
var places = map[string]browser.Storage{"localStorage": browser.LocalStorage, "sessionStorage": browser.SessionStorage}

// clean removes what a test stored.
func clean(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		for _, place := range places {
			_ = place.Remove(key)
		}
	})
}

// what returns what a storage holds under the key, "" for nothing.
func what(t *testing.T, place browser.Storage) string {
	t.Helper()
	text, _, err := place.Get(key)
	require.NoError(t, err)
	return text
}

// replace sets a property of an object for the time of a test, by a property descriptor.
func replace(t *testing.T, object, name, descriptor string) {
	t.Helper()
	change, err := browser.Window().Call("eval", fmt.Sprintf(`(() => {
		const object = %s, name = %q, before = Object.getOwnPropertyDescriptor(object, name);
		Object.defineProperty(object, name, { configurable: true, ...%s });
		return () => before ? Object.defineProperty(object, name, before) : delete object[name];
	})()`, object, name, descriptor))
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = change.Invoke() })
}

func block(t *testing.T, area string) {
	replace(t, "window", area, `{ get() { throw new DOMException("", "SecurityError") } }`)
}

var record = session.Record{Token: token(1), Created: "2029-01-01T00:00:00.000Z"}

func TestStorageBlocked(t *testing.T) {
	clean(t)
	for area := range places {
		block(t, area)
	}
	store := session.BrowserStore{Mode: session.Local, Key: key}
	assert.Error(t, store.Save(record, true))
	assert.Error(t, store.Save(record, false))
	got, ok, err := store.Load()
	assert.NoError(t, err, "it has nothing")
	assert.False(t, ok)
	assert.Zero(t, got)
	store.Remove()
}

func TestOneStorageBlocked(t *testing.T) {
	clean(t)
	block(t, "sessionStorage")
	store := session.BrowserStore{Mode: session.Local, Key: key}
	require.NoError(t, store.Save(record, true))
	got, ok, err := store.Load()
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, record, got)
	assert.Error(t, store.Save(record, false), "not where it would outlive the tab")
	store.Remove()
	assert.Empty(t, what(t, browser.LocalStorage))
}

func TestStorageFull(t *testing.T) {
	clean(t)
	store := session.BrowserStore{Mode: session.Local, Key: key}
	require.NoError(t, store.Save(record, true))
	replace(t, "Storage.prototype", "setItem", `{ value() { throw new DOMException("", "QuotaExceededError") } }`)
	assert.Error(t, store.Save(session.Record{Token: token(2)}, true))
	assert.Error(t, store.Save(session.Record{Token: token(2)}, false))
}

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
			store := session.BrowserStore{Mode: session.Local, Key: key}
			for name, place := range places {
				require.NoError(t, place.Set(key, text))
				got, ok, err := store.Load()
				assert.ErrorIs(t, err, session.ErrCorrupt, name)
				assert.False(t, ok)
				assert.Zero(t, got)
				assert.Empty(t, what(t, place), "removed")
				_, _, err = store.Load()
				assert.NoError(t, err, "and reported once")
			}
			require.NoError(t, browser.LocalStorage.Set(key, whole))
			require.NoError(t, browser.SessionStorage.Set(key, text))
			got, ok, err := store.Load()
			assert.ErrorIs(t, err, session.ErrCorrupt)
			assert.True(t, ok, "another place's session survives it")
			assert.Equal(t, "x", got.Token.Value)
			assert.Equal(t, whole, what(t, browser.LocalStorage))
			store.Remove()
		})
	}
}

func TestSave(t *testing.T) {
	tests := []struct {
		mode       session.Mode
		remember   bool
		place, not browser.Storage
	}{
		{session.Local, true, browser.LocalStorage, browser.SessionStorage},
		{session.Local, false, browser.SessionStorage, browser.LocalStorage},
		{session.Tab, true, browser.SessionStorage, browser.LocalStorage},
		{session.Tab, false, browser.SessionStorage, browser.LocalStorage},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.mode, test.remember), func(t *testing.T) {
			clean(t)
			store := session.BrowserStore{Mode: test.mode, Key: key}
			if test.mode == session.Local {
				require.NoError(t, store.Save(session.Record{Token: token(9)}, !test.remember), "an older one elsewhere")
			}
			require.NoError(t, store.Save(record, test.remember))
			assert.JSONEq(t, `{"v":1,"token":"`+token(1).Value+`","tokenId":"t1","userId":"u1","kind":"user-token",
				"expiry":"2030-01-01T00:00:00.000Z","created":"2029-01-01T00:00:00.000Z"}`, what(t, test.place))
			assert.Empty(t, what(t, test.not), "one session in one place")
			got, ok, err := store.Load()
			require.NoError(t, err)
			assert.True(t, ok)
			assert.Equal(t, record, got)
			store.Remove()
			_, ok, err = store.Load()
			require.NoError(t, err)
			assert.False(t, ok)
		})
	}
}

func TestSaveWithoutExpiry(t *testing.T) {
	clean(t)
	store := session.BrowserStore{Mode: session.Local, Key: key}
	forever := session.Record{Token: keygen.Token{Value: "密码🔑", ID: "t"}}
	require.NoError(t, store.Save(forever, true))
	assert.Contains(t, what(t, browser.LocalStorage), `"expiry":null`)
	got, ok, err := store.Load()
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, forever, got)
}

func TestMemory(t *testing.T) {
	for _, mode := range []session.Mode{session.Memory, ""} {
		t.Run(string(mode), func(t *testing.T) {
			clean(t)
			store := session.BrowserStore{Mode: mode, Key: key}
			assert.Error(t, store.Save(record, true))
			_, ok, err := store.Load()
			assert.NoError(t, err)
			assert.False(t, ok)
			for name, place := range places {
				assert.Empty(t, what(t, place), name)
			}
			require.NoError(t, browser.LocalStorage.Set(key, "of a page with another setting"))
			_, ok, err = store.Load()
			assert.NoError(t, err)
			assert.False(t, ok)
		})
	}
}

// The session and the store together, when storage fails.
func TestSignInWithoutWebStorage(t *testing.T) {
	clean(t)
	for area := range places {
		block(t, area)
	}
	w := newWorld(func(config *session.Config) {
		config.Store = session.BrowserStore{Mode: session.Local, Key: key}
	})
	w.Restore()
	assert.Nil(t, w.SignIn(ada, true).Err)
	require.NotNil(t, w.State())
	assert.False(t, w.State().Persistent)
	w.SignOut()
	assert.Nil(t, w.State())
	assert.Equal(t, []string{
		"changed: nobody", "changed: t1", "keygen:signed-in", "changed: nobody", "keygen:signed-out user",
	}, w.take())
}
