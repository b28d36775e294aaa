package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inBothTimes runs a test before the program is there and once it is. The page of the test loads it when something is
// asked of it.
func inBothTimes(t *testing.T, body string, test func(t *testing.T, s *stage)) {
	for name, loaded := range map[string]bool{"before the program is there": false, "once the program is there": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := signedIn(t, map[string]string{"parts.html": document(`data-load="lazy"`, body)})
			s.open("/parts.html")
			if loaded {
				eval[any](s.tab, `keygenAuth.token()`)
			}
			test(t, s)
		})
	}
}

// TestShowAfterMorph puts back what the markup says of parts, as scripts do that bring a page in line with new markup.
func TestShowAfterMorph(t *testing.T) {
	t.Parallel()
	const body = `<p id="in" data-keygen-show="signed-in" hidden>in <b data-keygen-text="user.email"></b></p><p id="out" data-keygen-show="signed-out">out</p>`
	inBothTimes(t, body, func(t *testing.T, s *stage) {
		assert.Equal(t, []string{"in"}, s.visible())
		morph := func(change string) {
			t.Helper()
			s.do(change)
			s.until(`!document.getElementById("in").hidden && document.getElementById("out").hidden`)
			s.untilPainted()
			assert.Equal(t, []string{"in"}, s.visible())
		}
		const attributes = `document.getElementById("in").hidden = true; document.getElementById("out").hidden = false;`
		morph(attributes)
		morph(attributes + `document.getElementById("in").hidden = false; document.getElementById("in").hidden = true;`)
		morph(`requestAnimationFrame(() => { ` + attributes + ` })`)
		s.do(`document.getElementById("in").id = "was-in"; document.getElementById("out").id = "in"; document.getElementById("was-in").id = "out";
			document.getElementById("in").dataset.keygenShow = "signed-in"; document.getElementById("out").dataset.keygenShow = "signed-out";`)
		s.until(`!document.getElementById("in").hidden && document.getElementById("out").hidden`)
		// Texts too: the mark goes with them.
		s.do(`keygenAuth.token(); const b = document.querySelector("b");
			window.again = () => { for (const {name} of [...b.attributes]) if (name !== "data-keygen-text") b.removeAttribute(name); b.textContent = "" }`)
		s.until(`document.querySelector("b").textContent === "ada@example.com"`)
		s.do(`again()`)
		s.until(`document.querySelector("b").textContent === "ada@example.com"`)
	})
}

// TestShowAgainstAScript shows a part that a script hides each time: the page stays alive.
func TestShowAgainstAScript(t *testing.T) {
	t.Parallel()
	const body = `<p id="in" data-keygen-show="signed-in">in</p><script src="against.js"></script>`
	for _, load := range []string{"lazy", "eager"} {
		t.Run(load, func(t *testing.T) {
			t.Parallel()
			s, _ := signedIn(t, map[string]string{"parts.html": document(`data-load="`+load+`"`, body), "against.js": `window.turns = 0;
				new MutationObserver(() => { const part = document.getElementById("in"); if (!part.hidden) { turns++; part.hidden = true; } }).observe(document.body, { attributes: true, subtree: true });
				document.getElementById("in").hidden = true;`})
			s.open("/parts.html")
			for range 5 {
				s.untilPainted()
			}
			assert.Positive(t, eval[int](s.tab, `turns`))
			assert.Equal(t, s.demo.Plain.ID, eval[string](s.tab, `keygenAuth.users.me().then(({ data }) => data.id)`))
		})
	}
}

// TestHiddenIsHidden gives the page rules for how parts, the field for the code and the form's rows are displayed.
func TestHiddenIsHidden(t *testing.T) {
	t.Parallel()
	const body = `<link rel="stylesheet" href="display.css"><p id="in" data-keygen-show="signed-in">in</p>
		<div id="out" data-keygen-show="signed-out"><form id="login"><div><input name="email"></div><div><input type="password" name="password"></div>
		<p class="code" hidden><label for="otp">Code</label> <input name="otp" id="otp"></p><div data-keygen-error hidden></div><button>Go</button></form></div>`
	const css = `#in, #out, [data-keygen-show] { display: flex } .code, form > div, form > [data-keygen-error] { display: flex; padding: 8px }`
	s := newStage(t, map[string]string{"parts.html": document(`data-load="lazy"`, body), "display.css": css})
	const seen = `[".code", "[data-keygen-error]"].filter((part) => document.querySelector(part)?.checkVisibility())`
	s.open("/parts.html")
	assert.Equal(t, []string{"out"}, s.visible())
	assert.Empty(t, eval[[]string](s.tab, seen))
	assert.True(t, eval[bool](s.tab, `document.querySelector("[name=password]").checkVisibility()`))
	eval[any](s.tab, `keygenAuth.token()`)
	assert.Equal(t, []string{"out"}, s.visible())
	assert.Empty(t, eval[[]string](s.tab, seen))

	s.write("[name=email]", s.demo.TwoFactor.Email)
	s.write("[name=password]", s.demo.TwoFactor.Password)
	s.press("\r")
	s.until(`document.querySelector(".code").checkVisibility()`)
	assert.Len(t, eval[[]string](s.tab, seen), 2)
	s.api.ResetThrottles()
	eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
	assert.Equal(t, []string{"in"}, s.visible())
	eval[any](s.tab, `keygenAuth.dispose()`)
	assert.Equal(t, []string{"in", "out"}, s.visible(), "what is the page's own")
}

// TestFormsThatCome serves forms that come one by one, in whatever a script does with them.
func TestFormsThatCome(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"parts.html": document(`data-load="eager"`, `<main></main>`)})
	s.open("/parts.html")
	eval[any](s.tab, `keygenAuth.token()`)
	require.Equal(t, 200, eval[int](s.tab, `(async () => {
		for (let count = 0; count < 200; count++) {
			const form = document.createElement("form");
			form.dataset.keygenForm = "";
			for (const name of ["email", "password"]) form.append(Object.assign(document.createElement("input"), { name }));
			document.querySelector("main").append(form);
			await undefined;
		}
		const all = () => [...document.forms].filter((form) => form.method === "dialog").length;
		for (let frames = 0; frames < 20 && all() < 200; frames++) await new Promise(requestAnimationFrame);
		return all();
	})()`))
}
