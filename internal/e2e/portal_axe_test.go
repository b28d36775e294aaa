package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// wide is a window in which there is room.
var wide = emulation.SetDeviceMetricsOverride(1440, 900, 1, false)

// A scene is a state of the portal's pages; each begins where the one before has ended.
type scene struct {
	name  string
	reach func(s *stage)
}

var signedInScenes = []scene{
	{"my account", func(s *stage) {
		for _, license := range []string{"Trial", "Pro, about to expire"} {
			s.hit(card(license).part("summary"))
		}
		s.until(string(machine("Trial", "Laptop")))
		remove := s.unreachable(http.MethodPost, "/validate")
		s.hit(card("Pro, suspended").part("validate"))
		s.untilReads(card("Pro, suspended").part("alert"), saysUnreachable)
		remove()
		s.hit(card("Trial").part("validate"))
		s.hit(card("Trial, expired").part("validate"))
		s.untilReads(card("Trial").part("status"), "This license is valid.")
		s.untilReads(card("Trial, expired").part("status"), "Not valid: this license has expired.")
		s.hit(machine("Trial", "Laptop").part("remove"))
		remove = s.unreachable(http.MethodDelete, "")
		s.answer("Deactivate “Laptop”?", true)
		s.untilReads(card("Trial").part("alert"), saysUnreachable)
		remove()
		s.write("#old-password", "x")
		s.write("#next-password", "x")
		s.press("\r")
		s.untilReads(at("#new-password [role=alert]"), "The current password is not right.")
	}},
	{"waiting", func(s *stage) {
		s.held(http.MethodPatch, s.demo.Plain.ID, at("#profile button"), func() { s.hit(at("#profile button")) })
		s.held(http.MethodPost, "/machines", card("Trial").part("activate"), func() { s.hit(card("Trial").part("activate")) })
	}},
	{"a second factor", func(s *stage) {
		s.api.ClearFaults()
		s.untilLoaded()
		s.write("#factor-password", s.demo.Plain.Password)
		s.press("\r")
		s.until(`document.querySelector("#factor-qr path")`)
		s.write("#factor-code", "000000")
		s.press("\r")
		s.until(`document.querySelector("#factor-confirm [role=alert]").textContent`)
	}},
	{"a question", func(s *stage) {
		s.hit(card("Trial, expired").part("remove"))
		s.until(`document.querySelector("#ask").open`)
	}},
	{"seats", func(s *stage) {
		s.press("\x1b")
		s.hit(card("Full").part("activate"))
		s.until(`document.querySelector("#seats").open`)
		s.press("\r")
		s.untilReads(at("#seats [role=alert]"), "Choose a machine first.")
	}},
	{"a seat that is free", func(s *stage) {
		s.hit(at("#seats input"))
		s.unreachable(http.MethodPost, "/machines")
		s.press("\r")
		s.until(`document.querySelector("#seats-title").textContent === "A seat is free now"`)
		s.until(`document.querySelector("#seats [role=alert]").textContent`)
	}},
	{"signed out elsewhere", func(s *stage) {
		s.press("\x1b")
		s.until(`!document.querySelector("#seats").open`)
		s.until(`document.activeElement === ` + string(card("Full").part("activate")))
		s.untilLoaded()
		s.bend(revoked)
		s.hit(card("Trial").part("validate"))
		s.untilSignedOut()
	}},
}

var signedOutScenes = []scene{
	{"sign-up", func(s *stage) {
		s.open("/sign-up.html")
		s.write("#email", s.demo.Plain.Email)
		s.write("#password", "long enough")
		s.press("\r")
		s.untilReads(at("#sign-up [role=alert]"), "There is already an account with this email address.")
	}},
	{"forgot", func(s *stage) {
		s.open("/forgot.html")
		s.write("#email", s.demo.Plain.Email)
		s.press("\r")
		s.until(`document.querySelector("#forgot [role=status]").textContent`)
	}},
	{"reset", func(s *stage) {
		s.open("/reset.html#token=x&user=" + s.demo.Plain.ID)
		s.write("#password", "long enough")
		s.press("\r")
		s.untilReads(at("#reset [role=alert]"), "This link does not work any more. Ask for a new one and open the newest.")
	}},
	{"reset without a link", func(s *stage) { s.open("/blank.html"); s.open("/reset.html") }},
	{"reset done", func(s *stage) {
		s.open("/blank.html")
		s.open("/reset.html#token=" + s.api.ResetToken(s.demo.Plain.ID) + "&user=" + s.demo.Plain.ID)
		s.write("#password", "long enough")
		s.press("\r")
		s.until(`document.querySelector("#done").checkVisibility()`)
	}},
}

// TestPortalAccessibility has axe judge the pages and dialogs of the portal.
func TestPortalAccessibility(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		full := s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Full",
			Limits: keygentest.Limits{MaxMachines: 2}})
		for _, name := range []string{"Old laptop", "A machine with a name that is as long as only machines can have them, without-any-space-in-parts-of-it"} {
			s.api.AddMachine(keygentest.Machine{License: full.ID, Name: name, Platform: "Linux"})
		}
	})
	judge := func(scene scene, show chromedp.Action) {
		s.run(emulation.SetEmulatedMedia(), show, chromedp.ActionFunc(finishAnimations))
		assert.Empty(t, s.findings(), scene.name)
		assert.LessOrEqual(t, eval[int](s.tab, `document.documentElement.scrollWidth - innerWidth`), 0, "%s: no scrolling sideways", scene.name)
	}
	run := func(scenes []scene) {
		for n, scene := range scenes {
			s.run(wide)
			scene.reach(s)
			if n == 0 { // has all colors
				judge(scene, wide)
			}
			judge(scene, chromedp.Tasks{emulation.SetDeviceMetricsOverride(320, 568, 1, true), looks["dark"]})
		}
	}
	run(signedInScenes)
	s.bend(nil)
	s.plant(s.demo.Many, time.Time{})
	run(signedOutScenes)
}
