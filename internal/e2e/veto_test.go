package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// interfering lets a test hear submits in every place where a page may: by window.act(event), at the place that
// window.at names. The listeners of "early" places were there before the loader.
const interfering = `
	window.submits = 0;
	const hear = (target, name, capture) =>
		target.addEventListener("submit", (event) => { if (window.at === name) window.act(event); }, capture);
	addEventListener("submit", () => window.submits++, true);
	for (const [name, target] of Object.entries({window, document}))
		for (const capture of [true, false]) hear(target, "early " + name + " " + capture, capture);
	window.hearMore = () => {
		for (const [name, target] of Object.entries({window, document, form: document.querySelector("form")}))
			for (const capture of [true, false]) hear(target, "late " + name + " " + capture, capture);
		document.querySelector("form").onsubmit = () => window.at !== "handler";
	};`

// places are where a page may hear a submit.
func places() (all []string) {
	for _, place := range []string{"early window", "early document", "late window", "late document", "late form"} {
		all = append(all, place+" true", place+" false")
	}
	return all
}

// newInterference returns a stage whose page listens, with the program there or kept away until the function is called.
func newInterference(t *testing.T, loaded bool) (s *stage, letGo func()) {
	s = newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	letGo = s.holdWasm()
	if loaded {
		letGo()
	}
	s.atStart(interfering)
	s.openInterference(loaded)
	return s, letGo
}

func (s *stage) openInterference(loaded bool) {
	s.t.Helper()
	s.open("/form.html")
	if loaded {
		s.untilAttached()
	}
	s.do(`window.hearMore()`)
	s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
}

// submitAt presses Enter, with a page that does something with the submit at a place.
func (s *stage) submitAt(place, act string) {
	s.t.Helper()
	s.do(`window.submits = 0; window.at = ` + quote(place) + `; window.act = (event) => { ` + act + ` }`)
	s.press("\r")
	s.until(`window.submits === 1`)
	s.untilPainted()
}

func (s *stage) isBusy() bool {
	s.t.Helper()
	return eval[bool](s.tab, `document.querySelector("form").hasAttribute("aria-busy") || document.querySelector("button:not([type=button])").disabled`)
}

// TestVeto has the page object to submits: there is no attempt, and the form is as it was.
func TestVeto(t *testing.T) {
	t.Parallel()
	acts := []string{
		`event.preventDefault()`,
		`event.returnValue = false`,
		`event.stopPropagation(); event.preventDefault()`,
		`event.preventDefault(); event.stopImmediatePropagation()`,
	}
	for _, loaded := range []bool{true, false} {
		t.Run(fmt.Sprintf("program %v", loaded), func(t *testing.T) {
			t.Parallel()
			s, letGo := newInterference(t, loaded)
			check := func(place, act string) {
				s.submitAt(place, act)
				require.False(t, s.isBusy(), "%s: %s", place, act)
				require.Equal(t, s.demo.Plain.Password, eval[string](s.tab, `document.querySelector("#password").value`))
			}
			for _, place := range places() {
				for _, act := range acts {
					check(place, act)
				}
			}
			check("handler", "")
			letGo()
			s.untilAttached()
			s.untilPainted()
			assert.Empty(t, s.logins())
			assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
			assert.Equal(t, "dialog", eval[string](s.tab, `document.querySelector("form").getAttribute("method")`))
			s.submitAt("", "")
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
		})
	}
}

// TestStoppedSubmits has the page keep submits from going further, as menus do: that is no objection.
func TestStoppedSubmits(t *testing.T) {
	t.Parallel()
	for _, loaded := range []bool{true, false} {
		t.Run(fmt.Sprintf("program %v", loaded), func(t *testing.T) {
			t.Parallel()
			s, letGo := newInterference(t, loaded)
			attempts := 0
			all := places()
			if !loaded {
				all = []string{"early document true", "late document false", "late form true"} // each takes a page
			}
			for _, place := range all {
				for _, act := range []string{`event.stopPropagation()`, `event.stopImmediatePropagation()`, `event.cancelBubble = true`} {
					if place == "early window true" && strings.Contains(act, "Immediate") {
						continue // nobody hears of that submit, nor can
					}
					if !loaded {
						s.openInterference(false)
					}
					s.api.ResetThrottles()
					s.write("#password", "wrong")
					s.submitAt(place, act)
					attempts++
					if loaded {
						s.eventually(func() bool { return len(s.logins()) == attempts }, "%s: %s", place, act)
						s.untilSays(saysWrong)
						s.until(`!document.querySelector("button:not([type=button])").disabled`)
					} else {
						require.True(t, s.isBusy(), "%s: %s", place, act)
					}
					require.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
				}
			}
			letGo()
			if !loaded {
				s.untilSays(saysWrong)
				assert.Len(t, s.logins(), 1)
			}
		})
	}
}

