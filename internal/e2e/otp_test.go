package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// saysSpent is the message for a wrong password that came with a good code.
const saysSpent = saysWrong + " The code is used up, too: enter a new one."

// newSecondStep returns a stage where Grace has typed email and password and is asked for a code. Its clock stands.
func newSecondStep(t *testing.T, form, password string) *stage {
	s := newStage(t, map[string]string{"form.html": document("", form)})
	s.stopClock(time.Now())
	s.atStart(listening)
	s.open("/form.html")
	s.signIn(s.demo.TwoFactor.Email, password)
	s.untilSays(saysCode)
	return s
}

func (s *stage) stopClock(at time.Time) { s.api.SetNow(func() time.Time { return at }) }

// code returns the code of a user's second factor; a good one or one that is not.
func (s *stage) code(user keygentest.User, good bool) string {
	code := s.api.TOTP(user.ID)
	if !good {
		code = string('0'+('9'-code[0])) + code[1:]
	}
	return code
}

// names returns the names of the events so far.
func (s *stage) names() []string {
	s.t.Helper()
	return eval[[]string](s.tab, `window.heard.map((e) => e.Name)`)
}

// otp describes the field for the code.
func (s *stage) otp() map[string]any {
	s.t.Helper()
	return eval[map[string]any](s.tab, `((all) => ({
		count: all.length, visible: all[0]?.checkVisibility() ?? false, value: all[0]?.value, type: all[0]?.type,
		autocomplete: all[0]?.getAttribute("autocomplete"), inputmode: all[0]?.inputMode, label: all[0]?.labels[0]?.innerText.trim(),
		focus: all[0] === document.activeElement, inside: all[0]?.form === document.querySelector("form"),
	}))([...document.querySelectorAll("[name=otp]")])`)
}

// TestSecondFactor asks for the code, refuses a wrong one and takes a good one.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	s := newSecondStep(t, tutorialForm, "nanoseconds of wire")
	want := map[string]any{
		"count": 1.0, "visible": true, "value": "", "type": "text", "autocomplete": "one-time-code", "inputmode": "numeric",
		"label": "Code from your authenticator app", "focus": true, "inside": true,
	}
	assert.Equal(t, want, s.otp())
	assert.Equal(t, saysCode, s.announced())
	assert.Equal(t, []string{"otp-required"}, s.names(), "a step on the way is no failure")
	require.Len(t, s.logins(), 1)
	assert.Empty(t, s.logins()[0].Body, "no code, not an empty one")

	s.press("\r")
	s.press("    \r")
	s.untilSays(saysCode)
	assert.Len(t, s.logins(), 1, "nothing to send yet")

	s.write("[name=otp]", s.code(s.demo.TwoFactor, false))
	s.press("\r")
	s.untilSays(saysBadCode)
	assert.Equal(t, want, s.otp(), "emptied for the next code")
	got := s.outcome()
	assert.Equal(t, "otp", got.Invalid)
	assert.Equal(t, "otp", got.Described)
	assert.Equal(t, quote(s.demo.TwoFactor.Email), got.Email)
	assert.Equal(t, quote(s.demo.TwoFactor.Password), got.Password)
	assert.Equal(t, []string{"otp-required", "error"}, s.names())

	code := s.code(s.demo.TwoFactor, true)
	s.write("[name=otp]", " "+code[:3]+" "+code[3:]+" ")
	s.press("\r")
	s.untilSignedIn()
	require.Len(t, s.logins(), 3)
	assert.JSONEq(t, `{"meta":{"otp":"`+code+`"}}`, string(s.logins()[2].Body))
	s.until(`!document.querySelector("[name=otp]")`)
	assert.Equal(t, `""`, s.outcome().Password)
	assert.Empty(t, s.outcome().Message)
	assert.NotContains(t, eval[string](s.tab, `JSON.stringify(window.heard)`), code)
}

// TestSpentCode has a wrong password come with a good code, which the API has then used up.
func TestSpentCode(t *testing.T) {
	t.Parallel()
	s := newSecondStep(t, tutorialForm, "nanoseconds of wood")
	code := s.code(s.demo.TwoFactor, true)
	s.write("[name=otp]", code)
	s.press("\r")
	s.untilSays(saysSpent)
	got := s.outcome()
	assert.Equal(t, saysSpent, s.announced())
	assert.Equal(t, "email password", got.Invalid)
	assert.Equal(t, "password", got.Focus)
	assert.Equal(t, "", s.otp()["value"])
	assert.Equal(t, true, s.otp()["visible"])

	s.write("#password", s.demo.TwoFactor.Password)
	s.press("\r")
	s.untilSays(saysCode)
	assert.Len(t, s.logins(), 2, "a code has to be typed first")
	assert.Equal(t, true, s.otp()["focus"])

	s.write("[name=otp]", code)
	s.press("\r")
	s.untilSays(saysBadCode)

	s.stopClock(time.Now().Add(time.Minute))
	s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
	s.press("\r")
	s.untilSignedIn()
	assert.Equal(t, []string{"otp-required", "error", "error", "signed-in"}, s.names())
}

