package keygentest_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// control asks the control handler of the server.
func (s *scene) control(method, target, body string) *httptest.ResponseRecorder {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.Control().ServeHTTP(rec, httptest.NewRequest(method, target, strings.NewReader(body)))
	assert.Equal(s.t, "*", rec.Header().Get("Access-Control-Allow-Origin"))
	assert.Equal(s.t, "no-store", rec.Header().Get("Cache-Control"))
	return rec
}

func TestControlFaults(t *testing.T) {
	s := open(t, keygentest.Options{})
	rec := s.control("POST", "/faults", `{"kind":"status","status":502,"times":1,"method":"GET","path":"/me","delay":"1ns"}`)
	assert.Equal(t, 204, rec.Code)
	assert.Equal(t, 502, s.send(get("me", "")).status)
	assert.Equal(t, 401, s.send(get("me", "")).status, "used up")

	s.control("POST", "/faults", `{"kind":"html"}`)
	assert.Equal(t, 200, s.send(get("me", "")).status)
	assert.Equal(t, 204, s.control("DELETE", "/faults", "").Code)
	assert.Equal(t, 401, s.send(get("me", "")).status)

	for body, date := range map[string]string{
		`{"kind":"skewed-clock","skew":"-1h30m"}`:      "Tue, 06 Oct 2026 10:30:00 GMT",
		`{"kind":"skewed-clock","skew":3600000000000}`: "Tue, 06 Oct 2026 13:00:00 GMT",
	} {
		s.ClearFaults()
		s.control("POST", "/faults", body)
		assert.Equal(t, date, s.send(get("me", "")).header.Get("Date"))
	}
}

// What tests marshal is what the control reads.
func TestControlReadsFaults(t *testing.T) {
	s := open(t, keygentest.Options{})
	raw, err := json.Marshal(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: time.Minute, Times: 1})
	require.NoError(t, err)
	assert.Equal(t, 204, s.control("POST", "/faults", string(raw)).Code)
	assert.Equal(t, "Tue, 06 Oct 2026 12:01:00 GMT", s.send(get("me", "")).header.Get("Date"))
}

func TestControlRefusesWrongFaults(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, body := range []string{
		``, `{`, `{"kind":"cutt"}`, `{"sort":"cut"}`, `{"kind":"status","status":42}`, `{"delay":"soon"}`, `{"delay":true}`,
	} {
		assert.Equal(t, 400, s.control("POST", "/faults", body).Code, body)
	}
	assert.Equal(t, 401, s.send(get("me", "")).status, "none was added")
}

func TestControlRequests(t *testing.T) {
	s := open(t, keygentest.Options{})
	assert.Equal(t, "[]\n", s.control("GET", "/requests", "").Body.String())
	s.send(login("ada@example.com", "x").with(`{"meta":{"otp":"1"}}`))
	s.send(get("me?x=%7E", ""))
	rec := s.control("GET", "/requests", "")
	assert.Equal(t, "application/json", rec.Header().Get("Content-Type"))
	var got []struct {
		Method, Path, Body string
		Header             map[string][]string
		Status             int
	}
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &got))
	require.Len(t, got, 2)
	assert.Equal(t, "POST", got[0].Method)
	assert.Equal(t, `{"meta":{"otp":"1"}}`, got[0].Body)
	assert.Equal(t, []string{basic("ada@example.com:x")}, got[0].Header["Authorization"])
	assert.Equal(t, 401, got[0].Status)
	assert.Equal(t, "/v1/accounts/demo/me?x=%7E", got[1].Path)
	assert.Contains(t, rec.Body.String(), `[{"method":"POST","path":`)

	assert.Equal(t, 204, s.control("DELETE", "/requests", "").Code)
	assert.Empty(t, s.Requests())
}

func TestControlTOTP(t *testing.T) {
	s := open(t, keygentest.Options{})
	for _, user := range []string{s.demo.TwoFactor.ID, "grace@example.com", "Grace@Example.com"} {
		rec := s.control("GET", "/totp?user="+user, "")
		assert.JSONEq(t, `{"code":"`+s.TOTP(s.demo.TwoFactor.ID)+`"}`, rec.Body.String())
	}
	for _, user := range []string{"", "nobody@example.com", "ada@example.com"} {
		assert.Equal(t, 404, s.control("GET", "/totp?user="+user, "").Code, user)
	}
}

func TestControlResetToken(t *testing.T) {
	s := open(t, keygentest.Options{})
	assert.Equal(t, 404, s.control("GET", "/reset-token?user=ada@example.com", "").Code)
	s.expect(post("passwords", "", `{"meta":{"email":"ada@example.com"}}`), want{status: 204})
	for _, user := range []string{s.demo.Plain.ID, "ada@example.com", "Ada@Example.com"} {
		rec := s.control("GET", "/reset-token?user="+user, "")
		assert.JSONEq(t, `{"token":"`+s.ResetToken(s.demo.Plain.ID)+`"}`, rec.Body.String())
	}
	for _, user := range []string{"", "nobody@example.com", "grace@example.com"} {
		assert.Equal(t, 404, s.control("GET", "/reset-token?user="+user, "").Code, user)
	}
}

func TestControlReset(t *testing.T) {
	s := open(t, keygentest.Options{})
	grace := login("grace@example.com", "nanoseconds of wire").with(withCode(s.TOTP(s.demo.TwoFactor.ID)))
	s.expect(grace, want{status: 201})
	s.ResetThrottles()
	s.exhaust(grace)
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultHTML, Times: 1})
	assert.Equal(t, 204, s.control("POST", "/reset", "").Code)
	assert.Empty(t, s.Requests())
	s.expect(grace, want{status: 201}) // no fault, not throttled, code not spent
	assert.Len(t, s.Tokens(s.demo.TwoFactor.ID), 2, "tokens stay")
}

func TestControlIsOpenToPages(t *testing.T) {
	s := open(t, keygentest.Options{})
	rec := s.control("OPTIONS", "/faults", "")
	assert.Equal(t, 204, rec.Code)
	assert.Equal(t, "GET, POST, DELETE", rec.Header().Get("Access-Control-Allow-Methods"))
	assert.Equal(t, "*", rec.Header().Get("Access-Control-Allow-Headers"))
	assert.Equal(t, 404, s.control("GET", "/nothing", "").Code)
	assert.Equal(t, 405, s.control("PUT", "/faults", "").Code)
	// The API itself does not serve it.
	assert.Equal(t, 404, s.send(get("/faults", "")).status)
}
