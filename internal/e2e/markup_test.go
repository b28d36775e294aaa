package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFormsThatChange submits forms that the page has changed before, each at once.
func TestFormsThatChange(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, form, change string }{
		{"it becomes a sign-in form by an attribute", strings.Replace(tutorialForm, `id="login"`, `id="later"`, 1),
			`form.setAttribute("data-keygen-form", "")`},
		{"it leaves and comes back", tutorialForm,
			`form.remove(); await new Promise((done) => setTimeout(done, 100)); document.body.append(form)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, test.form)})
			s.allow("has a password field, but does not match")
			s.atStart(listening)
			s.open("/form.html")
			s.untilAnswers()
			s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
			s.do(`const form = document.querySelector("form");
				(async () => { ` + test.change + `; form.requestSubmit() })()`)
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
			assert.Equal(t, []string{"signed-in"}, s.names())
		})
	}
}

// untilAnswers waits until the program answers calls.
func (s *stage) untilAnswers() {
	s.t.Helper()
	eval[any](s.tab, `keygenAuth.token()`)
}

// TestFormRenderedAnew replaces the form while its attempt is under way, as frameworks do: what comes of it is told in
// the new one.
func TestFormRenderedAnew(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.open("/form.html")
	for _, test := range []struct{ email, password, message string }{
		{s.demo.Plain.Email, "wrong", saysWrong},
		{s.demo.TwoFactor.Email, s.demo.TwoFactor.Password, saysCode},
	} {
		hung := s.hang("/tokens")
		s.signIn(test.email, test.password)
		hung.await()
		s.do(`const form = document.querySelector("form");
			form.replaceWith(Object.assign(form.cloneNode(true), {old: form}));`)
		s.until(`!document.querySelector("button:not([type=button])").disabled`)
		hung.release()
		s.untilSays(test.message)
		assert.Equal(t, test.message, s.announced())
	}
	s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
	s.fill(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
	s.press("\r")
	s.untilSignedIn()
}

// TestHeldEnter holds Enter down in the password's field: that is one attempt.
func TestHeldEnter(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.open("/form.html")
	s.untilAnswers()
	s.fill(s.demo.Plain.Email, "wrong")
	enter := func(kind input.KeyType, repeated bool) chromedp.Action {
		return input.DispatchKeyEvent(kind).WithKey("Enter").WithCode("Enter").WithText("\r").WithWindowsVirtualKeyCode(13).WithAutoRepeat(repeated)
	}
	s.run(enter(input.KeyDown, false))
	s.untilSays(saysWrong)
	for range 10 {
		s.run(enter(input.KeyDown, true))
	}
	s.run(enter(input.KeyUp, false))
	s.untilPainted()
	assert.Len(t, s.logins(), 1)
	s.press("\r")
	require.Eventually(t, func() bool { return len(s.logins()) == 2 }, patience, poll, "pressed again it is another attempt")
}

// TestAnotherUserWithoutPassword asks for somebody who signs in elsewhere, in a form that has just signed in another one.
func TestAnotherUserWithoutPassword(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.until(`document.querySelector("#password").value === ""`)
	s.press("\r")
	s.write("#email", s.demo.SSO.Email)
	s.press("\r")
	s.untilSays(saysSSO)
	assert.Len(t, s.logins(), 2, "one Enter too many sends nothing")
}

// TestSignInWithoutExpiry has a time in data-token-expiry that passes while the page is open. The API would then give two
// weeks.
func TestSignInWithoutExpiry(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html": document(`data-load="eager" data-token-expiry="`+time.Now().Add(time.Hour).UTC().Format(time.RFC3339)+`"`, tutorialForm),
	})
	s.allow("keygen-auth: CONFIG_INVALID")
	s.open("/form.html")
	s.untilAnswers()
	s.do(`const { now } = Date; Date.now = () => now() + 2 * 3600e3`)
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSays(saysSetup)
	assert.Empty(t, s.logins())
	assert.Contains(t, fmt.Sprint(s.lines()), "data-token-expiry is over")
}

// TestRemovedFormSaysNothing removes one of two forms while its attempt is under way: the other one has nothing to do with
// what comes of it.
func TestRemovedFormSaysNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, `<form id="head" data-keygen-form>
		<input name="email"><input type="password" name="password"><button>Go</button></form><input id="search">`+tutorialForm)})
	s.atStart(listening)
	s.open("/form.html")
	hung := s.hang("/tokens")
	s.signIn(s.demo.Plain.Email, "wrong")
	hung.await()
	s.do(`document.querySelector("#login").remove(); document.querySelector("#search").focus()`)
	s.untilPainted()
	hung.release()
	s.until(`window.heard.some((e) => e.Name === "error")`)
	s.untilPainted()
	assert.Empty(t, s.announced())
	assert.Equal(t, "search", s.focused())
}
