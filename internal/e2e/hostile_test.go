package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPagesThatAreInTheWay signs in on pages whose markup collides with what the module, Go's support code or the DOM
// have names for.
func TestPagesThatAreInTheWay(t *testing.T) {
	t.Parallel()
	with := func(inside string) string {
		return strings.Replace(tutorialForm, "</form>", inside+"</form>", 1)
	}
	script := `<script src="keygen-auth.js" ` + configuration + `></script>`
	body := func(markup string) string { return "<!doctype html><html lang=en><title>Page</title><body>" + markup }
	tests := []struct{ name, page string }{
		{"ids that are globals of Go", document("", `<p id="fs">a<p id="process">b<p id="path">c<p id="Go">d<p id="crypto">e`+tutorialForm)},
		{"ids that are globals of the module", document("", `<p id="keygenAuth">a<p id="scope">b<p id="bridge">c`+tutorialForm)},
		{"controls that hide members of the form", document("", with(
			`<input name="action"><input name="method"><input name="submit"><input name="elements"><input name="matches">`+
				`<input name="getAttribute"><input name="setAttribute"><input name="addEventListener"><input name="querySelector">`+
				`<input name="append"><input name="isConnected"><input name="closest"><input name="removeAttribute">`))},
		{"a base elsewhere", document("", `<base href="/deep/er/">`+tutorialForm)},
		{"the script at the end", body(tutorialForm + script)},
		{"the script deferred", strings.Replace(document("", tutorialForm), "<script ", "<script defer ", 1)},
		{"the script async, after the form", body(tutorialForm + strings.Replace(script, "<script ", "<script async ", 1))},
		{"no doctype", script + tutorialForm},
		{"fields by name alone", document("", `<form id="login"><input name="email" id="e"><input name="password" id="p"`+
			` type="password"><button>Go</button></form>`)},
		{"the form of another selector", document(`data-form=".sign-in"`, strings.Replace(tutorialForm, `id="login"`, `class="sign-in"`, 1))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"deep/form.html": strings.Replace(test.page, `src="`, `src="../`, 1)})
			s.open("/deep/form.html")
			s.write("#email, [name=email]", s.demo.Plain.Email)
			s.write("#password, [name=password]", s.demo.Plain.Password)
			s.press("\r")
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
			assert.Equal(t, s.url+"/deep/form.html", eval[string](s.tab, "location.href"))
		})
	}
}

// TestGlobals compares the page's global names with and without the module.
func TestGlobals(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html":  document("", tutorialForm),
		"plain.html": "<!doctype html><title>Page</title>" + tutorialForm,
	})
	const names = `Object.getOwnPropertyNames(window).sort()`
	s.open("/plain.html")
	before := eval[[]string](s.tab, names)
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	added := slices.DeleteFunc(eval[[]string](s.tab, names), func(name string) bool { return slices.Contains(before, name) })
	assert.Equal(t, []string{"keygenAuth"}, added)
	assert.True(t, eval[bool](s.tab, `Object.isFrozen(keygenAuth)`))
}

// TestFormsComeAndGo attaches to forms that a script adds later, also where it replaces one.
func TestFormsComeAndGo(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, `<main></main>`)})
	s.open("/form.html")
	for range 3 {
		s.do(`const form = document.createElement("form");
			form.id = "login";
			for (const id of ["email", "password"]) form.append(Object.assign(document.createElement("input"), {id, type: id}));
			form.append(document.createElement("button"));
			document.querySelector("main").replaceChildren(form)`)
		s.untilAttached()
	}
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	assert.Len(t, s.logins(), 1)
}
