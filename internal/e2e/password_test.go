package e2e

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// keeping stands in for a browser that offers to keep passwords, and notes what it is offered.
const keeping = `
	window.offered = [];
	window.PasswordCredential = class { constructor(data) { this.data = data; } };
	Object.defineProperty(Navigator.prototype, "credentials", {configurable: true, get: () => ({
		store(credential) {
			offered.push(JSON.stringify(credential.data));
			return Promise.reject(new DOMException("not now", "NotAllowedError"));
		},
	})});`

// TestPasswordIsOffered to the browser after a success, and then alone.
func TestPasswordIsOffered(t *testing.T) {
	t.Parallel()
	t.Run("after a success", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
		s.atStart(keeping)
		s.open("/form.html")
		s.signIn(s.demo.Plain.Email, "wrong")
		s.untilSays(saysWrong)
		s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
		s.untilSays(saysCode)
		s.do(`document.querySelector("form").addEventListener("keygen:submit", (event) => event.preventDefault(), {once: true})`)
		s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
		s.press("\r")
		s.untilPainted()
		assert.Empty(t, eval[[]string](s.tab, `offered`))
		s.press("\r")
		s.untilSignedIn()
		s.until(`document.querySelector("#password").value === ""`)
		assert.Equal(t, []string{`{"id":"` + s.demo.TwoFactor.Email + `","password":"` + s.demo.TwoFactor.Password + `"}`}, eval[[]string](s.tab, `offered`))
	})
	for name, form := range map[string]string{
		"the form wants none kept":  strings.Replace(tutorialForm, "<form", `<form autocomplete="off"`, 1),
		"the field wants none kept": strings.Replace(tutorialForm, `name="password"`, `name="password" autocomplete="OFF"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, form)})
			s.atStart(keeping)
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSignedIn()
			s.until(`document.querySelector("#password").value === ""`)
			assert.Empty(t, eval[[]string](s.tab, `offered`))
		})
	}
	t.Run("a browser that throws", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
		s.atStart(`window.PasswordCredential = class { constructor() { throw new TypeError("no"); } }`)
		s.open("/form.html")
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSignedIn()
		s.until(`document.querySelector("#password").value === ""`)
	})
}

// showing is a form with a button that shows the password.
const showing = `<form id="login"><input type="email" name="email" id="email"><input type="password" name="password" id="password">
	<button type="button" id="show" data-keygen-action="show-password" aria-pressed="false">Show</button><button>Sign in</button></form>`

// TestShowPassword shows what is typed for as long as somebody wants to see it.
func TestShowPassword(t *testing.T) {
	t.Parallel()
	for _, loaded := range []bool{true, false} {
		for name, body := range map[string]string{"its button": showing, "an untyped button": strings.Replace(showing, `type="button"`, ``, 1)} {
			t.Run(fmt.Sprintf("%s, program %v", name, loaded), func(t *testing.T) {
				s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, body)})
				s.allow("signs in, as each button")
				letGo := s.holdWasm()
				if loaded {
					letGo()
				}
				s.open("/form.html")
				if loaded {
					s.untilAttached()
				}
				looks := func() string {
					return eval[string](s.tab, `[document.querySelector("#password").type, document.querySelector("#show").ariaPressed,
						document.querySelector("#show").textContent, document.querySelector("#password").value].join(" ")`)
				}
				s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
				s.do(`document.querySelector("#show").click()`)
				letGo()
				s.until(`document.querySelector("#password").type === "text"`)
				assert.Equal(t, "text true Show "+s.demo.Plain.Password, looks())
				s.do(`document.querySelector("#show").click()`)
				s.until(`document.querySelector("#password").type === "password"`)
				assert.Equal(t, "password false Show "+s.demo.Plain.Password, looks())
				s.do(`document.querySelector("#show").click()`)
				s.until(`document.querySelector("#password").type === "text"`)
				assert.Empty(t, s.logins(), "the button does nothing else")

				hung := s.hang("/tokens")
				s.do(`document.querySelector("form").requestSubmit()`)
				hung.await()
				s.until(`document.querySelector("#password").type === "password"`)
				assert.Equal(t, "password false Show "+s.demo.Plain.Password, looks())
				hung.release()
				s.untilSignedIn()
			})
		}
	}
}

// TestForeignDomain sends the same bytes for a domain in another script, whatever the browser makes of it in its field.
func TestForeignDomain(t *testing.T) {
	t.Parallel()
	const sent = "ada@xn--mller-kva.example"
	for name, form := range map[string]string{
		"an email field": strings.Replace(tutorialForm, "<form", "<form novalidate", 1),
		"a text field":   strings.Replace(tutorialForm, `type="email"`, `type="text"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, form)})
			s.api.AddUser("demo", keygentest.User{Email: sent, Password: "correct horse"})
			s.open("/form.html")
			s.untilAttached()
			s.signIn("ada@müller.example", "correct horse")
			s.untilSignedIn()
			assert.Equal(t, []string{sent + ":correct horse"}, s.credentials())
		})
	}
	t.Run("signIn", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, "")})
		s.open("/form.html")
		for _, email := range []string{"ada@müller.example", "ädä@müller.example", "ada@mü/ller", "ada@mü ller", "ada@example.com/ü"} {
			s.api.ResetThrottles()
			s.rejected(`keygenAuth.signIn({email: ` + quote(email) + `, password: "wrong"})`)
		}
		assert.Equal(t, []string{sent + ":wrong", "ädä@xn--mller-kva.example:wrong", "ada@mü/ller:wrong", "ada@mü ller:wrong", "ada@example.com/ü:wrong"},
			s.credentials(), "only what is a domain")
	})
}

// credentials returns what the requests to sign in carried.
func (s *stage) credentials() (all []string) {
	s.t.Helper()
	for _, r := range s.logins() {
		encoded, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Basic ")
		require.True(s.t, ok)
		text, err := base64.StdEncoding.DecodeString(encoded)
		require.NoError(s.t, err)
		all = append(all, string(text))
	}
	return all
}
