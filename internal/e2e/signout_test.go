package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// now does something and returns what is stored then, in the same task.
func (s *stage) now(do string) string {
	s.t.Helper()
	return eval[string](s.tab, `(async () => {
		`+do+`;
		const next = new Promise((done) => setTimeout(done, 0, "a task later"));
		const stored = (async () => {
			for (let i = 0; i < 20; i++) await null; // promises that are settled
			return [localStorage, sessionStorage].map((area) => area.getItem(`+quote(s.storageKey())+`) ?? "").join("");
		})();
		return Promise.race([next, stored]);
	})()`)
}

// TestSignOutAtOnce signs out with a program that runs, one that does not come, and none: what is stored is gone in the same
// task, one event tells of it, and the token is revoked as soon as there is a program.
func TestSignOutAtOnce(t *testing.T) {
	t.Parallel()
	const button = `<button id="out-now" data-keygen-action="sign-out">Sign out</button>`
	for _, way := range []struct{ name, do string }{
		{"by a call", `keygenAuth.signOut()`},
		{"by a button", `document.querySelector("#out-now").click()`},
	} {
		for _, load := range []string{"eager", "auto", "lazy"} {
			for _, area := range []string{"localStorage", "sessionStorage"} {
				for _, held := range []bool{true, false} {
					name := strings.Join([]string{way.name, load, area, map[bool]string{true: "held", false: "running"}[held]}, ", ")
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						s := newStage(t, map[string]string{"form.html": document(`data-load="`+load+`"`, member+button)})
						v := s.plant(s.demo.Plain, time.Now().Add(10*day))
						if area == "sessionStorage" {
							s.do(`sessionStorage.setItem(...Object.entries(localStorage)[0]); localStorage.clear()`)
						}
						letGo := func() {}
						if held {
							letGo = s.holdWasm()
						}
						s.atStart(listening)
						s.open("/form.html")
						require.Equal(t, showsUser(s.demo.Plain), strings.Replace(s.shows(), " nobody", " "+s.demo.Plain.ID, 1))
						want := []string{"signed-out user"}
						if !held {
							require.Empty(t, s.ask(`keygenAuth.token()`))
							want = []string{"restored", "signed-out user"}
						}

						assert.Empty(t, s.now(way.do))
						assert.Equal(t, want, s.happened())
						assert.Equal(t, showsNobody, s.shows())
						assert.NotContains(t, eval[string](s.tab, `JSON.stringify(window.heard) + document.documentElement.outerHTML`), v.token)
						letGo()
						s.untilRevoked(s.demo.Plain)
						s.untilRuns()
						assert.Empty(t, s.ask(`keygenAuth.token()`))
						assert.Equal(t, want, s.happened(), "told once")

						s.open("/form.html")
						assert.Equal(t, showsNobody, s.shows())
					})
				}
			}
		}
	}
}

// TestSignOutThenIn signs in again before there is a program.
func TestSignOutThenIn(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, member)})
	s.plant(s.demo.Plain, time.Now().Add(10*day))
	letGo := s.holdWasm()
	s.atStart(listening)
	s.open("/form.html")
	assert.Empty(t, s.now(`keygenAuth.signOut()`))
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	letGo()
	s.untilSignedIn()
	s.eventually(func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 1 }, "the first token is revoked, the second is not")
	assert.Equal(t, []string{"signed-out user", "signed-in"}, s.happened())
	assert.Equal(t, "local", s.kept())
}

// TestSignOutReachesOtherTabs does so without a program in either.
func TestSignOutReachesOtherTabs(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, member)})
	s.plant(s.demo.Plain, time.Now().Add(10*day))
	s.atStart(listening)
	s.open("/form.html")
	other := s.sibling()
	other.atStart(listening)
	other.open("/form.html")
	s.holdWasm()
	s.do(`keygenAuth.signOut()`)
	other.until(`document.documentElement.dataset.keygenState === "signed-out"`)
}

// TestSignOutOfNobody asks for no program.
func TestSignOutOfNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, member)})
	s.atStart(listening + `window.asked = 0; { const fetch = window.fetch; window.fetch = (...args) => (window.asked++, fetch(...args)); }`)
	s.open("/form.html")
	require.Empty(t, s.ask(`keygenAuth.signOut()`))
	s.idle()
	assert.Empty(t, s.happened())
	assert.Zero(t, eval[int](s.tab, `window.asked`))
}
