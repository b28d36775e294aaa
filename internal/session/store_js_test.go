package session_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

const key = "keygen-auth:api.example.com:demo"

// areas are the storages by name.
var areas = map[string]*browser.Storage{"localStorage": browser.LocalStorage, "sessionStorage": browser.SessionStorage}

// token returns a token, of any two of the same number equal.
func token(n int) keygen.Token {
	number := strconv.Itoa(n)
	return keygen.Token{
		Value: "user-secret" + number + "v3", ID: "t" + number, UserID: "u" + number, Kind: keygen.KindUser,
		Expiry: "2030-01-01T00:00:00.000Z",
	}
}

func record(n int, remember bool) session.Record {
	return session.Record{Token: token(n), Created: "2029-01-01T00:00:00.000Z", Remember: remember}
}

// clean removes what a test stored.
func clean(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		for _, area := range areas {
			_ = area.Remove(key)
		}
	})
}

// what returns what a storage holds under the key, "" for nothing.
func what(t *testing.T, area *browser.Storage) string {
	t.Helper()
	text, _, err := area.Get(key)
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

// spend leaves no room in the storages.
func spend(t *testing.T) {
	replace(t, "Storage.prototype", "setItem", `{ value() { throw new DOMException("", "QuotaExceededError") } }`)
}

// load returns what a store has, which must not be corrupt.
func load(t *testing.T, store *session.Store) (session.Record, bool) {
	t.Helper()
	got, err := store.Load()
	require.NoError(t, err)
	if got == nil {
		return session.Record{}, false
	}
	return *got, true
}

// alike compares what the test knows of records.
func alike(t *testing.T, want, got session.Record) {
	t.Helper()
	assert.Equal(t, want.Token, got.Token)
	assert.Equal(t, want.Created, got.Created)
	assert.Equal(t, want.Persistent, got.Persistent)
}

// save stores a record and returns it as the store does.
func save(store *session.Store, record session.Record) session.Record {
	saved, _ := store.Save(&record, true)
	return *saved
}

func TestStorageBlocked(t *testing.T) {
	for _, remember := range []bool{true, false} {
		t.Run(fmt.Sprint(remember), func(t *testing.T) {
			clean(t)
			for area := range areas {
				block(t, area)
			}
			store := session.NewBrowserStore(session.Local, key)
			got, ok := load(t, store)
			assert.False(t, ok, "it has nothing")
			assert.Zero(t, got)

			saved := save(store, record(1, remember))
			alike(t, record(1, remember), saved)
			assert.False(t, saved.Persistent)
			got, ok = load(t, store)
			assert.True(t, ok)
			alike(t, saved, got)

			store.Remove("t2")
			_, ok = load(t, store)
			assert.True(t, ok, "that was another one")
			store.Remove("t1")
			_, ok = load(t, store)
			assert.False(t, ok)
		})
	}
}

func TestTabStorageBlocked(t *testing.T) {
	clean(t)
	block(t, "sessionStorage")
	store := session.NewBrowserStore(session.Local, key)
	assert.True(t, save(store, record(1, true)).Persistent)
	ofAllTabs := what(t, browser.LocalStorage)
	assert.NotEmpty(t, ofAllTabs)

	assert.False(t, save(store, record(2, false)).Persistent, "not where it would outlive the tab")
	assert.Equal(t, ofAllTabs, what(t, browser.LocalStorage), "which is not for this tab to change")
	got, ok := load(t, store)
	assert.True(t, ok)
	alike(t, record(2, false), got)

	assert.True(t, save(store, record(3, true)).Persistent)
	got, ok = load(t, store)
	assert.True(t, ok)
	assert.Equal(t, token(3), got.Token, "the one in memory is replaced")
	store.Remove("t3")
	_, ok = load(t, store)
	assert.False(t, ok)
}

func TestStorageFull(t *testing.T) {
	for _, remember := range []bool{true, false} {
		t.Run(fmt.Sprint(remember), func(t *testing.T) {
			clean(t)
			store := session.NewBrowserStore(session.Local, key)
			require.True(t, save(store, record(1, remember)).Persistent)
			spend(t)
			assert.False(t, save(store, record(2, remember)).Persistent)
			got, ok := load(t, store)
			assert.True(t, ok)
			alike(t, record(2, remember), got)
			old, ok := load(t, session.NewBrowserStore(session.Local, key))
			assert.True(t, ok, "what was stored is for the session to remove")
			assert.Equal(t, token(1), old.Token)
			store.Remove("t1")
			_, ok = load(t, session.NewBrowserStore(session.Local, key))
			assert.False(t, ok, "another page has another memory")
			got, _ = load(t, store)
			assert.Equal(t, token(2), got.Token)
		})
	}
}

// place is a memory that outlives the store.
type place struct{ text string }

func (p *place) Get() string     { return p.text }
func (p *place) Set(text string) { p.text = text }

func TestMemoryOutlivesTheProgram(t *testing.T) {
	clean(t)
	memory := new(place)
	begin := func() *session.Store {
		store := session.NewBrowserStore(session.Memory, key)
		store.Memory = memory
		return store
	}
	save(begin(), record(1, true))
	got, ok := load(t, begin())
	assert.True(t, ok)
	alike(t, record(1, true), got)
	begin().Remove("t2")
	assert.NotEmpty(t, memory.text)
	begin().Remove("t1")
	assert.Empty(t, memory.text)

	for _, memory.text = range []string{"{", "null", `{"v":2,"token":"x","tokenId":"t","expiry":null}`} {
		got, ok = load(t, begin())
		assert.False(t, ok, memory.text)
		assert.Zero(t, got)
	}
}

func TestMemoryAlone(t *testing.T) {
	for _, mode := range []session.Mode{session.Memory, ""} {
		t.Run(string(mode), func(t *testing.T) {
			clean(t)
			const strange = "of a page with another setting"
			for _, area := range areas {
				require.NoError(t, area.Set(key, strange))
			}
			store := session.NewBrowserStore(mode, key)
			_, ok := load(t, store)
			assert.False(t, ok)
			assert.False(t, save(store, record(1, true)).Persistent)
			got, ok := load(t, store)
			assert.True(t, ok)
			alike(t, record(1, true), got)
			store.Remove("t1")
			for name, area := range areas {
				assert.Equal(t, strange, what(t, area), name)
			}
		})
	}
}
