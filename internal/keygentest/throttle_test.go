package keygentest_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

var throttled = want{status: 429, code: "TOO_MANY_REQUESTS", title: "Too many requests", outside: true}

// exhaust makes the five attempts that a window allows.
func (s *scene) exhaust(c call) {
	s.t.Helper()
	for i := range 5 {
		require.NotEqual(s.t, 429, s.send(c).status, "attempt %d", i+1)
	}
}

func TestThrottledAnswer(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.clock.set(noon.Add(23*time.Second + 900*time.Millisecond))
	ada := login("ada@example.com", "x").under("Accept", "application/json")
	s.exhaust(ada)
	for n := 6; n <= 7; n++ {
		a := s.expect(ada, throttled)
		assert.Equal(t, "application/vnd.api+json; charset=utf-8", a.header.Get("Content-Type"))
		for name, value := range map[string]string{
			"X-RateLimit-Window": "auth", "X-RateLimit-Count": strconv.Itoa(n), "X-RateLimit-Limit": "5",
			"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(noon.Add(time.Minute).Unix(), 10),
			"Retry-After": "37",
		} {
			assert.Equal(t, value, a.header.Get(name), name)
		}
		assert.Len(t, a.doc, 1, "nothing but errors")
	}
}

func TestThrottleWindowsAreFixed(t *testing.T) {
	s := open(t, keygentest.Options{})
	ada := login("ada@example.com", "correct horse battery")
	s.clock.set(noon.Add(59 * time.Second))
	s.exhaust(ada)
	a := s.expect(ada, throttled)
	assert.Equal(t, "1", a.header.Get("Retry-After"))

	s.clock.set(noon.Add(time.Minute)) // a second later, not a minute
	s.exhaust(ada)
	s.clock.set(noon.Add(2*time.Minute - time.Nanosecond))
	s.expect(ada, throttled)
	s.ResetThrottles()
	s.expect(ada, want{status: 201})
}

func TestThrottleCounters(t *testing.T) {
	at := func(path string, c call) call { c.path = path; return c }
	ada := login("ada@example.com", "x")
	for _, c := range []struct {
		name        string
		first, next call
		shared      bool
	}{
		{"same request", ada, ada, true},
		{"right and wrong passwords", login("ada@example.com", "correct horse battery"), ada, true},
		{"upper-case email", ada, login("ADA@EXAMPLE.COM", "x"), true},
		{"blank password", login("ada@example.com", " "), ada, true},
		{"text that is no email", login("a@b", "x"), login("a@b", "x"), true},
		{"unknown account", at("/v1/accounts/nobody/tokens", ada), at("/v1/accounts/nobody/tokens", ada), true},
		{"tokens of a user", at("users/x/tokens", ada), ada, true},
		{"malformed body", ada.with("{"), ada, true},
		{"another email", ada, login("grace@example.com", "x"), false},
		{"account by id", ada, at("/v1/accounts/6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90/tokens", ada), false},
		{"account escaped", ada, at("/v1/accounts/%64emo/tokens", ada), false},
		{"empty password", login("ada@example.com", ""), ada, false},
		{"user name without @", login("ada", "x"), login("ada", "x"), false},
		{"scheme in lower case", call{method: "POST", path: "tokens", auth: "basic" + ada.auth[len("Basic"):]}, ada, false},
		{"another method", call{method: "GET", path: "tokens", auth: ada.auth}, ada, false},
		{"another path", call{method: "POST", path: "tokens/x", auth: ada.auth}, ada, false},
		{"path with an extension", at("tokens.json", ada), at("tokens.json", ada), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			s.exhaust(c.first)
			if status := s.send(c.next).status; c.shared {
				assert.Equal(t, 429, status)
			} else {
				assert.NotEqual(t, 429, status)
			}
		})
	}
}

func TestNoThrottleWithoutAccountInPath(t *testing.T) {
	s := open(t, keygentest.Options{Single: true})
	short := login("ada@example.com", "correct horse battery")
	short.path = "/v1/tokens"
	for range 8 {
		s.expect(short, want{status: 201})
	}
	named := login("ada@example.com", "correct horse battery")
	s.exhaust(named)
	s.expect(named, throttled)
}

