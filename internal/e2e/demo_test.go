package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// ada is what the demo shows of who is signed in.
const ada = "Ada Lovelace ada@example.com"

// untilShown waits until the demo shows somebody.
func (p *tab) untilShown(who string) {
	p.t.Helper()
	p.until(`((e) => e.checkVisibility() && [...e.children].map((part) => part.innerText).join(" ") === ` + quote(who) + `)(document.querySelector(".user"))`)
}

// untilSignedOut waits until the page shows that nobody is signed in.
func (p *tab) untilSignedOut() {
	p.t.Helper()
	p.until(`document.documentElement.dataset.keygenState === "signed-out"`)
}

// untilPainted waits until the page as it is now was painted, and whatever waited for that has run.
func (p *tab) untilPainted() {
	p.t.Helper()
	eval[bool](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0, true))))`)
}

// stored returns how many sessions each storage has.
func (p *tab) stored() map[string]int {
	p.t.Helper()
	return eval[map[string]int](p, `({local: localStorage.length, session: sessionStorage.length})`)
}

// TestDemoByKeyboard signs in, reads who that is, and signs out, without a mouse.
func TestDemoByKeyboard(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/")
	s.until(`document.querySelector("#login").checkVisibility()`)
	assert.False(t, eval[bool](s.tab, `document.querySelector(".user").checkVisibility()`))

	s.press("\t")
	assert.Equal(t, "email", s.focused())
	s.press(s.demo.Plain.Email + "\t")
	assert.Equal(t, "password", s.focused())
	s.press(s.demo.Plain.Password + "\t")
	assert.Equal(t, "Show password", eval[string](s.tab, `document.activeElement.innerText`))
	s.press("\t")
	assert.Equal(t, "remember", s.focused())
	s.press("\t")
	assert.Equal(t, "Sign in", eval[string](s.tab, `document.activeElement.innerText`))
	s.press("\r")
	s.untilShown(ada)
	assert.False(t, eval[bool](s.tab, `document.querySelector("#login").checkVisibility()`))
	assert.Equal(t, map[string]int{"local": 1, "session": 0}, s.stored())
	require.Len(t, s.logins(), 1)
	tokens := s.api.Tokens(s.demo.Plain.ID)
	require.Len(t, tokens, 1)

	hung := s.api.AddFault(keygentest.Fault{Method: http.MethodDelete, Delay: time.Hour})
	s.press("\t")
	assert.Equal(t, "Sign out", eval[string](s.tab, `document.activeElement.innerText`))
	s.press("\r")
	s.untilSignedOut()
	assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored(), "gone before the API has answered")
	assert.True(t, eval[bool](s.tab, `document.querySelector("#login").checkVisibility()`))
	assert.False(t, eval[bool](s.tab, `document.querySelector(".user").checkVisibility()`))
	assert.NotContains(t, eval[string](s.tab, `document.body.textContent`), s.demo.Plain.Email)
	hung()
	require.Eventually(t, func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 0 }, patience, poll)
	s.untilPainted()
	assert.Len(t, s.requests(http.MethodDelete, "/tokens/"+tokens[0].ID), 1)
	assert.Len(t, s.requests(http.MethodDelete, ""), 1)

	assert.Equal(t, "Sign in", eval[string](s.tab, `document.activeElement.querySelector("h1").innerText`), "the part that came")
	s.press("\t")
	assert.Equal(t, "email", s.focused(), "ready for the next one")
}

// TestFocusMovesOn gives the focus to what takes the place of what had it, and leaves it alone elsewhere.
func TestFocusMovesOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", `<a href="#in" id="link" data-keygen-show="signed-in">You</a>
		<div data-keygen-show="signed-in"><button data-keygen-action="sign-out" id="out">Sign out</button></div>
		<main id="main" data-keygen-show="signed-out">`+tutorialForm+`</main> <button data-keygen-action="sign-out" id="bye">Bye</button>`)})
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	assert.Equal(t, "link", s.focused())
	assert.False(t, eval[bool](s.tab, `document.querySelector("#link").hasAttribute("tabindex")`), "Tab still gets there")
	s.press("\t\r")
	s.untilSignedOut()
	assert.Equal(t, "main", s.focused())

	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.press("\t\t\r") // past the other button
	s.untilSignedOut()
	assert.Equal(t, "bye", s.focused())
}

// TestDemoReload shows the right state while the page is still arriving, and asks nobody for a password.
func TestDemoReload(t *testing.T) {
	t.Parallel()
	for _, signedIn := range []bool{true, false} {
		name := "signed-out"
		if signedIn {
			name = "signed-in"
		}
		t.Run(name, func(t *testing.T) {
			notIn(t, "webkit", "paints nothing of a page that is on its way")
			s := newStage(t, nil)
			s.open("/")
			if signedIn {
				s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
				s.untilShown(ada)
			}
			s.api.ResetRequests()
			letGo := s.holdPage(`</main>`)
			s.do(`setTimeout(() => location.assign("/?again"))`)
			s.until(`location.search === "?again" && document.querySelector("main > .help")`)
			painted := eval[[]string](s.tab, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
				done([document.readyState, document.documentElement.dataset.keygenState,
					...[...document.querySelectorAll("section")].filter((e) => e.checkVisibility()).map((e) => e.dataset.keygenShow)]))))`)
			assert.Equal(t, []string{"loading", name, name}, painted)
			letGo()
			s.until(`document.readyState === "complete"`)
			if signedIn {
				s.untilShown(ada)
			} else {
				s.untilPainted()
			}
			assert.Equal(t, name, eval[string](s.tab, `document.documentElement.dataset.keygenState`))
			assert.Empty(t, s.requests(http.MethodPost, ""))
		})
	}
}

