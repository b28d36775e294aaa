package keygentest_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// fail sends a request and returns where it failed: before or within the body.
func (s *scene) fail(c call) (beforeBody, inBody error) {
	s.t.Helper()
	res, err := http.DefaultClient.Do(s.request(c))
	if err != nil {
		return err, nil
	}
	defer res.Body.Close()
	_, err = io.ReadAll(res.Body)
	return nil, err
}

func TestFaultCut(t *testing.T) {
	s := open(t, keygentest.Options{})
	remove := s.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
	before, _ := s.fail(login("ada@example.com", "correct horse battery"))
	assert.Error(t, before)
	assert.Empty(t, s.Tokens(s.demo.Plain.ID), "the application did not see it")
	require.Len(t, s.Requests(), 1)
	assert.Zero(t, s.Requests()[0].Status)
	remove()
	s.expect(login("ada@example.com", "correct horse battery"), want{status: 201})
}

func TestFaultCutBody(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultCutBody})
	before, within := s.fail(login("ada@example.com", "correct horse battery"))
	assert.NoError(t, before)
	assert.True(t, errors.Is(within, io.ErrUnexpectedEOF), "got %v", within)
	assert.Len(t, s.Tokens(s.demo.Plain.ID), 1, "the effect remains")
}

func TestFaultTruncated(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultTruncated})
	a := s.send(login("ada@example.com", "correct horse battery"))
	assert.Equal(t, 201, a.status)
	assert.NotEmpty(t, a.body)
	assert.Nil(t, a.doc, "half a document")
	assert.ErrorContains(t, verify(a, s.demo.Account), "digests")
	assert.Len(t, s.Tokens(s.demo.Plain.ID), 1, "the effect remains")
}

func TestFaultsOfServersInFront(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  keygentest.Fault
		status int
		shared bool
	}{
		{"status", keygentest.Fault{Kind: keygentest.FaultStatus, Status: 502}, 502, false},
		{"status left out", keygentest.Fault{Kind: keygentest.FaultStatus}, 503, false},
		{"status of a refusal", keygentest.Fault{Kind: keygentest.FaultStatus, Status: 403}, 403, true},
		{"captive portal", keygentest.Fault{Kind: keygentest.FaultHTML}, 200, true},
		{"status without CORS", keygentest.Fault{Kind: keygentest.FaultNoCORS, Status: 503}, 503, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			s.AddFault(c.fault)
			for range 7 { // the throttle does not see them either
				a := s.send(login("ada@example.com", "correct horse battery"))
				assert.Equal(t, c.status, a.status)
				assert.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"))
				assert.Contains(t, string(a.body), "<title>")
				assert.Equal(t, c.shared, a.header.Get("Access-Control-Allow-Origin") == "*")
				assert.Equal(t, "Tue, 06 Oct 2026 12:00:00 GMT", a.header.Get("Date"))
				for name := range a.header {
					assert.NotRegexp(t, "^(Keygen-|X-Request-Id|Digest)", name)
				}
			}
			assert.Empty(t, s.Tokens(s.demo.Plain.ID))
			s.ClearFaults()
			s.expect(login("ada@example.com", "correct horse battery"), want{status: 201})
		})
	}
	t.Run("status without a body", func(t *testing.T) {
		s := open(t, keygentest.Options{})
		s.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus, Status: 204})
		a := s.send(get("me", ""))
		assert.Equal(t, 204, a.status)
		assert.Empty(t, a.body)
	})
}

func TestFaultNoCORS(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultNoCORS})
	a := s.send(login("ada@example.com", "correct horse battery"))
	assert.Equal(t, 201, a.status)
	for name := range a.header {
		assert.NotRegexp(t, "^Access-Control-", name)
	}
	assert.NoError(t, verify(a, s.demo.Account))
	assert.Len(t, s.Tokens(s.demo.Plain.ID), 1, "the effect remains")
}

