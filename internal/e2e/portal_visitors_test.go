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

// TestPortalSignUp makes an account, after what can be wrong with one, and finds its page empty.
func TestPortalSignUp(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/sign-up.html")
	write := func(email, password string) {
		s.write("#email", email)
		s.write("#password", password)
		s.press("\r")
	}
	write("", "a password")
	s.blamed("#sign-up", "email", "Email: please fill this in.")
	write("new@", "a password")
	s.blamed("#sign-up", "email", "Enter a full email address, such as name@example.com.")
	assert.Empty(t, s.asked())
	write(s.demo.Plain.Email, "a password")
	s.blamed("#sign-up", "email", "There is already an account with this email address.")
	s.described("#password", saysLength)
	write("new@example.com", "short")
	s.blamed("#sign-up", "password", "Choose a longer password: at least 6 characters.")
	s.described("#password", "Choose a longer password: at least 6 characters.", saysLength)
	write("new@example.com", strings.Repeat("x", 73))
	s.blamed("#sign-up", "password", "Choose a shorter password: at most 72 characters.")
	s.bend(reply(422, `{"errors":[{"title":"Unprocessable resource","detail":"is too short","code":"PASSWORD_TOO_SHORT"}]}`))
	s.press("\r")
	s.untilReads(at("#sign-up [role=alert]"), "Choose a longer password.")
	s.bend(nil)
	assert.Equal(t, "new@example.com", eval[string](s.tab, `document.querySelector("#email").value`))

	s.write("#first-name", "Nora")
	s.write("#password", "long enough")
	alert := at("#sign-up [role=alert]")
	s.fails(http.MethodPost, "/users", alert, func() { s.press("\r"); s.untilPainted() })
	s.api.AddAccount(keygentest.Account{Slug: "protected", Protected: true})
	s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
		r.URL.Path = strings.Replace(r.URL.Path, "/accounts/demo/", "/accounts/protected/", 1)
		return false
	})
	s.press("\r")
	s.untilReads(alert, "You cannot create an account yourself here. Please ask support for one.")
	s.bend(nil)
	release := s.held(http.MethodPost, "/users", at("#sign-up button"), func() { s.press("\r") })
	release()
	s.until(`location.pathname === "/account.html"`)
	s.untilSignedIn()
	s.untilLoaded()
	s.untilReads(at(".who span"), "new@example.com")
	assert.Equal(t, "Nora", eval[string](s.tab, `document.querySelector("#first-name").value`))
	assert.Equal(t, "You have no license yet. Start a trial below.", s.read(at("#licenses-empty")))
	assert.True(t, s.seen(at("#licenses-empty")))
	assert.Equal(t, 1, eval[int](s.tab, `document.querySelectorAll("#tokens > li").length`))

	// An account that is made, and then not signed in to, is not asked for again.
	s.click(`[data-keygen-action="sign-out"]`)
	s.untilSignedOut()
	s.open("/sign-up.html")
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		return r.URL.Path == "/v1/accounts/demo/tokens" && reply(500, "")(w, r)
	})
	write("later@example.com", "long enough")
	s.untilReads(at("#created [role=status]"), "You are not signed in yet. "+saysOdd)
	assert.False(t, s.seen(at("#sign-up")))
	assert.Equal(t, "title", s.focused())
	assert.Equal(t, "Your account is there", s.read(at("#title")))
	assert.Equal(t, "Sign in", s.read(at("#sign-in")))
	assert.True(t, s.seen(at("#sign-in")))
}

// TestPortalSignUpAgain makes an account and hears nothing of it: asking again signs in to it.
func TestPortalSignUpAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/sign-up.html")
	lost := s.api.AddFault(keygentest.Fault{Method: http.MethodPost, Path: "/users", Kind: keygentest.FaultTruncated})
	s.write("#email", "new@example.com")
	s.write("#password", "long enough")
	s.press("\r")
	s.untilReads(at("#sign-up [role=alert]"), saysOdd)
	lost()
	s.press("\r")
	s.until(`location.pathname === "/account.html"`)
	s.untilSignedIn()
	s.untilLoaded()
	s.untilReads(at(".who span"), "new@example.com")
}

