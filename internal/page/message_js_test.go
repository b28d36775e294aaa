package page

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

func TestErrorRegion(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("ada@example.com", "secret")
	s.fail("NETWORK_ERROR")
	assert.Equal(t, english["NETWORK_ERROR"], s.message())
	assert.Equal(t, "error", attr(s.find("[data-keygen-error]"), "data-keygen-tone"))
	s.submit()
	assert.Empty(t, s.message(), "a new attempt clears it")
	assert.Equal(t, "(none)", attr(s.find("[data-keygen-error]"), "data-keygen-tone"))
	s.answer(nil)
	assert.Empty(t, s.message())
	assert.Equal(t, "(none)", attr(s.find("[data-keygen-error]"), "data-keygen-tone"), "nor is a success an error")
}

func TestRegionOfThePage(t *testing.T) {
	s := stageOf(t, `<form id="login"><p data-keygen-error></p><input id="email"><input id="password"><p><button>Go</button></p></form>`)
	s.fail("TIMEOUT")
	assert.Equal(t, english["TIMEOUT"], s.message())
	regions, _ := s.form.Call("querySelectorAll", "[data-keygen-error], [role=alert]")
	assert.Equal(t, 1, regions.Len())
}

func TestRegionsHaveIDsOfTheirOwn(t *testing.T) {
	s := stageOf(t, tutorial+`<form data-keygen-form><input name="email"><input name="password"><button>Go</button></form>`)
	for _, form := range s.page.forms {
		form.region()
	}
	first := attr(s.find("#login [data-keygen-error]"), "id")
	second := attr(s.find("[data-keygen-form] [data-keygen-error]"), "id")
	assert.NotEqual(t, first, second)
	assert.NotEmpty(t, first)
}

func TestRegionThatThePageRemoved(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fail("TIMEOUT")
	s.find("[data-keygen-error]").Remove()
	s.fail("TIMEOUT")
	assert.Equal(t, english["TIMEOUT"], s.message())
}

func TestFieldsAtFault(t *testing.T) {
	s := stageOf(t, `<form id="login"><input id="email" aria-describedby="hint other"><input id="password"><button>Go</button></form>
		<p id="hint"></p>`)
	email, password := s.find("#email"), s.find("#password")
	s.fail("NETWORK_ERROR")
	id := attr(s.find("[data-keygen-error]"), "id")

	s.fail("PASSWORD_INVALID")
	assert.True(t, s.focused(password))
	assert.Equal(t, "true", attr(password, "aria-invalid"))
	assert.Equal(t, "true", attr(email, "aria-invalid"), "which of the two it was is not told")
	assert.Equal(t, "hint other "+id, attr(email, "aria-describedby"))
	assert.Equal(t, "(none)", attr(password, "aria-describedby"), "who is in it has just heard the message")
	email.Focus()
	assert.Equal(t, id, attr(password, "aria-describedby"))

	s.fail("EMAIL_REQUIRED")
	assert.True(t, s.focused(email))
	assert.Equal(t, "true", attr(email, "aria-invalid"))
	assert.Equal(t, "(none)", attr(password, "aria-invalid"), "it is no more at fault")
	assert.Equal(t, "(none)", attr(password, "aria-describedby"))
	password.Focus()
	assert.Equal(t, "hint other "+id, attr(email, "aria-describedby"), "once")

	s.submit()
	assert.Equal(t, "(none)", attr(email, "aria-invalid"))
	assert.Equal(t, "hint other", attr(email, "aria-describedby"), "the page's own description stays")
	s.answer(nil)
}

func TestFocusStaysWhereTheUserIs(t *testing.T) {
	s := stageOf(t, tutorial+`<input id="elsewhere">`)
	button := s.find("button")
	button.Focus()
	s.fail("NETWORK_ERROR")
	assert.True(t, s.focused(button), "no field is at fault")

	button.Focus()
	s.submit()
	s.find("#elsewhere").Focus()
	s.answer(&keygen.Error{Code: "NETWORK_ERROR"})
	assert.True(t, s.focused(s.find("#elsewhere")))
}

func TestServerTextIsNotShown(t *testing.T) {
	s := stageOf(t, tutorial)
	s.submit()
	s.answer(&keygen.Error{Code: "BRAND_NEW", Title: "TITLE", Detail: `<img src=x onerror="alert(1)">`, RequestID: "REQUEST"})
	assert.Equal(t, english[keygen.CodeResponse], s.message())
}

func TestPageShowsItsOwnMessage(t *testing.T) {
	s := stageOf(t, tutorial)
	s.submit()
	s.auth.answers <- session.Attempt{Err: &keygen.Error{Code: "PASSWORD_INVALID"}, Proceed: false}
	assert.Eventually(t, func() bool { return attr(s.form, "aria-busy") == "(none)" }, waitLimit, tick)
	assert.Empty(t, s.message())
	assert.Equal(t, "(none)", attr(s.find("#password"), "aria-invalid"))
}

func TestSSO(t *testing.T) {
	s := stageOf(t, tutorial)
	s.submit()
	s.answer(&keygen.Error{Code: "SSO_REQUIRED", Link: "https://sso.example.com/?a=b&c=d"})
	assert.Contains(t, s.message(), english["SSO_REQUIRED"])
	link := s.find("[data-keygen-error] a")
	assert.Equal(t, "https://sso.example.com/?a=b&c=d", attr(link, "href"))
	assert.Contains(t, attr(link, "rel"), "noopener")
	text, _ := link.Get("textContent").Text()
	assert.Equal(t, english[textSSOLink], text)

	s.submit()
	_, still := s.box.Find("a")
	assert.False(t, still)
	s.answer(&keygen.Error{Code: "SSO_REQUIRED"})
	_, any := s.box.Find("a")
	assert.False(t, any, "no link that is none")
	assert.Equal(t, english["SSO_REQUIRED"], s.message())
}
