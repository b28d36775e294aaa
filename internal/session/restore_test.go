package session_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// stored returns a world with a session in its store.
func stored(change func(*keygen.Token)) *world {
	w := newWorld()
	record := session.Record{Token: token(1), Created: "2028-12-31T00:00:00Z"}
	if change != nil {
		change(&record.Token)
	}
	w.store.record, w.store.stored = record, true
	return w
}

func TestRestoreNothing(t *testing.T) {
	w := newWorld()
	w.Restore()
	w.run()
	assert.Nil(t, w.State())
	assert.Equal(t, []string{"changed: nobody"}, w.take(), "the state is known, nothing has changed")
	assert.Empty(t, w.api.asked)
}

func TestRestoreCorrupt(t *testing.T) {
	w := newWorld()
	w.store.load = session.ErrCorrupt
	w.Restore()
	w.run()
	assert.Nil(t, w.State())
	assert.Equal(t, []string{"changed: nobody", "keygen:error STORAGE_CORRUPT"}, w.take())

	w = stored(nil) // another place had a good one
	w.store.load = session.ErrCorrupt
	w.Restore()
	assert.Equal(t, []string{"changed: t1", "keygen:error STORAGE_CORRUPT", "keygen:restored"}, w.take())
	assert.True(t, w.store.stored)
}

func TestRestoreExpired(t *testing.T) {
	for name, expiry := range map[string]string{
		"a second ago": "2028-12-31T23:59:59.000Z",
		"this moment":  "2029-01-01T00:00:00.000Z",
		"no time":      "soon",
	} {
		t.Run(name, func(t *testing.T) {
			w := stored(func(token *keygen.Token) { token.Expiry = expiry })
			w.Restore()
			w.run()
			assert.Nil(t, w.State())
			assert.False(t, w.store.stored)
			assert.Equal(t, []string{"changed: nobody", "keygen:signed-out expired"}, w.take())
			assert.Empty(t, w.api.asked)
		})
	}
}

func TestRestore(t *testing.T) {
	for name, expiry := range map[string]string{
		"in a second": "2029-01-01T00:00:01.000Z",
		"in ages":     "9999-12-31T23:59:59.999Z",
		"never":       "",
	} {
		t.Run(name, func(t *testing.T) {
			w := stored(func(token *keygen.Token) { token.Expiry = expiry })
			w.Restore()
			want := &session.State{TokenID: "t1", UserID: "u1", Kind: "user-token", Expiry: expiry, Persistent: true}
			assert.Equal(t, want, w.State())
			assert.Empty(t, w.api.asked, "without network")
			assert.Equal(t, []string{"changed: t1", "keygen:restored"}, w.take())
			assert.Equal(t, []session.Event{{Name: session.Restored, State: want}}, w.events)
			w.run()
			assert.Equal(t, []string{token(1).Value}, w.api.asked)
			assert.Equal(t, []string{"changed: t1 ada@example.com"}, w.take())
		})
	}
}

func TestVerify(t *testing.T) {
	tests := []struct {
		err    error
		reason string // none: the session stays
	}{
		{refuse(401, "TOKEN_INVALID"), session.Invalid},
		{refuse(401, "TOKEN_FORMAT_INVALID"), session.Invalid},
		{refuse(401, "TOKEN_EXPIRED"), session.Expired},
		{refuse(403, "USER_BANNED"), session.Banned},
		{refuse(401, "HTTP_401"), ""},
		{refuse(401, "TOKEN_MISSING"), ""},
		{refuse(402, "HTTP_402"), ""},
		{refuse(403, "HTTP_403"), ""},
		{refuse(404, "NOT_FOUND"), ""},
		{refuse(422, "HTTP_422"), ""},
		{refuse(429, "TOO_MANY_REQUESTS"), ""},
		{refuse(503, "BAD_RESPONSE"), ""},
		{refuse(200, "BAD_RESPONSE"), ""},
		{refuse(0, "NETWORK_ERROR"), ""},
		{refuse(0, "TIMEOUT"), ""},
		{errors.New("no keygen.Error"), ""},
	}
	for _, test := range tests {
		t.Run(test.err.Error(), func(t *testing.T) {
			w := stored(nil)
			w.Restore()
			w.take()
			w.api.me = func(keygen.Token) (keygen.User, error) { return keygen.User{}, test.err }
			w.run()
			if test.reason == "" {
				assert.Empty(t, w.take())
				assert.NotNil(t, w.State())
				assert.True(t, w.store.stored)
				return
			}
			assert.Equal(t, []string{"changed: nobody", "keygen:signed-out " + test.reason}, w.take())
			assert.Nil(t, w.State())
			assert.False(t, w.store.stored)
			assert.Empty(t, w.api.revoked, "what is refused need not be revoked")
		})
	}
}

// A late answer about a token says nothing of the one after it.
func TestVerdictOnReplacedToken(t *testing.T) {
	w := stored(nil)
	w.Restore()
	verify := w.background
	w.background = nil
	w.api.create = func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) { return token(2), nil }
	w.SignIn(ada, true)
	w.run()
	w.take()

	w.api.me = func(keygen.Token) (keygen.User, error) { return keygen.User{}, refuse(401, "TOKEN_INVALID") }
	verify[0]()
	assert.Equal(t, "t2", w.State().TokenID)
	assert.True(t, w.store.stored)
	assert.Empty(t, w.take())
}

func TestSignOut(t *testing.T) {
	w := newWorld()
	w.SignOut()
	assert.Empty(t, w.take(), "nobody was signed in")

	w.store.record, w.store.stored = session.Record{Token: token(7)}, true
	w.SignOut()
	assert.False(t, w.store.stored, "what is stored goes even if it was never restored")
	w.run()
	w.take()

	w.SignIn(ada, true)
	w.run()
	w.take()
	w.api.revoke = func(keygen.Token) error { return refuse(0, "NETWORK_ERROR") }
	w.SignOut()
	assert.Equal(t, []string{"changed: nobody", "keygen:signed-out user"}, w.take())
	assert.Nil(t, w.State())
	assert.False(t, w.store.stored)
	assert.NotContains(t, w.api.revoked, token(1).Value, "the user does not wait for that")
	w.run()
	assert.Contains(t, w.api.revoked, token(1).Value)
	w.SignOut()
	w.run()
	assert.Empty(t, w.take())
}

// An answer to "who is this" that comes after the sign-out changes nothing.
func TestSignOutBeforeVerified(t *testing.T) {
	for _, err := range []error{nil, refuse(401, "TOKEN_INVALID")} {
		w := newWorld()
		w.api.me = func(keygen.Token) (keygen.User, error) { return keygen.User{Email: "ada@example.com"}, err }
		w.SignIn(ada, true)
		w.SignOut()
		w.take()
		w.run()
		assert.Empty(t, w.take())
		assert.Nil(t, w.State())
	}
}

func TestEventsHoldNoSecret(t *testing.T) {
	w := stored(nil)
	w.Restore()
	w.SignIn(ada, true)
	w.api.create = func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) {
		return keygen.Token{}, refuse(401, "PASSWORD_INVALID")
	}
	w.SignIn(ada, true)
	w.run()
	w.SignOut()
	require.Len(t, w.events, 4)
	for _, event := range w.events {
		text := fmt.Sprintf("%+v", event)
		if event.State != nil {
			text += fmt.Sprintf("%+v", *event.State)
		}
		assert.NotContains(t, text, secret)
		assert.NotContains(t, text, ada.Password)
	}
}
