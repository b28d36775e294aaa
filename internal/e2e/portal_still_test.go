package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// sizes are windows, and how large text is in them.
var sizes = []struct {
	name          string
	width, height int64
	text          string
}{
	{"a small phone", 320, 568, "100%"},
	{"a phone", 390, 844, "100%"},
	{"a phone with large text", 390, 844, "200%"},
	{"a desk", 1440, 900, "100%"},
}

// newSteady returns a stage whose window has one of the sizes, and whose pages note what moves.
func newSteady(t *testing.T, size int) *stage {
	t.Helper()
	s := newStage(t, nil)
	if s.inChromium() {
		s.run(emulation.SetDeviceMetricsOverride(sizes[size].width, sizes[size].height, 1, false))
	}
	s.files["style.css"] = file(string(s.files["style.css"].Data) + "html { font-size: " + sizes[size].text + " }")
	s.atStart(steady)
	return s
}

// inSizes runs a test in windows of all sizes, or in the only one that there is.
func inSizes(t *testing.T, test func(t *testing.T, s *stage)) {
	for n, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			t.Parallel()
			if engine != "" && engine != "chromium" && n > 0 {
				t.Skip("only Chromium's windows change their size here")
			}
			test(t, newSteady(t, n))
		})
	}
}

// TestPortalArrivesInPlace has the parts of the account page come in the worst order.
func TestPortalArrivesInPlace(t *testing.T) {
	t.Parallel()
	inSizes(t, func(t *testing.T, s *stage) {
		s.plant(s.demo.Plain, time.Time{})
		paths := []string{"/me", "/second-factors", "/tokens", "/releases", "/licenses"}
		releases := map[string]func(){}
		for _, path := range paths {
			releases[path] = s.api.AddFault(keygentest.Fault{Method: http.MethodGet, Path: path, Delay: time.Hour})
		}
		s.open("/account.html")
		for _, path := range paths {
			s.eventually(func() bool {
				return slices.ContainsFunc(s.api.Requests(), func(r keygentest.Request) bool { return strings.Contains(r.Path, path) })
			}, "GET %s", path)
		}
		for _, path := range []string{"/tokens", "/second-factors", "/me", "/releases", "/licenses"} {
			releases[path]()
			s.arrived(path)
		}
		s.untilLoaded()
		s.arrived("all")
		assert.True(t, s.seen(at("#tokens-others")))
	})
}

