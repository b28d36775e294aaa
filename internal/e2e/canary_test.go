package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// watch notes all that a page's other scripts, its host or another tab could get hold of.
const watch = `{
  const seen = (window.seen = []);
  const note = (...what) => seen.push(what.map((w) => {
    try { return typeof w === "string" ? w : JSON.stringify(w) + String(w?.stack ?? "") + String(w); } catch { return String(w); }
  }).join(" "));
  for (const type of ["restored", "signed-in", "renewed", "signed-out", "otp-required", "sso-required", "error"])
    document.addEventListener("keygen:" + type, (event) => note(event.type, event.detail));
  for (const type of ["error", "unhandledrejection", "message", "securitypolicyviolation"])
    addEventListener(type, (event) => note(event.type, event.message ?? event.reason ?? event.data ?? event.blockedURI));
  const wrap = (object, name) => {
    const original = object[name];
    object[name] = function (...args) { note(name, ...args); return original.apply(this, args); };
  };
  for (const level of ["log", "info", "warn", "error", "debug", "trace", "dir"]) wrap(console, level);
  for (const name of ["pushState", "replaceState"]) wrap(history, name);
  wrap(BroadcastChannel.prototype, "postMessage");
  wrap(window, "postMessage");
  wrap(navigator, "sendBeacon");
  // What is written anywhere in storage, beside the one key.
  const setItem = Storage.prototype.setItem;
  Storage.prototype.setItem = function (key, value) {
    note("key", key);
    if (!key.startsWith("keygen-auth:")) note("value", value);
    return setItem.call(this, key, value);
  };
}`

// everything returns what is there to be found after the fact.
const everything = `(() => {
  const rest = (storage) => Object.entries({...storage}).map(([key, value]) => key.startsWith("keygen-auth:") ? key : key + value);
  return JSON.stringify([
    window.seen, location.href, document.referrer, document.cookie, window.name, history.state,
    document.documentElement.outerHTML, rest(localStorage), rest(sessionStorage),
    performance.getEntries().map((e) => e.name),
    Object.getOwnPropertyNames(window).filter((n) => n === "keygenAuth").map((n) => JSON.stringify(window[n])),
    JSON.stringify(window.keygenAuth.session),
  ]);
})()`

// TestSecretsStayPut plants an email's password and looks for it, and for the token that it brings, wherever it must not
// be, in each way that a sign-in can go.
func TestSecretsStayPut(t *testing.T) {
	t.Parallel()
	const password = "canary-pässword"
	tests := []struct {
		name  string
		user  keygentest.User
		typed string
		fault *keygentest.Fault
		done  string // what is true once the attempt is over
	}{
		{name: "signed in", typed: password, done: `document.documentElement.dataset.keygenState === "signed-in"`},
		{name: "wrong password", typed: password + "!", done: says},
		{name: "banned", user: keygentest.User{Banned: true}, typed: password, done: says},
		{name: "second factor", user: keygentest.User{TOTPSecret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}, typed: password,
			done: `document.querySelector("[name=otp]")`},
		{name: "no network", typed: password, fault: &keygentest.Fault{Kind: keygentest.FaultCut}, done: says},
		{name: "a page for an answer", typed: password, fault: &keygentest.Fault{Kind: keygentest.FaultHTML}, done: says},
		{name: "half an answer", typed: password, fault: &keygentest.Fault{Kind: keygentest.FaultTruncated}, done: says},
		{name: "an answer out of bounds", typed: password, fault: &keygentest.Fault{Kind: keygentest.FaultNoCORS}, done: says},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
			logs := s.log()
			test.user.Email, test.user.Password = fmt.Sprintf("canary%d@example.com", i), password
			user := s.api.AddUser("demo", test.user)
			if test.fault != nil {
				test.fault.Path = "/tokens"
				s.api.AddFault(*test.fault)
			}
			s.allow("CORS policy") // the browser's own words
			s.allow("data-host")
			s.atStart(watch)
			s.open("/form.html")
			s.signIn(user.Email, test.typed)
			s.until(test.done)

			// The API's answer to this user is the token of the one request, if there is one.
			secrets := []string{test.typed, base64.StdEncoding.EncodeToString([]byte(user.Email + ":" + test.typed))}
			if raw := eval[string](s.tab, `JSON.parse(localStorage.getItem(`+quote(s.storageKey())+`) ?? "{}").token ?? ""`); raw != "" {
				require.Equal(t, "signed in", test.name)
				secrets = append(secrets, raw)
			}
			s.lookFor(secrets, logs())

			if test.name == "signed in" {
				s.do(`keygenAuth.signOut()`)
				s.until(`document.documentElement.dataset.keygenState === "signed-out"`)
				require.Eventually(t, func() bool { return len(s.requests(http.MethodDelete, "")) == 1 }, patience, poll)
				s.lookFor(secrets, logs())
				assert.Zero(t, eval[int](s.tab, `localStorage.length`))
			}
		})
	}
}

// lookFor fails if one of the secrets is where it must not be.
func (s *stage) lookFor(secrets, logs []string) {
	s.t.Helper()
	found := eval[string](s.tab, everything)
	for _, secret := range secrets {
		assert.NotContains(s.t, found, strings.Trim(quote(secret), `"`), "the page")
		assert.NotContains(s.t, strings.Join(s.lines(), "\n"), secret, "the console")
		assert.NotContains(s.t, strings.Join(logs, "\n"), secret, "the site's logs")
		for _, r := range s.api.Requests() {
			authorization := r.Header.Get("Authorization")
			r.Header.Del("Authorization")
			rest := fmt.Sprint(r.Method, r.Path, r.Header, string(r.Body))
			assert.NotContains(s.t, rest, secret, "a request beside its Authorization")
			assert.Equal(s.t, r.Path == "/v1/ping", authorization == "", "all but the ping tell who asks")
			assert.Empty(s.t, r.Header.Get("Referer"))
			assert.Empty(s.t, r.Header.Get("Cookie"))
		}
	}
}

// log notes what the site's own host sees from now on: addresses, headers and bodies.
func (s *stage) log() (logs func() []string) {
	var mu sync.Mutex
	var lines []string
	s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, fmt.Sprint(r.Method, r.RequestURI, r.Header))
		return false
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), lines...)
	}
}
