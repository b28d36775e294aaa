package page

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
)

const withOTP = `<form id="login"><input name="email"><input name="password">
	<div hidden id="row"><p><input name="otp" hidden></p></div><button>Go</button></form>`

func TestOTPFieldIsMade(t *testing.T) {
	s := stageOf(t, `<form id="login"><p><input id="email"></p><p id="wrap"><label>Password <input id="password"></label></p>
		<p><button>Go</button></p></form>`)
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	otp := s.find("[name=otp]")
	assert.Equal(t, "one-time-code", attr(otp, "autocomplete"))
	assert.Equal(t, "numeric", attr(otp, "inputmode"))
	assert.True(t, s.focused(otp))
	assert.Equal(t, "(none)", attr(otp, "aria-invalid"), "nothing is wrong yet")
	s.find("#email").Focus()
	assert.Equal(t, attr(s.find("[data-keygen-error]"), "id"), attr(otp, "aria-describedby"))
	assert.Equal(t, "info", attr(s.find("[data-keygen-error]"), "data-keygen-tone"))
	assert.Equal(t, attr(otp, "id"), attr(s.find("[data-keygen-otp] label"), "for"))
	assert.True(t, s.find("#wrap").Get("nextElementSibling").Equal(s.find("[data-keygen-otp]").Value), "below the password's row")
	assert.Equal(t, english["OTP_REQUIRED"], s.message())

	s.click()
	fields, _ := s.form.Call("querySelectorAll", "[name=otp]")
	assert.Equal(t, 1, fields.Len(), "one, however often it is asked for")

	set(t, otp, " 123 456 ")
	assert.Equal(t, "123456", s.submit().credentials.OTP)
	s.answer(nil)
	_, left := s.form.Find("[name=otp], [data-keygen-otp]")
	assert.False(t, left)
}

func TestOTPFieldOfThePage(t *testing.T) {
	s := stageOf(t, withOTP)
	otp, row := s.find("[name=otp]"), s.find("#row")
	assert.Equal(t, "one-time-code", attr(otp, "autocomplete"))
	assert.Equal(t, "numeric", attr(otp, "inputmode"))
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	assert.False(t, otp.Get("hidden").True())
	assert.False(t, row.Get("hidden").True())
	assert.True(t, s.focused(otp))
	_, made := s.form.Find("[data-keygen-otp]")
	assert.False(t, made)

	set(t, otp, "123456")
	assert.Equal(t, "123456", s.submit().credentials.OTP)
	s.answer(nil)
	assert.True(t, row.Get("hidden").True(), "as it was")
	assert.True(t, otp.Get("hidden").True())
	assert.Empty(t, value(otp))
}

// Hidden things around the form are not ours to show.
func TestOTPInHiddenForm(t *testing.T) {
	s := stageOf(t, `<div hidden id="around">`+withOTP+`</div>`)
	s.fail("OTP_REQUIRED")
	assert.True(t, s.find("#around").Get("hidden").True())
	assert.False(t, s.find("#row").Get("hidden").True())
}

func TestSubmitWithoutTheCodeAskedFor(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	s.click()
	assert.Empty(t, s.auth.attempts, "the API need not be asked: it would count the attempt")
	assert.Equal(t, english["OTP_REQUIRED"], s.message())
	assert.Equal(t, "(none)", attr(s.form, "aria-busy"))

	s.fill("ada@example.com", "secret") // someone else needs no code, perhaps
	assert.Empty(t, s.submit().credentials.OTP)
	_, left := s.form.Find("[name=otp], [data-keygen-otp]")
	assert.False(t, left, "nor a field for it, from the first moment on")
	s.answer(&keygen.Error{Code: "OTP_REQUIRED"})
	assert.True(t, s.focused(s.find("[name=otp]")), "until they are asked for one, too")
	assert.Empty(t, value(s.find("[name=otp]")))
}

// The field of the page is emptied and hidden again, and shown again when it is needed.
func TestOTPFieldOfThePageWhenTheEmailChanges(t *testing.T) {
	s := stageOf(t, withOTP)
	otp, row := s.find("[name=otp]"), s.find("#row")
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	set(t, otp, "123456")
	s.fill("ada@example.com", "secret")
	s.submit()
	assert.Empty(t, value(otp))
	assert.True(t, row.Get("hidden").True())
	assert.True(t, otp.Get("hidden").True())
	s.answer(&keygen.Error{Code: "PASSWORD_INVALID"})

	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	assert.False(t, row.Get("hidden").True())
	assert.False(t, otp.Get("hidden").True())
}

func TestCodeOfSomeoneElseIsNotSent(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	set(t, s.find("[name=otp]"), "123456")
	s.fill("ada@example.com", "secret")
	assert.Empty(t, s.submit().credentials.OTP)
	s.answer(&keygen.Error{Code: "PASSWORD_INVALID"})
	assert.Equal(t, english["PASSWORD_INVALID"], s.message(), "no word of a code: none was sent")
	_, left := s.form.Find("[data-keygen-otp]")
	assert.False(t, left)
}

func TestWrongCode(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	otp := s.find("[name=otp]")
	set(t, otp, "000000")
	s.fail("OTP_INVALID")
	assert.Equal(t, english["OTP_INVALID"], s.message())
	assert.Empty(t, value(otp))
	assert.Equal(t, "true", attr(otp, "aria-invalid"))
	assert.True(t, s.focused(otp))
	assert.Equal(t, "secret", value(s.find("#password")))
}

// The API judges the code first, and it is spent then.
func TestWrongPasswordAtOTPStep(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("grace@example.com", "wrong")
	s.fail("OTP_REQUIRED")
	otp := s.find("[name=otp]")
	set(t, otp, "123456")
	s.fail("PASSWORD_INVALID")
	assert.Equal(t, english["PASSWORD_INVALID"]+" "+english[textOTPSpent], s.message())
	assert.Empty(t, value(otp), "a new one is needed")
	assert.True(t, s.focused(s.find("#password")))
	assert.Equal(t, "wrong", value(s.find("#password")), "as typed")
	assert.Equal(t, "grace@example.com", value(s.find("#email")))

	set(t, s.find("#password"), "right")
	s.click()
	assert.Empty(t, s.auth.attempts)
	assert.Equal(t, english["OTP_REQUIRED"], s.message())
	set(t, otp, "654321")
	assert.Equal(t, keygen.Credentials{Email: "grace@example.com", Password: "right", OTP: "654321"}, s.submit().credentials)
	s.answer(nil)
}

// Where the code was not judged it stays, like the other fields.
func TestCodeStaysWhenTheNetworkFails(t *testing.T) {
	s := stageOf(t, tutorial)
	s.fill("grace@example.com", "secret")
	s.fail("OTP_REQUIRED")
	set(t, s.find("[name=otp]"), "123456")
	s.fail("NETWORK_ERROR")
	assert.Equal(t, "123456", value(s.find("[name=otp]")))
}
