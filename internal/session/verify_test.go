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
		assert.Equal(t, []string{"restored"}, tab.takeEvents())
	})
}

// TestVerifyWhenShown verifies once more when the page is shown again, after the first tries have failed. There is no
// event for the network's return: a proxy had answered in its place.
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

// TestWakeWhileVerifying shows the page again and again while a request is under way: there is one request at a time.
func TestWakeWhileVerifying(t *testing.T) {
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
		assert.Equal(t, []string{"restored"}, tab.takeEvents())
	})
}

// TestEndReason checks which errors of a request end the session, and with which reason; "" for none.
func TestEndReason(t *testing.T) {
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
				tab.takeEvents()
				err := tab.Use(func(keygen.Token) error { return &keygen.Error{Status: row.status, Code: row.code} })
				require.Equal(t, row.code, keygen.AsError(err).Code)
				if row.reason == "" {
					assert.NotNil(t, tab.State())
					assert.NotNil(t, w.stored())
					assert.Empty(t, tab.takeEvents())
				} else {
					assert.Nil(t, tab.State())
					assert.Nil(t, w.stored())
					assert.Equal(t, []string{"signed-out " + row.reason}, tab.takeEvents())
				}
			})
		})
	}
}

// TestRenewWhileVerifying renews a session while its token is verified: the response is about the old token, and so the
// new one is verified, too.
func TestRenewWhileVerifying(t *testing.T) {
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
		assert.Equal(t, tab.record.value(), tab.verified)
	})
}

// TestNetworkReturnsWhileChecking has the network return during a check of a stored session that was sent before.
func TestNetworkReturnsWhileChecking(t *testing.T) {
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
		assert.Equal(t, []string{"restored"}, tab.takeEvents()[:1])
	})
}
