package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

// plant stores a session, as an earlier visit would have.
func (w *world) plant(user string, life time.Duration) keygen.Token {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	token := w.server.issue(user, life)
	w.profile.put(encoded(token))
	return token
}

// encoded returns a token's record as it is stored.
func encoded(token keygen.Token) string {
	return (&Store{JSON: hostJSON{}}).encode(&Record{Token: token}, inMemory)
}

func (w *world) offline(off bool) {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	w.server.offline = off
}

const days = 24 * time.Hour

func TestRestore(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(w *world)
		events  []string
		signed  bool // in, once all is quiet
		stored  bool
	}{
		{"nothing stored", func(*world) {}, nil, false, false},
		{"a session", func(w *world) { w.plant(ada, 10*days) }, []string{"restored"}, true, true},
		{"one that never expires", func(w *world) { w.plant(ada, 0) }, []string{"restored"}, true, true},
		{"one until 2049", func(w *world) { w.plant(ada, 24*365*days) }, []string{"restored"}, true, true},
		{"offline", func(w *world) { w.plant(ada, 10*days); w.offline(true) }, []string{"restored"}, true, true},
		{"expired", func(w *world) { w.plant(ada, -time.Second) }, []string{"signed-out expired"}, false, false},
		{"expired, offline", func(w *world) { w.plant(ada, -time.Second); w.offline(true) }, nil, false, true},
		{"revoked", func(w *world) { clear(w.server.tokens); w.plant(ada, 10*days); clear(w.server.tokens) },
			[]string{"restored", "signed-out invalid"}, false, false},
		{"banned", func(w *world) { w.plant(ada, 10*days); w.server.banned = true },
			[]string{"restored", "signed-out banned"}, false, false},
		{"corrupt", func(w *world) { w.profile.put("{") }, []string{"error STORAGE_CORRUPT"}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				test.prepare(w)
				tab := w.open()
				tab.Restore()
				time.Sleep(storageLag * time.Millisecond) // another tab may have renewed what is refused
				settle()
				assert.Equal(t, test.events, tab.takeEvents())
				assert.Equal(t, test.signed, tab.State() != nil)
				assert.Equal(t, test.stored, w.stored() != nil)
			})
		})
	}
}

// TestWrongClock has a device whose clock is wrong by two days. The Date headers of the server correct it.
func TestWrongClock(t *testing.T) {
	for _, wrong := range []time.Duration{-2 * days, 2 * days} {
		t.Run(wrong.String(), func(t *testing.T) {
			open := func(w *world) *fakeTab {
				tab := w.open()
				tab.clock.wrong = wrong
				w.server.coarse = true
				return tab
			}
			t.Run("a session with a day left is restored", func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					w.plant(ada, day*time.Millisecond)
					tab := open(w)
					tab.visible.Store(false) // no renewal
					tab.Restore()
					settle()
					assert.Equal(t, []string{"restored"}, tab.takeEvents())
					assert.NotNil(t, tab.State())
				})
			})
			t.Run("offline it stays stored", func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					w.plant(ada, day*time.Millisecond)
					w.offline(true)
					tab := open(w)
					tab.Restore()
					settle()
					assert.NotNil(t, w.stored())
					assert.NotContains(t, tab.takeEvents(), "signed-out expired")
					w.offline(false)
					tab.Wake(true)
					settle()
					assert.NotNil(t, tab.State())
				})
			})
			t.Run("it ends when it should", func(t *testing.T) {
				bubble(t, func(t *testing.T, w *world) {
					token := w.plant(ada, 2*time.Second)
					tab := open(w)
					tab.visible.Store(false)
					tab.Restore()
					settle()
					tab.takeEvents()
					time.Sleep(1800 * time.Millisecond)
					require.Equal(t, token.Value, tab.Token(), "not early")
					time.Sleep(1300 * time.Millisecond)
					assert.Equal(t, []string{"signed-out expired"}, tab.takeEvents())
				})
			})
		})
	}
}

func TestExpiry(t *testing.T) {
	for _, life := range []time.Duration{2 * time.Second, time.Hour, 90 * days} {
		t.Run(life.String(), func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.plant(ada, life)
				tab := w.open(func(c *Config) { c.FixedLife = true })
				tab.Restore()
				time.Sleep(life - 10*time.Millisecond)
				assert.Equal(t, []string{"restored"}, tab.takeEvents())
				assert.NotNil(t, tab.State())
				time.Sleep(20 * time.Millisecond)
				assert.Equal(t, []string{"signed-out expired"}, tab.takeEvents())
				assert.Nil(t, w.stored())
			})
		})
	}
	t.Run("never", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 0)
			tab := w.open()
			tab.Restore()
			time.Sleep(25 * 365 * days)
			assert.Equal(t, []string{"restored"}, tab.takeEvents())
			assert.Zero(t, w.server.count("renew"))
		})
	})
}

