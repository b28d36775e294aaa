package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// TestPortalForgottenBrowser activates a browser again that has lost what told it from others.
func TestPortalForgottenBrowser(t *testing.T) {
	t.Parallel()
	var roomy keygentest.License
	s, _ := newPortal(t, plain, func(s *stage) {
		roomy = s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Roomy",
			Limits: keygentest.Limits{MaxMachines: 9}})
		s.api.AddMachine(keygentest.Machine{License: roomy.ID, Name: thisBrowser, Platform: "Linux", Owner: s.demo.Mate.ID}) // somebody else has such a browser, too
	})
	c := card("Roomy")
	of := "licenses/" + roomy.ID + "/machines"
	const fingerprint = `localStorage.getItem("keygen-auth-demo:fingerprint")`
	choose := func(button string) {
		t.Helper()
		s.untilReads(at("#ask-title"), "Is “"+thisBrowser+"” this browser?")
		s.hit(at(button))
		s.until(`!document.querySelector("#ask").open`)
		s.untilLoaded()
	}
	again := func() {
		t.Helper()
		s.open("/account.html?again")
		s.untilLoaded()
		s.hit(c.part("activate"))
	}
	before := len(s.listed(s.demo.Plain, of))
	s.hit(c.part("activate"))
	s.untilReads(c.part("status"), "This browser is active for this license now.")
	s.untilLoaded()
	assert.Len(t, s.listed(s.demo.Plain, of), before+1)
	first := eval[string](s.tab, fingerprint)

	// It is forgotten
	s.do(`localStorage.removeItem("keygen-auth-demo:fingerprint")`)
	again()
	choose(`#ask [value=""]`)
	assert.Len(t, s.listed(s.demo.Plain, of), before+1, "not now")
	s.hit(c.part("activate"))
	choose("#ask-yes")
	s.untilReads(c.part("status"), "This browser is active for this license now.")
	assert.Equal(t, first, eval[string](s.tab, fingerprint))
	assert.Len(t, s.listed(s.demo.Plain, of), before+1)
	assert.Len(t, s.requests(http.MethodPost, "/machines"), 1, "no other seat was taken")

	// And really another one
	s.do(`localStorage.removeItem("keygen-auth-demo:fingerprint")`)
	again()
	choose("#ask-other")
	s.untilReads(c.part("status"), "This browser is active for this license now.")
	assert.NotEqual(t, first, eval[string](s.tab, fingerprint))
	assert.Len(t, s.listed(s.demo.Plain, of), before+2)
}

// TestPortalLinkWithPlus follows a link whose maker did not escape the email in it.
func TestPortalLinkWithPlus(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"ada+x@example.com", url.QueryEscape("ada+x@example.com")} {
		t.Run(email, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, nil)
			user := s.api.AddUser("demo", keygentest.User{Email: "ada+x@example.com", Password: "an apple a day"})
			s.open("/reset.html")
			eval[any](s.tab, `keygenAuth.passwords.create({ email: "ada+x@example.com" })`)
			s.elsewhere()
			s.open("/reset.html#token=" + s.api.ResetToken(user.ID) + "&user=" + email)
			s.until(`document.querySelector("#reset").checkVisibility()`)
			s.write("#password", "tabula rasa")
			s.press("\r")
			s.until(`document.querySelector("#done").checkVisibility()`)
		})
	}
}

// TestPortalPastedLink resets a password by the address in Keygen's own mail, which leads elsewhere.
func TestPortalPastedLink(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	user := s.api.AddUser("demo", keygentest.User{Email: "pia@example.com", Password: "before"})
	s.open("/reset.html")
	eval[any](s.tab, `keygenAuth.passwords.create({ email: "pia@example.com" })`)
	s.write("#link", "https://example.com/recover/me")
	s.press("\r")
	s.untilReads(at("#pasted [role=alert]"), "This is not the link of our email. Copy all of its address, and paste it here.")
	plain := func(id string) string { return strings.ReplaceAll(id, "-", "") }
	s.write("#link", " https://app.keygen.sh/recover/"+plain(s.demo.Account.ID)+"."+plain(user.ID)+"."+s.api.ResetToken(user.ID))
	s.press("\r")
	s.until(`document.querySelector("#reset").checkVisibility()`)
	assert.Equal(t, "password", s.focused())
	s.write("#password", "tabula rasa")
	s.press("\r")
	s.until(`document.querySelector("#done").checkVisibility()`)
	s.open("/account.html")
	s.signIn(user.Email, "tabula rasa")
	s.untilSignedIn()
}
