package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inside finds elements in the first shadow root of the page.
const inside = `document.querySelector("sign-in, #host").shadowRoot`

// typeInside types into a field of the shadow root.
func (s *stage) typeInside(selector, text string) {
	s.t.Helper()
	s.do(`const field = ` + inside + `.querySelector(` + quote(selector) + `); field.focus(); field.select()`)
	s.press(text)
}

func (s *stage) signInInside(email, password string) {
	s.t.Helper()
	s.typeInside("#email", email)
	s.typeInside("#password", password)
	s.press("\r")
}

func (s *stage) untilSaysInside(text string) {
	s.t.Helper()
	s.until(`((region) => region && !region.hidden && region.textContent === ` + quote(text) + `)(` + inside + `.querySelector("[data-keygen-error]"))`)
}

// TestWebComponent is the example: a form in a shadow root.
func TestWebComponent(t *testing.T) {
	t.Parallel()
	pages := map[string]string{}
	for _, name := range []string{"index.html", "sign-in.js"} {
		content, err := os.ReadFile(filepath.Join(root, "web", "examples", "web-component", name))
		require.NoError(t, err)
		pages[name] = string(content)
	}
	for _, loaded := range []bool{true, false} {
		t.Run(fmt.Sprintf("program %v", loaded), func(t *testing.T) {
			s := newStage(t, pages)
			letGo := s.holdWasm()
			if loaded {
				letGo()
			}
			s.open("/index.html")
			if loaded {
				s.untilAnswers()
			}
			s.until(inside + `.querySelector("button")`)
			s.signInInside(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
			if !loaded {
				s.until(inside + `.querySelector("form").ariaBusy && ` + inside + `.querySelector("button").disabled`)
			}
			letGo()
			s.untilSaysInside(saysCode)
			assert.Equal(t, "otp", eval[string](s.tab, inside+`.activeElement.name`))
			s.press(s.code(s.demo.TwoFactor, false) + "\r")
			s.untilSaysInside(saysBadCode)
			s.press(s.code(s.demo.TwoFactor, true) + "\r")
			s.untilSignedIn()
			s.untilNamed(s.demo.TwoFactor)
			assert.Equal(t, "", eval[string](s.tab, inside+`.querySelector("#password").value`))
			assert.Empty(t, eval[string](s.tab, `location.search`))
			assert.Len(t, s.logins(), 3)
		})
	}
}

// TestAttach serves forms that no selector reaches, until that is undone.
func TestAttach(t *testing.T) {
	t.Parallel()
	put := func(mode, form string) string {
		return `const host = Object.assign(document.createElement("div"), {id: "host"});
			document.body.append(host);
			const root = host.attachShadow({mode: "` + mode + `"});
			const form = root.appendChild(document.createElement("form"));
			for (const name of ["email", "password"]) form.append(Object.assign(document.createElement("input"), {name, id: name, type: name}));
			form.append(document.createElement("button"));
			form.id = "` + form + `"; window.form = form; window.root = root;`
	}
	for _, test := range []struct{ name, put, what string }{
		{"the shadow root", put("open", "login"), "root"},
		{"a form in it", put("open", "other"), "form"},
		{"a form in a closed one", put("closed", "other"), "form"},
		{"a form of the page", `document.body.append(document.createElement("form")); window.form = document.querySelector("form");
			for (const name of ["email", "password"]) form.append(Object.assign(document.createElement("input"), {name, id: name, type: name}));
			form.append(document.createElement("button"));`, "form"},
	} {
		for _, loaded := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, program %v", test.name, loaded), func(t *testing.T) {
				s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, "")})
				s.allow("has a password field, but does not match")
				letGo := s.holdWasm()
				if loaded {
					letGo()
				}
				s.open("/form.html")
				if loaded {
					s.untilAnswers()
				}
				s.do(test.put + `
					window.told = [];
					document.addEventListener("keygen:submit", (event) => told.push(form.elements.email.value));
					window.undo = keygenAuth.attach(window.` + test.what + `);
					form.elements.email.value = ` + quote(s.demo.Plain.Email) + `;
					form.elements.password.value = ` + quote("wrong") + `;
					form.elements.password.focus();`)
				s.press("\r")
				s.until(`told.length === 1`)
				letGo()
				s.until(`form.querySelector("[data-keygen-error]")?.textContent === ` + quote(saysWrong))
				assert.Equal(t, []string{s.demo.Plain.Email}, eval[[]string](s.tab, `told`))
				assert.Len(t, s.logins(), 1)

				// Undone, its submits are the page's again.
				s.do(`undo(); undo();
					window.reached = 0;
					form.addEventListener("submit", (event) => { if (!event.defaultPrevented) reached++; event.preventDefault(); });
					form.requestSubmit()`)
				assert.Equal(t, 1, eval[int](s.tab, `reached`))
				s.untilPainted()
				assert.Len(t, s.logins(), 1)
				assert.Len(t, eval[[]string](s.tab, `told`), 1)
			})
		}
	}
	t.Run("what is neither", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
		s.open("/form.html")
		for _, argument := range []string{``, `null`, `"#login"`, `document`, `document.body`, `{}`} {
			got := s.rejected(`(async () => keygenAuth.attach(` + argument + `))()`)
			assert.Equal(t, "ARGUMENT_INVALID", got.Code, argument)
			assert.Contains(t, got.Message, "a form or shadow root")
		}
	})
	t.Run("after the end of the module", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document("", "")})
		s.open("/form.html")
		s.do(put("open", "login") + `
			keygenAuth.attach(root);
			keygenAuth.dispose();
			window.reached = 0;
			form.addEventListener("submit", (event) => { if (!event.defaultPrevented) reached++; event.preventDefault(); });
			form.requestSubmit()`)
		assert.Equal(t, 1, eval[int](s.tab, `reached`))
	})
}

// TestLoadFailureInside tells in the shadow root, too, that the program cannot be loaded.
func TestLoadFailureInside(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, `<div id="host"></div>`)})
	s.allow("keygen-auth: ")
	s.allow("integrity")
	var site noProgram
	site.serve(s)
	site.set(s, true, nil)
	s.open("/form.html")
	s.do(`const root = document.querySelector("#host").attachShadow({mode: "open"});
		const form = root.appendChild(document.createElement("form"));
		for (const name of ["email", "password"]) form.append(Object.assign(document.createElement("input"), {name, id: name, type: name}));
		form.append(document.createElement("button"));
		form.id = "login";
		keygenAuth.attach(root);`)
	s.typeInside("#email", s.demo.Plain.Email)
	s.typeInside("#password", s.demo.Plain.Password)
	s.do(inside + `.querySelector("button").focus()`)
	s.press("\r")
	s.untilSaysInside(notLoaded)
	assert.Equal(t, "button", eval[string](s.tab, inside+`.activeElement.localName`))
	site.set(s, false, nil)
	const signedIn = `document.documentElement.dataset.keygenState === "signed-in"`
	for range 5 {
		s.press("\r")
		s.until(signedIn + ` || ` + inside + `.querySelector("[data-keygen-error]").textContent`)
		if eval[bool](s.tab, signedIn) {
			return
		}
	}
	t.Error("a load that was under way may fail, but not five of them")
}
