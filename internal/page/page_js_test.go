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
	s.untilCounting()
	assert.Contains(t, countdown(s), english[textCountdown][:10])
	shown := map[string]bool{}
	defer observe(func() { shown[countdown(s)] = true })()
	assert.Equal(t, "timer", attr(s.find("[data-keygen-countdown]"), "role"))
	assert.True(t, disabled(s.find("button")))
	_, err := s.form.Call("requestSubmit")
	require.NoError(t, err)
	s.page.Do("submit", s.form.Value)
	assert.Empty(t, s.auth.attempts)

	require.Eventually(t, func() bool { return countdown(s) == "" }, waitLimit, tick)
	assert.Greater(t, len(shown), 1, "it counts")
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
	s.untilCounting()
	s.form.Remove()
	s.untilForms(0)
	require.Eventually(t, func() bool { return browser.LiveFuncs() == before }, waitLimit, tick, "the timer is gone")
	assert.Empty(t, countdown(s))
	s.box.Append(s.form)
	s.untilForms(1)
	assert.False(t, disabled(s.find("button")))
}

func TestFormsAppearAndLeave(t *testing.T) {
	s := stageOf(t, `<form id="other"></form><div id="login"></div>`)
	assert.Empty(t, s.page.forms, "neither another form nor what is none")

	s.find("#login").Remove()
	around := browser.Create("section")
	require.NoError(t, around.Set("innerHTML", tutorial))
	for range 3 {
		s.box.Append(around)
		s.untilForms(1)
		s.form = s.find("#login")
		assert.Equal(t, "dialog", attr(s.form, "method"))
		s.submit()
		s.answer(&keygen.Error{Code: "TIMEOUT"})
		regions, _ := s.form.Call("querySelectorAll", "[data-keygen-error]")
		assert.Equal(t, 1, regions.Len())
		around.Remove()
		s.untilForms(0)
	}
}

func TestFormThatMovesStays(t *testing.T) {
	s := stageOf(t, `<div id="a">`+tutorial+`</div><div id="b"></div>`)
	s.submit()
	s.find("#b").Append(s.form)
	s.answer(&keygen.Error{Code: "TIMEOUT"})
	assert.Equal(t, english["TIMEOUT"], s.message())
	assert.Equal(t, 1, s.page.changes)
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
