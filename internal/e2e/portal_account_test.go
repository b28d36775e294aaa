package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// blamed checks that a form says something, and which of its fields is marked, described by that first and has the focus.
func (s *stage) blamed(form, field, says string) {
	s.t.Helper()
	alert := at(form + " [role=alert]")
	s.untilReads(alert, says)
	assert.Equal(s.t, says, s.announced())
	got := eval[[]string](s.tab, `[...document.querySelectorAll(`+quote(form+" [aria-invalid=true]")+`)].flatMap((e) =>
		[e.name, document.getElementById(e.getAttribute("aria-describedby")?.split(" ")[0])?.textContent, document.activeElement.name])`)
	assert.Equal(s.t, []string{field, says, field}, got)
}

// saysLength is said beside a field for a new password.
const saysLength = "6 to 72 characters."

// described checks which texts, one after the other, screen readers read after a field's name.
func (p *tab) described(field string, says ...string) {
	p.t.Helper()
	assert.Equal(p.t, says, eval[[]string](p, `(document.querySelector(`+quote(field)+`).getAttribute("aria-describedby") ?? "").split(" ")
		.map((id) => document.getElementById(id)?.textContent)`), field)
}

// ended is how many rows are of sign-ins that have just ended.
const ended = `[...document.querySelectorAll("#tokens [data-part=about]")].filter((e) => e.textContent === "Signed out").length`

// TestPortalProfile changes names, email and password; each mistake is told at its field.
func TestPortalProfile(t *testing.T) {
	t.Parallel()
	s, v := newPortal(t, plain, func(s *stage) {
		for range 3 {
			s.api.AddToken(s.demo.Plain.ID, time.Time{})
		}
		s.api.AddToken(s.demo.Mate.ID, time.Time{})
	})
	for field, want := range map[string]string{"#first-name": "Ada", "#last-name": "Lovelace", "#profile-email": "ada@example.com"} {
		assert.Equal(t, want, eval[string](s.tab, string(at(field))+`.value`))
	}
	sent := s.sent()
	s.write("#profile-email", "ada@")
	s.press("\r")
	s.blamed("#profile", "email", "Enter a full email address, such as name@example.com.")
	s.write("#profile-email", "")
	s.press("\r")
	s.blamed("#profile", "email", "Email: please fill this in.")
	assert.Equal(t, sent, s.sent())
	s.write("#profile-email", s.demo.Mate.Email)
	s.press("\r")
	s.blamed("#profile", "email", "There is already an account with this email address.")

	s.write("#last-name", strings.Repeat("x", 256))
	s.press("\r")
	both := "There is already an account with this email address. Last name: is too long (maximum is 255 characters)."
	s.untilReads(at("#profile [role=alert]"), both)
	s.described("#last-name", both)
	s.write("#profile-email", s.demo.Plain.Email)
	s.press("\r")
	s.blamed("#profile", "lastName", "Last name: is too long (maximum is 255 characters).")
	s.write("#last-name", s.demo.Plain.LastName)

	s.write("#profile-email", "countess@example.com")
	s.write("#first-name", "Augusta")
	path := "/users/" + s.demo.Plain.ID
	s.fails(http.MethodPatch, path, at("#profile [role=alert]"), func() { s.press("\r"); s.untilPainted() })
	assert.Equal(t, "Augusta", eval[string](s.tab, `document.querySelector("#first-name").value`), "nothing is lost")
	release := s.held(http.MethodPatch, path, at("#profile button"), func() { s.press("\r") })
	release()
	s.untilReads(at("#profile [role=status]"), "Your profile is saved.")
	assert.Equal(t, "Save profile", eval[string](s.tab, `document.activeElement.textContent`))
	assert.Empty(t, s.announced())
	assert.False(t, eval[bool](s.tab, `Boolean(document.querySelector("[aria-invalid]"))`))
	s.untilReads(at(".who span"), "countess@example.com")
	assert.Equal(t, []string{"countess@example.com", "countess@example.com"}, eval[[]string](s.tab,
		`[...document.querySelectorAll("[name=username]")].map((e) => e.value)`), "for password managers")

	// The password. The API takes five attempts in ten minutes.
	s.stopClock(time.Now().Truncate(10 * time.Minute).Add(5 * time.Minute))
	change := func(old, next string) {
		s.write("#old-password", old)
		s.write("#next-password", next)
		s.press("\r")
	}
	change("", "a better one")
	s.blamed("#new-password", "oldPassword", "Current password: please fill this in.")
	change("not it", "a better one")
	s.blamed("#new-password", "oldPassword", "The current password is not right.")
	assert.Equal(t, "a better one", eval[string](s.tab, `document.querySelector("#next-password").value`))
	s.described("#next-password", saysLength)
	change(s.demo.Plain.Password, "short")
	s.blamed("#new-password", "newPassword", "Choose a longer password: at least 6 characters.")
	s.described("#next-password", "Choose a longer password: at least 6 characters.", saysLength)
	require.Len(t, s.api.Tokens(s.demo.Plain.ID), 4)
	change(s.demo.Plain.Password, "a better one")
	s.untilReads(at("#new-password [role=status]"), "Your password is changed, and you are signed out everywhere else.")
	assert.Equal(t, []string{"", ""}, eval[[]string](s.tab, `["#old-password", "#next-password"].map((id) => document.querySelector(id).value)`))
	s.described("#next-password", saysLength)
	s.untilLoaded()
	assert.Equal(t, 3, eval[int](s.tab, ended), "the list has followed")
	assert.Equal(t, v.id, s.api.Tokens(s.demo.Plain.ID)[0].ID)
	assert.Len(t, s.api.Tokens(s.demo.Mate.ID), 1)
	for range 2 {
		change("not it", "another")
		s.blamed("#new-password", "oldPassword", "The current password is not right.")
	}
	change("a better one", "another")
	s.untilReads(at("#new-password [role=alert]"), "Too many attempts. Wait 5 minutes before you try again.")
	assert.Equal(t, "Change password", eval[string](s.tab, `document.activeElement.textContent`))
	assert.Equal(t, "another", eval[string](s.tab, `document.querySelector("#next-password").value`))
}