// TestOwnField uses the page's own field for the code, however it is hidden.
func TestOwnField(t *testing.T) {
	t.Parallel()
	for name, field := range map[string]string{
		"hidden itself":       `<label for="otp" hidden>Code</label> <input id="otp" name="otp" hidden>`,
		"in a hidden row":     `<div hidden><p hidden><label>Code <input name="otp"></label></p></div>`,
		"always there":        `<label>Code <input name="otp"></label>`,
		"with its own wishes": `<p hidden><label>Code <input name="otp" autocomplete="off" inputmode="text"></label></p>`,
	} {
		t.Run(name, func(t *testing.T) {
			form := `<form id="login"><input id="email"> <input type="password" id="password"> ` + field + ` <button>Go</button></form>`
			s := newSecondStep(t, form, "nanoseconds of wire")
			got := s.otp()
			assert.Equal(t, 1.0, got["count"])
			assert.Equal(t, true, got["visible"])
			assert.Equal(t, true, got["focus"])
			assert.Equal(t, "Code", got["label"])
			assert.Equal(t, true, eval[bool](s.tab, `document.querySelector("label").checkVisibility()`))
			if name == "with its own wishes" {
				assert.Equal(t, []any{"off", "text"}, []any{got["autocomplete"], got["inputmode"]})
			} else {
				assert.Equal(t, []any{"one-time-code", "numeric"}, []any{got["autocomplete"], got["inputmode"]})
			}

			s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
			s.press("\r")
			s.untilSignedIn()
			s.until(`document.querySelector("[name=otp]").value === ""`)
			assert.Equal(t, name == "always there", s.otp()["visible"])
		})
	}
}

// TestOtherEmail drops a code that was asked of somebody else.
func TestOtherEmail(t *testing.T) {
	t.Parallel()
	t.Run("without a second factor", func(t *testing.T) {
		s := newSecondStep(t, tutorialForm, "nanoseconds of wire")
		s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSignedIn()
		require.Len(t, s.logins(), 2)
		assert.Empty(t, s.logins()[1].Body)
		assert.Equal(t, 0.0, s.otp()["count"])
	})
	t.Run("with one, too", func(t *testing.T) {
		s := newSecondStep(t, tutorialForm, "nanoseconds of wire")
		rear := s.api.AddUser("demo", keygentest.User{Email: "rear@example.com", Password: "admiral of code", TOTPSecret: "GEZDGNBVGY3TQOJQ"})
		s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
		s.signIn(rear.Email, rear.Password)
		s.until(`window.heard.length === 2`)
		s.untilSays(saysCode)
		require.Len(t, s.logins(), 2)
		assert.Empty(t, s.logins()[1].Body)
		assert.Equal(t, "", s.otp()["value"], "the code of before is not left to be sent")
		assert.Equal(t, true, s.otp()["focus"])
		s.write("[name=otp]", s.code(rear, true))
		s.press("\r")
		s.untilSignedIn()
	})
}

// TestSingleSignOn offers the API's link, if it is safe to follow, and opens nothing by itself.
func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	const text = "This account signs in through its organization, not here."
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.atStart(listening + `window.opened = 0; window.open = () => { window.opened++; };`)
	for _, test := range []struct{ name, link, want string }{
		{"https", "https://sso.example.com/authorize?state=1", "https://sso.example.com/authorize?state=1"},
		{"http", "http://sso.example.com/authorize", ""},
		{"a script", "javascript:alert(document.cookie)", ""},
		{"a path", "/authorize", ""},
		{"data", "data:text/html,<script>alert(1)</script>", ""},
		{"none", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			s.bend(reply(http.StatusUnauthorized, `{"errors":[{"title":"Unauthorized","code":"SSO_REQUIRED","links":{"redirect":`+quote(test.link)+`}}]}`))
			s.open("/form.html")
			s.signIn("sam@sso.example.com", "")
			message := text
			if test.want != "" {
				message += " Sign in with your organization"
			}
			s.untilSays(message)
			links := eval[[]map[string]string](s.tab, `[...document.querySelectorAll("[data-keygen-error] *")].map((e) => ({
				tag: e.localName, href: e.getAttribute("href"), rel: e.rel, text: e.innerText}))`)
			if test.want == "" {
				assert.Empty(t, links)
			} else {
				assert.Equal(t, []map[string]string{{"tag": "a", "href": test.want, "rel": "noopener noreferrer", "text": "Sign in with your organization"}}, links)
			}
			assert.JSONEq(t, `{"link":`+quote(test.want)+`}`, eval[string](s.tab, `window.heard[0].Detail`))
			assert.Equal(t, []string{"sso-required", "error"}, s.names())
			s.untilPainted()
			assert.Equal(t, 0, eval[int](s.tab, `window.opened`))
			assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
		})
	}
}

// TestCancelledEvents leaves what to show to the page, which wants that.
func TestCancelledEvents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ event, email, last string }{
		{"error", "ada@example.com", "error"},
		{"error", "sam@sso.example.com", "error"},
		{"sso-required", "sam@sso.example.com", "error"},
		{"otp-required", "grace@example.com", "otp-required"},
	} {
		t.Run(test.event+" "+test.email, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
			s.atStart(listening + `document.addEventListener("keygen:` + test.event + `", (event) => event.preventDefault());`)
			s.open("/form.html")
			s.signIn(test.email, "wrong")
			for attempt := range 2 {
				s.until(`window.heard.at(-1)?.Name === "` + test.last + `" && !document.querySelector("button:not([type=button])").disabled`)
				s.untilPainted()
				got := s.outcome()
				assert.Empty(t, got.Message)
				assert.Empty(t, s.announced())
				assert.Empty(t, got.Invalid)
				assert.Empty(t, got.Described)
				assert.Equal(t, "password", got.Focus)
				assert.False(t, got.Busy)
				assert.Equal(t, `"wrong"`, got.Password)
				assert.Len(t, s.logins(), attempt+1, "the page asks in its own way, and tries again")
				assert.Equal(t, 0.0, s.otp()["count"])
				s.do(`window.heard.length = 0`)
				s.press("\r")
			}
		})
	}
}
