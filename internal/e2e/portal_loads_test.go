package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// TestPortalLoads opens the account page while the API is slow and then out of reach: each part says so by itself, and
// can be asked for again.
func TestPortalLoads(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.plant(s.demo.Plain, time.Time{})
	s.api.AddFault(keygentest.Fault{Method: http.MethodGet, Delay: time.Hour})
	s.open("/account.html")
	s.until(`["#licenses", "section:has(#downloads)", "#tokens", "section:has(#profile)", "section:has(#factor-off)"].every((part) => document.querySelector(part).ariaBusy === "true")`)
	first := `document.querySelector("section[data-loading]")`
	assert.True(t, eval[bool](s.tab, first+`.checkVisibility() && getComputedStyle(`+first+`, "::after").content === '"Loading…"'`))
	for _, part := range []string{"#licenses-empty", "#trial", "#tokens-empty", "#profile", "#new-password", "#factor-off", "#factor-on"} {
		assert.False(t, s.seen(at(part)), "%s: not known yet", part)
	}

	s.api.ClearFaults()
	remove := s.api.AddFault(keygentest.Fault{Method: http.MethodGet, Kind: keygentest.FaultCut})
	parts := []struct{ alert, again, loaded string }{
		{"#licenses-alert", "#licenses-more", "#licenses > li"},
		{"#downloads-alert", "#downloads-again", "#downloads > li"},
		{"#profile-alert", "#profile-again", "#profile"},
		{"#factor-alert", "#factor-again", "#factor-off"},
		{"#tokens-alert", "#tokens-more", "#tokens > li"},
	}
	s.open("/account.html?again")
	for _, part := range parts {
		s.untilReads(at(part.alert), saysUnreachable)
		s.until(`document.querySelector("` + part.again + `").checkVisibility()`)
		assert.Equal(t, "Try again", s.read(at(part.again)))
		assert.False(t, s.seen(at(part.loaded)), part.loaded)
	}
	s.hit(at("#profile-again"))
	s.untilReads(at("#profile-alert"), saysUnreachable)
	assert.Equal(t, "profile-again", s.focused(), "the focus is where it was")
	remove()
	for _, part := range parts {
		s.hit(at(part.again))
		s.until(`document.querySelector("` + part.loaded + `")?.checkVisibility()`)
		s.until(`!document.querySelector("` + part.again + `").checkVisibility()`)
		assert.Empty(t, s.read(at(part.alert)))
		assert.NotEqual(t, "body", s.focused(), "the focus is on what came")
	}
	assert.Equal(t, "Show more licenses", s.read(at("#licenses-more")))
}