func TestFaultBadSignature(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultBadSignature})
	for range 20 { // whatever the signature begins with
		a := s.send(get("me", ""))
		assert.EqualError(t, verify(a, s.demo.Account), "signature does not verify")
		assert.Equal(t, "TOKEN_MISSING", a.text("errors", 0, "code"))
		s.clock.add(time.Second)
	}
	assert.Empty(t, s.send(get("/v1/ping", "")).header.Get("Keygen-Signature"))
}

func TestFaultSkewedClock(t *testing.T) {
	for skew, date := range map[time.Duration]string{
		-time.Hour: "Tue, 06 Oct 2026 11:00:00 GMT", 24 * time.Hour: "Wed, 07 Oct 2026 12:00:00 GMT",
	} {
		s := open(t, keygentest.Options{})
		s.AddFault(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: skew})
		a := s.expect(login("ada@example.com", "correct horse battery"), want{status: 201}) // signed so
		assert.Equal(t, date, a.header.Get("Date"))
		assert.Equal(t, date, a.header.Get("Keygen-Date"))
		assert.Equal(t, fortnight, a.text("data", "attributes", "expiry"), "only headers are off")
	}
}

func TestFaultTimes(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus, Status: 502, Times: 2})
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus, Status: 504, Times: 1})
	remove := s.AddFault(keygentest.Fault{Kind: keygentest.FaultHTML})
	var got []int
	for range 5 {
		got = append(got, s.send(get("me", "")).status)
	}
	assert.Equal(t, []int{502, 502, 504, 200, 200}, got, "in the order in which they were added")
	remove()
	remove()
	assert.Equal(t, 401, s.send(get("me", "")).status)
}

func TestFaultMatches(t *testing.T) {
	preflight := call{method: "OPTIONS", path: "tokens"}.under("Access-Control-Request-Method", "POST")
	for _, c := range []struct {
		name         string
		method, path string
		call         call
		hit          bool
	}{
		{"everything", "", "", get("me", ""), true},
		{"method", "GET", "", get("me", ""), true},
		{"another method", "POST", "", get("me", ""), false},
		{"end of the path", "", "/me", get("me?x=1", ""), true},
		{"another path", "", "/tokens", get("me", ""), false},
		{"method and path", "POST", "/tokens", login("ada@example.com", "x"), true},
		{"preflights not by default", "", "/tokens", preflight, false},
		{"preflights on demand", "OPTIONS", "/tokens", preflight, true},
		{"preflights of another method", "POST", "/tokens", preflight, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			s.AddFault(keygentest.Fault{Method: c.method, Path: c.path, Kind: keygentest.FaultStatus, Status: 599})
			assert.Equal(t, c.hit, s.send(c.call).status == 599)
		})
	}
}

// A fault that leaves the answer alone must not turn a preflight into a request of the application.
func TestFaultsOfPreflights(t *testing.T) {
	s := open(t, keygentest.Options{})
	preflight := call{method: "OPTIONS", path: "tokens"}.under("Access-Control-Request-Method", "POST")
	s.AddFault(keygentest.Fault{Method: "OPTIONS", Delay: time.Nanosecond, Times: 1})
	a := s.send(preflight)
	assert.Equal(t, 200, a.status)
	assert.Empty(t, a.header.Get("Vary"))
	a.shared()

	s.AddFault(keygentest.Fault{Method: "OPTIONS", Kind: keygentest.FaultNoCORS, Times: 1})
	a = s.send(preflight)
	assert.Equal(t, 200, a.status)
	assert.NotContains(t, a.header, "Access-Control-Allow-Origin")

	// Without end, because the client tries harmless requests again.
	s.AddFault(keygentest.Fault{Method: "OPTIONS", Kind: keygentest.FaultCut})
	before, _ := s.fail(preflight)
	assert.Error(t, before)
	assert.Empty(t, s.Requests())
}

func TestWrongFaultsPanic(t *testing.T) {
	api := keygentest.New(keygentest.Options{})
	for _, f := range []keygentest.Fault{{Kind: "cutt"}, {Kind: "Hang"}, {Kind: "status", Status: 42}, {Kind: "status", Status: 100}, {Status: 600}} {
		assert.Panics(t, func() { api.AddFault(f) }, "%+v", f)
	}
}
