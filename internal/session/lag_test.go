package session

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

// slowStore shows a tab what others have stored a little late, as a browser does whose tabs have a process each.
type slowStore struct {
	Store
	mu    sync.Mutex
	shown Record
	ok    bool
	since time.Time // when the store began to differ from what is shown
}

const slowness = 100 * time.Millisecond

func (s *slowStore) Load() (Record, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record, ok, err := s.Store.Load()
	switch {
	case record.Token.Value == s.shown.Token.Value:
		s.since = time.Time{}
	case s.since.IsZero():
		s.since = time.Now()
	}
	if s.since.IsZero() || time.Since(s.since) >= slowness {
		s.shown, s.ok = record, ok
	}
	return s.shown, s.ok, err
}

func (s *slowStore) Save(record Record) Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown, s.ok = s.Store.Save(record), true
	return s.shown
}

func (s *slowStore) Remove(token keygen.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Store.Remove(token)
	s.shown, s.ok, _ = s.Store.Load()
}

// openSlow opens a tab with such a view of the store.
func (w *world) openSlow() *fakeTab {
	tab := w.open(func(c *Config) {
		slow := &slowStore{Store: c.Store}
		slow.shown, slow.ok, _ = slow.Store.Load()
		c.Store = slow
	})
	tab.Restore()
	return tab
}

func TestLag(t *testing.T) {
	me := func(w *world) func(keygen.Token) error {
		return func(token keygen.Token) error { _, err := w.server.Me(token); return err }
	}
	t.Run("renewals at the same moment", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 8*days)
			tabs := []*fakeTab{w.openSlow(), w.openSlow(), w.openSlow()}
			settle()
			var done sync.WaitGroup
			for _, tab := range tabs {
				done.Add(1)
				go func() {
					defer done.Done()
					state, err := tab.Renew()
					assert.NoError(t, err)
					assert.NotNil(t, state)
					assert.NoError(t, tab.Use(me(w)))
				}()
			}
			done.Wait()
			assert.Equal(t, 1, w.server.count("renew"))
			for _, tab := range tabs {
				assert.Equal(t, []string{"restored", "renewed"}, tab.heard())
			}
		})
	})
	t.Run("a renewal by a browser without locks", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 8*days)
			first, second := w.openSlow(), w.openSlow()
			second.config.Exclusive = func(do func()) error { do(); return nil }
			settle()
			go func() { _, _ = first.Renew() }()
			time.Sleep(time.Millisecond)
			require.Equal(t, 1, w.server.count("renew"))
			assert.NoError(t, second.Use(me(w)))
			state, err := second.Renew()
			assert.NoError(t, err)
			assert.NotNil(t, state)
			settle()
			assert.Equal(t, []string{"restored", "renewed"}, second.heard())
			assert.NotNil(t, w.profile.stored)
		})
	})
	t.Run("two renewals in browsers without locks", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 8*days)
			first, second := w.openSlow(), w.openSlow()
			for _, tab := range w.tabs {
				tab.config.Exclusive = func(do func()) error { do(); return nil }
			}
			settle()
			go func() { _, _ = first.Renew() }()
			state, err := second.Renew()
			assert.NoError(t, err, "one of them comes too late, and takes over what the other one got")
			assert.NotNil(t, state)
			time.Sleep(time.Second)
			assert.Equal(t, first.Token(), second.Token())
			assert.NoError(t, second.Use(me(w)))
			assert.Equal(t, 1, w.server.live())
		})
	})
	t.Run("a token that is refused for good", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 8*days)
			tab := w.openSlow()
			settle()
			clear(w.server.tokens)
			assert.Error(t, tab.Use(me(w)))
			assert.Nil(t, tab.State())
			_, err := tab.Renew()
			assert.Error(t, err)
			assert.Equal(t, []string{"restored", "signed-out invalid"}, tab.heard())
		})
	})
}
