package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

var thisBrowser = map[string]string{"": "Chrome on Linux", "firefox": "Firefox on Linux", "webkit": "Safari on Linux"}[engine]

// machine is the row of one in a license's card.
func machine(license, name string) place {
	return place(fmt.Sprintf(`[...(%s?.querySelectorAll('[data-part="machines"] > li') ?? [])]
		.find((e) => e.querySelector('[data-part="name"]').textContent === %s)`, string(card(license)), quote(name)))
}

// TestPortalMachines activates this browser and deactivates another machine, by the keyboard alone.
func TestPortalMachines(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		s.api.AddMachine(keygentest.Machine{License: s.demo.Licenses.Expired.ID, Name: "Old phone", Platform: "Android",
			LastHeartbeat: time.Now().Add(-2 * time.Hour)})
	})
	c := card("Trial")
	of := "licenses/" + s.demo.Licenses.Active.ID + "/machines"

	s.tabTo(c.part("activate"))
	s.press("\r")
	s.untilReads(c.part("status"), "This browser is active for this license now.")
	s.untilLoaded()
	assert.False(t, eval[bool](s.tab, string(c)+`.querySelector("details").open`), "nobody asked for the list")
	assert.Equal(t, "3 of 3 used", s.read(c.part("seats")))
	assert.Equal(t, "Machines (3)", s.read(c.part("summary")))
	assert.True(t, s.holds(c.part("activate")), "the focus is where it was")
	assert.Equal(t, []string{thisBrowser, "Desktop", "Laptop"}, s.listed(s.demo.Plain, of))
	s.tabTo(c.part("summary"))
	s.press("\r")
	s.until(string(machine("Trial", thisBrowser)))
	s.untilLoaded()
	assert.Equal(t, []bool{true, false, false}, eval[[]bool](s.tab,
		`[...`+string(c)+`.querySelectorAll('[data-part="here"]')].map((e) => e.checkVisibility())`), "this one is marked")
	assert.Regexp(t, `^Linux · last heartbeat (just now|\d+ minutes? ago)$`, s.read(machine("Trial", "Laptop").part("about")))
	assert.Contains(t, s.read(machine("Trial", "Desktop").part("about")), "Windows · no heartbeat yet · active since ")
	const fingerprint = `localStorage.getItem("keygen-auth-demo:fingerprint")`
	first := eval[string](s.tab, fingerprint)
	assert.Regexp(t, `^[0-9a-f]{32}$`, first)

	s.do(string(c.part("activate")) + `.focus()`)
	s.press("\r") // again
	s.untilReads(c.part("alert"), "This browser is active for this license already.")
	assert.Len(t, s.listed(s.demo.Plain, of), 3)

	// Another visit of the same browser
	s.open("/account.html?again")
	s.untilLoaded()
	s.tabTo(c.part("summary"))
	s.press("\r")
	s.until(string(machine("Trial", thisBrowser)))
	assert.True(t, s.seen(machine("Trial", thisBrowser).part("here")))
	assert.Equal(t, first, eval[string](s.tab, fingerprint))

	// Deactivation: not meant, gone wrong, done
	s.tabTo(machine("Trial", "Laptop").part("remove"))
	sent := s.sent()
	s.press("\r")
	s.answer("Deactivate “Laptop”?", false)
	assert.True(t, s.holds(machine("Trial", "Laptop").part("remove")))
	assert.Equal(t, sent, s.sent())
	s.fails(http.MethodDelete, "", c.part("alert"), func() {
		s.press("\r")
		s.answer("Deactivate “Laptop”?", true)
	})
	assert.True(t, s.holds(machine("Trial", "Laptop").part("remove")), "to try again")
	s.press("\r")
	s.answer("Deactivate “Laptop”?", true)
	s.untilReads(c.part("status"), "“Laptop” is deactivated.")
	s.untilLoaded()
	assert.Equal(t, []string{thisBrowser, "Desktop"}, s.listed(s.demo.Plain, of))
	assert.Equal(t, "2 of 3 used", s.read(c.part("seats")))
	assert.Equal(t, "Deactivated", s.read(machine("Trial", "Laptop").part("about")))
	assert.False(t, s.seen(machine("Trial", "Laptop").part("remove")))
	assert.True(t, s.holds(machine("Trial", "Laptop")), "what follows does not come in its place")
	s.hit(c.part("summary"))
	s.hit(c.part("summary"))
	s.until(`!` + string(machine("Trial", "Laptop")))

	// Nothing there, and something dead
	s.tabTo(card("Pro, about to expire").part("summary"))
	s.press("\r")
	s.until(string(card("Pro, about to expire").part("machines-empty")) + `.checkVisibility()`)
	assert.Equal(t, "Not active on any machine.", s.read(card("Pro, about to expire").part("machines-empty")))
	s.hit(card("Trial, expired").part("summary"))
	s.untilReads(machine("Trial, expired", "Old phone").part("about"), "Android · last heartbeat 2 hours ago, not responding")
}

