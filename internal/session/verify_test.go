package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

func TestVerifyRetries(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 10*days)
		w.offline(true)
		tab := w.open()
		tab.Restore()
		time.Sleep(5 * time.Second)
		assert.Zero(t, w.server.count("me"))
		w.offline(false)
		time.Sleep(10 * time.Second)
		assert.Equal(t, 1, w.server.count("me"))
		for range 5 {
			tab.Wake(true)
			settle()
		}
		assert.Equal(t, 1, w.server.count("me"), "once is enough")
		assert.Equal(t, []string{"restored"}, tab.heard())
	})
}

// TestVerifyWhenShown asks once more when the page is shown again, for the tries of before are over. The network did not
// tell that it is back: something had answered in its place.
func TestVerifyWhenShown(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 10*days)
		w.offline(true)
		tab := w.open()
		tab.Restore()
		time.Sleep(5 * time.Minute)
		w.offline(false)
		time.Sleep(5 * time.Minute)
		require.Zero(t, w.server.count("me"))
		for range 3 {
			tab.Wake(false)
			settle()
		}
		assert.Equal(t, 1, w.server.count("me"), "once is enough")
	})
}

// TestWakeWhileAsking shows the page again and again while the API is in trouble: that asks no more than once at a time.
func TestWakeWhileAsking(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 10*days)
		w.server.delay = func() time.Duration { return time.Second }
		tab := w.open()
		tab.Restore()
		for range 5 {
			tab.Wake(false)
		}
		time.Sleep(time.Minute)
		assert.Equal(t, 1, w.server.count("me"))
		assert.Equal(t, []string{"restored"}, tab.heard())
	})
}

// TestVerdict has what a failed request means for the session: why it ends, "" when it stays.
func TestVerdict(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int // 0 for no answer
		code   string
		reason string
	}{
		{"token unknown, revoked or replaced", 401, "TOKEN_INVALID", Invalid},
		{"token expired", 401, "TOKEN_EXPIRED", Expired},
		{"token malformed", 401, "TOKEN_FORMAT_INVALID", Invalid},
		{"user banned", 403, "USER_BANNED", Banned},
		{"header lost on the way", 401, "TOKEN_MISSING", ""},
		{"401 without a code", 401, "HTTP_401", ""},
		{"over the plan's quota", 402, "HTTP_402", ""},
		{"not permitted", 403, "HTTP_403", ""},
		{"a code of an expired token at 403", 403, "TOKEN_EXPIRED", ""},
		{"not found", 404, "NOT_FOUND", ""},
		{"in conflict", 409, "HTTP_409", ""},
		{"not valid", 422, "NAME_TOO_LONG", ""},
		{"too many requests", 429, "TOO_MANY_REQUESTS", ""},
		{"refused otherwise", 400, "TOKEN_INVALID", ""},
		{"server error", 500, keygen.CodeResponse, ""},
		{"server error that repeats a code", 503, "TOKEN_INVALID", ""},
		{"a page in place of an answer", 200, keygen.CodeResponse, ""},
		{"an answer that the account did not sign", 200, keygen.CodeSignature, ""},
		{"no network", 0, keygen.CodeNetwork, ""},
		{"no answer in time", 0, keygen.CodeTimeout, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.plant(ada, 10*days)
				tab := w.open()
				tab.Restore()
				settle()
				tab.heard()
				err := tab.Use(func(keygen.Token) error { return &keygen.Error{Status: row.status, Code: row.code} })
				require.Equal(t, row.code, keygen.AsError(err).Code)
				if row.reason == "" {
					assert.NotNil(t, tab.State())
					assert.NotNil(t, w.stored())
					assert.Empty(t, tab.heard())
				} else {
					assert.Nil(t, tab.State())
					assert.Nil(t, w.stored())
					assert.Equal(t, []string{"signed-out " + row.reason}, tab.heard())
				}
			})
		})
	}
}

// TestRenewedWhileAsking renews a session while the API is asked whose it is: the answer is about a token that is no more,
// and so the API is asked once more.
func TestRenewedWhileAsking(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 5*days)
		legs := 0
		w.server.delay = func() time.Duration {
			w.server.mu.Lock()
			defer w.server.mu.Unlock()
			if legs++; legs == 2 {
				return 3 * time.Second // the first answer's way back
			}
			return 0
		}
		tab := w.open()
		tab.Restore()
		settle()
		_, err := tab.Renew()
		require.NoError(t, err)
		time.Sleep(time.Minute)
		assert.Equal(t, 2, w.server.count("me"))
		tab.Session.mu.Lock()
		defer tab.Session.mu.Unlock()
		assert.Equal(t, ada, tab.user.ID)
		assert.Equal(t, tab.record.value(), tab.verifiedToken)
	})
}

// TestNetworkBackWhileAsking has the network return while a question about a stored session, sent before, is still out.
func TestNetworkBackWhileAsking(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 1*days)
		w.server.delay = func() time.Duration { return time.Second }
		w.offline(true)
		tab := w.open()
		tab.clock.wrong = 2 * 24 * time.Hour
		tab.Restore()
		settle()
		tab.Wake(true) // the first question is on its way to nowhere
		time.Sleep(100 * time.Millisecond)
		settle()
		require.Zero(t, w.server.count("me"))
		time.Sleep(time.Second)
		w.offline(false)
		time.Sleep(time.Minute)
		assert.NotNil(t, tab.State())
		assert.Equal(t, []string{"restored"}, tab.heard()[:1])
	})
}
