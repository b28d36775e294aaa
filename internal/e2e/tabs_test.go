package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// tabs opens so many tabs of the stage's profile, its own first, on a page with the module, and waits for the program
// in all of them.
func (s *stage) tabs(n int, page string) []*tab {
	s.t.Helper()
	all := []*tab{s.tab}
	for len(all) < n {
		all = append(all, s.sibling())
	}
	for _, p := range all {
		if p != s.tab {
			p.atStart(listening)
		}
		p.open(page)
		assert.Equal(s.t, "visible", eval[string](p, `document.visibilityState`))
	}
	for _, p := range all {
		p.untilRuns()
	}
	return all
}

// untilRuns waits until the program listens to the form.
func (p *tab) untilRuns() {
	p.t.Helper()
	p.until(`document.querySelector("form").hasAttribute("method")`)
}

func newTabsStage(t *testing.T) *stage {
	s := newStage(t, map[string]string{
		"form.html": document(`data-load="eager"`, member),
		"lazy.html": document(`data-load="lazy"`, member),
		"keep.html": document(`data-load="eager" data-token-expiry="P1D"`, member),
	})
	s.atStart(listening)
	return s
}

// all checks that each tab shows a state and has heard these events, the first tab its own.
func all(tabs []*tab, shows string, first, others []string) {
	for i, p := range tabs {
		p.t.Helper()
		p.until(fmt.Sprintf(`window.heard.length >= %d`, len(others)))
		want := others
		if i == 0 {
			want = first
		}
		assert.Equal(p.t, shows, p.shows(), "tab %d", i)
		assert.Equal(p.t, want, p.happened(), "tab %d", i)
		p.forget()
	}
}

// TestTabs follows one session through tabs of one profile.
func TestTabs(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 5} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s := newTabsStage(t)
			grace := s.api.AddUser("demo", keygentest.User{Email: "hopper@example.com", Password: "nanoseconds"})
			tabs := s.tabs(n, "/form.html")

			t.Run("sign-in", func(t *testing.T) {
				s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
				all(tabs, showsUser(s.demo.Plain), []string{"signed-in"}, []string{"signed-in"})
				for _, p := range tabs {
					assert.Empty(t, p.ask(me))
					p.untilNamed(s.demo.Plain)
				}
				assert.Len(t, s.logins(), 1)
			})
			t.Run("another user signs in", func(t *testing.T) {
				last := tabs[n-1]
				last.do(`keygenAuth.signIn({email: ` + quote(grace.Email) + `, password: ` + quote(grace.Password) + `})`)
				for _, p := range tabs {
					p.until(`keygenAuth.session?.userId === ` + quote(grace.ID))
				}
				others := []string{"signed-out other-tab", "signed-in"}
				all(tabs[:n-1], showsUser(grace), others, others)
				all(tabs[n-1:], showsUser(grace), []string{"signed-in"}, nil)
				for _, p := range tabs {
					p.untilNamed(grace)
				}
				s.untilRevoked(s.demo.Plain)
			})
			t.Run("sign-out", func(t *testing.T) {
				s.api.ResetRequests()
				require.Empty(t, s.ask(`keygenAuth.signOut()`))
				all(tabs, showsNobody, []string{"signed-out user"}, []string{"signed-out other-tab"})
				s.untilRevoked(grace)
				for _, p := range tabs {
					assert.Equal(t, "TOKEN_MISSING", p.ask(me))
					assert.Empty(t, eval[string](p, `document.querySelector("b").textContent`))
				}
			})
		})
	}
}

// TestTabsClear removes everything from storage in one tab, which signs out all others at once, and that tab as soon as
// anything is asked of it: a page is told nothing of its own changes.
func TestTabsClear(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 90))
	tabs := s.tabs(5, "/form.html")
	all(tabs, showsUser(s.demo.Plain), []string{"restored"}, []string{"restored"})

	s.do(`localStorage.clear()`)
	gone := []string{"signed-out other-tab"}
	all(tabs[1:], showsNobody, gone, gone)
	assert.Equal(t, "TOKEN_MISSING", s.ask(me))
	all(tabs[:1], showsNobody, gone, gone)
}

// TestTabsRenew renews in five tabs at the same moment while all of them use the API, which answers slowly. The old token
// is worth nothing once it is revoked, and no tab meets a refusal.
func TestTabsRenew(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"call", "itself"} {
		t.Run("by "+by, func(t *testing.T) {
			s := newTabsStage(t)
			life := 8 // days: not under a week
			if by == "itself" {
				life = 6
			}
			v := s.plant(s.demo.Plain, time.Now().AddDate(0, 0, life))
			began := time.Now()
			ready := make(chan struct{})
			s.bend(func(w http.ResponseWriter, r *http.Request) bool {
				if !isRenewal(r) {
					return false
				}
				select {
				case <-ready:
				case <-r.Context().Done():
				}
				answer := httptest.NewRecorder()
				s.api.ServeHTTP(answer, r)
				// The tabs go on with the old token until the new one is here.
				before := s.answered(http.MethodGet, 200)
				for s.answered(http.MethodGet, 200) < before+5 && r.Context().Err() == nil {
					time.Sleep(poll)
				}
				replay(w, answer)
				return true
			})
			tabs := s.tabs(5, "/form.html")
			const hammer = `window.met = {ok: 0, after: 0, refused: []};
				for (let i = 0; i < 2; i++) (async () => {
					// Five tabs that never stop would keep a busy machine from everything else.
					while (met.after < 4 && !met.refused.length) {
						await keygenAuth.users.me().then(() => {
							met.ok++;
							if (heard.some((e) => e.Name === "renewed")) met.after++;
						}, (error) => met.refused.push(error.code));
						await new Promise((done) => setTimeout(done, 20)); // leaves the machine to those who renew
					}
				})();`
			for _, p := range tabs {
				p.do(hammer)
			}
			close(ready)
			if by == "call" {
				for _, p := range tabs {
					p.do(`window.renewal = keygenAuth.renew()`)
				}
				for _, p := range tabs {
					assert.Empty(t, p.ask(`window.renewal`))
				}
			}
			for i, p := range tabs {
				p.until(`met.after > 3 || met.refused.length`)
				assert.Empty(t, eval[[]string](p, `met.refused`), "tab %d", i)
				assert.Equal(t, "restored", p.happened()[0], "tab %d", i)
				assert.NotContains(t, p.happened(), "signed-out other-tab", "tab %d", i)
				assert.Equal(t, showsUser(s.demo.Plain), p.shows())
			}
			t.Logf("%d tokens were made, %d refused requests were done again", len(s.renewals()), s.answered(http.MethodGet, 401))
			s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))
			expiry := s.api.Tokens(s.demo.Plain.ID)[0].Expiry
			assert.WithinRange(t, expiry, began.AddDate(0, 0, 14).Add(-time.Minute), time.Now().AddDate(0, 0, 14).Add(time.Minute))
			assert.NotContains(t, s.saved(), v.token)
		})
	}
}
