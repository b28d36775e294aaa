package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHints reads what the console says of mistakes in the page: that, and nothing of what is none.
func TestHints(t *testing.T) {
	t.Parallel()
	const form = `<form id="sign-in"><input name="email"><input type="password" name="password"><button>Go</button></form>`
	const advice = `if it is to sign in, give it the attribute data-keygen-form; if there is no such form here, say data-form="none"`
	for _, test := range []struct {
		name, page string
		want       []string
	}{
		{"a selector that matches nothing", document(`data-form="#signin"`, form),
			[]string{`<form id="sign-in"> has a password field, but does not match #signin: ` + advice}},
		{"no id that is known", document("", form),
			[]string{`<form id="sign-in"> has a password field, but does not match #login, form[data-keygen-form]: ` + advice}},
		{"the id around the form", document("", `<div id="login">`+form+`</div>`),
			[]string{`<form id="sign-in"> has a password field, but does not match #login, form[data-keygen-form]: ` + advice}},
		{"another name", document("", strings.ReplaceAll(tutorialForm, `"password"`, `"pass"`)),
			[]string{`<form id="login"> has no field with the name "password", nor with that id`}},
		{"misspelt settings", document(`data-redirct="/in.html" data-publickey="x" data-storge="memory"`, tutorialForm), []string{
			`the script tag has data-redirct: data-redirect is meant?`,
			`the script tag has data-publickey: data-public-key is meant?`,
			`the script tag has data-storge: data-storage is meant?`,
		}},
		{"a second button", document("", strings.Replace(tutorialForm, "<button", `<button id="show">Show</button><button formaction="/x">Other</button><button`, 1)),
			[]string{`<button id="show"> signs in, as each button without a type does: if that is not meant, give it type="button"`}},
		{"values that mean nothing", document("", tutorialForm+`<p data-keygen-show="signedin"><b class="who" data-keygen-text="user.name"></b>
			<button data-keygen-action="signout">Out</button></p>`), []string{
			`<p> has data-keygen-show="signedin": use one of signed-in signed-out`,
			`<button> has data-keygen-action="signout": use one of sign-out renew show-password`,
			`<b class="who"> has data-keygen-text="user.name": use one of session.expiry user.id user.email user.fullName user.firstName user.lastName`,
		}},
		{"messages that are no JSON", document("", tutorialForm+`<script type="application/json" data-keygen-messages>{"EMAIL_INVALID": "No",}</script>`),
			[]string{`<script> is not JSON: its texts are not used`}},
		// Nothing of this is a mistake, save the last, which tells that the page was looked at.
		{"forms of other kinds", document(`data-cfasync="false" data-astro-rerun data-loaded data-test="x" data-format="1"`, `
			<form><input type="email"><input type="password" autocomplete="section-a new-password"></form>
			<form><input type="email"><input type="password"><input type="password"></form>
			<form><input type="password" autocomplete="current-password"></form>
			<a id="login" href="/in.html">Log in</a><i data-keygen-show="never"></i>`),
			[]string{`<i> has data-keygen-show="never": use one of signed-in signed-out`}},
		{"a page with a script of its own", document(`data-form="none"`, form+`<i data-keygen-show="never"></i>`),
			[]string{`<i> has data-keygen-show="never": use one of signed-in signed-out`}},
		{"many", document("", strings.Repeat(`<i data-keygen-text="user.name"></i>`, 5000)+tutorialForm),
			[]string{`<i> has data-keygen-text="user.name": use one of session.expiry user.id user.email user.fullName user.firstName user.lastName`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"form.html": test.page})
			s.allow("warning: keygen-auth: ")
			s.open("/form.html")
			var want []string
			for _, line := range test.want {
				want = append(want, "warning: keygen-auth: "+line)
			}
			assert.EventuallyWithT(t, func(c *assert.CollectT) {
				if engine == "webkit" { // lines come in any order, see printing
					assert.ElementsMatch(c, want, s.lines())
				} else {
					assert.Equal(c, want, s.lines())
				}
			}, patience, poll)
		})
	}
}

// TestDemoWithoutHints looks at the demo's pages for long enough: nothing in them looks like a mistake.
func TestDemoWithoutHints(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob(filepath.Join(root, "web", "demo", "*.html"))
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			s.allow(`="never"`) // a mistake of ours, which tells that the page was looked at
			s.atStart(`document.addEventListener("DOMContentLoaded", () => {
				const mistake = document.createElement("i");
				mistake.setAttribute("data-keygen-show", "never");
				document.body.append(mistake);
			})`)
			s.open("/" + filepath.Base(page))
			require.Eventually(t, func() bool { return len(s.lines()) > 0 }, patience, poll)
			assert.Len(t, s.lines(), 1)
		})
	}
}

// TestSetupOnTheConsole reads what the console says where the page only says that it is not set up correctly.
func TestSetupOnTheConsole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, form string
		how        bend
		want       string
	}{
		{"unknown account", tutorialForm, account("nobody"), "NOT_FOUND: the API knows no such account: check data-account and data-host"},
		{"unknown environment", tutorialForm, header("Keygen-Environment", "moon"), "ENVIRONMENT_INVALID: the account has no such environment: check data-environment"},
		{"refused", tutorialForm, header("Keygen-Version", "9.9"), "INVALID_API_VERSION: the API refused the request, whoever signs in: check data-host, and the account's settings"},
		{"no password field", `<form id="login"><input id="email"><input id="pass" type="password"><button>Go</button></form>`, nil,
			`CONFIG_INVALID: <form id="login"> has no field with the name "password", nor with that id`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, test.form)})
			s.allow("keygen-auth: ")
			s.bend(test.how)
			s.open("/form.html")
			s.write("#email", s.demo.Plain.Email)
			s.write("[type=password]", s.demo.Plain.Password)
			s.press("\r")
			s.untilSays(saysSetup)
			assert.Contains(t, s.lines(), "error: keygen-auth: "+test.want)
			assert.NotContains(t, strings.Join(s.lines(), ""), s.demo.Plain.Password)
		})
	}
}
