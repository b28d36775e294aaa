package page

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

func tooManyRequests(seconds int) *keygen.Error {
	return &keygen.Error{Code: keygen.CodeTooManyRequests, Status: 429, RetryAfter: seconds}
}

func countdown(s *stage) string {
	timer, ok := s.form.Find("[data-keygen-countdown]")
	if !ok {
		return ""
	}
	text, _ := timer.Get("textContent").Text()
	return text
}

func TestCountdown(t *testing.T) {
	s := stageOf(t, tutorial+`<button id="off" form="login" disabled></button>`)
	s.fill("ada@example.com", "secret")
	begun := time.Now()
	s.submit()
	s.answer(tooManyRequests(4))
	assert.Equal(t, english[keygen.CodeTooManyRequests], s.message())
	first := countdown(s)
	assert.Contains(t, first, english[textCountdown][:10])
	assert.Equal(t, "timer", attr(s.find("[data-keygen-countdown]"), "role"))
	assert.True(t, disabled(s.find("button")))
	_, err := s.form.Call("requestSubmit")
	require.NoError(t, err)
	s.page.Submit(s.form.Value)
	assert.Empty(t, s.auth.attempts)

	require.Eventually(t, func() bool { return countdown(s) != first && countdown(s) != "" }, waitLimit, tick)
	require.Eventually(t, func() bool { return countdown(s) == "" }, waitLimit, tick)
	assert.GreaterOrEqual(t, time.Since(begun), 4*time.Second)
	assert.Equal(t, english[textRetryNow], s.message())
	assert.False(t, disabled(s.find("button")))
	assert.True(t, disabled(s.find("#off")), "what the page disabled stays so")
	assert.Empty(t, s.auth.attempts, "nothing is retried by itself")
	assert.Equal(t, "secret", value(s.find("#password")))
	s.submit()
	s.answer(nil)
}

func TestCountdownOfAFormThatLeaves(t *testing.T) {
	s := stageOf(t, tutorial)
	before := browser.LiveFuncs()
	s.submit()
	s.answer(tooManyRequests(60))
	assert.NotEmpty(t, countdown(s))
	s.form.Remove()
	s.untilForms(0)
	assert.Equal(t, before, browser.LiveFuncs(), "the timer is gone")
	assert.Empty(t, countdown(s))
	s.box.Append(s.form)
	s.untilForms(1)
	assert.False(t, disabled(s.find("button")))
}

func TestFormsAppearAndLeave(t *testing.T) {
	var attached []browser.Value
	s := stageOf(t, `<form id="other"></form><div id="login"></div>`, func(config *Config) {
		config.Attached = func(form browser.Value, on bool) {
			if on {
				attached = append(attached, form)
			}
		}
	})
	assert.Empty(t, attached, "neither another form nor what is none")

	s.find("#login").Remove()
	around := browser.Create("section")
	require.NoError(t, around.Set("innerHTML", tutorial))
	for range 3 {
		s.box.Append(around)
		s.untilForms(1)
		s.form = s.find("#login")
		assert.Equal(t, "post", attr(s.form, "method"))
		s.submit()
		s.answer(&keygen.Error{Code: "TIMEOUT"})
		regions, _ := s.form.Call("querySelectorAll", "[data-keygen-error]")
		assert.Equal(t, 1, regions.Len())
		around.Remove()
		s.untilForms(0)
	}
	require.Len(t, attached, 3)
	assert.True(t, attached[2].Equal(s.form.Value))
}

func TestFormThatMovesStays(t *testing.T) {
	count := 0
	s := stageOf(t, `<div id="a">`+tutorial+`</div><div id="b"></div>`, func(config *Config) {
		config.Attached = func(browser.Value, bool) { count++ }
	})
	s.submit()
	s.find("#b").Append(s.form)
	s.answer(&keygen.Error{Code: "TIMEOUT"})
	assert.Equal(t, english["TIMEOUT"], s.message())
	assert.Equal(t, 1, count)
}

// The answer to a form that has left finds nobody.
func TestFormThatLeavesWhileBusy(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("ada@example.com", "secret")
	s.submit()
	s.form.Remove()
	s.untilForms(0)
	s.auth.answers <- session.Attempt{Err: tooManyRequests(60), Proceed: true}
	s.box.Append(s.form)
	s.untilForms(1)
	assert.Equal(t, "(none)", attr(s.form, "aria-busy"))
	assert.False(t, disabled(s.find("button")))
	assert.Empty(t, s.message())
	assert.Empty(t, countdown(s))
	s.submit()
	s.answer(nil)
	assert.Empty(t, value(s.find("#password")))
}

func TestStopReleasesEverything(t *testing.T) {
	before := browser.LiveFuncs()
	s := stageOf(t, tutorial)
	p := New(Config{Auth: s.auth, Forms: "#login"})
	p.Start()()
	assert.Equal(t, before+3, browser.LiveFuncs(), "those of the stage")
}

func TestTextsOfTheUser(t *testing.T) {
	s := stageOf(t, `<b data-keygen-text="user.email">nobody</b><i data-keygen-text="user.token"></i>`)
	text := func(selector string) string { text, _ := s.find(selector).Get("textContent").Text(); return text }
	state := &session.State{UserID: "u"}
	s.page.ShowUser(state, keygen.User{Email: `<img src=x>"ada"@example.com`, FirstName: "Ada"})
	assert.Equal(t, `<img src=x>"ada"@example.com`, text("b"), "text, never markup")
	assert.Empty(t, text("i"), "no such text")

	late := browser.Create("u")
	late.SetAttr("data-keygen-text", "user.firstName")
	s.box.Append(late)
	require.Eventually(t, func() bool { return text("u") == "Ada" }, waitLimit, tick)

	s.page.ShowUser(nil, keygen.User{})
	assert.Empty(t, text("b"))
	assert.Empty(t, text("u"))
}