// TestPortalTokens ends one of the user's other sign-ins, then all of them, then this one.
func TestPortalTokens(t *testing.T) {
	t.Parallel()
	s, v := newPortal(t, plain, func(s *stage) {
		for range 11 {
			s.api.AddToken(s.demo.Plain.ID, time.Now().Add(10*24*time.Hour+time.Minute))
		}
		s.api.AddToken(s.demo.Mate.ID, time.Time{})
	})
	const count = `document.querySelectorAll("#tokens > li").length`
	require.Equal(t, 10, eval[int](s.tab, count))
	s.hit(at("#tokens-more"))
	s.until(count + ` === 12`)
	first, second := at("#tokens > li:nth-child(1)"), at("#tokens > li:nth-child(2)")
	assert.Equal(t, "Signed in just now", s.read(first.part("name")))
	assert.True(t, s.seen(first.part("here")))
	assert.False(t, s.seen(second.part("here")))
	assert.Contains(t, s.read(first.part("about")), "Never expires")
	assert.Contains(t, s.read(second.part("about")), "Expires in 10 days, on ")

	s.fails(http.MethodDelete, "", at("#tokens-alert"), func() { s.hit(second.part("revoke")) })
	s.hit(second.part("revoke"))
	s.untilReads(at("#tokens-status"), "That sign-in has ended.")
	assert.Equal(t, "Signed out", s.read(second.part("about")))
	assert.False(t, s.seen(second.part("revoke")))
	assert.True(t, s.holds(second), "what follows does not come in its place")
	assert.Equal(t, 12, eval[int](s.tab, count))
	assert.Len(t, s.api.Tokens(s.demo.Plain.ID), 11)

	sent := s.sent()
	s.hit(at("#tokens-others"))
	s.answer("Sign out everywhere else?", false)
	assert.Equal(t, "tokens-others", s.focused())
	assert.Equal(t, sent, s.sent())
	s.fails(http.MethodDelete, "", at("#tokens-alert"), func() {
		s.hit(at("#tokens-others"))
		s.answer("Sign out everywhere else?", true)
	})
	s.hit(at("#tokens-others"))
	s.answer("Sign out everywhere else?", true)
	s.untilReads(at("#tokens-status"), "You are signed out everywhere else.")
	s.untilLoaded()
	assert.Equal(t, []int{12, 11}, []int{eval[int](s.tab, count), eval[int](s.tab, ended)}, "all but this one")
	require.Len(t, s.api.Tokens(s.demo.Plain.ID), 1)
	assert.Equal(t, v.id, s.api.Tokens(s.demo.Plain.ID)[0].ID)
	assert.Len(t, s.api.Tokens(s.demo.Mate.ID), 1, "nobody else's")
	s.hit(at("#tokens-others"))
	s.answer("Sign out everywhere else?", true)
	s.untilReads(at("#tokens-status"), "You are signed in nowhere else.")
	s.untilLoaded()

	s.hit(first.part("revoke"))
	s.untilSignedOut()
	s.untilRevokedAll(s.demo.Plain)
	assert.Empty(t, s.read(at("#ended")), "who signs out knows")
}

// untilRevokedAll waits until a user has no token.
func (s *stage) untilRevokedAll(user keygentest.User) {
	s.t.Helper()
	s.eventually(func() bool { return len(s.api.Tokens(user.ID)) == 0 }, "no token is left")
}
