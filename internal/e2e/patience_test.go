package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// throttle answers requests with a 429 of the general limit that is over in so many seconds, so often.
func throttle(times int32, seconds int64) (how bend, sent func() int32) {
	var count atomic.Int32
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if count.Add(1) > times {
			return false
		}
		now := time.Now()
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "date, x-ratelimit-window, x-ratelimit-reset")
		h.Set("Date", now.UTC().Format(http.TimeFormat))
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
		h.Set("X-RateLimit-Window", "1m")
		h.Set("X-RateLimit-Reset", strconv.FormatInt(now.Unix()+seconds, 10))
		h.Set("Content-Type", "application/vnd.api+json")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"errors":[{"title":"Too many requests","code":"TOO_MANY_REQUESTS"}]}`))
		return true
	}, count.Load
}

// sentBy returns how often a call's request came, and the code it rejects with, if any.
func (s *stage) sentBy(call string) (times int, code string) {
	s.t.Helper()
	s.api.ResetRequests()
	code = eval[string](s.tab, call+`.then(() => "", (e) => e.code)`)
	for _, r := range s.api.Requests() {
		if r.Method != http.MethodOptions && r.Path != "/v1/ping" {
			times++
		}
	}
	return times, code
}

// safe are calls that change nothing.
var safe = []string{
	`keygenAuth.users.me()`, `keygenAuth.licenses.list({limit: 5})`, `keygenAuth.tokens.get(keygenAuth.session.tokenId)`,
	`keygenAuth.fetch("me").then((r) => r.ok || Promise.reject({code: String(r.status)}))`,
	`keygenAuth.fetch("me", {method: "HEAD"}).then((r) => r.ok || Promise.reject({code: String(r.status)}))`,
}

// unsafe are calls that may have done something though no answer came.
var unsafe = []string{
	`keygenAuth.licenses.validate("nobody")`, `keygenAuth.tokens.revoke("nobody")`, `keygenAuth.tokens.regenerate("nobody")`,
	`keygenAuth.users.update("nobody", {firstName: "Ada"})`, `keygenAuth.licenses.create({policy: "nobody"})`,
	`keygenAuth.passwords.create({email: "ada@example.com"})`, `keygenAuth.licenses.validateKey("none")`,
	`keygenAuth.fetch("tokens", {method: "POST"}).then((r) => Promise.reject({code: String(r.status)}))`,
	`keygenAuth.fetch("tokens/nobody", {method: "DELETE"}).then((r) => Promise.reject({code: String(r.status)}))`,
	`keygenAuth.fetch("tokens/nobody", {method: "PUT"}).then((r) => Promise.reject({code: String(r.status)}))`,
}

// TestTriedAgain makes safe calls three times at most, and all others once.
func TestTriedAgain(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	s.allow("CORS policy")
	s.allow("data-host")
	again := func(call string, status, times int) {
		s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus, Status: status, Times: 2 * times}) // each try, and its ping
		sent, code := s.sentBy(call)
		assert.Equal(t, times+1, sent, call)
		assert.Empty(t, code, call)
	}
	for _, call := range safe {
		again(call, 503, 2)
	}
	again(safe[0], 502, 1)
	again(safe[1], 504, 1)
	for _, call := range safe {
		remove := s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus})
		sent, code := s.sentBy(call)
		remove()
		assert.Equal(t, 3, sent, "no fourth: %s", call)
		assert.Equal(t, "SERVICE_UNAVAILABLE", code)
	}
	for _, call := range unsafe {
		remove := s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus})
		sent, code := s.sentBy(call)
		remove()
		assert.Equal(t, 1, sent, call)
		assert.Equal(t, "SERVICE_UNAVAILABLE", code)
	}
	for _, fault := range []keygentest.Fault{
		{Kind: keygentest.FaultStatus, Status: 404}, {Kind: keygentest.FaultStatus, Status: 429},
		{Kind: keygentest.FaultHTML}, {Kind: keygentest.FaultTruncated},
	} {
		remove := s.api.AddFault(fault)
		sent, _ := s.sentBy(`keygenAuth.users.me()`)
		remove()
		assert.Equal(t, 1, sent, "that does not pass by itself: %v", fault)
	}
	assert.Equal(t, []string{"signed-in"}, s.names(), "nobody is told of a try")
}

// TestTriedAgainWithoutAnAnswer counts by the API's own requests what a browser may send twice by itself, too: Chromium
// does where a connection that it kept is closed. A body that is cut it does not.
func TestTriedAgainWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	s.allow("CORS policy")
	s.allow("data-host")
	for _, call := range safe[:3] {
		s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCutBody, Times: 4}) // two tries, and their pings
		sent, code := s.sentBy(call)
		assert.Equal(t, 3, sent, call)
		assert.Empty(t, code, call)
	}
	for _, call := range safe {
		s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultNoCORS, Times: 4})
		sent, code := s.sentBy(call)
		assert.Equal(t, 3, sent, call)
		assert.Empty(t, code, call)
	}
	for _, call := range unsafe {
		s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultNoCORS, Times: 2})
		sent, code := s.sentBy(call)
		assert.Equal(t, 1, sent, call)
		assert.Equal(t, "SERVICE_UNAVAILABLE", code, call)
	}
	remove := s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
	for _, call := range append(safe[:2:2], unsafe[0]) {
		_, code := s.sentBy(call)
		assert.Equal(t, "NETWORK_ERROR", code, call)
	}
	remove()
}

// TestTriedAgainAfterAWait heeds a 429: a short wait is waited for, a long one is the page's to tell.
func TestTriedAgainAfterAWait(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	for _, call := range safe {
		how, sent := throttle(1, 1)
		s.bend(how)
		began := time.Now()
		assert.Empty(t, eval[string](s.tab, call+`.then(() => "", (e) => e.code)`), call)
		assert.EqualValues(t, 2, sent(), call)
		assert.GreaterOrEqual(t, time.Since(began), time.Second)
	}
	how, sent := throttle(9, 60)
	s.bend(how)
	got := s.rejected(`keygenAuth.users.me()`)
	assert.Equal(t, "TOO_MANY_REQUESTS", got.Code)
	require.NotNil(t, got.RetryAfter)
	assert.InDelta(t, 60, *got.RetryAfter, 1)
	assert.EqualValues(t, 1, sent())

	how, sent = throttle(9, 1)
	s.bend(how)
	assert.Equal(t, "TOO_MANY_REQUESTS", s.rejected(`keygenAuth.licenses.validateKey("none")`).Code)
	assert.EqualValues(t, 1, sent(), "a POST")
	s.bend(nil)
}

// held keeps waits of a second to six from ending until the test says, and tells how many there are.
const held = `{
	const { setTimeout, clearTimeout } = window;
	const waiting = new Map();
	let last = 0;
	window.setTimeout = (run, wait = 0, ...rest) => {
		if (wait < 1000 || wait > 6000) return setTimeout(run, wait, ...rest);
		waiting.set(--last, run);
		return last;
	};
	window.clearTimeout = (timer) => waiting.delete(timer) || clearTimeout(timer);
	window.waiting = () => waiting.size;
	window.goOn = () => {
		const due = [...waiting.values()];
		waiting.clear();
		for (const run of due) run();
	};
}`

// newHeld returns a stage that is signed in and whose waits are held.
func newHeld(t *testing.T) *stage {
	t.Helper()
	s, _ := signedIn(t, map[string]string{})
	s.atStart(held)
	s.open("/form.html?held")
	s.untilAnswers()
	s.untilVerified(2) // this page's own request is none that the test counts
	s.do(`goOn()`)
	return s
}

// TestTriedAgainUntilAborted ends a wait by the page's own signal, with its reason, at once.
func TestTriedAgainUntilAborted(t *testing.T) {
	t.Parallel()
	s := newHeld(t)
	for _, call := range []string{`keygenAuth.users.me({signal})`, `keygenAuth.fetch("me", {signal})`} {
		how, sent := throttle(9, 5)
		s.bend(how)
		s.begin(call)
		require.Eventually(t, func() bool { return sent() == 1 }, patience, poll)
		s.until(`window.waiting() > 0`)
		s.do(abort)
		s.untilAborted() // the wait is not waited for
		s.do(`goOn()`)
		s.idle()
		assert.EqualValues(t, 1, sent())
	}
	s.bend(nil)
	s.idle()
}

// TestTriedAgainInTime gives all tries together the time of one.
func TestTriedAgainInTime(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{"form.html": document(short, tutorialForm)})
	began := time.Now()
	var count atomic.Int32
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		if count.Add(1) > 1 {
			<-r.Context().Done()
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	assert.Equal(t, "TIMEOUT", s.rejected(`keygenAuth.users.me()`).Code)
	assert.EqualValues(t, 2, count.Load(), "a try that takes all the time is the last")
	assert.Less(t, time.Since(began), 2*shortly)
	s.bend(nil)
}

// TestTriedAgainOffline is not: who has no network knows.
func TestTriedAgainOffline(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	s.allow("CORS policy")
	s.do(`Object.defineProperty(navigator, "onLine", {configurable: true, value: false})`)
	s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultNoCORS})
	sent, code := s.sentBy(`keygenAuth.users.me()`)
	assert.Equal(t, 1, sent)
	assert.Equal(t, "NETWORK_ERROR", code)
}

// TestTriedAgainForTheSameUser: who signs out, or makes room for somebody else, while a call waits, gets no more of it.
func TestTriedAgainForTheSameUser(t *testing.T) {
	t.Parallel()
	for then, want := range map[string]string{
		`signOut()`: "TOKEN_MISSING", `dispose()`: "DISPOSED", `signIn(ada)`: "resolved", `signIn(bea)`: "SIGNED_OUT",
	} {
		t.Run(then, func(t *testing.T) {
			s := newHeld(t)
			bea := s.api.AddUser("demo", keygentest.User{Email: "bea@example.com", Password: "bread and butter"})
			s.do(`window.ada = ` + credentials(s.demo.Plain) + `; window.bea = ` + credentials(bea))
			how, sent := throttle(1, 1)
			s.bend(func(w http.ResponseWriter, r *http.Request) bool {
				return strings.HasSuffix(r.URL.Path, "/licenses") && how(w, r)
			})
			s.do(`keygenAuth.licenses.list().then(() => "resolved", (e) => e.code).then((o) => (window.outcome = o))`)
			require.Eventually(t, func() bool { return sent() == 1 }, patience, poll)
			s.until(`window.waiting() > 0`)
			eval[any](s.tab, `keygenAuth.`+then)
			s.do(`goOn()`)
			s.until(`window.outcome`)
			assert.Equal(t, want, eval[string](s.tab, `window.outcome`))
			s.idle()
			if want == "resolved" {
				assert.EqualValues(t, 2, sent())
			} else {
				assert.EqualValues(t, 1, sent(), "nothing more is sent")
			}
		})
	}
}

// TestVerifiedAsBefore leaves the session's own check to its own waits, and credentials to the visitor.
func TestVerifiedAsBefore(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.allow("CORS policy")
	s.allow("data-host")
	s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 14))
	s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultStatus})
	times := make(chan time.Time, 100)
	s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/me") {
			times <- time.Now()
		}
		return false
	})
	s.open("/form.html")
	first := <-times
	assert.GreaterOrEqual(t, (<-times).Sub(first), 1500*time.Millisecond, "after its two seconds")

	eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`).catch(() => {})`)
	assert.Len(t, s.logins(), 1)
}
