package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// TestPortalEnds ends a session in another tab while this one asks, waits or shows a mistake. Nothing of the user may be
// left, whatever answers come later.
func TestPortalEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	full := s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Full",
		Limits: keygentest.Limits{MaxMachines: 1}})
	s.api.AddMachine(keygentest.Machine{License: full.ID, Name: "Only seat"})
	other := s.sibling()
	other.open("/")
	s.open("/account.html")
	s.until(`document.querySelector("#login").checkVisibility()`)
	user := s.demo.Plain
	hints := []string{user.Email, user.FirstName, user.LastName, "Only seat", "Trial, expired", "Full", s.demo.Licenses.Active.Key,
		s.demo.Licenses.Active.ID, "secret word", "is not right", "Chrome on"}
	for _, moment := range []struct {
		name  string
		reach func()
	}{
		{"a question", func() {
			s.hit(card("Trial, expired").part("remove"))
			s.until(`document.querySelector("#ask").open`)
		}},
		{"a seat under way", func() {
			s.hit(card("Full").part("activate"))
			s.until(string(row("#seats-list", "Only seat")))
			s.hit(at("#seats input"))
			s.held(http.MethodDelete, "", at("#seats [type=submit]"), func() { s.press("\r") })
		}},
		{"a deletion under way", func() {
			s.held(http.MethodDelete, s.demo.Licenses.Expired.ID, card("Trial, expired").part("remove"), func() {
				s.hit(card("Trial, expired").part("remove"))
				s.answer("Delete “Trial, expired” (key …000003-V3)?", true)
			})
		}},
		{"a mistake", func() {
			s.write("#last-name", "secret word")
			s.write("#old-password", "secret word")
			s.write("#next-password", "secret word")
			s.press("\r")
			s.untilReads(at("#new-password [role=alert]"), "The current password is not right.")
		}},
		{"a second factor", func() {
			s.write("#factor-password", user.Password)
			s.press("\r")
			s.until(`document.querySelector("#factor-pending").checkVisibility()`)
			hints[9] = eval[string](s.tab, `document.querySelector("#factor-secret").textContent`)
			require.NotEmpty(t, hints[9])
		}},
	} {
		s.signIn(user.Email, user.Password)
		s.untilLoaded()
		other.untilSignedIn()
		require.Subset(t, s.traces(hints...), hints[:3], moment.name)
		moment.reach()
		other.do(`keygenAuth.signOut()`)
		s.untilSignedOut()
		s.api.ClearFaults()
		s.untilPainted()
		assert.Empty(t, s.traces(hints...), moment.name)
		assert.Equal(t, "You signed out in another tab.", s.read(at("#ended")), moment.name)
		assert.False(t, eval[bool](s.tab, `[...document.querySelectorAll("dialog")].some((e) => e.open)`), moment.name)
		assert.False(t, eval[bool](s.tab, `Boolean(document.querySelector("[aria-invalid], .account .message:not(:empty)"))`), moment.name)
		s.api.ResetThrottles()
	}

	// Whoever is next sees only what is his.
	s.signIn(s.demo.Mate.Email, s.demo.Mate.Password)
	s.untilSignedIn()
	s.untilLoaded()
	assert.Empty(t, s.traces(append(hints[3:6:6], hints[8:]...)...))
	assert.Empty(t, s.announced())
	s.do(`keygenAuth.signOut()`)
	s.untilSignedOut()

	// Ended by the API, in the middle of an action
	s.signIn(user.Email, user.Password)
	s.untilLoaded()
	s.untilReads(at(".who span"), user.Email)
	other.untilShown(ada) // it has asked, too: a refusal would be its own
	s.bend(revoked)
	s.hit(card("Trial").part("validate"))
	s.untilSignedOut()
	assert.Equal(t, "Your session was ended elsewhere. Sign in again.", s.read(at("#ended")))
	assert.Empty(t, s.traces(hints...))
}

// TestPortalBack signs out on another page and comes back by the browser's button, which puts back what stood in fields.
func TestPortalBack(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, nil)
	user := s.demo.Plain
	hints := []string{user.Email, user.FirstName, user.LastName}
	leave := func() {
		s.do(`window.before = true`)
		s.open("/")
		s.until(`document.querySelector(".user").checkVisibility()`)
		s.click(`[data-keygen-action="sign-out"]`)
		s.untilSignedOut()
	}
	back := func() {
		s.do(`setTimeout(() => history.back())`)
		s.until(`location.pathname === "/account.html" && document.readyState === "complete"`)
		s.untilPainted()
		if s.inChromium() { // others may have kept the page in memory
			require.False(t, eval[bool](s.tab, `Boolean(window.before)`), "it is loaded anew")
		}
	}
	require.Subset(t, s.traces(hints...), hints)
	leave()
	back()
	s.untilSignedOut()
	assert.Empty(t, s.traces(hints...))

	// Somebody else has signed in meanwhile, and his profile does not come.
	s.signIn(user.Email, user.Password)
	s.untilLoaded()
	leave()
	s.signIn(s.demo.Mate.Email, s.demo.Mate.Password)
	s.untilSignedIn()
	s.api.AddFault(keygentest.Fault{Method: http.MethodGet, Path: "/me", Delay: time.Hour})
	back()
	s.untilSignedIn()
	s.until(string(card("Pro, shared")))
	assert.Empty(t, s.traces(hints...))
	s.api.ClearFaults()
	s.untilLoaded()
	assert.Equal(t, s.demo.Mate.Email, eval[string](s.tab, `document.querySelector("#profile-email").value`))
}

// TestPortalSignOutByKeyboard goes on, by keyboard, where one signs in: the button pressed is gone.
func TestPortalSignOutByKeyboard(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, nil)
	s.do(`document.querySelector("[data-keygen-action=sign-out]").focus()`)
	s.press("\r")
	s.untilSignedOut()
	s.until(`document.activeElement !== document.body`)
	assert.True(t, eval[bool](s.tab, `document.activeElement.contains(document.querySelector("#login"))`))
}
