package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTabsLazy has a tab whose program is not loaded: what others do shows there all the same, at once, and is told when
// the program has come.
func TestTabsLazy(t *testing.T) {
	t.Parallel()
	signOut := func(s *stage) { s.do(`keygenAuth.signOut()`) }
	signIn := func(s *stage) { s.do(`keygenAuth.signIn(` + credentials(s.demo.Plain) + `)`) }
	tests := []struct {
		name          string
		before, after bool // whether the demo's user is signed in
		change        func(s *stage)
		events        []string
	}{
		{"sign-out", true, false, signOut, []string{"signed-out other-tab"}},
		{"sign-in", false, true, signIn, []string{"signed-in"}},
		{"signs in again", true, true, signIn, []string{"restored"}},
		{"clear", true, false, func(s *stage) { s.do(`localStorage.clear()`) }, []string{"signed-out other-tab"}},
		{"of no concern", true, true, func(s *stage) { s.do(`localStorage.setItem("theme", "dark")`) }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newTabsStage(t)
			shows := map[bool]string{true: showsUser(s.demo.Plain), false: showsNobody}
			if test.before {
				s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 90))
			}
			s.open("/form.html")
			s.untilRuns()
			lazy := s.sibling()
			lazy.atStart(listening)
			lazy.open("/lazy.html")
			assert.Equal(t, shows[test.before], lazy.shows())
			letGo := s.holdWasm()
			id := eval[string](lazy, `keygenAuth.session?.tokenId ?? ""`)

			test.change(s)
			if test.events == nil {
				s.api.ResetRequests()
				require.Empty(t, s.ask(me))
			} else {
				lazy.until(`(keygenAuth.session?.tokenId ?? "") !== ` + quote(id))
			}
			assert.Equal(t, shows[test.after], lazy.shows())
			assert.Empty(t, eval[[]string](lazy, `window.heard.map((e) => e.Name)`), "there is no program")

			letGo()
			if test.events == nil {
				lazy.do(`keygenAuth.token()`) // which loads it
			}
			lazy.untilRuns()
			require.Equal(t, "", lazy.ask(`keygenAuth.token()`))
			if test.events == nil {
				test.events = []string{"restored"}
			}
			assert.Equal(t, test.events, lazy.happened())
			assert.Equal(t, shows[test.after], lazy.shows())
		})
	}
}

// TestTabsListeners has listeners that call everything from within each event. Nothing waits for itself, and no event
// leads to another one.
func TestTabsListeners(t *testing.T) {
	t.Parallel()
	const reacting = listening + `
		window.replies = [];
		const note = (name, call, promise) => promise.then(
			(value) => replies.push([name, call, value?.data?.id ?? value?.userId ?? (typeof value === "string" ? "token" : String(value))].join(" ")),
			(error) => replies.push([name, call, error.code].join(" ")));
		for (const name of ["restored", "signed-in", "renewed", "signed-out"])
			document.addEventListener("keygen:" + name, () => {
				note(name, "me", keygenAuth.users.me());
				note(name, "token", keygenAuth.token());
				note(name, "renew", keygenAuth.renew());
				if (name === "signed-out") note(name, "signOut", keygenAuth.signOut());
			});`
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
	s.atStart(reacting)
	other := s.sibling()
	other.atStart(reacting)
	s.open("/form.html")
	other.open("/form.html")
	s.untilRuns()
	other.untilRuns()
	id := s.demo.Plain.ID
	// replies waits for those to an event, which come in no order, and checks them in both tabs.
	replies := func(name string, want ...string) {
		t.Helper()
		for i, p := range []*tab{s.tab, other} {
			for j, reply := range want {
				want[j] = name + " " + reply
				p.until(`window.replies.includes(` + quote(want[j]) + `)`)
			}
			assert.ElementsMatch(t, want, eval[[]string](p, `window.replies.splice(0)`), "tab %d", i)
			for j, reply := range want {
				want[j] = reply[len(name)+1:]
			}
		}
	}

	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	// Asked at once, a renewal brings a token of two weeks nothing.
	replies("signed-in", "me "+id, "token token", "renew "+id)
	assert.Equal(t, 0, len(s.renewals()))

	s.api.SetNow(func() time.Time { return time.Now().AddDate(0, 0, 3) })
	require.Empty(t, s.ask(me)) // which tells the time
	require.Empty(t, other.ask(me))
	s.do(`keygenAuth.renew()`)
	replies("renewed", "me "+id, "token token", "renew "+id)
	assert.Equal(t, 1, len(s.renewals()))

	other.do(`keygenAuth.signOut()`)
	replies("signed-out", "me TOKEN_MISSING", "token null", "renew TOKEN_MISSING", "signOut undefined")
	assert.Equal(t, []string{"signed-in", "renewed", "signed-out other-tab"}, s.happened())
	assert.Equal(t, []string{"signed-in", "renewed", "signed-out user"}, other.happened())
	s.untilNone(s.demo.Plain)
}

// TestTabsBack restores a page by the Back button, from memory, after a sign-out in another tab. Nothing of before is
// painted.
func TestTabsBack(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	s.atStart(`addEventListener("pagehide", () => (window.painted = undefined));
	addEventListener("pageshow", (event) => {
		window.persisted = event.persisted;
		requestAnimationFrame(() => (window.painted = document.documentElement.dataset.keygenState));
	})`)
	s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 90))
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)
	s.do(`window.before = true`)
	why := make(chan string, 1)
	if s.inChromium() {
		chromedp.ListenTarget(s.chromium().tab, func(event any) {
			if event, ok := event.(*page.EventBackForwardCacheNotUsed); ok {
				for _, reason := range event.NotRestoredExplanations {
					why <- reason.Reason.String()
					return
				}
			}
		})
	}
	s.open("/lazy.html")

	other := s.sibling()
	other.atStart(listening)
	other.open("/form.html")
	other.untilRuns()
	require.Empty(t, other.ask(`keygenAuth.signOut()`))
	s.untilRevoked(s.demo.Plain)

	s.do(`setTimeout(() => history.back())`)
	s.until(`location.pathname === "/form.html" && window.painted`)
	if !eval[bool](s.tab, `window.persisted`) {
		select {
		case reason := <-why:
			t.Skip("the browser kept no page in memory: ", reason)
		default:
			t.Skip("the browser kept no page in memory, and does not say why")
		}
	}
	assert.True(t, eval[bool](s.tab, `window.before`), "it is the page of before")
	assert.Equal(t, "signed-out", eval[string](s.tab, `window.painted`))
	assert.Equal(t, showsNobody, s.shows())
	assert.Equal(t, []string{"restored", "signed-out other-tab"}, s.happened())
	assert.Equal(t, "TOKEN_MISSING", s.ask(me))
}
