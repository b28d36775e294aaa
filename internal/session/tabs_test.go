package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

// TestTabs follows what one tab does in five.
func TestTabs(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		for range 5 {
			w.open().Restore()
		}
		takeAll := func() (events [][]string) {
			settle()
			for _, tab := range w.tabs {
				events = append(events, tab.takeEvents())
			}
			return events
		}
		all := func(events ...string) [][]string { return [][]string{events, events, events, events, events} }

		require.Nil(t, w.tabs[0].SignIn(valid(ada), true, false).Err)
		assert.Equal(t, all("signed-in"), takeAll())

		time.Sleep(2 * days)
		_, err := w.tabs[1].Renew()
		require.NoError(t, err)
		assert.Equal(t, all("renewed"), takeAll())

		require.Nil(t, w.tabs[2].SignIn(valid(grace), true, false).Err)
		changed := all("signed-out other-tab", "signed-in")
		changed[2] = []string{"signed-in"}
		assert.Equal(t, changed, takeAll())
		assert.Equal(t, 1, w.server.live())

		w.tabs[3].SignOut()
		gone := all("signed-out other-tab")
		gone[3] = []string{"signed-out user"}
		assert.Equal(t, gone, takeAll())
		assert.Zero(t, w.server.live())
		assert.Equal(t, 3, w.server.count("revoke"), "what was renewed, replaced, and signed out of")

		for _, tab := range w.tabs {
			tab.Wake(true)
			tab.Reread()
		}
		assert.Equal(t, all(), takeAll(), "nothing when nothing changed")
	})
}

// TestRenewTogether renews in five tabs at the same moment: one token is made, and no tab meets a refusal.
func TestRenewTogether(t *testing.T) {
	for _, by := range []string{"hand", "itself"} {
		t.Run("by "+by, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.plant(ada, 6*days)
				w.server.delay = func() time.Duration { return 10 * time.Millisecond }
				for range 5 {
					w.open().Restore()
				}
				if by == "hand" {
					for _, tab := range w.tabs {
						go func() {
							state, err := tab.Renew()
							assert.NoError(t, err)
							assert.NotNil(t, state)
						}()
					}
				}
				time.Sleep(idleTime*time.Millisecond + time.Second)
				settle()
				assert.Equal(t, 1, w.server.count("add"))
				for _, tab := range w.tabs {
					assert.Equal(t, []string{"restored", "renewed"}, tab.takeEvents())
					assert.NoError(t, tab.Use(func(token keygen.Token) error { _, err := w.server.Me(token); return err }))
				}
				assert.Equal(t, 1, w.server.live())
			})
		})
	}
}

func TestRenewByItself(t *testing.T) {
	tests := []struct {
		name   string
		life   time.Duration
		change func(*fakeTab, *Config)
		want   int
	}{
		{"a week and more left", 8 * days, nil, 0},
		{"under a week left", 6 * days, nil, 1},
		{"hidden", 6 * days, func(tab *fakeTab, _ *Config) { tab.visible.Store(false) }, 0},
		{"the site fixes the life", 6 * days, func(_ *fakeTab, c *Config) { c.FixedLife = true }, 0},
		{"never expires", 0, nil, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.plant(ada, test.life)
				tab := w.open()
				if test.change != nil {
					test.change(tab, &tab.config)
				}
				tab.Restore()
				settle()
				assert.Zero(t, w.server.count("add"), "not as long as somebody may be about to click")
				time.Sleep(idleTime * time.Millisecond)
				assert.Equal(t, test.want, w.server.count("add"))
			})
		})
	}
	t.Run("while it stays open for a month", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 14*days)
			tab := w.open()
			tab.Restore()
			time.Sleep(30 * days)
			assert.Equal(t, 4, w.server.count("add"))
			assert.NotNil(t, tab.State())
		})
	})
	t.Run("a failure is tried again, not at once", func(t *testing.T) {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 6*days)
			tab := w.open()
			w.offline(true)
			tab.Restore()
			tab.Wake(false)
			time.Sleep(2 * idleTime * time.Millisecond)
			tab.Wake(false)
			settle()
			w.offline(false)
			time.Sleep(2 * time.Hour)
			assert.Equal(t, 1, w.server.count("add"))
			assert.Equal(t, []string{"restored", "renewed"}, tab.takeEvents())
		})
	})
}

func TestRenewNeverShortens(t *testing.T) {
	for _, life := range []time.Duration{0, 90 * days} {
		bubble(t, func(t *testing.T, w *world) {
			token := w.plant(ada, life)
			tab := w.open()
			tab.Restore()
			state, err := tab.Renew()
			require.NoError(t, err)
			assert.Equal(t, token.ID, state.TokenID)
			assert.Equal(t, token.Value, tab.Token())
			assert.Zero(t, w.server.count("add"))
		})
	}
}

// TestSignOutWhileRenewing must not bring the session back.
func TestSignOutWhileRenewing(t *testing.T) {
	for _, where := range []int{0, 1} {
		bubble(t, func(t *testing.T, w *world) {
			w.plant(ada, 10*days)
			w.open().Restore()
			w.open().Restore()
			settle()
			w.server.delay = func() time.Duration { return time.Second }
			renewed := make(chan error, 1)
			go func() {
				state, err := w.tabs[0].Renew()
				assert.Nil(t, state)
				renewed <- err
			}()
			time.Sleep(time.Second + 500*time.Millisecond) // the server has renewed, nobody knows
			w.tabs[where].SignOut()
			time.Sleep(10 * time.Second)
			assert.Nil(t, w.stored())
			assert.Zero(t, w.server.live())
			assert.Equal(t, CodeSignedOut, keygen.AsError(<-renewed).Code)
			for _, tab := range w.tabs {
				assert.Nil(t, tab.State())
			}
		})
	}
}

// TestSiblingRenewed uses a token that another tab has replaced, before any event arrives.
func TestSiblingRenewed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 10*days)
		w.open().Restore()
		w.open().Restore()
		settle()
		w.profile.noEvents = true // no event comes
		var tried []string
		err := w.tabs[0].Use(func(token keygen.Token) error {
			if tried = append(tried, token.Value); len(tried) == 1 {
				_, err := w.tabs[1].Renew()
				require.NoError(t, err)
				settle() // the old one is revoked
			}
			_, err := w.server.Me(token)
			return err
		})
		require.NoError(t, err)
		assert.Len(t, tried, 2)
		assert.Equal(t, []string{"restored", "renewed"}, w.tabs[0].takeEvents())
	})
}

// TestBackAfterSignOut shows a page that was frozen while another one signed out.
func TestBackAfterSignOut(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.plant(ada, 10*days)
		tab := w.open()
		tab.Restore()
		settle()
		w.profile.put("") // and no event
		tab.Wake(false)
		assert.Equal(t, []string{"restored", "signed-out other-tab"}, tab.takeEvents())
	})
}

// TestListenersMayCall calls back from within every event.
func TestListenersMayCall(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var tab *fakeTab
		depth := 0
		tab = w.open(func(c *Config) {
			c.Notify = func(event Event) bool {
				if depth++; depth > 10 {
					return true
				}
				tab.Token()
				tab.State()
				_, _ = tab.Renew()
				if event.Name == SignedIn {
					tab.SignOut()
				}
				return true
			}
		})
		tab.Restore()
		tab.SignIn(valid(ada), true, false)
		settle()
		assert.Nil(t, tab.State())
		assert.Zero(t, w.server.live())
	})
}