// TestPortalSeats frees a seat of a license that has none left and takes it, by the keyboard alone, whatever goes wrong.
func TestPortalSeats(t *testing.T) {
	notIn(t, "webkit", "moves between radio buttons by no key that its driver presses")
	t.Parallel()
	var full keygentest.License
	s, _ := newPortal(t, plain, func(s *stage) {
		full = s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Full",
			Limits: keygentest.Limits{MaxMachines: 11}})
		for n := range 11 {
			s.api.AddMachine(keygentest.Machine{License: full.ID, Name: fmt.Sprintf("PC %d", n+1), Platform: "Windows"})
		}
	})
	c, alert := card("Full"), at("#seats [role=alert]")
	of := "licenses/" + full.ID + "/machines"
	open := func() {
		s.press("\r")
		s.until(`document.querySelector("#seats").open`)
		assert.True(t, s.holds(at("#seats input")), "on the first machine")
	}

	s.tabTo(c.part("activate"))
	open()
	assert.Equal(t, "All seats are taken", s.read(at("#seats-title")))
	sent := s.sent()
	s.press("\x1b")
	s.until(`!document.querySelector("#seats").open && document.activeElement === ` + string(c.part("activate")))
	assert.Equal(t, sent, s.sent(), "nothing happened")
	assert.Empty(t, s.read(c.part("alert"))+s.read(c.part("status")))

	open()
	s.press("\r")
	s.untilReads(alert, "Choose a machine first.")
	assert.True(t, s.holds(at("#seats input")))
	s.tabTo(at("#seats-more"))
	s.press("\r")
	s.until(string(row("#seats-list", "PC 1")))
	assert.True(t, s.holds(at("#seats-list > li:nth-child(11)")), "the first of those that came")
	s.tabTo(at("#seats input"))
	s.press(kb.ArrowUp) // round to the last
	pick := `document.querySelector("#seats input:checked")?.closest("li").querySelector("[data-part=name]").textContent`
	require.Equal(t, "PC 1", eval[string](s.tab, pick))

	s.fails(http.MethodDelete, "", alert, func() { s.press("\r"); s.untilPainted() })
	assert.Equal(t, "PC 1", eval[string](s.tab, pick), "nothing is lost")
	assert.Len(t, s.listed(s.demo.Plain, of), 11)

	// The seat is freed, and then not taken.
	s.fails(http.MethodPost, "/machines", alert, func() { s.press("\r"); s.untilPainted() },
		"The seat is free now, only this browser has not taken it yet.")
	assert.False(t, s.seen(at("#seats fieldset")), "there is nothing to choose any more")
	assert.Equal(t, "A seat is free now", s.read(at("#seats-title")))
	submit := at("#seats [type=submit]")
	assert.Equal(t, "Activate this browser", s.read(submit))
	assert.Len(t, s.listed(s.demo.Plain, of), 10)

	// Somebody else takes it meanwhile.
	s.api.AddMachine(keygentest.Machine{License: full.ID, Name: "Faster"})
	require.True(t, s.holds(submit), "to try again")
	s.press("\r")
	s.untilReads(alert, "All seats of this license are taken.")
	s.until(`document.querySelector("#seats fieldset").checkVisibility({visibilityProperty: true})`)
	s.tabTo(row("#seats-list", "Faster").in("input"))
	s.press(" ")
	release := s.held(http.MethodDelete, "", submit, func() { s.press("\r") })
	s.press("\x1b")
	s.untilPainted()
	assert.True(t, eval[bool](s.tab, `document.querySelector("#seats").open`), "it cannot be closed half-way")
	lost := s.api.AddFault(keygentest.Fault{Method: http.MethodPost, Path: "/machines", Kind: keygentest.FaultTruncated})
	release()
	s.untilReads(alert, saysOdd+" The seat is free now, only this browser has not taken it yet.")
	lost()
	assert.Contains(t, s.listed(s.demo.Plain, of), thisBrowser, "but it has: only the answer was lost")
	s.press("\r")
	s.untilReads(c.part("status"), "This browser is active for this license now.")
	s.until(`!document.querySelector("#seats").open && document.activeElement === ` + string(c.part("activate")))
	s.untilLoaded()
	assert.Equal(t, "11 of 11 used", s.read(c.part("seats")))
	assert.Contains(t, s.listed(s.demo.Plain, of), thisBrowser)
	assert.NotContains(t, s.listed(s.demo.Plain, of), "Faster")
	s.hit(c.part("summary"))
	s.until(string(c) + `.querySelectorAll('[data-part="machines"] > li').length === 10`)
	s.untilLoaded()
	s.hit(c.part("machines-more"))
	s.until(string(c) + `.querySelectorAll('[data-part="machines"] > li').length === 11`)
}