// TestPortalStaysInPlace presses everything on the account page whose answer is a text, and has it wait, fail and succeed.
func TestPortalStaysInPlace(t *testing.T) {
	t.Parallel()
	inSizes(t, func(t *testing.T, s *stage) {
		s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Mate.ID, Users: []string{s.demo.Plain.ID},
			Name: "Somebody's license with a name that has no end, " + strings.Repeat("nearly", 20)})
		for range 3 {
			s.api.AddToken(s.demo.Plain.ID, time.Time{})
		}
		s.plant(s.demo.Plain, time.Time{})
		s.open("/account.html")
		s.untilLoaded()
		fails := func(what string, act func(), alert place) {
			s.settle()
			mend := s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
			act()
			s.untilReads(alert, saysUnreachable)
			s.untouched(what + " fails")
			mend()
		}
		// press has an action fail, wait, and then come to something.
		press := func(what string, act func(), alert, status place) {
			fails(what, act, alert)
			release := s.api.AddFault(keygentest.Fault{Delay: time.Hour})
			act()
			s.until(`document.querySelector("[aria-busy]")`)
			s.untouched(what + " waits")
			s.do(`scrollTo(0, 0)`)
			release()
			s.until(string(status) + `.textContent.replace(` + quote(saysUnreachable) + `, "")`)
			s.untilLoaded()
			s.untouched(what)
			if alert != status { // a form shows what is at fault
				assert.Zero(t, eval[float64](s.tab, `scrollY`), "%s: the page is left where the visitor is", what)
			}
		}

		s.holdClipboard()
		names := eval[[]string](s.tab, `[...document.querySelectorAll("#licenses > li [data-part=name]")].map((e) => e.textContent)`)
		assert.Len(t, names, 6)
		for _, name := range names {
			c := card(name)
			for _, button := range []string{"validate", "activate", "renew"} {
				if s.seen(c.part(button)) {
					press(button+" "+name, func() { s.hit(c.part(button)) }, c.part("alert"), c.part("status"))
				}
			}
			s.hit(c.part("copy"))
			s.until(string(c.part("status")) + `.textContent.startsWith("The key is")`)
			s.untouched("copy " + name)
		}
		get := download("studio-2.1.0.dmg").part("get")
		press("a download", func() { s.hit(get) }, at("#downloads-alert"), at("#downloads-status"))
		fails("a deletion", func() {
			s.hit(card("Trial").part("remove"))
			s.answer("Delete “Trial” (key …000001-V3)?", true)
		}, card("Trial").part("alert"))
		s.hit(card("Trial").part("summary"))
		s.until(string(machine("Trial", "Laptop")))
		s.untilLoaded()
		fails("a deactivation", func() {
			s.hit(machine("Trial", "Laptop").part("remove"))
			s.answer("Deactivate “Laptop”?", true)
		}, card("Trial").part("alert"))

		// What is gone leaves its place to nobody.
		s.settle()
		s.hit(machine("Trial", "Laptop").part("remove"))
		s.answer("Deactivate “Laptop”?", true)
		s.untilReads(card("Trial").part("status"), "“Laptop” is deactivated.")
		s.until(string(card("Trial").part("seats")) + `.textContent.startsWith("2 ")`)
		s.untouched("a deactivation")
		s.settle()
		release := s.held(http.MethodDelete, "", at("#tokens > li:nth-child(2)").part("revoke"), func() {
			s.hit(at("#tokens > li:nth-child(2)").part("revoke"))
		})
		s.do(`scrollTo(0, 0)`)
		release()
		s.untilReads(at("#tokens-status"), "That sign-in has ended.")
		s.untilLoaded()
		assert.Zero(t, eval[float64](s.tab, `scrollY`), "the page is left where the visitor is")
		s.untouched("a sign-in ends")

		mistakes := func(form string, fill func(), button place) {
			s.settle()
			fill()
			s.hit(button)
			s.until(`document.querySelector("` + form + ` [role=alert]").textContent`)
			s.untouched(form + " is wrong")
		}
		button := func(form string) place { return at(form + " [type=submit]") }
		mistakes("#profile", func() { s.write("#profile-email", "") }, button("#profile"))
		s.write("#profile-email", s.demo.Plain.Email)
		press("the profile", func() { s.hit(button("#profile")) }, at("#profile [role=alert]"), at("#profile [role=status]"))
		mistakes("#new-password", func() { s.write("#old-password", "") }, button("#new-password"))
		press("the password", func() {
			s.write("#old-password", s.demo.Plain.Password)
			s.write("#next-password", "short")
			s.hit(button("#new-password"))
		}, at("#new-password [role=alert]"), at("#new-password [role=alert]"))
		mistakes("#factor-start", func() {}, button("#factor-start"))
		press("the factor", func() {
			s.write("#factor-password", "not it")
			s.hit(button("#factor-start"))
		}, at("#factor-start [role=alert]"), at("#factor-start [role=alert]"))
		press("other sign-ins", func() {
			s.hit(at("#tokens-others"))
			s.answer("Sign out everywhere else?", true)
		}, at("#tokens-alert"), at("#tokens-status"))

		s.api.ResetThrottles()
		s.write("#factor-password", s.demo.Plain.Password)
		s.hit(button("#factor-start"))
		s.until(`document.querySelector("#factor-pending").checkVisibility()`)
		s.untilLoaded()
		mistakes("#factor-confirm", func() {}, button("#factor-confirm"))
		press("the code", func() { s.write("#factor-code", "000000"); s.hit(button("#factor-confirm")) },
			at("#factor-confirm [role=alert]"), at("#factor-confirm [role=alert]"))
	})
}

// TestSeatsStayInPlace frees a seat, whatever goes wrong.
func TestSeatsStayInPlace(t *testing.T) {
	t.Parallel()
	inSizes(t, func(t *testing.T, s *stage) {
		full := s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Full",
			Limits: keygentest.Limits{MaxMachines: 2}})
		for _, name := range []string{"Old laptop", "A machine with a name that is as long as only machines can have them"} {
			s.api.AddMachine(keygentest.Machine{License: full.ID, Name: name, Platform: "Linux"})
		}
		s.plant(s.demo.Plain, time.Time{})
		s.open("/account.html")
		s.untilLoaded()
		s.hit(card("Full").part("activate"))
		s.until(`document.querySelector("#seats").open`)
		s.settle()
		submit, alert := at("#seats [type=submit]"), at("#seats [role=alert]")
		s.hit(submit)
		s.untilReads(alert, "Choose a machine first.")
		s.untouched("nothing is chosen")
		s.hit(at("#seats input"))
		s.fails(http.MethodDelete, "", alert, func() { s.hit(submit); s.untilPainted() })
		s.untouched("no seat is freed")
		release := s.held(http.MethodDelete, "", submit, func() { s.hit(submit) })
		s.untouched("it waits")
		s.unreachable(http.MethodPost, "/machines")
		release()
		s.untilReads(alert, saysUnreachable+" The seat is free now, only this browser has not taken it yet.")
		s.untilReads(at("#seats-title"), "A seat is free now")
		s.untouched("the seat is not taken")
	})
}
