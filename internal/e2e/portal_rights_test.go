package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// TestPortalRights offers what a user may do with a license and its machines, and says why it offers no more.
func TestPortalRights(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		team := s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Mate.ID,
			Users: []string{s.demo.Plain.ID}, Name: "Team"})
		s.api.AddMachine(keygentest.Machine{License: team.ID, Name: "Charles's", Owner: s.demo.Mate.ID})
		s.api.AddMachine(keygentest.Machine{License: s.demo.Licenses.Suspended.ID, Name: "Old one"})
		s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Kept", Protected: new(true)})
		s.api.AddLicense("demo", keygentest.License{Policy: s.api.AddPolicy("demo", keygentest.Policy{}).ID, Owner: s.demo.Plain.ID,
			Name: "For ever"})
	})
	type rights struct{ activate, renew, remove bool }
	for license, want := range map[string]struct {
		rights
		note string
	}{
		"Trial":                {rights: rights{true, true, true}},
		"Trial, expired":       {rights: rights{true, true, true}},
		"For ever":             {rights: rights{true, false, true}},
		"Kept":                 {note: "This license is managed by the seller."},
		"Pro, suspended":       {note: "This license is managed by the seller."},
		"Pro, about to expire": {note: "This license is managed by the seller."},
		"Pro, shared":          {note: "This license is shared with you, and managed by the seller."},
		"Team": {rights: rights{activate: true},
			note: "This license is shared with you. Only its owner can renew or delete it."},
	} {
		c := card(license)
		assert.Equal(t, want.rights, rights{s.seen(c.part("activate")), s.seen(c.part("renew")), s.seen(c.part("remove"))}, license)
		assert.Equal(t, want.note, s.read(c.part("note")), license)
		assert.Equal(t, want.note != "", s.seen(c.part("note")), license)
	}

	// Machines: his own and those of his licenses
	c := card("Team")
	s.hit(c.part("activate"))
	s.untilReads(c.part("status"), "This browser is active for this license now.")
	for _, m := range []struct {
		license, machine string
		own              bool
	}{
		{"Team", thisBrowser, true},
		{"Team", "Charles's", false},
		{"Trial", "Laptop", true},
		{"Pro, shared", "Build server", false},
		{"Pro, shared", "Ada's tablet", false},
		{"Pro, suspended", "Old one", false},
	} {
		s.do(string(card(m.license)) + `.querySelector("details").open = true`)
		s.until(string(machine(m.license, m.machine)))
		assert.Equal(t, m.own, s.seen(machine(m.license, m.machine).part("remove")), "%s of %s", m.machine, m.license)
	}
	s.hit(machine("Team", thisBrowser).part("remove"))
	s.answer("Deactivate “"+thisBrowser+"”?", true)
	s.untilReads(c.part("status"), "“"+thisBrowser+"” is deactivated.")
}
