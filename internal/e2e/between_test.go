package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// newGuarded returns a stage whose page believes only signed answers, with Ada signed in.
func newGuarded(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, map[string]string{"form.html": document(signed, tutorialForm+member)})
	s.atStart(listening)
	s.plant(s.demo.Plain, time.Now().Add(90*24*time.Hour))
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)
	s.forget()
	return s
}

// unsigned answers in the API's place.
func (s *stage) unsigned(status int, body string) {
	s.bend(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "application/vnd.api+json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	})
}

// TestForgedRefusals forges the answers that the API never signs. They may say that there were too many attempts, or that
// it does not work: nothing that a visitor would follow, or a page would take for an answer.
func TestForgedRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(signed, tutorialForm)})
	s.open("/form.html")
	for _, code := range []string{"SSO_REQUIRED", "OTP_REQUIRED", "SIGNED_OUT", "TOKEN_INVALID"} {
		s.unsigned(429, `{"errors":[{"title":"x","code":"`+code+`","links":{"redirect":"https://evil.example/login"}}]}`)
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSays("Too many attempts. Wait a moment before you try again.")
		assert.NotContains(t, eval[string](s.tab, `document.body.outerHTML`), "evil.example")
		assert.False(t, eval[bool](s.tab, `Boolean(document.querySelector("[name=otp]"))`))
		s.open("/form.html")
	}
	g := newGuarded(t)
	for _, status := range []int{429, 500, 503} {
		g.unsigned(status, `{"data":{"id":"x"},"meta":{"valid":true}}`)
		assert.Contains(t, []string{"HTTP_429", "BAD_RESPONSE"}, g.ask(`keygenAuth.fetch("licenses/x/actions/validate")`), "not handed out")
	}
	assert.Empty(t, g.happened())
}

// TestSwappedQuestions changes requests on their way, which the API then answers and signs.
func TestSwappedQuestions(t *testing.T) {
	t.Parallel()
	s := newGuarded(t)
	active := s.demo.Licenses.Active
	validate := `keygenAuth.licenses.validate(` + quote(active.ID) + `, {scope: {fingerprint: "not-mine"}})`
	other := func(r *http.Request, body string) {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	for name, change := range map[string]func(*http.Request){
		"no body":         func(r *http.Request) { other(r, ""); r.Header.Del("Content-Type") },
		"no scope":        func(r *http.Request) { other(r, `{"meta":{"nonce":7}}`) },
		"no nonce":        func(r *http.Request) { other(r, `{"meta":{"scope":{"fingerprint":"not-mine"}}}`) },
		"another scope":   func(r *http.Request) { other(r, `{"meta":{"nonce":7,"scope":{"fingerprint":"mine"}}}`) },
		"another nonce":   func(r *http.Request) { other(r, `{"meta":{"nonce":8,"scope":{"fingerprint":"not-mine"}}}`) },
		"another product": func(r *http.Request) { other(r, `{"meta":{"nonce":7,"scope":{"product":"`+s.demo.Trial.Product+`"}}}`) },
	} {
		s.forging(change, nil)
		call := validate
		if name != "no nonce" && name != "no body" {
			call = strings.Replace(validate, "{scope", "{nonce: 7, scope", 1)
		}
		assert.Equal(t, "SIGNATURE_INVALID", s.ask(call), name)
	}
	s.forging(func(r *http.Request) { other(r, `{"meta":{"nonce":7,"key":"`+active.Key+`"}}`) }, nil)
	assert.Equal(t, "SIGNATURE_INVALID", s.ask(`keygenAuth.licenses.validateKey("NO-SUCH-KEY", {nonce: 7})`))
	s.bend(nil)
	assert.Equal(t, "FINGERPRINT_SCOPE_MISMATCH", eval[string](s.tab, validate+`.then(({meta}) => meta.code)`))
	assert.Equal(t, "NOT_FOUND", eval[string](s.tab, `keygenAuth.licenses.validateKey("NO-SUCH-KEY").then(({meta}) => meta.code)`))
	assert.Equal(t, "FINGERPRINT_SCOPE_MISMATCH", eval[string](s.tab, `keygenAuth.licenses.validateKey(`+quote(active.Key)+
		`, {scope: {components: ["cpu"], fingerprint: "f", product: `+quote(s.demo.Trial.Product)+`}}).then(({meta}) => meta.code)`))

	// The owner of another token is not who is signed in here.
	eve := s.api.AddUser("demo", keygentest.User{Email: "eve@example.com", Password: "password", FirstName: "Eve"})
	_, value := s.api.AddToken(eve.ID, time.Time{})
	asked := len(s.requests(http.MethodGet, "/me"))
	s.forging(func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+value) }, nil)
	s.open("/form.html")
	require.Eventually(t, func() bool { return len(s.requests(http.MethodGet, "/me")) > asked }, patience, poll)
	s.idle()
	assert.NotContains(t, eval[string](s.tab, `document.body.innerText`), eve.Email)
}

