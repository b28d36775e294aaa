package session

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"keygenauth/internal/keygen"
)

// fakeClock is the clock of a synctest bubble, with an error.
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

// fakeTab is a page with a session.
type fakeTab struct {
	*Session
	clock   *fakeClock
	own     *area // sessionStorage
	view    *area // localStorage
	visible atomic.Bool
	busy    atomic.Bool
	frozen  atomic.Bool // receives no messages

	mu     sync.Mutex
	events []string
}

// world is a browser with tabs, and a server.
type world struct {
	t       *testing.T
	server  *server
	profile *profile
	lock    sync.Mutex // the Web Lock
	mu      sync.Mutex // guards tabs
	tabs    []*fakeTab
}

// others returns all tabs except one.
func (w *world) others(tab *fakeTab) []*fakeTab {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.tabs), func(other *fakeTab) bool { return other == tab })
}

func newWorld(t *testing.T) *world { return &world{t: t, server: newServer(), profile: new(profile)} }

// memory is a Slot.
type memory struct{ text string }

func (m *memory) Get() string     { return m.text }
func (m *memory) Set(text string) { m.text = text }

const key = "keygen-auth:api.example.com:demo"

// open opens a tab without restoring its session.
func (w *world) open(change ...func(*Config)) *fakeTab {
	tab := &fakeTab{clock: &fakeClock{}, own: new(area)}
	tab.visible.Store(true)
	tab.view = w.profile.view(func() {
		w.mu.Lock()
		session := tab.Session
		w.mu.Unlock()
		if session != nil { // nil while New runs
			session.Reread()
		}
	})
	config := Config{
		API: &client{server: w.server, dated: func(now int64) { tab.ServerTime(now) }},
		Store: &Store{
			Key: key, Areas: [places]Area{nil, tab.own, tab.view}, Memory: new(memory), JSON: hostJSON{}, ParseTime: tab.clock.Parse,
		},
		Clock:      tab.clock,
		Background: func(do func()) { go do() },
		Exclusive: func(do func()) {
			// A sync.Mutex would keep a bubble from being idle.
			for range 100 {
				if w.lock.TryLock() {
					defer w.lock.Unlock()
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			do()
		},
		Busy: tab.busy.Load,
		Broadcast: func(message string) {
			for _, other := range w.others(tab) {
				time.AfterFunc(time.Millisecond, func() {
					if !other.frozen.Load() {
						other.Receive(message)
					}
				})
			}
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
	w.mu.Lock()
	defer w.mu.Unlock()
	tab.Session = New(config)
	w.tabs = append(w.tabs, tab)
	return tab
}

// openNow opens a tab and restores its session.
func (w *world) openNow(change ...func(*Config)) *fakeTab {
	tab := w.open(change...)
	tab.Restore()
	return tab
}

// stored returns the record in localStorage, nil for none.
func (w *world) stored() *Record {
	store := &Store{Key: key, Areas: [places]Area{inBrowser: &area{text: w.profile.text}}, Memory: new(memory), JSON: hostJSON{}, ParseTime: new(fakeClock).Parse}
	record, _ := store.Load()
	return record
}

// takeEvents returns the events since the last call.
func (tab *fakeTab) takeEvents() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	events := tab.events
	tab.events = nil
	return events
}

// settle waits until everything under way is done, 100 ms of virtual time.
func settle() {
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
}

func valid(email string) keygen.Credentials {
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
			if tab.Session.timer.cancel != nil {
				tab.Session.timer.cancel()
			}
			tab.Session.mu.Unlock()
		}
		time.Sleep(time.Hour) // retries under way
	})
}
