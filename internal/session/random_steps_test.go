//go:build !js

package session

import (
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
)

// signIn signs in, and adds a cause when that succeeds: it may replace a session.
func (p *sequence) signIn(a *actor, email string, remember bool) {
	p.note("tab %s signs in as %s, remember %t", a.name, email, remember)
	go func() {
		if !a.typing.TryLock() {
			return
		}
		defer a.typing.Unlock()
		if attempt := a.SignIn(valid(email), remember, p.pick(2) == 0); attempt.Err == nil {
			p.note("tab %s is signed in as %s by %s", a.name, email, attempt.State.TokenID)
			p.cause()
		} else {
			p.note("tab %s: %s", a.name, attempt.Err.Code)
		}
	}()
}

// request makes a request in a tab.
func (p *sequence) request(a *actor) {
	_ = a.Use(func(token keygen.Token) error {
		_, err := a.config.API.Me(token)
		return err
	})
}

// step makes one random step, and returns the actors after it.
func (p *sequence) step(actors []*actor) []*actor {
	a := actors[p.pick(len(actors))]
	switch p.pick(20) {
	case 0, 1:
		p.signIn(a, []string{ada, ada, grace}[p.pick(3)], p.pick(3) > 0)
	case 2:
		go a.SignIn(keygen.Credentials{Email: ada, Password: "wrong"}, true, false)
	case 3:
		if p.pick(2) == 0 {
			break // not too often
		}
		p.note("tab %s signs out", a.name)
		p.cause()
		for _, area := range []*area{a.own, a.view} {
			area.mu.Lock()
			p.lostToken = p.lostToken || area.fault == unreadable
			area.mu.Unlock()
		}
		p.mu.Lock()
		p.signedOut[a.id] = true
		p.mu.Unlock()
		a.SignOut()
		assert.Nil(p, a.State(), "seed %d: a session after sign-out", p.seed)
		p.cause() // for what was under way
	case 4, 5:
		p.note("tab %s renews", a.name)
		go func() {
			_, err := a.Renew()
			p.note("tab %s has renewed: %v", a.name, err)
		}()
	case 6, 7:
		go p.request(a)
	case 8:
		p.server.mu.Lock()
		p.server.offline = !p.server.offline
		p.note("offline %t", p.server.offline)
		p.server.mu.Unlock()
	case 9:
		a.Wake(true)
	case 10, 11:
		days := p.pick(9)
		for _, other := range actors {
			other.busy.Store(false) // nobody types for days
		}
		p.note("%d days pass", days)
		time.Sleep(time.Duration(days) * 24 * time.Hour)
	case 12:
		a.visible.Store(!a.visible.Load())
	case 13, 14:
		time.Sleep(time.Duration(p.pick(50)) * time.Millisecond)
	case 15, 16:
		fault := []fault{works, fails, full, forgets, unreadable}[p.pick(5)]
		place := p.pick(2)
		p.note("tab %s: area %d gets fault %d", a.name, place, fault)
		[]*area{a.own, a.view}[place].setFault(fault)
		if place == 1 && fault != works {
			p.broken.Store(true)
		}
	case 17:
		a.own.mu.Lock()
		broken := a.own.fault != works
		a.own.mu.Unlock()
		if len(actors) < 5 && !broken {
			a.Reread() // removes what storage has not removed before
			p.note("tab %s is duplicated", a.name)
			return append(actors, p.open(a))
		}
	case 18:
		if len(actors) < 5 {
			return append(actors, p.open(nil))
		}
	case 19:
		a.busy.Store(!a.busy.Load())
	}
	return actors
}
