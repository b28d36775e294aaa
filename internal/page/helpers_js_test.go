package page

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// How long tests wait for a condition, and how often they look.
const (
	waitLimit = 30 * time.Second
	tick      = 5 * time.Millisecond
)

// tutorial is the form of Keygen's tutorial.
const tutorial = `<form id="login"><input id="email"><input id="password" type="password"><button>Sign in</button></form>`

// attempt is one call of SignIn.
type attempt struct {
	credentials keygen.Credentials
	remember    bool
}

// fakeAuth holds each SignIn until the test answers it.
type fakeAuth struct {
	attempts chan attempt
	answers  chan session.Attempt
	failed   []string
	prevent  bool // the page cancels keygen:error
}

func (f *fakeAuth) SignIn(credentials keygen.Credentials, remember, _ bool) session.Attempt {
	f.attempts <- attempt{credentials, remember}
	answer := <-f.answers
	if answer.Err != nil && answer.Err.Code == "PANIC" {
		panic("canary")
	}
	return answer
}

func (f *fakeAuth) Fail(err error) session.Attempt {
	failure := err.(*keygen.Error)
	f.failed = append(f.failed, failure.Code)
	return session.Attempt{Err: failure, Proceed: !f.prevent}
}

// stage is a page with a form.
type stage struct {
	t    *testing.T
	auth *fakeAuth
	page *Page
	form browser.Element // the first one
	box  browser.Element // what the test has put into the page
}

// stageOf starts a Page on markup, and ends it after the test. Nothing may be
// left of it then.
func stageOf(t *testing.T, markup string, change ...func(*Config)) *stage {
	t.Helper()
	before := browser.LiveFuncs()
	box := browser.Create("div")
	require.NoError(t, box.Set("innerHTML", markup))
	browser.Element{Value: browser.Document().Get("body")}.Append(box)
	s := &stage{t: t, box: box, auth: &fakeAuth{attempts: make(chan attempt, 10), answers: make(chan session.Attempt)}}
	config := Config{Auth: s.auth, Forms: "#login, form[data-keygen-form]", Observe: observe}
	for _, change := range change {
		change(&config)
	}
	s.page = New(config)
	stop := s.page.Start()
	// As the loader does.
	ignore := browser.Listen(browser.Window(), "submit", func(event browser.Value) {
		_, _ = event.Call("preventDefault")
		s.page.Do("submit", event.Get("target"))
	})
	t.Cleanup(func() {
		stop()
		ignore()
		box.Remove()
		assert.Equal(t, before, browser.LiveFuncs(), "Funcs")
	})
	s.form, _ = box.Find("form")
	return s
}

// observe calls changed whenever anything in the document changed: more often than the loader does.
func observe(changed func()) (stop func()) {
	f := browser.NewFunc(func([]browser.Value) { changed() })
	options, _ := browser.Object(map[string]any{"childList": true, "subtree": true})
	observer, _ := browser.Window().Get("MutationObserver").New(f.Value())
	_, _ = observer.Call("observe", browser.Document(), options)
	return func() {
		_, _ = observer.Call("disconnect")
		f.Release()
	}
}

// untilForms waits until the page listens to so many forms.
func (s *stage) untilForms(count int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return len(s.page.forms) == count }, waitLimit, tick)
}

// find returns an element of the stage.
func (s *stage) find(selector string) browser.Element {
	s.t.Helper()
	found, ok := s.box.Find(selector)
	require.True(s.t, ok, selector)
	return found
}

// fill types into the form's fields.
func (s *stage) fill(email, password string) {
	s.t.Helper()
	set(s.t, s.find("#email, [name=email]"), email)
	set(s.t, s.find("#password, [name=password]"), password)
}

// set types into a field. A mark at a text's start gets lost on its way out of
// Go: the one that is lost is ours.
func set(t *testing.T, field browser.Element, value string) {
	t.Helper()
	require.NoError(t, field.Set("value", "\ufeff"+value))
}

func value(element browser.Element) string {
	text, _ := element.Get("value").Text()
	return text
}

func attr(element browser.Element, name string) string {
	text, ok := element.Attr(name)
	if !ok {
		return "(none)"
	}
	return text
}

func (s *stage) click() {
	s.t.Helper()
	_, err := s.find("button").Call("click")
	require.NoError(s.t, err)
}

// submit clicks and returns the attempt that follows.
func (s *stage) submit() attempt {
	s.t.Helper()
	s.click()
	select {
	case got := <-s.auth.attempts:
		return got
	case <-time.After(waitLimit):
		s.t.Fatal("no attempt")
		return attempt{}
	}
}

// answer ends the attempt under way; nil is success.
func (s *stage) answer(failure *keygen.Error) {
	s.t.Helper()
	s.auth.answers <- session.Attempt{Err: failure, Proceed: true}
	require.Eventually(s.t, func() bool { return attr(s.form, "aria-busy") == "(none)" }, waitLimit, tick)
	runtime.Gosched() // the garbage collector may have stopped the form in the middle of it
}

// untilCounting waits until a countdown is shown: the form is free before that, and
// the garbage collector may come between.
func (s *stage) untilCounting() {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return countdown(s) != "" }, waitLimit, tick)
}

// fail makes one attempt that fails with this code.
func (s *stage) fail(code string) {
	s.t.Helper()
	s.submit()
	s.answer(&keygen.Error{Code: code})
}

// message returns what the error region says, "" when it is hidden.
func (s *stage) message() string {
	s.t.Helper()
	region := s.find("[data-keygen-error]")
	text, _ := region.Get("textContent").Text()
	if region.Get("hidden").True() {
		assert.Empty(s.t, text, "nothing is left in a hidden region")
		return ""
	}
	return text
}

func (s *stage) focused(element browser.Element) bool {
	active, _ := browser.Active()
	return active.Equal(element.Value)
}

func disabled(element browser.Element) bool { return element.Get("disabled").True() }
