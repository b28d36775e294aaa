package session

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

const slowness = 100 * time.Millisecond

func TestLag(t *testing.T) {
	me := func(w *world) func(keygen.Token) error {
		return func(token keygen.Token) error { _, err := w.server.Me(token); return err }
	}
	t.Run("renewals at the same moment", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.profile.lag = slowness
			w.plant(ada, 8*days)
			tabs := []*fakeTab{w.openNow(), w.openNow(), w.openNow()}
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
			time.Sleep(3 * time.Second)
			assert.Equal(t, 1, w.server.live(), "one is stored, whoever made it, and no other one is left")
			for _, tab := range w.tabs {
				assert.Equal(t, w.stored().Token.Value, tab.Token())
				assert.Subset(t, []string{"restored", "renewed"}, tab.takeEvents())
			}
		})
	})
	t.Run("a renewal by a browser without locks", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.profile.lag = slowness
			w.plant(ada, 8*days)
			first, second := w.openNow(), w.openNow()
			second.config.Exclusive = func(do func()) { do() }
			settle()
			go func() { _, _ = first.Renew() }()
			time.Sleep(time.Millisecond)
			require.Equal(t, 1, w.server.count("add"))
			assert.NoError(t, second.Use(me(w)))
			state, err := second.Renew()
			assert.NoError(t, err)
			assert.NotNil(t, state)
			time.Sleep(3 * time.Second)
			assert.Subset(t, []string{"restored", "renewed"}, second.takeEvents())
			assert.Equal(t, first.Token(), second.Token())
			assert.Equal(t, 1, w.server.live())
		})
	})
	t.Run("two renewals in browsers without locks", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.profile.lag = slowness
			w.plant(ada, 8*days)
			first, second := w.openNow(), w.openNow()
			for _, tab := range w.tabs {
				tab.config.Exclusive = func(do func()) { do() }
			}
			settle()
			go func() { _, _ = first.Renew() }()
			state, err := second.Renew()
			assert.NoError(t, err)
			assert.NotNil(t, state)
			time.Sleep(3 * time.Second)
			assert.Equal(t, first.Token(), second.Token())
			assert.NoError(t, second.Use(me(w)))
			assert.Equal(t, 1, w.server.live())
		})
	})
	t.Run("a token that is refused for good", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.profile.lag = slowness
			w.plant(ada, 8*days)
			tab := w.openNow()
			settle()
			clear(w.server.tokens)
			assert.Error(t, tab.Use(me(w)))
			assert.Nil(t, tab.State())
			_, err := tab.Renew()
			assert.Error(t, err)
			assert.Equal(t, []string{"restored", "signed-out invalid"}, tab.takeEvents())
		})
	})
}