func TestSecondFactorCostsTwoAttempts(t *testing.T) {
	s := open(t, keygentest.Options{})
	grace := login("grace@example.com", "nanoseconds of wire")
	signIn := func() {
		s.expect(grace, refusedCode("OTP_REQUIRED"))
		s.expect(grace.with(withCode(s.TOTP(s.demo.TwoFactor.ID))), want{status: 201})
	}
	signIn()
	s.clock.add(30 * time.Second)
	signIn()
	s.clock.add(15 * time.Second)
	s.expect(grace, refusedCode("OTP_REQUIRED"))
	s.expect(grace.with(withCode(s.TOTP(s.demo.TwoFactor.ID))), throttled)
}

// The throttles beside that of logins: what they count, and what together.
func TestOtherThrottles(t *testing.T) {
	ask := post("passwords", "", `{"meta":{"email":"ada@example.com"}}`)
	update := post("users/ada@example.com/actions/update-password", "", "")
	factor := post("users/ada@example.com/second-factors", "", "")
	change := patch("users/ada@example.com/second-factors/x", "", "")
	for _, c := range []struct {
		name        string
		window      string
		period      time.Duration
		first, next call
	}{
		{"ask for a reset", "rstpwd", time.Hour, ask, ask.with(`{"meta":{"email":"ADA@example.com"}}`)},
		{"ask, wrong otherwise", "rstpwd", time.Hour, ask.with(`{"meta":{"email":"x","foo":1}}`), ask.with(`{"meta":{"email":"x"}}`)},
		{"update", "mutpwd", 10 * time.Minute, update, post("users/ADA@example.com/actions/update-password", "", "{")},
		{"update and reset", "mutpwd", 10 * time.Minute, update, post("users/ada@example.com/actions/reset-password", "", "")},
		{"create a factor", "mutmfa", 10 * time.Minute, factor, factor},
		{"create and change a factor", "mutmfa", 10 * time.Minute, factor, change},
		{"change and delete a factor", "mutmfa", 10 * time.Minute, change, remove("users/ada@example.com/second-factors/y", "")},
		{"by PUT, which does nothing", "mutmfa", 10 * time.Minute, put("users/ada@example.com/second-factors/x", "", ""), change},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			s.clock.set(noon.Add(c.period - 1500*time.Millisecond))
			s.exhaust(c.first)
			a := s.expect(c.next, throttled)
			assert.Equal(t, c.window, a.header.Get("X-RateLimit-Window"))
			assert.Equal(t, "5", a.header.Get("X-RateLimit-Limit"))
			assert.Equal(t, "6", a.header.Get("X-RateLimit-Count"))
			assert.Equal(t, strconv.FormatInt(noon.Add(c.period).Unix(), 10), a.header.Get("X-RateLimit-Reset"))
			assert.Equal(t, "2", a.header.Get("Retry-After"))
			s.clock.set(noon.Add(c.period))
			assert.NotEqual(t, 429, s.send(c.next).status)
		})
	}
	for _, c := range []struct {
		name        string
		first, next call
	}{
		{"another email", ask, ask.with(`{"meta":{"email":"grace@example.com"}}`)},
		{"no email", ask.with(`{"meta":{}}`), ask.with(`{"meta":{}}`)},
		{"another user's password", update, post("users/grace@example.com/actions/update-password", "", "")},
		{"the same user by id", update, post("users/1c0a5c2e-0f5d-4b7e-8a11-000000000001/actions/update-password", "", "")},
		{"another user's factor", factor, post("users/grace@example.com/second-factors", "", "")},
		{"password and factor", update, factor},
		{"looking at factors", factor, get("users/ada@example.com/second-factors/x", "")},
		{"listing factors", get("users/ada@example.com/second-factors", ""), get("users/ada@example.com/second-factors", "")},
		{"update by GET", update, get("users/ada@example.com/actions/update-password", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			s.exhaust(c.first)
			assert.NotEqual(t, 429, s.send(c.next).status)
		})
	}
	t.Run("no account in the path", func(t *testing.T) {
		s := open(t, keygentest.Options{Single: true})
		c := ask
		c.path = "/v1/passwords"
		for range 8 {
			s.expect(c, want{status: 204})
		}
	})
}
