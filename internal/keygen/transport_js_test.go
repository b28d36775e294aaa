package keygen_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// demo is a user of the emulator's seed who signs in with a password alone.
var demo = keygen.Credentials{Email: "ada@example.com", Password: "correct horse battery"}

// page returns a client of the emulator as a page has it.
func page(t *testing.T, seconds float64) *keygen.Client {
	t.Helper()
	before := browser.LiveFuncs()
	control(t, "POST", "/reset", "")
	t.Cleanup(func() {
		control(t, "POST", "/reset", "")
		assert.Equal(t, before, browser.LiveFuncs(), "Funcs")
	})
	return &keygen.Client{
		Transport: keygen.Browser{Timeout: seconds},
		Host:      os.Getenv("KEYGENTEST_URL"),
		Account:   "demo",
		Now:       browser.Now,
		ParseTime: browser.ParseTime,
	}
}

// control asks something of the emulator and returns the answer.
func control(t *testing.T, method, path, body string) string {
	t.Helper()
	answer, err := browser.Fetch(browser.Request{
		Method: method, URL: os.Getenv("KEYGENTEST_URL") + "/-" + path, Body: body, Seconds: 10,
	})
	require.NoError(t, err)
	require.Less(t, answer.Status, 300, string(answer.Body))
	return string(answer.Body)
}

func TestPageFaults(t *testing.T) {
	tests := []struct {
		name, fault string
		seconds     float64
		code        string
		status      int
	}{
		{"cut", `{"kind":"cut"}`, 10, "NETWORK_ERROR", 0},
		{"cut body", `{"kind":"cut-body"}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"cut for this request alone", `{"kind":"cut","path":"/tokens"}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"no CORS", `{"kind":"no-cors"}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"a refused preflight", `{"kind":"status","status":403,"method":"OPTIONS"}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"a preflight without CORS", `{"kind":"no-cors","status":503,"method":"OPTIONS"}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"a redirect", `{"kind":"status","status":307}`, 10, "NETWORK_ERROR", 0},
		{"hang", `{"kind":"hang"}`, 0.05, "TIMEOUT", 0},
		{"late", `{"delay":"9s"}`, 0.05, "TIMEOUT", 0},
		{"captive portal", `{"kind":"html"}`, 10, "BAD_RESPONSE", 200},
		{"truncated", `{"kind":"truncated"}`, 10, "BAD_RESPONSE", 201},
		{"no content", `{"kind":"status","status":204}`, 10, "BAD_RESPONSE", 204},
		{"500", `{"kind":"status","status":500}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"503", `{"kind":"status"}`, 10, "SERVICE_UNAVAILABLE", 0},
		{"403 of an edge", `{"kind":"status","status":403}`, 10, "HTTP_403", 403},
		{"429 of an edge", `{"kind":"status","status":429}`, 10, "HTTP_429", 429},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			api := page(t, test.seconds)
			control(t, "POST", "/faults", test.fault)
			token, err := api.CreateToken(demo, keygen.TokenOptions{})
			assert.Equal(t, test.code, failure(err).Code)
			assert.Equal(t, test.status, failure(err).Status)
			assert.NotContains(t, failure(err).Error(), demo.Password)
			assert.NotContains(t, failure(err).Error(), "http")
			assert.Zero(t, token)
		})
	}
}

func TestPageAborts(t *testing.T) {
	api := page(t, 10)
	aborted, err := browser.Window().Get("AbortSignal").Call("abort")
	require.NoError(t, err)
	document, err := api.Do(keygen.Token{}, keygen.ShowMe(), aborted)
	assert.Equal(t, keygen.CodeAborted, failure(err).Code)
	assert.Nil(t, document)
	_, err = api.Do(keygen.Token{}, keygen.ShowMe(), browser.Value{})
	assert.Equal(t, 401, failure(err).Status, "no signal")
}

// The clock of the page is put right by headers that scripts may read.
func TestPageDates(t *testing.T) {
	api := page(t, 10)
	var heard []int64
	api.Dated = func(now int64) { heard = append(heard, now) }
	control(t, "POST", "/faults", `{"kind":"status","times":1}`)
	_, _ = api.Me(keygen.Token{})
	assert.Empty(t, heard, "an edge's clock")
	_, _ = api.Me(keygen.Token{})
	require.Len(t, heard, 1)
	assert.InDelta(t, browser.Now(), heard[0], 2000)
}

