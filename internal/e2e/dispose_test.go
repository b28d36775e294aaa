package e2e

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listeners returns the types of events that the module listens for, at the window, the document and the first form.
// Those of the test itself are not counted: it has them on other types.
func (p *tab) listeners() map[string][]string {
	p.t.Helper()
	var found map[string][]string
	p.run(chromedp.Evaluate(`({
		window: Object.keys(getEventListeners(window)).sort(),
		document: Object.keys(getEventListeners(document)).filter((type) => !type.startsWith("keygen:")).sort(),
		form: Object.keys(getEventListeners(document.querySelector("form"))).sort(),
	})`, &found, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithIncludeCommandLineAPI(true) }))
	return found
}

var noListeners = map[string][]string{"window": {}, "document": {}, "form": {}}

// disposed checks that the module is gone.
func (s *stage) disposed() {
	s.t.Helper()
	assert.False(s.t, eval[bool](s.tab, `"keygenAuth" in window`))
	if s.inChromium() { // others do not tell
		assert.Equal(s.t, noListeners, s.listeners())
	}
	assert.False(s.t, eval[bool](s.tab, `(() => {
		const part = document.createElement("p");
		part.dataset.keygenShow = keygenState === "signed-in" ? "signed-out" : "signed-in";
		document.body.append(part);
		return new Promise((done) => setTimeout(() => done(part.hidden)));
	})()`))
}

// TestDispose removes all there is of the module; the session stays stored, and the page's form is its own again.
func TestDispose(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{"form.html": document("", tutorialForm+
		`<button id="out" data-keygen-action="sign-out">Out</button><b data-keygen-text="user.email"></b>`)})
	if s.inChromium() {
		assert.NotEqual(t, noListeners, s.listeners(), "there were some")
	}
	s.do(`window.kept = keygenAuth; keygenAuth.on("signed-in", () => {}); keygenAuth.dispose(); window.keygenState = "signed-in"`)
	s.until(`!("keygenAuth" in window)`)
	s.disposed()
	assert.Equal(t, token, s.storedToken())
	for _, call := range []string{"token()", "users.me()", "signOut()", "signIn({})", `fetch("me")`} {
		assert.Equal(t, "DISPOSED", s.rejected("kept."+call).Code, call)
	}
	s.api.ResetRequests()
	s.click("#out")
	s.do(`kept.dispose(); document.querySelector("b").textContent = "kept"; document.body.append(document.createElement("form"))`)
	s.untilPainted()
	assert.Equal(t, "kept", eval[string](s.tab, `document.querySelector("b").textContent`))
	assert.Equal(t, []string{"signed-in"}, s.names())

	s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
	assert.False(t, eval[bool](s.tab, `new Promise((done) => {
		addEventListener("submit", (event) => { done(event.defaultPrevented); event.preventDefault(); });
		document.querySelector("form").requestSubmit();
	})`), "the form is the browser's again")
	assert.Empty(t, s.asked())
}

// TestDisposeEndsCalls rejects what waits, whether for an answer or for the program.
func TestDisposeEndsCalls(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{"lazy.html": document(`data-load="lazy"`, tutorialForm)})
	const begin = `window.codes = [];
		for (const call of [keygenAuth.users.me(), keygenAuth.fetch("me"), keygenAuth.tokens.list()])
			call.then(() => "resolved", (e) => [e instanceof Error, e.name, e.code].join(" ")).then((code) => window.codes.push(code));`
	ended := func() {
		s.until(`window.codes.length === 3`)
		want := "true KeygenAuthError DISPOSED"
		assert.Equal(t, []string{want, want, want}, eval[[]string](s.tab, `window.codes`))
	}

	hung := make(chan struct{})
	s.bend(func(w http.ResponseWriter, _ *http.Request) bool { // the API never hears of these
		<-hung
		w.Header().Set("Access-Control-Allow-Origin", "*")
		return true
	})
	s.do(begin)
	s.untilPainted()
	s.do(`keygenAuth.dispose()`)
	ended()
	close(hung)

	letGo := s.holdWasm()
	s.open("/lazy.html")
	s.bend(nil)
	s.api.ResetRequests()
	s.do(begin + `window.kept = keygenAuth; keygenAuth.dispose(); window.keygenState = "signed-in"`)
	ended()
	letGo()
	s.idle()
	s.disposed()
	assert.Empty(t, s.asked())
	assert.Equal(t, "DISPOSED", s.rejected(`kept.token()`).Code)
}

