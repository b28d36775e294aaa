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

	"github.com/stretchr/testify/require"
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

// sequence is a random sequence of steps in the tabs of a browser.
type sequence struct {
	*testing.T
	*world
	*chance
	seed  int64
	mu    sync.Mutex
	trace []string
	// causes are the times of sign-outs, and of sign-ins that replace a session: they end sessions of other tabs, too.
	causes    []time.Time
	signedOut map[string]bool // ids of tokens whose user has signed out
	lostToken bool            // a sign-out has removed a token from storage that could not be read: nobody can revoke it
	broken    atomic.Bool     // some tab's view of the browser's storage has failed
}

// note adds a line to the trace, which a failure prints.
func (p *sequence) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trace = append(p.trace, time.Now().Format("02T15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// cause adds now to the causes.
func (p *sequence) cause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.causes = append(p.causes, time.Now())
}

func (p *sequence) fail(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Errorf("seed %d: %s\n%s", p.seed, fmt.Sprintf(format, args...), strings.Join(p.trace, "\n"))
}

// TestRandomSequences makes random steps in some tabs of a browser and checks what must always hold: a session ends only
// by a sign-out, its expiry, or the API; each valid token is used by a tab, except those in lost responses; and a page
// never has two users. KEYGEN_AUTH_SEQUENCES is the number of sequences.
func TestRandomSequences(t *testing.T) {
	sequences := int64(500)
	if text := os.Getenv("KEYGEN_AUTH_SEQUENCES"); text != "" {
		var err error
		sequences, err = strconv.ParseInt(text, 10, 64)
		require.NoError(t, err)
	}
	for seed := range sequences {
		bubble(t, func(t *testing.T, w *world) {
			p := &sequence{T: t, world: w, seed: seed, signedOut: map[string]bool{}, chance: &chance{random: rand.New(rand.NewSource(seed))}}
			p.run()
		})
		if t.Failed() {
			return
		}
	}
}

// run makes the steps of one sequence, then mends everything, and checks the result.
func (p *sequence) run() {
	w := p.world
	// Random nanoseconds: no two tabs run at the same time, so that each one reads and writes storage without interruption.
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
		a.own.setFault(works)
		a.view.setFault(works)
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
		// A sign-out without write access to storage has left an invalid token there. A tab that has restored it finds that
		// out by its next request.
		for _, a := range actors {
			p.request(a)
		}
		settle()
	}
	p.check(actors)
}

// check checks what must hold once all tabs and the server work again.
func (p *sequence) check(actors []*actor) {
	used := map[string]bool{}
	ofAll := ""
	for _, a := range actors {
		value := a.Token()
		for _, record := range a.config.Store.Records(true) {
			used[record.Token.Value] = true
		}
		a.Session.mu.Lock()
		record := a.record
		a.Session.mu.Unlock()
		if record == nil {
			if a.user != "" {
				p.fail("tab %s: no event for the sign-out of %s", a.name, a.user)
			}
			continue
		}
		used[value] = true
		if record.Token.UserID != a.user {
			p.fail("tab %s: %q is signed in, by the events %q", a.name, record.Token.UserID, a.user)
		}
		p.server.mu.Lock()
		err := p.server.refused(record.Token)
		p.server.mu.Unlock()
		if err != nil {
			p.fail("tab %s has an invalid token, %s", a.name, record.Token.ID)
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
		if p.server.refused(token) == nil && !used[token.Value] && !p.server.lost[token.Value] && !p.lostToken {
			p.fail("no tab uses %s of %s, and it is valid", token.ID, token.UserID)
		}
	}
}