func TestSignIn(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		tab := w.open()
		tab.Restore()
		attempt := tab.SignIn(keygen.Credentials{Email: ada, Password: "wrong"}, true, false)
		require.Equal(t, "PASSWORD_INVALID", attempt.Err.Code)
		require.Nil(t, tab.SignIn(valid(ada), true, false).Err)
		settle()
		assert.Equal(t, []string{"error PASSWORD_INVALID", "signed-in"}, tab.takeEvents())
		first := tab.Token()

		// A failure leaves the session alone.
		tab.SignIn(keygen.Credentials{Email: grace, Password: "wrong"}, true, false)
		assert.Equal(t, first, tab.Token())
		assert.Equal(t, first, w.stored().Token.Value)
		assert.Equal(t, []string{"error PASSWORD_INVALID"}, tab.takeEvents())

		// Staff is refused and revoked.
		credentials := valid(ada)
		credentials.OTP = "staff"
		attempt = tab.SignIn(credentials, true, false)
		require.Equal(t, CodeKind, attempt.Err.Code)
		assert.Equal(t, first, tab.Token())
		assert.Equal(t, 1, w.server.live())
		tab.takeEvents()

		// Another user replaces and revokes.
		require.Nil(t, tab.SignIn(valid(grace), true, false).Err)
		settle()
		assert.Equal(t, 1, w.server.live())
		assert.Equal(t, grace, tab.State().UserID)
		assert.Equal(t, []string{"signed-in"}, tab.takeEvents())

		// A sign-out while it is under way wins.
		w.server.delay = func() time.Duration { return time.Second }
		done := make(chan Attempt)
		go func() { done <- tab.SignIn(valid(ada), true, false) }()
		time.Sleep(time.Millisecond)
		tab.SignOut()
		assert.Equal(t, CodeSignedOut, (<-done).Err.Code)
		time.Sleep(10 * time.Second)
		assert.Empty(t, tab.Token())
		assert.Zero(t, w.server.live())
	})
}

func TestBlockedStorage(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		tab := w.open()
		tab.own.setFault(fails)
		tab.view.setFault(fails)
		tab.Restore()
		attempt := tab.SignIn(valid(ada), true, false)
		require.Nil(t, attempt.Err)
		assert.False(t, attempt.State.Persistent)
		tab.Wake(true)
		settle()
		assert.NotEmpty(t, tab.Token())
		_, err := tab.Renew()
		require.NoError(t, err)
		tab.SignOut()
		settle()
		assert.Zero(t, w.server.live())
		assert.Equal(t, []string{"signed-in", "signed-out user"}, tab.takeEvents())
	})
}

func TestSignOutOffline(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 10*days)
		tab, sibling := w.open(), w.open()
		tab.Restore()
		sibling.Restore()
		settle()
		w.offline(true)
		tab.SignOut()
		assert.Nil(t, w.stored(), "at once")
		assert.Nil(t, tab.State())
		settle()
		assert.Equal(t, []string{"restored", "signed-out other-tab"}, sibling.takeEvents())
		tab.Wake(true)
		sibling.Wake(true)
		settle()
		assert.Equal(t, 1, w.server.live())
		w.offline(false)
		for range 3 {
			tab.Wake(true)
			sibling.Wake(true)
		}
		settle()
		assert.Equal(t, 1, w.server.count("revoke"), "exactly one DELETE")
		assert.Zero(t, w.server.live())
		assert.Equal(t, []string{"restored", "signed-out user"}, tab.takeEvents())
	})
}

// TestClose closes the session during a sign-in: the new token is revoked when Close returns, and the stored session
// stays.
func TestClose(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		stored := w.plant(ada, 10*days)
		tab := w.open()
		tab.Restore()
		settle()
		w.server.delay = func() time.Duration { return time.Second }
		var attempt Attempt
		go func() { attempt = tab.SignIn(valid(ada), true, false) }()
		time.Sleep(time.Second + 500*time.Millisecond)
		tab.Close()
		assert.Equal(t, 1, w.server.live())
		settle()
		require.NotNil(t, attempt.Err)
		assert.Equal(t, CodeSignedOut, attempt.Err.Code)
		assert.Equal(t, stored.ID, w.stored().Token.ID)
	})
}
