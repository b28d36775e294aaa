package session_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

func TestSignInFails(t *testing.T) {
	plain := errors.New("a bug: no keygen.Error")
	tests := []struct {
		name string
		err  error
		log  []string
	}{
		{"wrong password", refuse(401, "PASSWORD_INVALID"), []string{"keygen:error PASSWORD_INVALID"}},
		{"token codes are no end of this session", refuse(401, "TOKEN_INVALID"), []string{"keygen:error TOKEN_INVALID"}},
		{"offline", refuse(0, "NETWORK_ERROR"), []string{"keygen:error NETWORK_ERROR"}},
		{"one-time code", refuse(401, "OTP_REQUIRED"), []string{"keygen:otp-required"}},
		{"single sign-on", refuse(401, "SSO_REQUIRED"), []string{"keygen:sso-required SSO_REQUIRED", "keygen:error SSO_REQUIRED"}},
		{"anything else", plain, []string{"keygen:error INTERNAL_ERROR"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld()
			require.Nil(t, w.SignIn(ada, true).Err)
			w.run()
			w.take()
			before, stored := w.State(), *w.store

			w.api.create = func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) { return keygen.Token{}, test.err }
			attempt := w.SignIn(ada, false)
			require.NotNil(t, attempt.Err)
			assert.True(t, attempt.Proceed)
			w.run()
			assert.Equal(t, test.log, w.take())
			assert.Equal(t, before, w.State(), "the session stays as it was")
			assert.Equal(t, stored, *w.store)
			assert.Empty(t, w.api.revoked)
		})
	}
}

func TestSignInRefusesWithoutRequest(t *testing.T) {
	for code, credentials := range map[string]keygen.Credentials{
		"EMAIL_REQUIRED":   {Email: "  ", Password: "x"},
		"EMAIL_COLON":      {Email: "a:b@example.com"},
		"ENCODING_INVALID": {Email: "a@example.com", Malformed: "password"},
	} {
		w := newWorld()
		attempt := w.SignIn(credentials, true)
		require.NotNil(t, attempt.Err)
		assert.Equal(t, code, attempt.Err.Code)
		assert.Equal(t, []string{"keygen:error " + code}, w.take())
		assert.Empty(t, w.api.created)
	}
}

func TestFail(t *testing.T) {
	w := newWorld()
	failure := refuse(0, "CONFIG_INVALID")
	assert.Equal(t, session.Attempt{Err: failure.(*keygen.Error), Proceed: true}, w.Fail(failure))
	w.prevent = session.Failed
	assert.False(t, w.Fail(failure).Proceed)
	assert.Equal(t, []string{"keygen:error CONFIG_INVALID", "keygen:error CONFIG_INVALID"}, w.take())
}

func TestPageCancels(t *testing.T) {
	for event, err := range map[string]error{
		session.Failed:      refuse(401, "PASSWORD_INVALID"),
		session.SSORequired: refuse(401, "SSO_REQUIRED"),
		session.OTPRequired: refuse(401, "OTP_REQUIRED"),
	} {
		w := newWorld()
		w.prevent = event
		w.api.create = func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) { return keygen.Token{}, err }
		assert.False(t, w.SignIn(ada, true).Proceed, event)
	}
	w := newWorld()
	w.prevent = session.SignedIn
	attempt := w.SignIn(ada, true)
	assert.Nil(t, attempt.Err)
	assert.False(t, attempt.Proceed)
	assert.NotNil(t, w.State(), "the redirect was cancelled, not the sign-in")
}

func TestSignIn(t *testing.T) {
	w := newWorld(func(config *session.Config) {
		config.Options = func() keygen.TokenOptions { return keygen.TokenOptions{Name: "Website"} }
	})
	create := w.api.create
	w.api.create = func(credentials keygen.Credentials, options keygen.TokenOptions) (keygen.Token, error) {
		assert.Equal(t, keygen.TokenOptions{Name: "Website"}, options)
		return create(credentials, options)
	}
	attempt := w.SignIn(keygen.Credentials{Email: " ada@example.com ", Password: " p ", OTP: "123 456"}, true)
	assert.Equal(t, session.Attempt{Proceed: true}, attempt)
	assert.Equal(t, []keygen.Credentials{{Email: "ada@example.com", Password: " p ", OTP: "123456"}}, w.api.created)

	want := &session.State{TokenID: "t1", UserID: "u1", Kind: "user-token", Expiry: "2030-01-01T00:00:00.000Z", Persistent: true}
	assert.Equal(t, want, w.State())
	assert.Equal(t, session.Record{Token: token(1), Created: "2029-01-01T00:00:00Z"}, w.store.record)
	assert.True(t, w.store.remember)
	require.Len(t, w.events, 1)
	assert.Equal(t, session.Event{Name: session.SignedIn, State: want}, w.events[0])

	w.run()
	assert.Equal(t, []string{"changed: t1", "keygen:signed-in", "changed: t1 ada@example.com"}, w.take())
	assert.Empty(t, w.api.revoked)

	w.SignIn(ada, false)
	assert.False(t, w.store.remember)
}

