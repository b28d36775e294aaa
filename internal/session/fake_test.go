package session

import (
	"math/rand"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
)

// fakeClock is the time of a synctest bubble, possibly wrong.
type fakeClock struct{ wrong time.Duration }

func (c *fakeClock) Now() int64 { return time.Now().Add(c.wrong).UnixMilli() }

func (c *fakeClock) After(milliseconds int, do func()) func() {
	timer := time.AfterFunc(time.Duration(milliseconds)*time.Millisecond, do)
	return func() { timer.Stop() }
}

func (c *fakeClock) ISO() string { return iso(time.Now().Add(c.wrong)) }

func (c *fakeClock) Parse(text string) (int64, bool) {
	at, err := time.Parse(time.RFC3339, text)
	return at.UnixMilli(), err == nil
}

func iso(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// profile is the storage that the tabs of one browser share.
type profile struct {
	mu      sync.Mutex
	stored  *Record
	changed []func() // one a tab
	blocked bool
	corrupt bool
}

// fakeStore is one tab's view of a profile.
type fakeStore struct {
	profile *profile
	tab     int
	memory  *Record
}

func (f *fakeStore) Load() (Record, bool, error) {
	p := f.profile
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.corrupt {
		p.corrupt, p.stored = false, nil
		return Record{}, false, ErrCorrupt
	}
	if p.stored != nil && !p.blocked {
		return *p.stored, true, nil
	}
	if f.memory != nil {
		return *f.memory, true, nil
	}
	return Record{}, false, nil
}

func (f *fakeStore) Tokens() []keygen.Token {
	if record, ok, _ := f.Load(); ok {
		return []keygen.Token{record.Token}
	}
	return nil
}

func (f *fakeStore) Save(record Record) Record {
	p := f.profile
	p.mu.Lock()
	defer p.mu.Unlock()
	f.memory = nil
	if record.Persistent = !p.blocked; record.Persistent {
		kept := record
		p.stored = &kept
		p.tell(f.tab)
	} else {
		kept := record
		f.memory = &kept
	}
	return record
}

func (f *fakeStore) Remove(token keygen.Token) {
	p := f.profile
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.memory != nil && f.memory.Token.ID == token.ID {
		f.memory = nil
	}
	if p.stored != nil && p.stored.Token.ID == token.ID {
		p.stored = nil
		p.tell(f.tab)
	}
}

// tell raises the storage event in the other tabs, a little later.
func (p *profile) tell(from int) {
	for tab, changed := range p.changed {
		if tab != from {
			time.AfterFunc(time.Millisecond, changed)
		}
	}
}

// server is a fake of the API: tokens by value, with delays and failures.
type server struct {
	mu      sync.Mutex
	tokens  map[string]keygen.Token // by value
	serial  int
	offline bool
	banned  bool
	delay   func() time.Duration
	date    func(now int64) // told to the client, as the Date of an answer
	calls   map[string]int
}

func newServer() *server {
	return &server{tokens: map[string]keygen.Token{}, delay: func() time.Duration { return 0 }, calls: map[string]int{}}
}

// visit plays the way there and back.
func (s *server) visit(name string, do func() error) error {
	time.Sleep(s.delay())
	s.mu.Lock()
	if s.offline {
		s.mu.Unlock()
		return &keygen.Error{Code: keygen.CodeNetwork}
	}
	s.calls[name]++
	err := do()
	date := s.date
	s.mu.Unlock()
	time.Sleep(s.delay())
	if date != nil {
		date(time.Now().Truncate(time.Second).UnixMilli())
	}
	return err
}

func (s *server) issue(user string, life time.Duration) keygen.Token {
	s.serial++
	token := keygen.Token{Value: "token-" + strconv.Itoa(s.serial), ID: "id-" + strconv.Itoa(s.serial), UserID: user, Kind: keygen.KindUser}
	if life != 0 {
		token.Expiry = iso(time.Now().Add(life))
	}
	s.tokens[token.Value] = token
	return token
}

// refused judges a token as the API does. mu is held.
func (s *server) refused(token keygen.Token) error {
	known, ok := s.tokens[token.Value]
	if !ok {
		return &keygen.Error{Code: "TOKEN_INVALID", Status: 401}
	}
	if expiry, err := time.Parse(time.RFC3339, known.Expiry); err == nil && !time.Now().Before(expiry) {
		return &keygen.Error{Code: "TOKEN_EXPIRED", Status: 401}
	}
	if s.banned {
		return &keygen.Error{Code: "USER_BANNED", Status: 403}
	}
	return nil
}

func (s *server) CreateToken(c keygen.Credentials, _ keygen.TokenOptions) (token keygen.Token, err error) {
	err = s.visit("create", func() error {
		if c.Password != "right" {
			return &keygen.Error{Code: "PASSWORD_INVALID", Status: 401}
		}
		token = s.issue(c.Email, 2*7*24*time.Hour)
		if c.OTP == "staff" {
			token.Kind = "admin-token"
		}
		return nil
	})
	return token, err
}

func (s *server) RenewToken(old keygen.Token) (token keygen.Token, err error) {
	err = s.visit("renew", func() error {
		if err := s.refused(old); err != nil {
			return err
		}
		token = s.issue(old.UserID, 2*7*24*time.Hour)
		delete(s.tokens, token.Value)
		token.ID = old.ID
		s.tokens[token.Value] = token
		delete(s.tokens, old.Value)
		return nil
	})
	return token, err
}

func (s *server) RevokeToken(token keygen.Token) error {
	return s.visit("revoke", func() error {
		if err := s.refused(token); err != nil {
			return err
		}
		delete(s.tokens, token.Value)
		return nil
	})
}

func (s *server) Me(token keygen.Token) (user keygen.User, err error) {
	err = s.visit("me", func() error {
		user = keygen.User{ID: token.UserID, Email: token.UserID}
		return s.refused(token)
	})
	return user, err
}

// count returns how often a call reached the server.
func (s *server) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[name]
}

