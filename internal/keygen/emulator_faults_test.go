//go:build !js

package keygen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

func TestEmulatorThrottle(t *testing.T) {
	now := time.Unix(1_900_000_000, 0) // 20 s into a window of a minute, by the server's clock alone
	server, demo, api := emulator(t, keygentest.Options{Now: func() time.Time { return now }})
	wrong := login(demo.Plain)
	wrong.Password = "wrong"
	for range 5 {
		_, err := api.CreateToken(wrong, keygen.TokenOptions{})
		require.Equal(t, "PASSWORD_INVALID", failure(err).Code)
	}
	_, err := api.CreateToken(login(demo.Plain), keygen.TokenOptions{})
	failed := failure(err)
	assert.Equal(t, keygen.CodeTooManyRequests, failed.Code)
	assert.Equal(t, 429, failed.Status)
	assert.Equal(t, int(60-now.Unix()%60), failed.RetryAfter)
	assert.Empty(t, failed.RequestID, "it was not the application that answered")

	server.AddFault(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: -24 * time.Hour, Times: 1})
	_, err = api.CreateToken(login(demo.Plain), keygen.TokenOptions{})
	assert.Equal(t, 60, failure(err).RetryAfter, "a reset that does not fit the date is not believed")

	now = now.Add(time.Duration(failed.RetryAfter) * time.Second)
	_, err = api.CreateToken(login(demo.Plain), keygen.TokenOptions{})
	assert.NoError(t, err, "the wait was long enough")
}

func TestEmulatorFaults(t *testing.T) {
	server, demo, api := emulator(t, keygentest.Options{})
	tests := []struct {
		name   string
		fault  keygentest.Fault
		code   string
		status int
	}{
		{"cut", keygentest.Fault{Kind: keygentest.FaultCut}, "NETWORK_ERROR", 0},
		{"cut body", keygentest.Fault{Kind: keygentest.FaultCutBody}, "NETWORK_ERROR", 0},
		{"captive portal", keygentest.Fault{Kind: keygentest.FaultHTML}, "BAD_RESPONSE", 200},
		{"truncated", keygentest.Fault{Kind: keygentest.FaultTruncated}, "BAD_RESPONSE", 201},
		{"503", keygentest.Fault{Kind: keygentest.FaultStatus}, "BAD_RESPONSE", 503},
		{"no content", keygentest.Fault{Kind: keygentest.FaultStatus, Status: 204}, "BAD_RESPONSE", 204},
		{"403 of an edge", keygentest.Fault{Kind: keygentest.FaultStatus, Status: 403}, "HTTP_403", 403},
		{"429 of an edge", keygentest.Fault{Kind: keygentest.FaultStatus, Status: 429}, "HTTP_429", 429},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server.ResetThrottles()
			t.Cleanup(server.AddFault(test.fault))
			_, err := api.CreateToken(login(demo.Plain), keygen.TokenOptions{})
			assert.Equal(t, test.code, failure(err).Code)
			assert.Equal(t, test.status, failure(err).Status)
			assert.NotContains(t, failure(err).Error(), demo.Plain.Password)
		})
	}
}

func TestEmulatorTokenRefusals(t *testing.T) {
	server, demo, api := emulator(t, keygentest.Options{})
	token, err := api.CreateToken(login(demo.Plain), keygen.TokenOptions{})
	require.NoError(t, err)
	me := func(value string) *keygen.Error {
		_, err := api.Me(keygen.Token{Value: value})
		return failure(err)
	}
	assert.Equal(t, "TOKEN_FORMAT_INVALID", me(token.ID).Code)
	assert.Equal(t, "TOKEN_INVALID", me(token.Value+"x").Code)
	assert.NotContains(t, me(token.Value+"x").Error(), token.Value)

	server.SetBanned(demo.Plain.ID, true)
	banned := me(token.Value)
	assert.Equal(t, "USER_BANNED", banned.Code)
}

func TestEmulatorOfOneAccount(t *testing.T) {
	server, demo, api := emulator(t, keygentest.Options{Single: true, Community: true})
	api.Account = ""
	token, err := api.CreateToken(login(demo.Plain), keygen.TokenOptions{})
	require.NoError(t, err)
	assert.Equal(t, demo.Plain.ID, token.UserID)
	for _, request := range server.Requests() {
		assert.False(t, strings.Contains(request.Path, "accounts"), request.Path)
	}
	api.Environment = "sandbox"
	_, err = api.Me(token)
	assert.Equal(t, "ENVIRONMENT_NOT_SUPPORTED", failure(err).Code)
}
