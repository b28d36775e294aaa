//go:build !js

package session

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

// chance is a source of random numbers for many goroutines.
type chance struct {
	mu     sync.Mutex
	random *rand.Rand
}

func (c *chance) pick(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.Intn(n)
}

// play is one random sequence of what can happen to the tabs of a browser.
type play struct {
	*testing.T
	*world
	*chance
	seed  int64
	mu    sync.Mutex
	trace []string
	// causes are what may end sessions, by time: sign-outs, and sign-ins that take another's place.
	causes []time.Time
	left   map[string]bool // ids of tokens that a tab has signed out of
	unread bool            // a sign-out has emptied storage that could not be read: what was there cannot be revoked
	broken atomic.Bool     // some tab's view of the browser's storage has failed
}

func (p *play) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trace = append(p.trace, time.Now().Format("02T15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (p *play) cause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.causes = append(p.causes, time.Now())
}

func (p *play) fail(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Errorf("seed %d: %s\n%s", p.seed, fmt.Sprintf(format, args...), strings.Join(p.trace, "\n"))
}

// actor is a tab that is watched: it must say what happens to its user, and nothing else.
type actor struct {
	*fakeTab
	name  string
	user  string     // of the last event, "" for none
	id    string     // of the token that the last event told of
	since time.Time  // when the session of that user was told of
	until string     // when the last one told of expires
	typed sync.Mutex // who signs in does so once at a time
}

// open opens a tab and watches its events.
func (p *play) open(from *actor) *actor {
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
				p.judge(a, event.Reason)
				if event.Reason == Expired {
					p.cause() // which may come just after a renewal that this tab has not seen
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

// judge looks for what may have ended the session of a tab.
func (p *play) judge(a *actor, reason string) {
	p.mu.Lock()
	caused := false
	for _, at := range p.causes {
		caused = caused || at.After(a.since.Add(-time.Second)) // storage is slow to tell
	}
	id, left := a.id, p.left[a.id]
	p.mu.Unlock()
	expiry, err := time.Parse(time.RFC3339, a.until)
	// Another tab may have been told of it first.
	over := err == nil && !time.Now().Add(time.Second).Before(expiry)
	// A tab that cannot read storage misses a renewal by another one, and meets the verdict on the old token; one that
	// cannot write leaves a token there that it has signed out of: another tab may be the first to learn that, or to remove it.
	verdict := p.broken.Load() && (left || reason == Invalid || p.server.revoked(id))
	if !caused && !over && !verdict {
		p.fail("tab %s: signed out (%s) for no reason", a.name, reason)
	}
}

// revoked says whether no token with this id lives.
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

// signIn signs in, and notes that as a cause where it takes another session's place.
func (p *play) signIn(a *actor, email string, remember bool) {
	p.note("tab %s signs in as %s, remember %t", a.name, email, remember)
	go func() {
		if !a.typed.TryLock() {
			return
		}
		defer a.typed.Unlock()
		if attempt := a.SignIn(right(email), remember, p.pick(2) == 0); attempt.Err == nil {
			p.note("tab %s is signed in as %s by %s", a.name, email, attempt.State.TokenID)
			p.cause()
		} else {
			p.note("tab %s: %s", a.name, attempt.Err.Code)
		}
	}()
}

// ask makes a request in a tab.
func (p *play) ask(a *actor) {
	_ = a.Use(func(token keygen.Token) error {
		_, err := a.config.API.Me(token)
		return err
	})
}

func (p *play) step(actors []*actor) []*actor {
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
			p.unread = p.unread || area.fault == mute
			area.mu.Unlock()
		}
		p.mu.Lock()
		p.left[a.id] = true
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
		go p.ask(a)
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
		fault := []fault{works, fails, full, forgets, mute}[p.pick(5)]
		place := p.pick(2)
		p.note("tab %s: area %d gets fault %d", a.name, place, fault)
		[]*area{a.own, a.view}[place].be(fault)
		if place == 1 && fault != works {
			p.broken.Store(true)
		}
	case 17:
		a.own.mu.Lock()
		broken := a.own.fault != works
		a.own.mu.Unlock()
		if len(actors) < 5 && !broken {
			a.Reread() // removes what could not be removed before
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

// TestRandomSequences does at random what can happen to some tabs of a browser, and looks at what must hold whatever
// happened: nobody is signed out without a verdict, a sign-out or an expiry; no living token is left that nobody holds,
// but for those in answers that were lost; and a page never has two users. KEYGEN_AUTH_SEQUENCES says how many.
func TestRandomSequences(t *testing.T) {
	sequences := int64(500)
	if text := os.Getenv("KEYGEN_AUTH_SEQUENCES"); text != "" {
		var err error
		sequences, err = strconv.ParseInt(text, 10, 64)
		require.NoError(t, err)
	}
	for seed := range sequences {
		bubble(t, func(t *testing.T, w *world) {
			p := &play{T: t, world: w, seed: seed, left: map[string]bool{}, chance: &chance{random: rand.New(rand.NewSource(seed))}}
			p.run()
		})
		if t.Failed() {
			return
		}
	}
}

func (p *play) run() {
	w := p.world
	// No two at the same instant: no tab comes between what another one reads and writes in one turn.
	w.server.delay = func() time.Duration { return time.Duration(1 + p.pick(int(40*time.Millisecond))) }
	var losing atomic.Bool
	losing.Store(p.pick(3) == 0)
	w.server.lose = func() bool { return losing.Load() && p.pick(6) == 0 }
	w.profile.lag = time.Duration(p.pick(3)) * 20 * time.Millisecond
	w.server.trace = func(call string, err error) { p.note("    server: %s %v", call, err) }
	actors := []*actor{p.open(nil)}
	for range p.pick(3) {
		actors = append(actors, p.open(nil))
	}
	for range 40 {
		actors = p.step(actors)
	}
	p.note("all is well again")
	w.server.mu.Lock()
	w.server.offline = false
	w.server.mu.Unlock()
	losing.Store(false)
	for _, a := range actors {
		a.own.be(works)
		a.view.be(works)
	}
	for range 4 {
		time.Sleep(time.Hour / 3)
		for _, a := range actors {
			a.visible.Store(true)
			a.busy.Store(false)
			a.Wake(true)
		}
	}
	settle()
	if p.broken.Load() {
		// Who signed out where storage could not be written has left a token there that is worth nothing: a tab that took it
		// up learns that from its next request.
		for _, a := range actors {
			p.ask(a)
		}
		settle()
	}
	p.check(actors)
}

func (p *play) check(actors []*actor) {
	held := map[string]bool{}
	ofAll := ""
	for _, a := range actors {
		value := a.Token()
		for _, record := range a.config.Store.Records(true) {
			held[record.Token.Value] = true
		}
		a.Session.mu.Lock()
		record := a.record
		a.Session.mu.Unlock()
		if record == nil {
			if a.user != "" {
				p.fail("tab %s: its page was not told that %s is out", a.name, a.user)
			}
			continue
		}
		held[value] = true
		if record.Token.UserID != a.user {
			p.fail("tab %s: %q is signed in, the page was told %q", a.name, record.Token.UserID, a.user)
		}
		p.server.mu.Lock()
		err := p.server.refused(record.Token)
		p.server.mu.Unlock()
		if err != nil {
			p.fail("tab %s holds a dead token, %s", a.name, record.Token.ID)
		}
		if record.place == inBrowser {
			if ofAll != "" && ofAll != value {
				p.fail("tab %s: the tabs differ", a.name)
			}
			ofAll = value
		}
	}
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	for _, token := range p.server.tokens {
		if p.server.refused(token) == nil && !held[token.Value] && !p.server.lost[token.Value] && !p.unread {
			p.fail("nobody holds %s of %s, and it lives", token.ID, token.UserID)
		}
	}
}
