//go:build !js

package keygen_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

func TestEmulatorRenewal(t *testing.T) {
	start := time.Now().Truncate(time.Millisecond)
	const day = 24 * time.Hour
	for name, life := range map[string]time.Duration{"nearly expired": time.Second, "a week left": 7 * day, "a year left": 365 * day, "never": 0} {
		t.Run(name, func(t *testing.T) {
			now := start
			server, demo, api := emulator(t, keygentest.Options{Now: func() time.Time { return now }})
			var expiry time.Time
			if life != 0 {
				expiry = now.Add(life)
			}
			id, value := server.AddToken(demo.Plain.ID, expiry)
			old := keygen.Token{Value: value, ID: id}

			fresh, err := api.RenewToken(old)
			require.NoError(t, err)
			assert.NotEqual(t, old.Value, fresh.Value)
			assert.Equal(t, id, fresh.ID)
			assert.Equal(t, demo.Plain.ID, fresh.UserID)
			assert.Equal(t, keygen.KindUser, fresh.Kind)
			if life == 0 {
				assert.Empty(t, fresh.Expiry, "it stays without one")
			} else {
				until, ok := parseTime(fresh.Expiry)
				require.True(t, ok, fresh.Expiry)
				assert.Equal(t, now.Add(14*day).UnixMilli(), until, "from now, whatever was left")
			}

			_, err = api.Me(old)
			assert.Equal(t, "TOKEN_INVALID", failure(err).Code, "the old value is dead at once")
			_, err = api.RenewToken(old)
			assert.Equal(t, "TOKEN_INVALID", failure(err).Code)
			user, err := api.Me(fresh)
			require.NoError(t, err)
			assert.Equal(t, demo.Plain.ID, user.ID)
			assert.Len(t, server.Tokens(demo.Plain.ID), 1)

			now = now.Add(14 * day)
			if _, err = api.RenewToken(fresh); life == 0 {
				assert.NoError(t, err)
			} else {
				assert.Equal(t, "TOKEN_EXPIRED", failure(err).Code, "too late")
			}
		})
	}
}

// An answer that is lost on the way has done its work.
func TestEmulatorRenewalLost(t *testing.T) {
	server, demo, api := emulator(t, keygentest.Options{})
	for _, fault := range []keygentest.FaultKind{keygentest.FaultCutBody, keygentest.FaultTruncated} {
		id, value := server.AddToken(demo.Plain.ID, time.Now().Add(time.Hour))
		remove := server.AddFault(keygentest.Fault{Kind: fault})
		token, err := api.RenewToken(keygen.Token{Value: value, ID: id})
		remove()
		assert.Error(t, err)
		assert.Zero(t, token)
		_, err = api.Me(keygen.Token{Value: value})
		assert.Equal(t, "TOKEN_INVALID", failure(err).Code)
	}
}

func TestEmulatorRenewalRefused(t *testing.T) {
	server, demo, api := emulator(t, keygentest.Options{})
	id, value := server.AddToken(demo.Plain.ID, time.Time{})
	others, _ := server.AddToken(demo.TwoFactor.ID, time.Time{})
	_, err := api.RenewToken(keygen.Token{Value: value, ID: others})
	assert.Equal(t, "NOT_FOUND", failure(err).Code)
	_, err = api.RenewToken(keygen.Token{Value: value, ID: "../../" + id})
	assert.Equal(t, keygen.CodeArgument, failure(err).Code, "an id is one segment")
	server.SetBanned(demo.Plain.ID, true)
	_, err = api.RenewToken(keygen.Token{Value: value, ID: id})
	assert.Equal(t, "USER_BANNED", failure(err).Code)
}

// What the server's clock says is heard from the API alone.
func TestEmulatorDates(t *testing.T) {
	now := time.Unix(1_900_000_000, 0)
	server, demo, api := emulator(t, keygentest.Options{Now: func() time.Time { return now }})
	var heard []int64
	api.Dated = func(now int64) { heard = append(heard, now) }
	_, value := server.AddToken(demo.Plain.ID, time.Time{})
	me := func(value string) {
		_, _ = api.Me(keygen.Token{Value: value})
	}
	for _, fault := range []keygentest.Fault{
		{Kind: keygentest.FaultHTML}, {Kind: keygentest.FaultStatus, Status: 503}, {Kind: keygentest.FaultStatus, Status: 401},
		{Kind: keygentest.FaultCut},
	} {
		remove := server.AddFault(fault)
		me(value)
		remove()
		assert.Empty(t, heard, "%v", fault)
	}
	me(value)
	me("unknown")
	defer server.AddFault(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: 48 * time.Hour})()
	me(value)
	assert.Equal(t, []int64{now.UnixMilli(), now.UnixMilli(), now.Add(48 * time.Hour).UnixMilli()}, heard)
}

// A second token by the first: both work, and it is made as asked.
func TestEmulatorAddsToken(t *testing.T) {
	start := time.Now().Truncate(time.Millisecond)
	server, demo, api := emulator(t, keygentest.Options{Now: func() time.Time { return start }})
	id, value := server.AddToken(demo.Plain.ID, start.Add(time.Hour))
	old := keygen.Token{Value: value, ID: id, UserID: demo.Plain.ID}

	added, err := api.AddToken(old, keygen.TokenOptions{})
	require.NoError(t, err)
	assert.NotEqual(t, id, added.ID)
	assert.Equal(t, demo.Plain.ID, added.UserID)
	until, _ := parseTime(added.Expiry)
	assert.Equal(t, start.Add(14*24*time.Hour).UnixMilli(), until)
	for _, token := range []keygen.Token{old, added} {
		_, err = api.Me(token)
		assert.NoError(t, err)
	}
	named, err := api.AddToken(added, keygen.TokenOptions{Name: "Portal", Expiry: "2049-01-01T00:00:00.000Z"})
	require.NoError(t, err)
	assert.Equal(t, "2049-01-01T00:00:00.000Z", named.Expiry)
	assert.Equal(t, "Portal", server.Tokens(demo.Plain.ID)[2].Name)

	server.SetBanned(demo.Plain.ID, true)
	_, err = api.AddToken(old, keygen.TokenOptions{})
	assert.Equal(t, "USER_BANNED", failure(err).Code)
	_, err = api.AddToken(keygen.Token{Value: "unknown"}, keygen.TokenOptions{})
	assert.Equal(t, "TOKEN_INVALID", failure(err).Code)
	// The answer is about somebody else's.
	server.SetBanned(demo.Plain.ID, false)
	old.UserID = demo.TwoFactor.ID
	_, err = api.AddToken(old, keygen.TokenOptions{})
	assert.Equal(t, keygen.CodeResponse, failure(err).Code)
}

// Permissions without token.generate refuse it by 403 without a code, and leave the other way.
func TestEmulatorAddsNoToken(t *testing.T) {
	server, _, api := emulator(t, keygentest.Options{})
	user := server.AddUser("demo", keygentest.User{Email: "limited@example.com", Permissions: []string{"token.regenerate"}})
	id, value := server.AddToken(user.ID, time.Now().Add(time.Hour))
	old := keygen.Token{Value: value, ID: id}
	_, err := api.AddToken(old, keygen.TokenOptions{})
	assert.Equal(t, 403, failure(err).Status)
	assert.Equal(t, "HTTP_403", failure(err).Code)
	_, err = api.RenewToken(old)
	assert.NoError(t, err)
}