// TestFormInADialog has the page close a dialog by its own buttons, but not by a submit that signs in.
func TestFormInADialog(t *testing.T) {
	t.Parallel()
	body := `<dialog><form id="login" method="dialog"><input type="email" name="email" id="email"><input type="password" name="password" id="password">
		<button>Sign in</button><button id="cancel" value="cancel" formnovalidate>Cancel</button></form></dialog>`
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, body)})
	s.open("/form.html")
	s.untilAttached()
	s.do(`document.querySelector("dialog").showModal()`)
	s.signIn(s.demo.Plain.Email, "wrong")
	s.untilSays(saysWrong)
	assert.True(t, eval[bool](s.tab, `document.querySelector("dialog").open`))
	s.do(`document.querySelector("#cancel").click()`)
	s.until(`!document.querySelector("dialog").open`)
	assert.Equal(t, "cancel", eval[string](s.tab, `document.querySelector("dialog").returnValue`))
	assert.Len(t, s.logins(), 1)
}

// TestEnhancers has a script that sends forms in the browser's place, as some for navigation do: it leaves ours alone.
func TestEnhancers(t *testing.T) {
	t.Parallel()
	for name, condition := range map[string]string{
		"it asks whether the submit is prevented": `!event.defaultPrevented`,
		"it asks for the method":                  `event.target.method !== "dialog"`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document("", strings.Replace(tutorialForm, "<form", `<form method="post" action="/taken"`, 1))})
			s.serve(func(w http.ResponseWriter, r *http.Request) bool {
				assert.NotEqual(t, "/taken", r.URL.Path)
				return false
			})
			s.atStart(`for (const target of [window, document]) target.addEventListener("submit", (event) => {
				if (!(` + condition + `)) return;
				event.preventDefault();
				fetch(event.target.action, {method: "post", body: new FormData(event.target)});
			})`)
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSignedIn()
			assert.Equal(t, "post", eval[string](s.tab, `document.querySelector("form").getAttribute("method")`))
		})
	}
}

// TestSubmitEvent raises keygen:submit once before each attempt, whether or not the program is there.
func TestSubmitEvent(t *testing.T) {
	t.Parallel()
	for _, loaded := range []bool{true, false} {
		t.Run(fmt.Sprintf("program %v", loaded), func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
			letGo := s.holdWasm()
			if loaded {
				letGo()
			}
			s.atStart(`
				window.told = [];
				window.object = true;
				document.addEventListener("keygen:submit", (event) => {
					window.told.push(event.target.id + " " + JSON.stringify(event.detail, (name, value) => value instanceof Element ? value.localName : value));
					if (window.object) event.preventDefault();
				});`)
			s.open("/form.html")
			if loaded {
				s.untilAttached()
			}
			s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
			s.press("\r")
			s.until(`window.told.length === 1`)
			s.untilPainted()
			assert.False(t, s.isBusy())
			assert.Empty(t, s.logins())
			assert.Equal(t, s.demo.Plain.Password, eval[string](s.tab, `document.querySelector("#password").value`))

			s.do(`window.object = false; keygenAuth.on("submit", (detail) => window.told.push(detail.submitter.localName))`)
			s.press("\r")
			if !loaded {
				s.press("\r") // which is the same one
			}
			letGo()
			s.untilSignedIn()
			told := `login {"submitter":"button"}`
			assert.Equal(t, []string{told, told, "button"}, eval[[]string](s.tab, `window.told`))
			assert.Len(t, s.logins(), 1)
		})
	}
}
