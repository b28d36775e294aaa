package page

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// saying has a page say what a JavaScript expression holds, as it is when it is asked for.
func saying(t *testing.T, script *string) func(*Config) {
	return func(config *Config) {
		config.Texts = func() browser.Value {
			texts, err := browser.Window().Call("eval", "("+*script+")")
			assert.NoError(t, err)
			return texts
		}
	}
}

func TestTextsThatAreNone(t *testing.T) {
	script := ""
	s := stageOf(t, tutorial, saying(t, &script))
	for _, script = range []string{`undefined`, `null`, `7`, `"text"`, `[]`, `{ get TIMEOUT() { throw "no" } }`, `{ TIMEOUT: {} }`} {
		s.fail("TIMEOUT")
		assert.Equal(t, english["TIMEOUT"], s.message(), script)
	}
}

func TestTextsInPlaceOfEnglish(t *testing.T) {
	script := `{ PASSWORD_INVALID: "<b>Nein</b> {code}", TIMEOUT: 7, NETWORK_ERROR: " ", BRAND_NEW: "Neu.", OTP_LABEL: "Kode",
		OTP_SPENT: "Neuer Kode." }`
	s := stageOf(t, tutorial, saying(t, &script))
	s.fail("PASSWORD_INVALID")
	assert.Equal(t, "<b>Nein</b> {code}", s.message(), "text, never markup")
	_, marked := s.find("[data-keygen-error]").Find("*")
	assert.False(t, marked)
	for code, want := range map[string]string{
		"BRAND_NEW": "Neu.", "TIMEOUT": english["TIMEOUT"], "NETWORK_ERROR": english["NETWORK_ERROR"],
		"toString": english[keygen.CodeResponse], "__proto__": english[keygen.CodeResponse], "OTHER": english[keygen.CodeResponse],
	} {
		s.fail(code)
		assert.Equal(t, want, s.message(), code)
	}
	s.fail("OTP_REQUIRED")
	label, _ := s.find("label").Get("textContent").Text()
	assert.Equal(t, "Kode", label)
	set(t, s.find("[name=otp]"), "123456")
	s.fail("PASSWORD_INVALID")
	assert.Equal(t, "<b>Nein</b> {code} Neuer Kode.", s.message())

	script = `{ TIMEOUT: "Trop lent." }` // the page has another language now
	s.fail("TIMEOUT")
	assert.Equal(t, "Trop lent.", s.message())
	s.fail("PASSWORD_INVALID")
	assert.Equal(t, english["PASSWORD_INVALID"], s.message())
}

func TestCountdownInThePagesWords(t *testing.T) {
	script := `{ TOO_MANY_REQUESTS: "Zu oft.", RETRY_AFTER: "Noch {seconds} s", RETRY_NOW: "Jetzt." }`
	s := stageOf(t, tutorial, saying(t, &script))
	s.submit()
	s.answer(tooManyRequests(4))
	s.untilCounting()
	assert.Equal(t, "Zu oft.", s.message())
	assert.Regexp(t, `^Noch \d s$`, countdown(s))
	require.Eventually(t, func() bool { return s.message() == "Jetzt." }, waitLimit, tick)
}

func TestSSOLinkInThePagesWords(t *testing.T) {
	script := `{ SSO_REQUIRED: "Anderswo:", SSO_LINK: "Dort" }`
	s := stageOf(t, tutorial, saying(t, &script))
	s.submit()
	s.answer(&keygen.Error{Code: "SSO_REQUIRED", Link: "https://sso.example.com/"})
	assert.Equal(t, "Anderswo: Dort", s.message())
}

// slow are texts that come when the test sends them.
func slow() (texts chan browser.Value, change func(*Config)) {
	texts = make(chan browser.Value)
	return texts, func(config *Config) { config.Texts = func() browser.Value { return <-texts } }
}

func german(t *testing.T) browser.Value {
	t.Helper()
	texts, err := browser.Object(map[string]any{"TIMEOUT": "Zu langsam.", "CONFIG_INVALID": "Kaputt.", "OTP_REQUIRED": "Kode!"})
	require.NoError(t, err)
	return texts
}

// While the texts are waited for the attempt is not over.
func TestTextsThatWait(t *testing.T) {
	texts, change := slow()
	s := stageOf(t, tutorial, change)
	s.fill("ada@example.com", "secret")
	s.submit()
	s.auth.answers <- session.Attempt{Err: &keygen.Error{Code: "TIMEOUT"}, Proceed: true}
	s.click()
	s.page.Do("submit", s.form.Value)
	assert.Equal(t, "true", attr(s.form, "aria-busy"))
	assert.True(t, disabled(s.find("button")))
	assert.Empty(t, s.message(), "not in the wrong language first")
	texts <- german(t)
	require.Eventually(t, func() bool { return s.message() == "Zu langsam." }, waitLimit, tick)
	assert.Equal(t, "(none)", attr(s.form, "aria-busy"))
	assert.False(t, disabled(s.find("button")))
	assert.Empty(t, s.auth.attempts)
}

// Nobody waits for texts that are not shown.
func TestTextsThatNobodyNeeds(t *testing.T) {
	_, change := slow()
	s := stageOf(t, tutorial, change)
	for _, attempt := range []session.Attempt{{Err: &keygen.Error{Code: "TIMEOUT"}, Proceed: false}, {Proceed: true}} {
		s.submit()
		s.auth.answers <- attempt
		require.Eventually(t, func() bool { return attr(s.form, "aria-busy") == "(none)" }, waitLimit, tick)
		assert.Empty(t, s.message())
	}
}

func TestFormThatLeavesWhileTextsWait(t *testing.T) {
	texts, change := slow()
	s := stageOf(t, tutorial, change)
	s.submit()
	s.auth.answers <- session.Attempt{Err: tooManyRequests(60), Proceed: true}
	s.form.Remove()
	s.untilForms(0)
	texts <- german(t)
	s.box.Append(s.form)
	s.untilForms(1)
	assert.Empty(t, s.message())
	assert.Empty(t, countdown(s))
	assert.False(t, disabled(s.find("button")))
}

// Messages about what was never sent wait, too, but keep nobody from trying again.
func TestTextsOfWhatWasNotSent(t *testing.T) {
	texts, change := slow()
	s := stageOf(t, tutorial+`<form data-keygen-form><button id="empty">Go</button></form>`, change)
	_, err := s.find("#empty").Call("click")
	require.NoError(t, err)
	texts <- german(t)
	region := s.find("[data-keygen-form] [data-keygen-error]")
	said := func() string { text, _ := region.Get("textContent").Text(); return text }
	require.Eventually(t, func() bool { return said() == "Kaputt." }, waitLimit, tick)

	s.fill("grace@example.com", "secret")
	s.submit()
	s.auth.answers <- session.Attempt{Err: &keygen.Error{Code: "OTP_REQUIRED"}, Proceed: true}
	texts <- german(t)
	require.Eventually(t, func() bool { return s.message() == "Kode!" }, waitLimit, tick)
	s.click()
	assert.Empty(t, s.message(), "cleared at once, said again once it is known how")
	texts <- german(t)
	require.Eventually(t, func() bool { return s.message() == "Kode!" }, waitLimit, tick)
	assert.Empty(t, s.auth.attempts)

	s.click() // and then the code comes before the words do
	set(t, s.find("[name=otp]"), "123456")
	s.submit()
	s.answer(nil)
	texts <- german(t)
	require.Never(t, func() bool { return s.message() != "" }, 10*tick, tick, "overtaken")
	_, asked := s.form.Find("[name=otp]")
	assert.False(t, asked)
}