// TestSwappedStatus passes refusals, which the API has signed, off as successes: a status is not signed.
func TestSwappedStatus(t *testing.T) {
	t.Parallel()
	s := newGuarded(t)
	s.forging(nil, func(answer *httptest.ResponseRecorder) {
		if answer.Code >= 400 {
			answer.Code = http.StatusOK
		}
	})
	for _, call := range []string{
		`keygenAuth.users.updatePassword(` + quote(s.demo.Plain.ID) + `, {oldPassword: "wrong", newPassword: "a new and long one"})`,
		`keygenAuth.tokens.revoke("00000000-0000-4000-8000-000000000000")`,
		`keygenAuth.licenses.renew("00000000-0000-4000-8000-000000000000")`,
		`keygenAuth.fetch("licenses/none")`,
	} {
		assert.Equal(t, "SIGNATURE_INVALID", s.ask(call), call)
	}
	assert.Empty(t, s.happened())
}

// TestRevocationThatSomebodyElseAnswers signs out where something in between answers: the token is revoked when the API
// can be reached.
func TestRevocationThatSomebodyElseAnswers(t *testing.T) {
	t.Parallel()
	for _, attributes := range []string{"", signed} {
		s := newStage(t, map[string]string{"form.html": document(attributes, member)})
		s.plant(s.demo.Plain, time.Now().Add(90*24*time.Hour))
		s.open("/form.html")
		s.untilNamed(s.demo.Plain)
		answered := make(chan struct{}, 10)
		s.bend(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			_, _ = io.WriteString(w, "<!doctype html>Welcome to the hotel")
			if r.Method == http.MethodDelete {
				answered <- struct{}{}
			}
			return true
		})
		s.do(`keygenAuth.signOut()`)
		s.untilSignedOut()
		<-answered
		s.bend(nil)
		require.Len(t, s.api.Tokens(s.demo.Plain.ID), 1)
		s.eventually(func() bool {
			s.do(`window.dispatchEvent(new Event("online"))`) // the page may not have read the answer yet
			return len(s.api.Tokens(s.demo.Plain.ID)) == 0
		}, "the token is revoked")
	}
}

// TestProgramThatIsLate lets a program come up after it was given up. It must not take the place of its successor.
func TestProgramThatIsLate(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy" `+short, tutorialForm)})
	s.atStart(`{
		const {instantiate} = WebAssembly;
		const promise = () => { let settle; return Object.assign(new Promise((done) => (settle = done)), { settle }); };
		const [second, firstIsUp] = [promise(), promise()];
		let times = 0;
		WebAssembly.instantiate = async (...parts) => {
			const time = ++times;
			if (time === 1) await second;
			if (time === 2) {
				second.settle(); // the first goes ahead
				await firstIsUp;
			}
			const program = await instantiate.apply(WebAssembly, parts);
			if (time === 1) setTimeout(firstIsUp.settle, 100); // after what the loader does with it
			return program;
		};
	}`)
	s.open("/form.html")
	assert.Equal(t, "INTERNAL_ERROR", s.ask(`keygenAuth.token()`))
	for range 2 {
		eval[any](s.tab, `keygenAuth.token()`) // which would hang
	}
}