func TestSignInReplacesToken(t *testing.T) {
	w := newWorld()
	w.SignIn(ada, true)
	w.SignIn(ada, true)
	assert.Equal(t, "t2", w.State().TokenID)
	assert.Empty(t, w.api.revoked, "the user does not wait for that")
	w.api.revoke = func(keygen.Token) error { return refuse(0, "NETWORK_ERROR") }
	w.run()
	assert.Equal(t, []string{token(1).Value}, w.api.revoked)
	assert.Equal(t, "t2", w.State().TokenID)
	assert.Equal(t, []string{
		"changed: t1", "keygen:signed-in", "changed: t2", "keygen:signed-in", "changed: t2 ada@example.com",
	}, w.take(), "what the API said of the token before counts no more")
}

func TestSignInWithoutStorage(t *testing.T) {
	w := newWorld()
	w.store.full = true
	w.store.record, w.store.stored = session.Record{Token: token(9)}, true
	assert.Nil(t, w.SignIn(ada, true).Err)
	require.NotNil(t, w.State())
	assert.False(t, w.State().Persistent)
	assert.False(t, w.events[0].State.Persistent)
	assert.False(t, w.store.stored, "the next visit must not find another session")
}

func TestStaffTokenIsRevokedAtOnce(t *testing.T) {
	for _, kind := range []string{"admin-token", "product-token", ""} {
		staff := keygen.Token{Value: "admin-canary", ID: "s", Kind: kind}
		create := func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) { return staff, nil }

		w := newWorld()
		w.SignIn(ada, true)
		w.run()
		w.take()
		w.api.create = create
		attempt := w.SignIn(ada, true)
		require.NotNil(t, attempt.Err)
		assert.Equal(t, session.CodeKind, attempt.Err.Code)
		assert.NotContains(t, fmt.Sprintf("%+v", attempt.Err), staff.Value)
		assert.Equal(t, []string{staff.Value}, w.api.revoked, "before SignIn returns")
		assert.Equal(t, []string{"keygen:error TOKEN_KIND_NOT_ALLOWED"}, w.take())
		assert.Equal(t, "t1", w.State().TokenID, "the session stays")
		assert.Equal(t, token(1), w.store.record.Token)

		w.api.revoke = func(keygen.Token) error { return refuse(0, "NETWORK_ERROR") }
		w.SignIn(ada, true)
		assert.Len(t, w.api.revoked, 3, "two tries when one fails")

		w = newWorld(func(config *session.Config) { config.AllowStaff = true })
		w.api.create = create
		assert.Nil(t, w.SignIn(ada, true).Err)
		assert.Equal(t, "s", w.State().TokenID)
		assert.Empty(t, w.api.revoked)
	}
}

// All tokens but the last one are revoked, however sign-ins cross.
func TestConcurrentSignIns(t *testing.T) {
	const attempts = 50
	var tasks, background sync.WaitGroup
	var mu sync.Mutex
	issued := 0
	w := newWorld(func(config *session.Config) {
		config.Store = lockedStore{new(sync.Mutex), &fakeStore{}}
		config.Background = func(do func()) { background.Go(do) }
		config.Notify = func(session.Event) bool { return true }
		config.Changed = func(*session.State, keygen.User) {}
	})
	w.api.create = func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) {
		mu.Lock()
		defer mu.Unlock()
		issued++
		return token(issued), nil
	}
	for range attempts {
		tasks.Go(func() { w.SignIn(ada, true) })
	}
	tasks.Wait()
	background.Wait()
	assert.Len(t, w.api.revoked, attempts-1)
	last := w.State().TokenID
	for i := range attempts {
		if token := token(i + 1); token.ID != last {
			assert.Contains(t, w.api.revoked, token.Value)
		}
	}
}

type lockedStore struct {
	mu *sync.Mutex
	*fakeStore
}

func (l lockedStore) Save(record session.Record, remember bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fakeStore.Save(record, remember)
}
