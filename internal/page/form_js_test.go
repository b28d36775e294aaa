package page

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

func TestAttachAddsWhatIsMissing(t *testing.T) {
	s := stageOf(t, tutorial)
	assert.Equal(t, "dialog", attr(s.form, "method"))
	assert.Equal(t, "username", attr(s.find("#email"), "autocomplete"))
	assert.Equal(t, "none", attr(s.find("#email"), "autocapitalize"))
	assert.Equal(t, "current-password", attr(s.find("#password"), "autocomplete"))
	_, ok := s.box.Find("[data-keygen-error]")
	assert.False(t, ok, "nothing is inserted before somebody submits")
	s.submit()
	region := s.find("[data-keygen-error]")
	assert.Equal(t, "alert", attr(region, "role"))
	assert.True(t, region.Get("hidden").True())
	assert.True(t, region.Get("nextElementSibling").Equal(s.find("button").Value), "in front of the button")
	s.answer(nil)
}

func TestAttachKeepsWhatIsThere(t *testing.T) {
	s := stageOf(t, `<form data-keygen-form method="get"><input name="email" autocomplete="email" autocapitalize="words">
		<input name="password" autocomplete="off"><input name="otp" autocomplete="off" inputmode="text">
		<button>Go</button><p data-keygen-error id="mine" role="status"></p></form>`)
	assert.Equal(t, "get", attr(s.form, "method"))
	assert.Equal(t, "email", attr(s.find("[name=email]"), "autocomplete"))
	assert.Equal(t, "words", attr(s.find("[name=email]"), "autocapitalize"))
	assert.Equal(t, "off", attr(s.find("[name=password]"), "autocomplete"))
	assert.Equal(t, "off", attr(s.find("[name=otp]"), "autocomplete"))
	assert.Equal(t, "text", attr(s.find("[name=otp]"), "inputmode"))
	assert.Equal(t, "mine", attr(s.find("[data-keygen-error]"), "id"))
	assert.Equal(t, "status", attr(s.find("[data-keygen-error]"), "role"))
}

func TestFieldsByNameBeforeID(t *testing.T) {
	s := stageOf(t, `<form id="login"><input id="email" name="other" value="no@example.com"><input name="email" value="ada@example.com">
		<input id="password" value="p"><button>Go</button></form>`)
	got := s.submit()
	assert.Equal(t, keygen.Credentials{Email: "ada@example.com", Password: "p"}, got.credentials)
	s.answer(nil)
}

func TestFormWithoutItsFields(t *testing.T) {
	for _, markup := range []string{
		`<form id="login"><button>Go</button></form>`,
		`<form id="login"><input name="email"><button>Go</button></form>`,
		`<form id="login"><input name="password"><button>Go</button></form>`,
		`<form id="login"><p id="email"></p><input name="password"><button>Go</button></form>`,
	} {
		s := stageOf(t, markup)
		s.click()
		assert.Equal(t, english["CONFIG_INVALID"], s.message())
		assert.Equal(t, []string{"CONFIG_INVALID"}, s.auth.failed, "the page is told")
		assert.Empty(t, s.auth.attempts)
		s.auth.prevent = true
		s.click()
		assert.Empty(t, s.message(), "the page has its own words")
		s.box.Remove()
	}
}

func TestMalformedText(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("ada@example.com", "")
	_, err := browser.Window().Call("eval", `document.querySelector("#password").value = "\ud83d"`)
	require.NoError(t, err)
	assert.Equal(t, "password", s.submit().credentials.Malformed)
	s.answer(&keygen.Error{Code: keygen.CodeEncoding, Source: keygen.Source{Parameter: "password"}})
	assert.Equal(t, "true", attr(s.find("#password"), "aria-invalid"))
}

func TestCredentialsAsTyped(t *testing.T) {
	s := stageOf(t, tutorial)
	for _, password := range []string{"", " ", "pä:ß wörd", "密码🔑", "trailing ", "\ufeffmark", "<b>&amp;"} {
		s.fill(" ada@example.com ", password)
		got := s.submit()
		assert.Equal(t, keygen.Credentials{Email: "ada@example.com", Password: password}, got.credentials)
		assert.True(t, got.remember, "no box: yes")
		s.answer(&keygen.Error{Code: "PASSWORD_INVALID"})
		assert.Equal(t, " ada@example.com ", value(s.find("#email")), "the fields stay as typed")
		assert.Equal(t, password, value(s.find("#password")))
	}
}

func TestRemember(t *testing.T) {
	s := stageOf(t, `<form id="login"><input name="email"><input name="password">
		<input type="checkbox" name="remember" value="1"><button>Go</button></form>`)
	assert.False(t, s.submit().remember)
	s.answer(&keygen.Error{Code: "TIMEOUT"})
	require.NoError(t, s.find("[name=remember]").Set("checked", true))
	assert.True(t, s.submit().remember)
	s.answer(nil)
}

