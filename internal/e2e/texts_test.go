package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// translator rewrites each text that appears, as browsers' and vendors' translators do, and in the end changes nothing more.
const translator = `window.translated = 0;
	const translate = (node) => {
		const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
		const texts = [];
		while (walker.nextNode()) texts.push(walker.currentNode);
		for (const text of texts)
			if (text.data.trim() && !text.parentElement.closest("font, script, title")) {
				const font = document.createElement("font");
				font.textContent = "«" + text.data + "»";
				text.replaceWith(font);
				if (++translated > 20000) throw Error("for ever");
			}
	};
	new MutationObserver((records) => { for (const { target } of records) translate(target) }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });`

// TestTextsThatAreTranslated fills texts while a translator rewrites them.
func TestTextsThatAreTranslated(t *testing.T) {
	t.Parallel()
	const body = `<main><p>Hello <b id="email" data-keygen-text="user.email"></b>, until <i id="expiry" data-keygen-text="session.expiry"></i></p></main><script src="translator.js"></script>`
	s, _ := signedIn(t, map[string]string{"parts.html": document(`data-load="lazy"`, body), "translator.js": translator})
	s.open("/parts.html")
	eval[any](s.tab, `keygenAuth.token()`)
	s.until(`document.getElementById("email").textContent === "«ada@example.com»"`)
	assert.Equal(t, "no", eval[string](s.tab, `document.getElementById("email").getAttribute("translate")`))
	for range 10 {
		s.do(`document.querySelector("main").append(Object.assign(document.createElement("p"), { textContent: "more" }))`)
		s.untilPainted()
	}
	assert.Equal(t, "«ada@example.com»", s.text("email"))
	assert.Less(t, eval[int](s.tab, `translated`), 40)
	eval[any](s.tab, `keygenAuth.signOut()`)
	assert.Empty(t, s.text("email"))
	assert.Empty(t, s.text("expiry"))
}

// TestTextsThatThePageFormats lets the page say itself when the session ends.
func TestTextsThatThePageFormats(t *testing.T) {
	t.Parallel()
	const body = `<i id="expiry" data-keygen-text="session.expiry"></i> <b id="who" data-keygen-text="user.email"></b>` + tutorialForm + `<script src="format.js"></script>`
	s := newStage(t, map[string]string{"parts.html": document("", body), "format.js": `
		for (const type of ["signed-in", "renewed"])
			keygenAuth.on(type, ({ expiry }) => (document.getElementById("expiry").textContent = "until " + new Date(expiry).getUTCFullYear()));`})
	check := func() {
		t.Helper()
		s.until(`document.getElementById("who").textContent === "ada@example.com"`)
		year := eval[string](s.tab, `"until " + new Date(keygenAuth.session.expiry).getUTCFullYear()`)
		s.do(`document.body.append(document.createElement("p")); document.body.append(Object.assign(document.createElement("p"), { id: "late" })); document.getElementById("late").dataset.keygenText = "user.id"`)
		s.until(`document.getElementById("late").textContent === ` + quote(s.demo.Plain.ID))
		assert.Equal(t, year, s.text("expiry"))
	}
	s.open("/parts.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	check()
	s.open("/parts.html?restored")
	check()
	eval[any](s.tab, `keygenAuth.renew()`)
	check()
	eval[any](s.tab, `keygenAuth.signOut()`)
	assert.Empty(t, s.text("expiry"))
}
