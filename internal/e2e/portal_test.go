package e2e

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPortal signs in on the account page and finds the user's licenses there, a page of them and then the rest.
func TestPortal(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/account.html")
	s.signIn(s.demo.Many.Email, s.demo.Many.Password)
	const cards = `document.querySelectorAll("#licenses > li").length`
	s.untilSignedIn()
	s.until(cards + ` >= 10`)
	shown := eval[int](s.tab, cards)
	s.until(`document.querySelector("#licenses-more").checkVisibility()`)
	s.click("#licenses-more")
	s.until(cards + ` > ` + strconv.Itoa(shown))

	// A page whose session ends shows nothing of it any more.
	s.do(`keygenAuth.signOut()`)
	s.untilSignedOut()
	s.until(cards + ` === 0`)
	assert.NotContains(t, eval[string](s.tab, `document.body.textContent`), s.demo.Many.Email)
}

// TestPortalPages opens the pages for people who are not signed in: they need nothing that the policy forbids.
func TestPortalPages(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for _, page := range []string{"/sign-up.html", "/forgot.html", "/reset.html#token=x&user=y"} {
		s.open(page)
		s.until(`document.querySelector("form").checkVisibility()`)
		assert.NotContains(t, eval[string](s.tab, "location.href"), "token", "the address bar keeps no secret")
	}
}