// TestDisposeEndsAttempts disposes of the module while a form waits: for the program, for the API, or for a countdown.
// The form must be usable again, and nothing be sent or said any more.
func TestDisposeEndsAttempts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		wait func(s *stage) (letGo func())
		sent []string // after that
	}{
		{"waiting for the program", func(s *stage) func() {
			letGo := s.holdWasm()
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.until(`document.querySelector("form").ariaBusy`)
			return letGo
		}, nil},
		{"waiting for the API", func(s *stage) func() {
			hung := s.hang("/tokens")
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			hung.await()
			s.api.ResetRequests()
			return hung.release
		}, []string{http.MethodDelete}},
		{"waiting for a countdown", func(s *stage) func() {
			s.exhaust(s.demo.Plain.Email, 40e9)
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSays(saysTooMany)
			s.until(`document.querySelector("button:not([type=button])").disabled`)
			s.api.ResetRequests()
			s.do(`window.heard.length = 0`)
			return func() {}
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, tutorialForm)})
			s.atStart(listening)
			letGo := test.wait(s)
			said := eval[string](s.tab, `document.querySelector("[data-keygen-error]")?.textContent ?? ""`)
			s.do(`keygenAuth.dispose(); window.keygenState = "signed-out"`)
			s.until(`!document.querySelector("button:not([type=button])").disabled && !document.querySelector("form").ariaBusy`) // at once
			letGo()
			s.idle()
			require.Eventually(t, func() bool { return len(s.requests(http.MethodDelete, "")) == len(test.sent) }, patience, poll)
			require.Eventually(t, func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 0 }, patience, poll)
			if s.inChromium() { // the program ends when it has read the answer
				require.Eventually(t, func() bool { return reflect.DeepEqual(noListeners, s.listeners()) }, patience, poll)
			}
			s.disposed()
			assert.False(t, eval[bool](s.tab, `document.querySelector("form").hasAttribute("aria-busy")`))
			assert.Nil(t, eval[*string](s.tab, `document.querySelector("[data-keygen-countdown]")?.textContent`))
			assert.Equal(t, said, eval[string](s.tab, `document.querySelector("[data-keygen-error]")?.textContent ?? ""`))
			assert.Empty(t, s.names())
			var sent []string
			for _, request := range s.api.Requests() {
				sent = append(sent, request.Method)
			}
			assert.Equal(t, test.sent, sent)
			assert.Empty(t, s.storedToken())
			assert.Equal(t, s.demo.Plain.Password, eval[string](s.tab, `document.querySelector("#password").value`))
		})
	}
}

// TestDisposedAnswersNothing disposes of the module, twice, while a sign-in keeps its program alive: nothing can be asked
// of that any more.
func TestDisposedAnswersNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.atStart(listening)
	hung := s.hang("/tokens")
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	hung.await()
	s.do(`window.kept = keygenAuth; keygenAuth.dispose()`)
	s.untilPainted()
	s.do(`kept.dispose()`)
	assert.Equal(t, "DISPOSED", s.rejected(`kept.token()`).Code)
	assert.Equal(t, "DISPOSED", s.rejected(`kept.signIn(`+credentials(s.demo.Plain)+`)`).Code)
	hung.release()
	require.Eventually(t, func() bool { return len(s.requests(http.MethodDelete, "")) == 1 }, patience, poll)
	require.Eventually(t, func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 0 }, patience, poll)
	s.idle()
	assert.Empty(t, s.storedToken())
	assert.Empty(t, s.names())
	assert.Len(t, s.logins(), 1)
}

// TestDisposeInARenewal disposes of the module when the API has made another token that has not arrived: it is stored,
// and the old one revoked.
func TestDisposeInARenewal(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
	v := s.plant(s.demo.Plain, time.Now().Add(8*day))
	renewed, letGo := make(chan struct{}), make(chan struct{})
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		if !isRenewal(r) {
			return false
		}
		answer := httptest.NewRecorder()
		s.api.ServeHTTP(answer, r)
		close(renewed)
		<-letGo
		replay(w, answer)
		return true
	})
	s.open("/form.html")
	s.do(`keygenAuth.renew().catch(() => {})`)
	<-renewed
	s.do(`keygenAuth.dispose()`)
	close(letGo)
	require.Eventually(t, func() bool { return s.storedToken() != v.token }, patience, poll)
	s.open("/form.html?again")
	s.untilNamed(s.demo.Plain)
	s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))
}