// live returns how many tokens work.
func (s *server) live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokens)
}

// fakeTab is a page with a session.
type fakeTab struct {
	*Session
	clock   *fakeClock
	visible atomic.Bool

	mu     sync.Mutex
	events []string
}

// world is a browser with tabs, and a server.
type world struct {
	t       *testing.T
	server  *server
	profile *profile
	lock    sync.Mutex // the Web Lock
	tabs    []*fakeTab
}

func newWorld(t *testing.T) *world { return &world{t: t, server: newServer(), profile: &profile{}} }

// open opens a tab, without looking at the store yet.
func (w *world) open(change ...func(*Config)) *fakeTab {
	tab := &fakeTab{clock: &fakeClock{}}
	tab.visible.Store(true)
	config := Config{
		API:        w.server,
		Store:      &fakeStore{profile: w.profile, tab: len(w.tabs)},
		Clock:      tab.clock,
		Background: func(do func()) { go do() },
		Exclusive: func(do func()) error {
			// A sync.Mutex would keep a bubble from being idle.
			for !w.lock.TryLock() {
				time.Sleep(time.Millisecond)
			}
			defer w.lock.Unlock()
			do()
			return nil
		},
		Visible: tab.visible.Load,
		Notify: func(event Event) bool {
			line := event.Name[len("keygen:"):]
			if event.Reason != "" {
				line += " " + event.Reason
			}
			if event.Err != nil {
				line += " " + event.Err.Code
			}
			tab.mu.Lock()
			defer tab.mu.Unlock()
			tab.events = append(tab.events, line)
			return true
		},
		Changed: func(*State, keygen.User) {},
	}
	for _, change := range change {
		change(&config)
	}
	tab.Session = New(config)
	w.tabs = append(w.tabs, tab)
	w.profile.changed = append(w.profile.changed, tab.Reread)
	return tab
}