func TestBusy(t *testing.T) {
	s := stageOf(t, tutorial+`<button id="outside" form="login">Sign in</button><input id="image" type="image" form="login">
		<button id="reset" form="login" type="reset"></button><button id="other" form="another"></button>
		<button id="off" form="login" disabled></button>`)
	s.fill("ada@example.com", "secret")
	inside, outside, image := s.find("button"), s.find("#outside"), s.find("#image")
	for _, failure := range []*keygen.Error{{Code: "NETWORK_ERROR"}, nil} {
		require.NoError(t, s.find("#password").Set("value", "secret"))
		s.submit()
		assert.Equal(t, "true", attr(s.form, "aria-busy"))
		for _, button := range []browser.Element{inside, outside, image} {
			assert.True(t, disabled(button))
		}
		assert.False(t, disabled(s.find("#reset")))
		assert.False(t, disabled(s.find("#other")))
		s.answer(failure)
		for _, button := range []browser.Element{inside, outside, image} {
			assert.False(t, disabled(button))
			assert.Equal(t, "(none)", attr(button, mark))
		}
		assert.True(t, disabled(s.find("#off")), "what the page disabled stays so")
	}
}

func TestOneRequestForManySubmits(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("ada@example.com", "secret")
	s.submit()
	for range 3 {
		_, err := s.form.Call("requestSubmit")
		require.NoError(t, err)
		s.page.Do("submit", s.form.Value)
		s.click()
	}
	s.answer(&keygen.Error{Code: "PASSWORD_INVALID"})
	assert.Empty(t, s.auth.attempts)
	s.submit()
	s.answer(nil)
}

func TestSubmitOnBehalfOfTheLoader(t *testing.T) {
	s := stageOf(t, tutorial+`<form id="gone"><input id="email"><input id="password"></form>`)
	gone := s.find("#gone")
	gone.Remove()
	s.page.Do("submit", gone.Value)
	s.page.Do("submit", browser.Value{})
	assert.Empty(t, s.auth.attempts)
	s.page.Do("submit", s.form.Value)
	<-s.auth.attempts
	s.answer(nil)
}

func TestSignedInFormHoldsNoSecret(t *testing.T) {
	s := stageOf(t, `<form id="login"><input name="email"><input name="password"><p hidden><input name="otp"></p><button>Go</button></form>`)
	s.fill("ada@example.com", "secret")
	s.fail("OTP_REQUIRED")
	set(t, s.find("[name=otp]"), "123456")
	s.submit()
	s.answer(nil)
	assert.Equal(t, "ada@example.com", value(s.find("[name=email]")))
	assert.Empty(t, value(s.find("[name=password]")))
	assert.Empty(t, value(s.find("[name=otp]")))
	assert.True(t, s.find("p").Get("hidden").True())
	assert.Empty(t, s.message())
}

func TestRedirect(t *testing.T) {
	location := browser.Window().Get("location")
	hash := func() string { text, _ := location.Get("hash").Text(); return text }
	t.Cleanup(func() { _, _ = browser.Window().Get("history").Call("back") })
	s := stageOf(t, tutorial, func(config *Config) { config.Redirect = "#welcome" })
	for _, attempt := range []session.Attempt{
		{Err: &keygen.Error{Code: "TIMEOUT"}, Proceed: true},
		{Proceed: false}, // the page cancelled it
	} {
		s.fill("ada@example.com", "secret")
		s.submit()
		s.auth.answers <- attempt
		require.Eventually(t, func() bool { return attr(s.form, "aria-busy") == "(none)" }, waitLimit, tick)
		assert.Empty(t, hash())
	}
	s.fill("ada@example.com", "secret")
	s.submit()
	s.answer(nil)
	assert.Equal(t, "#welcome", hash())
}

// A bug of ours costs one request; the form stays usable.
func TestPanic(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("ada@example.com", "secret")
	s.fail("PANIC")
	assert.Equal(t, english[keygen.CodeInternal], s.message())
	assert.Equal(t, []string{"INTERNAL_ERROR"}, s.auth.failed)
	assert.False(t, disabled(s.find("button")))
	assert.Equal(t, "secret", value(s.find("#password")))
	s.submit()
	s.answer(nil)
	assert.Empty(t, s.message())
}

// Controls hide the form's members that have their names.
func TestHostileControls(t *testing.T) {
	s := stageOf(t, `<form id="login"><input name="email"><input name="password"><input name="action"><input name="submit">
		<input name="addEventListener"><input name="matches"><input name="querySelector"><input name="getAttribute">
		<input name="isConnected"><input name="append"><input name="elements"><button>Go</button></form>`)
	assert.Equal(t, "dialog", attr(s.form, "method"))
	s.fill("ada@example.com", "secret")
	s.box.Append(browser.Create("i")) // makes the page look again
	s.fail("PASSWORD_INVALID")
	assert.Equal(t, english["PASSWORD_INVALID"], s.message())
	s.submit()
	s.answer(nil)
}