// holdPage lets pages arrive up to a part of them only, until the function that it returns is called.
func (s *stage) holdPage(part string) (letGo func()) {
	held := make(chan struct{})
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/" {
			return false
		}
		whole := httptest.NewRecorder()
		s.site.ServeHTTP(whole, r)
		before, after, _ := bytes.Cut(whole.Body.Bytes(), []byte(part))
		for name, values := range whole.Header() {
			w.Header()[name] = values
		}
		_, _ = w.Write(before)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-held:
		case <-r.Context().Done():
		}
		_, _ = w.Write(append([]byte(part), after...))
		return true
	})
	return func() { close(held) }
}

// TestDemoRemember keeps a session in this tab alone when the visitor says so.
func TestDemoRemember(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/")
	s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
	s.press("\t\t \r") // from the password to the box, which is ticked
	s.untilShown(ada)
	assert.Equal(t, map[string]int{"local": 0, "session": 1}, s.stored())

	other := s.sibling()
	other.open("/")
	other.untilPainted()
	assert.Equal(t, "signed-out", eval[string](other, `document.documentElement.dataset.keygenState`))

	s.open("/?again")
	s.untilShown(ada)
	assert.Len(t, s.logins(), 1)
	s.click(`[data-keygen-action="sign-out"]`)
	s.untilSignedOut()
	assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored())
}

// TestDemoTooMany counts down to the end of the window in which no more attempts are taken.
func TestDemoTooMany(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.atStart(listening)
	s.exhaust(s.demo.Plain.Email, 50*time.Second)
	s.open("/")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSays(saysTooMany)
	assert.Equal(t, saysTooMany, s.announced())
	got := s.outcome()
	assert.True(t, got.Disabled)
	assert.False(t, got.Busy)
	assert.Equal(t, "timer", eval[string](s.tab, `document.querySelector("[data-keygen-countdown]").role`))
	s.press("\r")
	s.do(`document.querySelector("#login").requestSubmit()`) // which the disabled button does not keep off

	// Nobody waits for most of it: the clocks of the page and of the API go on when the test says.
	const left = `Number(/\d+/.exec(document.querySelector("[data-keygen-countdown]").textContent)[0])`
	s.do(`const start = Date.now(); window.passed = 0; Date.now = () => start + window.passed * 1000;`)
	first := eval[int](s.tab, left)
	s.do(`window.passed++`)
	s.until(fmt.Sprintf(`%s < %d`, left, first))
	rest := eval[int](s.tab, left)
	for n := 3; n > 0; n-- {
		s.do(fmt.Sprintf(`window.passed += %d`, rest-n))
		rest = n
		s.untilReads(at("[data-keygen-countdown]"), fmt.Sprintf("Seconds until you can try again: %d", n))
		assert.Equal(t, saysTooMany, s.announced(), "not each second")
	}
	s.do(`window.passed++`)
	s.api.SetNow(func() time.Time { return time.Now().Add(2 * time.Minute) })
	s.untilSays("You can try again now.")
	assert.Equal(t, "You can try again now.", s.announced())
	s.untilPainted()
	got = s.outcome()
	assert.Equal(t, "info", got.Tone)
	assert.False(t, got.Disabled)
	assert.Equal(t, "password", got.Focus)
	assert.Equal(t, 1, got.Sent, "nothing is tried again by itself")
	assert.False(t, eval[bool](s.tab, `Boolean(document.querySelector("[data-keygen-countdown]"))`))

	s.press("\r")
	s.untilShown(ada)
	assert.Equal(t, []string{"error", "signed-in"}, s.names())
}

// TestDemoTutorial signs in on the other page.
func TestDemoTutorial(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/tutorial.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	assert.Len(t, s.logins(), 1)
	s.open("/")
	s.untilShown(ada)
}

// TestSessionEnds opens the page with a stored session that the API does not take any more.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, reason string
		given        func(s *stage)
	}{
		{"25 banned", "banned", func(s *stage) { s.api.SetBanned(s.demo.Plain.ID, true) }},
		{"revoked", "invalid", func(s *stage) { s.bend(revoked) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, nil)
			s.atStart(listening)
			s.open("/")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilShown(ada)
			test.given(s)
			s.open("/?again")
			s.untilSignedOut()
			assert.Equal(t, []string{"restored", "signed-out"}, s.names())
			assert.JSONEq(t, `{"reason":"`+test.reason+`"}`, eval[string](s.tab, `window.heard[1].Detail`))
			assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored())
			assert.True(t, eval[bool](s.tab, `document.querySelector("#login").checkVisibility()`))
		})
	}
}

// revoked makes each token one that the API does not know.
func revoked(_ http.ResponseWriter, r *http.Request) bool {
	r.Header.Set("Authorization", r.Header.Get("Authorization")+"x")
	return false
}
