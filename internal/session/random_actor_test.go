//go:build !js

package session

import (
	"strconv"
	"sync"
	"time"
)

// actor is a tab whose events are checked against what happens in the sequence.
type actor struct {
	*fakeTab
	name   string
	user   string     // of the last event, "" for none
	id     string     // of the token in the last event
	since  time.Time  // of the event that began the session
	until  string     // expiry in the last event
	typing sync.Mutex // held during a sign-in: a tab makes one at a time
}

// open opens a tab and watches its events.
func (p *sequence) open(from *actor) *actor {
	a := &actor{name: strconv.Itoa(len(p.tabs))}
	var mu sync.Mutex
	watch := func(c *Config) {
		c.PageState = nil
		c.Notify = func(event Event) bool {
			mu.Lock()
			defer mu.Unlock()
			p.note("tab %s: %s %s", a.name, event.Name, event.Reason)
			if event.State != nil {
				p.mu.Lock()
				a.id = event.State.TokenID
				p.mu.Unlock()
			}
			switch event.Name {
			case SignedOut:
				p.checkSignOut(a, event.Reason)
				if event.Reason == Expired {
					p.cause() // a tab that has not seen a renewal may end a session of other tabs
				}
				a.user = ""
			case Renewed:
				if a.user != event.State.UserID {
					p.fail("tab %s: renewed for %q while %q was signed in", a.name, event.State.UserID, a.user)
				}
				a.until = event.State.Expiry
			case Restored:
				if a.user != "" {
					p.fail("tab %s: restored while %q was signed in", a.name, a.user)
				}
				a.user, a.since, a.until = event.State.UserID, time.Now(), event.State.Expiry
			case SignedIn:
				a.user, a.since, a.until = event.State.UserID, time.Now(), event.State.Expiry
			}
			return true
		}
	}
	if from == nil {
		a.fakeTab = p.world.open(watch)
	} else {
		a.fakeTab = p.duplicate(from.fakeTab, watch)
	}
	a.clock.wrong = time.Duration(p.pick(9)-4) * 24 * time.Hour
	p.note("tab %s opens, its clock is off by %s", a.name, a.clock.wrong)
	a.Restore()
	return a
}

// duplicate opens a copy of a tab: it has the same sessionStorage to begin with.
func (w *world) duplicate(tab *fakeTab, change ...func(*Config)) *fakeTab {
	tab.own.mu.Lock()
	text := tab.own.text
	tab.own.mu.Unlock()
	other := w.open(change...)
	other.own.text = text
	return other
}

// checkSignOut fails if nothing has happened that may have ended the session of a tab.
func (p *sequence) checkSignOut(a *actor, reason string) {
	p.mu.Lock()
	caused := false
	for _, at := range p.causes {
		caused = caused || at.After(a.since.Add(-time.Second)) // storage events are late
	}
	id, signedOut := a.id, p.signedOut[a.id]
	p.mu.Unlock()
	expiry, err := time.Parse(time.RFC3339, a.until)
	// Another tab may have learned of it first.
	over := err == nil && !time.Now().Add(time.Second).Before(expiry)
	// A tab that cannot read storage misses a renewal by another tab, and its old token is refused. A tab that cannot
	// write leaves a token in storage after a sign-out: another tab finds that out first, or removes it.
	refused := p.broken.Load() && (signedOut || reason == Invalid || p.server.revoked(id))
	if !caused && !over && !refused {
		p.fail("tab %s: signed out (%s) for no reason", a.name, reason)
	}
}

// revoked returns whether the server has no token with this id.
func (s *server) revoked(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, token := range s.tokens {
		if token.ID == id {
			return false
		}
	}
	return true
}
