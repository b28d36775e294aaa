package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// refresh has Turbo fetch the page anew and morph what is there, and waits for that.
func (s *stage) refresh() {
	s.t.Helper()
	eval[any](s.tab, `new Promise((done) => {
		addEventListener("turbo:render", ({ detail }) => done(detail.renderMethod), { once: true });
		Turbo.session.refresh(location.href);
	}).then((method) => { if (method !== "morph") throw Error(method) })`)
	s.untilPainted()
}

// turns are what visitors do with pages that Turbo turns.
var turns = map[string]func(t *testing.T, s *stage){
	"morphs": func(t *testing.T, s *stage) {
		ada := s.demo.Plain
		s.open("/index.html")
		s.refresh()
		s.signIn(ada.Email, "wrong")
		s.untilSays(saysWrong)
		s.refresh()
		s.signIn(ada.Email, ada.Password)
		s.untilShows(ada)
		s.do(`window.same = document.querySelector("b")`)
		s.refresh()
		s.untilShows(ada)
		assert.True(t, eval[bool](s.tab, `same === document.querySelector("b")`), "it was morphed")
		s.hit(signOut)
		s.untilForm(true)
		s.refresh()
		s.untilForm(true)
		assert.NotContains(t, eval[string](s.tab, `document.body.textContent`), ada.Email)
		s.pressesAgain(t)
		hung := s.hang("/tokens")
		s.signIn(ada.Email, ada.Password)
		hung.await()
		s.refresh()
		s.press("\r")
		hung.release()
		s.untilShows(ada)
	},
	"pages": func(t *testing.T, s *stage) {
		ada := s.demo.Plain
		turn := func(to, until string) {
			t.Helper()
			s.hit(at(`nav a[href="` + to + `"]`))
			s.until(`document.title === ` + quote(until))
			s.untilPainted()
		}
		s.open("/index.html")
		s.do(`window.stays = true`)
		s.signIn(ada.Email, ada.Password)
		s.untilShows(ada)
		turn("account.html", "Account")
		s.until(`document.body.innerText.includes("The account of ` + ada.Email + `")`)
		turn("index.html", "Sign in")
		s.untilShows(ada)
		s.hit(signOut)
		s.untilForm(true)
		turn("account.html", "Account") // from Turbo's cache, at first
		s.until(`document.body.innerText.includes("Please sign in")`)
		assert.NotContains(t, eval[string](s.tab, `document.body.textContent`), ada.Email)
		s.do(`history.back()`)
		s.until(`document.title === "Sign in"`)
		s.untilForm(true)
		s.pressesAgain(t)
		s.do(`history.forward()`)
		s.until(`document.title === "Account"`)
		turn("index.html", "Sign in")
		s.signIn(ada.Email, ada.Password)
		s.untilShows(ada)
		hung := s.hang("/licenses")
		hung.release()
		s.do(`history.back()`)
		s.until(`document.body.innerText.includes("The account of ` + ada.Email + `")`)
		assert.True(t, eval[bool](s.tab, `stays`), "it is the same document")
	},
}
