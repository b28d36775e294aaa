package emulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/emulator"
	"keygenauth/internal/keygentest"
)

// start runs an emulator until the test ends.
func start(t *testing.T) (s *emulator.Server, origin string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s = emulator.Start(listener, keygentest.Options{})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s, "http://" + listener.Addr().String()
}

// ask sends a request with the password of the demo's user and returns the answer read to its end.
func ask(t *testing.T, s *emulator.Server, method, url, body string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	req.SetBasicAuth(s.Demo.Plain.Email, s.Demo.Plain.Password)
	res, err := http.DefaultTransport.RoundTrip(req) // which follows no redirect
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(raw)
}

func TestServesAPIAndControl(t *testing.T) {
	s, origin := start(t)
	res, body := ask(t, s, "POST", origin+"/v1/accounts/demo/tokens", "")
	assert.Equal(t, http.StatusCreated, res.StatusCode)
	assert.Contains(t, body, s.Demo.Plain.ID)
	assert.Len(t, s.API.Tokens(s.Demo.Plain.ID), 1)

	res, body = ask(t, s, "GET", origin+emulator.ControlPrefix+"/totp?user="+s.Demo.TwoFactor.Email, "")
	assert.Equal(t, http.StatusOK, res.StatusCode)
	var code struct{ Code string }
	require.NoError(t, json.Unmarshal([]byte(body), &code))
	assert.Regexp(t, "^[0-9]{6}$", code.Code)

	res, _ = ask(t, s, "POST", origin+"/v1/accounts/demo/passwords", `{"meta":{"email":"`+s.Demo.Plain.Email+`"}}`)
	assert.Equal(t, http.StatusNoContent, res.StatusCode)
	res, body = ask(t, s, "GET", origin+emulator.ControlPrefix+"/reset-token?user="+s.Demo.Plain.Email, "")
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.JSONEq(t, `{"token":"`+s.API.ResetToken(s.Demo.Plain.ID)+`"}`, body)

	res, _ = ask(t, s, "POST", origin+emulator.ControlPrefix+"/faults", `{"kind":"status","status":502,"times":1}`)
	assert.Equal(t, http.StatusNoContent, res.StatusCode)
	res, _ = ask(t, s, "GET", origin+emulator.ControlPrefix+"/requests", "")
	assert.Equal(t, http.StatusOK, res.StatusCode, "faults do not reach the control")
	res, _ = ask(t, s, "GET", origin+"/v1/ping", "")
	assert.Equal(t, http.StatusBadGateway, res.StatusCode)
	assert.Len(t, s.API.Requests(), 3, "requests of the control are not recorded")
}

// The API has to see paths as they come: a mux would redirect those that it finds unclean.
func TestPathsReachTheAPIUntouched(t *testing.T) {
	s, origin := start(t)
	for _, path := range []string{"/", "/v1//accounts/demo/me", "/v1/../x", "/-", "/-x", "/v1/-/totp", "/v1/accounts/%64emo/me"} {
		s.API.ResetRequests()
		res, _ := ask(t, s, "GET", origin+path, "")
		assert.NotEqual(t, http.StatusMovedPermanently, res.StatusCode, path)
		if got := s.API.Requests(); assert.Len(t, got, 1, path) {
			assert.Equal(t, path, got[0].Path)
		}
	}
}

func TestCloseReleasesWhatFaultsHold(t *testing.T) {
	s, origin := start(t)
	s.API.AddFault(keygentest.Fault{Kind: keygentest.FaultHang})
	// A client that waits for leave to send its body learns when the server reads it: the fault has it by then.
	client := &http.Transport{ExpectContinueTimeout: time.Minute}
	body := &wantedBody{wanted: make(chan struct{})}
	req, err := http.NewRequestWithContext(t.Context(), "POST", origin+"/v1/ping", body)
	require.NoError(t, err)
	req.Header.Set("Expect", "100-continue")
	failed := make(chan error, 1)
	go func() {
		res, err := client.RoundTrip(req)
		if err == nil {
			err = res.Body.Close()
		}
		failed <- err
	}()
	<-body.wanted
	require.NoError(t, s.Close())
	assert.Error(t, <-failed)
	assert.NoError(t, s.Close(), "once more does no harm")
}

// wantedBody is an empty body that tells when somebody wants it.
type wantedBody struct {
	once   sync.Once
	wanted chan struct{}
}

func (b *wantedBody) Read([]byte) (int, error) {
	b.once.Do(func() { close(b.wanted) })
	return 0, io.EOF
}

func TestCloseTellsWhyServingEnded(t *testing.T) {
	broken := brokenListener{closed: make(chan struct{})}
	s := emulator.Start(broken, keygentest.Options{})
	<-broken.closed // by the server, which has given up on it
	assert.ErrorIs(t, s.Close(), errBroken)
}

var errBroken = errors.New("broken")

// brokenListener accepts no connection.
type brokenListener struct {
	net.Listener
	closed chan struct{}
}

func (l brokenListener) Accept() (net.Conn, error) { return nil, errBroken }

func (l brokenListener) Close() error {
	close(l.closed)
	return nil
}

func (l brokenListener) Addr() net.Addr { return &net.TCPAddr{} }
