package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// TestSignInStaysInPlace has the demo's sign-in pages say whatever they have to say.
func TestSignInStaysInPlace(t *testing.T) {
	t.Parallel()
	inSizes(t, func(t *testing.T, s *stage) {
		button := at("#login [type=submit]")
		for _, page := range []string{"/", "/account.html"} {
			s.open(page)
			s.untilAnswers()
			for _, state := range []struct {
				name, email, password, says string
				given                       func()
			}{
				{"no email", "", "x", saysEmail, nil},
				{"no password", s.demo.Plain.Email, "", "Enter your password.", nil},
				{"wrong", s.demo.Plain.Email, "wrong", saysWrong, nil},
				{"trouble", s.demo.Plain.Email, "x", saysTrouble, func() { s.bend(reply(503, "")) }},
				{"single sign-on", s.demo.SSO.Email, "x", saysSSO, nil},
				{"no network", s.demo.Plain.Email, "x", "The sign-in service could not be reached. Check your connection and try again.", func() {
					s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
				}},
				{"too many", s.demo.Plain.Email, "x", saysTooMany, func() {
					s.api.ResetThrottles()
					s.exhaust(s.demo.Plain.Email, 50*time.Second)
				}},
			} {
				if state.given != nil {
					state.given()
				}
				s.settle()
				s.fill(state.email, state.password)
				hung := s.api.AddFault(keygentest.Fault{Method: http.MethodPost, Path: "/tokens", Delay: time.Hour})
				s.hit(button)
				s.untouched(page + " waits: " + state.name)
				hung()
				s.untilSays(state.says)
				s.untouched(page + ": " + state.name)
				s.bend(nil)
				s.api.ClearFaults()
			}
			assert.True(t, s.seen(at("[data-keygen-countdown]")))
			s.api.ResetThrottles()
			s.api.SetNow(nil)

			s.open(page + "?again")
			s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
			s.untilSays(saysCode)
			s.settle() // there is one more field
			s.write("[name=otp]", "000000")
			s.hit(button)
			s.untilSays(saysBadCode)
			s.untouched(page + ": a wrong code")
		}
	})
}

// TestVisitorsStayInPlace has the other pages of the portal refuse, and wait.
func TestVisitorsStayInPlace(t *testing.T) {
	t.Parallel()
	inSizes(t, func(t *testing.T, s *stage) {
		for _, page := range []struct {
			path, form string
			fill       func()
			last       string // where the last text is
		}{
			{"/sign-up.html", "#sign-up", func() { s.write("#email", s.demo.Plain.Email); s.write("#password", "long enough") }, "alert"},
			{"/forgot.html", "#forgot", func() { s.write("#email", s.demo.Plain.Email) }, "status"},
			{"/reset.html#token=x&user=" + s.demo.Plain.ID, "#reset", func() { s.write("#password", "long enough") }, "alert"},
		} {
			s.open("/blank.html")
			s.open(page.path)
			button, alert := at(page.form+" [type=submit]"), at(page.form+" [role=alert]")
			s.settle()
			s.hit(button)
			s.until(string(alert) + `.textContent`)
			s.untouched(page.path + ": nothing is filled in")
			page.fill()
			mend := s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
			s.hit(button)
			s.untilReads(alert, saysUnreachable)
			s.untouched(page.path + " fails")
			mend()
			release := s.api.AddFault(keygentest.Fault{Delay: time.Hour})
			s.hit(button)
			s.until(`document.querySelector("[aria-busy]")`)
			s.untouched(page.path + " waits")
			release()
			s.until(string(at(page.form+" [role="+page.last+"]")) + `.textContent.replace(` + quote(saysUnreachable) + `, "")`)
			s.untouched(page.path)
		}
	})
}