func TestPageThrottle(t *testing.T) {
	api := page(t, 10)
	wrong := demo
	wrong.Password = "wrong"
	var failed *keygen.Error
	for range 10 { // five are allowed in a minute, and the minute may turn
		_, err := api.CreateToken(wrong, keygen.TokenOptions{})
		if failed = failure(err); failed.Code != "PASSWORD_INVALID" {
			break
		}
	}
	assert.Equal(t, keygen.CodeTooManyRequests, failed.Code)
	assert.InDelta(t, 60-time.Now().Unix()%60, failed.RetryAfter, 2, "the headers it takes are readable")
}

func TestPageSignsIn(t *testing.T) {
	api := page(t, 10)
	token, err := api.CreateToken(demo, keygen.TokenOptions{Name: "密码🔑"})
	require.NoError(t, err)
	assert.Equal(t, keygen.KindUser, token.Kind)
	assert.NotEmpty(t, token.UserID)
	_, dated := browser.ParseTime(token.Expiry)
	assert.True(t, dated)

	user, err := api.Me(token)
	require.NoError(t, err)
	assert.Equal(t, keygen.User{
		ID: token.UserID, Email: demo.Email, FullName: "Ada Lovelace", FirstName: "Ada", LastName: "Lovelace", Role: "user",
	}, user)

	old := token
	token, err = api.RenewToken(old)
	require.NoError(t, err)
	assert.NotEqual(t, old.Value, token.Value)
	assert.Equal(t, old.ID, token.ID)
	_, err = api.Me(old)
	assert.Equal(t, "TOKEN_INVALID", failure(err).Code)

	document, err := api.Do(token, keygen.ShowToken(token.ID), nil)
	require.NoError(t, err)
	id, _ := keygen.Value(document).Get("data").Get("id").Text()
	assert.Equal(t, token.ID, id)
	assert.False(t, keygen.Value(nil).Exists())

	require.NoError(t, api.RevokeToken(token), "204 is an answer")
	_, err = api.Me(token)
	assert.Equal(t, "TOKEN_INVALID", failure(err).Code)
	assert.NotEmpty(t, failure(err).RequestID)

	requests := control(t, "GET", "/requests", "")
	assert.Contains(t, requests, `\"name\":\"密码🔑\"`)
	assert.Contains(t, requests, `"Keygen-Version":["1.8"]`)
}

func TestPageSecondFactor(t *testing.T) {
	api := page(t, 10)
	grace := keygen.Credentials{Email: "grace@example.com", Password: "nanoseconds of wire"}
	_, err := api.CreateToken(grace, keygen.TokenOptions{})
	assert.Equal(t, keygen.CodeOTPRequired, failure(err).Code)

	answer, err := browser.Parse(control(t, "GET", "/totp?user=grace@example.com", ""))
	require.NoError(t, err)
	grace.OTP, _ = answer.Get("code").Text()
	token, err := api.CreateToken(grace, keygen.TokenOptions{})
	require.NoError(t, err)
	require.NoError(t, api.RevokeToken(token))
	_, err = api.CreateToken(grace, keygen.TokenOptions{})
	assert.Equal(t, "OTP_INVALID", failure(err).Code, "a code works once")
}

func TestPageSSO(t *testing.T) {
	_, err := page(t, 10).CreateToken(keygen.Credentials{Email: "sam@sso.example.com", Password: "x"}, keygen.TokenOptions{})
	assert.Equal(t, keygen.CodeSSORequired, failure(err).Code)
	assert.Equal(t, "https://sso.example.com/authorize?state=demo", failure(err).Link)
}

// What cannot be encoded is our own bug; it must not look like the network.
func TestPageUnencodable(t *testing.T) {
	_, err := keygen.Browser{Timeout: 1}.Send(keygen.Request{Method: "POST", Body: map[string]any{"a": struct{}{}}})
	assert.Equal(t, keygen.CodeInternal, failure(err).Code)
}

// Nothing more is sent for a page that has taken the module off, even if the
// program still has something to finish.
func TestBrowserPatience(t *testing.T) {
	gone := false
	patience := keygen.Browser{Timeout: 4}.Patience(func() bool { return gone })
	assert.EqualValues(t, 4000, patience.Limit)
	assert.NoError(t, patience.Wait(1, nil))
	gone = true
	assert.Equal(t, keygen.CodeAborted, keygen.AsError(patience.Wait(1, nil)).Code)
}