// heard returns the events since the last call.
func (tab *fakeTab) heard() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	events := tab.events
	tab.events = nil
	return events
}

// settle lets everything that is under way come to its end, but not much time pass.
func settle() {
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
}

func right(email string) keygen.Credentials {
	return keygen.Credentials{Email: email, Password: "right"}
}

const ada, grace = "ada@example.com", "grace@example.com"

// bubble runs a test in virtual time and ends the tabs' timers with it.
func bubble(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		test(t, w)
		settle()
		for _, tab := range w.tabs {
			tab.Session.mu.Lock()
			if tab.Session.ticks.cancel != nil {
				tab.Session.ticks.cancel()
			}
			tab.Session.mu.Unlock()
		}
		time.Sleep(time.Hour) // retries under way
	})
}

// TestRandomSequences does at random what can happen to some tabs of a browser, and looks at what must hold whatever
// happened.
func TestRandomSequences(t *testing.T) {
	for seed := range int64(500) {
		bubble(t, func(t *testing.T, w *world) {
			random := rand.New(rand.NewSource(seed))
			var mu sync.Mutex
			w.server.delay = func() time.Duration {
				mu.Lock()
				defer mu.Unlock()
				// No two at the same instant: no tab comes between what another one reads and writes in one turn.
				return time.Duration(random.Int63n(int64(40 * time.Millisecond)))
			}
			pick := func(n int) int {
				mu.Lock()
				defer mu.Unlock()
				return random.Intn(n)
			}
			for range 1 + pick(3) {
				tab := w.open()
				tab.Restore()
			}
			var trace []string
			for range 40 {
				tab := w.tabs[pick(len(w.tabs))]
				step := pick(11)
				trace = append(trace, strconv.Itoa(step))
				switch step {
				case 0, 1:
					email := []string{ada, grace}[pick(2)]
					go tab.SignIn(right(email), true)
				case 2:
					go tab.SignIn(keygen.Credentials{Email: ada, Password: "wrong"}, true)
				case 3:
					tab.SignOut()
					assert.Empty(t, tab.Token(), "seed %d %v: a token after sign-out", seed, trace)
				case 4:
					go func() { _, _ = tab.Renew() }()
				case 5:
					go func() { _ = tab.Use(func(token keygen.Token) error { _, err := w.server.Me(token); return err }) }()
				case 6:
					w.server.mu.Lock()
					w.server.offline = !w.server.offline
					w.server.mu.Unlock()
				case 7:
					tab.Wake(true)
				case 8:
					time.Sleep(time.Duration(pick(9)) * 24 * time.Hour)
				case 9:
					tab.visible.Store(!tab.visible.Load())
				case 10:
					time.Sleep(time.Duration(pick(50)) * time.Millisecond)
				}
			}
			// The network is back, everybody looks at their tabs, all is quiet.
			w.server.mu.Lock()
			w.server.offline = false
			w.server.mu.Unlock()
			for range 3 {
				settle()
				for _, tab := range w.tabs {
					tab.visible.Store(true)
					tab.Wake(true)
				}
			}
			settle()
			var values []string
			for _, tab := range w.tabs {
				values = append(values, tab.Token())
			}
			for _, value := range values {
				assert.Equal(t, values[0], value, "seed %d %v: tabs differ", seed, trace)
			}
			expected := 0
			if values[0] != "" {
				expected = 1
				w.server.mu.Lock()
				assert.Contains(t, w.server.tokens, values[0], "seed %d %v: a dead token", seed, trace)
				w.server.mu.Unlock()
			}
			unexpired := 0
			w.server.mu.Lock()
			for _, token := range w.server.tokens {
				if w.server.refused(token) == nil {
					unexpired++
				}
			}
			w.server.mu.Unlock()
			assert.Equal(t, expected, unexpired, "seed %d %v: tokens left on the server", seed, trace)
		})
		if t.Failed() {
			return
		}
	}
}