// TestPortalSignUpElsewhere makes accounts that sign in through their organization: one that is new, and one that is
// there already.
func TestPortalSignUpElsewhere(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	for _, email := range []string{"new@sso.example.com", s.demo.SSO.Email} {
		s.open("/blank.html")
		s.open("/sign-up.html")
		s.write("#email", email)
		s.write("#password", "long enough")
		s.press("\r")
		s.untilReads(at("#created [role=status]"), "You are not signed in yet. This account signs in through its organization, not here.")
		assert.Equal(t, "Your account is there", s.read(at("#title")))
		assert.Equal(t, "title", s.focused())
		assert.Equal(t, "Sign in with your organization", s.read(at("#sign-in")))
		assert.Equal(t, s.demo.Account.SSORedirect, eval[string](s.tab, `document.querySelector("#sign-in").href`))
	}
}

// TestPortalForgotten asks for a mail and sets a new password by its link, which works once and for a day.
func TestPortalForgotten(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.plant(s.demo.Plain, time.Time{})
	id := s.demo.Plain.ID
	s.open("/forgot.html")
	status, alert := at("#forgot [role=status]"), at("#forgot [role=alert]")
	ask := func(email string) {
		s.write("#email", email)
		s.press("\r")
	}
	const sent = "If there is an account with this email address, a link is on its way to it. Look in the spam folder too."
	for _, email := range []string{"nobody@example.com", s.demo.Plain.Email} {
		ask(email)
		s.untilReads(status, sent)
		assert.Empty(t, s.read(alert))
	}
	first := s.api.ResetToken(id)
	require.NotEmpty(t, first)
	assert.Contains(t, string(s.requests(http.MethodPost, "/passwords")[0].Body), `"deliver":true`)
	ask("")
	s.blamed("#forgot", "email", "Email: please fill this in.")
	ask(s.demo.TwoFactor.Email)
	s.untilReads(status, sent)
	s.fails(http.MethodPost, "/passwords", alert, func() { s.press("\r"); s.untilPainted() })
	assert.Empty(t, s.read(status))
	s.stopClock(time.Now().Truncate(time.Hour).Add(time.Hour - 20*time.Second))
	for range 6 {
		ask("nobody@example.com")
		s.until(string(status) + `.textContent || ` + string(alert) + `.textContent`)
	}
	s.untilReads(alert, "Too many attempts. Wait 20 seconds before you try again.")
	s.api.ResetThrottles()
	s.api.SetNow(nil)

	// Links that are not whole
	s.open("/reset.html")
	assert.Contains(t, s.read(at("#incomplete")), "Open the link in our email to get here. It works once, for 24 hours.")
	assert.True(t, s.seen(at(`#incomplete a[href="forgot.html"]`)))
	assert.False(t, s.seen(at("#reset")))

	follow := func(token string) {
		s.do(`location.hash = ` + quote("token="+token+"&user="+id))
		s.until(`!location.hash && document.querySelector("#reset").checkVisibility()`) // the address bar keeps no secret
		assert.Empty(t, s.announced(), "nothing is said of the link before")
		assert.Equal(t, id, eval[string](s.tab, `document.querySelector("#reset").elements.username.value`))
	}
	reset := func(password string) {
		s.write("#password", password)
		s.press("\r")
	}
	s.open("/blank.html")
	s.open("/reset.html#token=" + flipped(first, len(first)) + "&user=" + id)
	assert.Empty(t, eval[string](s.tab, "location.hash"), "the address bar keeps no secret")
	reset("tabula rasa")
	alert = at("#reset [role=alert]")
	s.untilReads(alert, "This link does not work any more. Ask for a new one and open the newest.")
	follow(first)
	s.api.SetNow(func() time.Time { return time.Now().Add(25 * time.Hour) })
	reset("tabula rasa")
	s.untilReads(alert, "This link has expired. Ask for a new one.")
	s.api.SetNow(nil)
	s.described("#password", saysLength)
	reset("short")
	s.blamed("#reset", "newPassword", "Choose a longer password: at least 6 characters.")
	s.api.ResetThrottles()
	s.write("#password", "tabula rasa")
	s.fails(http.MethodPost, "/reset-password", alert, func() { s.press("\r"); s.untilPainted() })
	s.api.ResetThrottles()
	release := s.held(http.MethodPost, "/reset-password", at("#reset button"), func() { s.press("\r") })
	release()
	s.until(`document.querySelector("#done").checkVisibility()`)
	assert.Equal(t, "title", s.focused())
	assert.Empty(t, s.api.Tokens(id), "signed out everywhere")
	assert.Empty(t, s.traces(first, "tabula rasa"))

	follow(first) // again
	reset("another password")
	s.untilReads(alert, "This link does not work any more. Ask for a new one and open the newest.")
	s.open("/account.html")
	s.untilSignedOut()
	s.signIn(s.demo.Plain.Email, "tabula rasa")
	s.untilSignedIn()
}
