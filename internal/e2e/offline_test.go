package e2e

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counting counts what the module asks of the API, whether or not that gets there.
const counting = listening + `{
	const fetching = window.fetch;
	window.asked = {GET: 0, DELETE: 0, POST: 0, failed: 0};
	window.fetch = (url, init) => {
		if (init?.method in window.asked) window.asked[init.method]++;
		const answer = fetching(url, init);
		answer.catch(() => window.asked.failed++);
		return answer;
	};
}`

// disconnect keeps the tab from the API, or no longer; the site itself stays reachable.
func (s *stage) disconnect(on bool) {
	s.t.Helper()
	s.run(chromedp.ActionFunc(func(ctx context.Context) error {
		var rules []*network.Conditions
		if on {
			rules = []*network.Conditions{{URLPattern: s.apiURL + "/*", Offline: true, DownloadThroughput: -1, UploadThroughput: -1}}
		}
		_, err := network.EmulateNetworkConditionsByRule(rules).Do(ctx)
		return err
	}))
}

// tellOffline tells the page that it has no network, or has it again, as the browser does.
func (s *stage) tellOffline(on bool) {
	s.t.Helper()
	s.run(network.OverrideNetworkState(on, 0, -1, -1))
	s.until(map[bool]string{true: `!navigator.onLine`, false: `navigator.onLine`}[on])
}

func newOfflineStage(t *testing.T, script string) *stage {
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
	s.atStart(counting + script)
	s.run(network.Enable())
	return s
}

// quiet checks that a page shows a session and no trouble.
func (s *stage) quiet(events ...string) {
	s.t.Helper()
	assert.Equal(s.t, showsUser(s.demo.Plain), s.shows())
	assert.Equal(s.t, events, s.happened())
	assert.Empty(s.t, s.announced())
	assert.Empty(s.t, s.lines())
}

// TestStartOffline opens a page with a stored session and no network. It is signed in at once, and finds out who that is
// later.
func TestStartOffline(t *testing.T) {
	t.Parallel()
	t.Run("until a retry", func(t *testing.T) {
		t.Parallel()
		s := newOfflineStage(t, "")
		v := s.plant(s.demo.Plain, time.Now().Add(90*day))
		s.disconnect(true)
		s.open("/form.html")
		assert.Equal(t, showsUser(s.demo.Plain), s.shows(), "at once")
		s.until(`asked.failed >= 1`)
		s.quiet("restored")
		assert.Equal(t, "NETWORK_ERROR", s.ask(me))
		s.quiet("restored")
		assert.Empty(t, s.asked(), "nothing gets through")

		s.disconnect(false)
		s.untilNamed(s.demo.Plain)
		assert.Equal(t, 1, len(s.requests(http.MethodGet, "/me")))
		s.quiet("restored")
		assert.Equal(t, v.stored, s.saved())
	})
	t.Run("until the network is back", func(t *testing.T) {
		t.Parallel()
		// The first retry comes when the test says.
		s := newOfflineStage(t, `{
			const {setTimeout} = window;
			window.setTimeout = (run, wait, ...rest) => (wait === 2000 ? ((window.retry = run), 0) : setTimeout(run, wait, ...rest));
		}`)
		s.plant(s.demo.Plain, time.Now().Add(90*day))
		s.disconnect(true)
		s.tellOffline(true)
		s.open("/form.html")
		s.until(`asked.failed >= 1 && window.retry`)
		s.quiet("restored")

		s.disconnect(false)
		s.tellOffline(false)
		s.untilNamed(s.demo.Plain)
		s.do(`retry()`)
		s.untilPainted()
		assert.Equal(t, 1, len(s.requests(http.MethodGet, "/me")), "known is known")
		s.quiet("restored")
	})
	t.Run("with a clock that runs two days fast", func(t *testing.T) {
		t.Parallel()
		s := newOfflineStage(t, clockOff(2*day))
		v := s.plant(s.demo.Plain, time.Now().Add(day))
		s.disconnect(true)
		s.open("/form.html")
		s.until(`asked.failed >= 1`)
		assert.Equal(t, showsNobody, s.shows(), "this clock says that it has expired")
		assert.Equal(t, v.stored, s.saved(), "but only the API can tell")
		assert.Empty(t, s.happened())

		s.disconnect(false)
		s.do(`dispatchEvent(new Event("online"))`)
		s.untilSignedIn()
		s.until(`window.heard.length === 2`)
		s.quiet("restored", "renewed")
	})
	t.Run("with little time left", func(t *testing.T) {
		t.Parallel()
		s := newOfflineStage(t, "")
		v := s.plant(s.demo.Plain, time.Now().Add(6*day))
		s.disconnect(true)
		s.open("/form.html")
		for range 3 {
			assert.Equal(t, "NETWORK_ERROR", s.ask(me))
		}
		s.until(`asked.failed >= 5 && asked.POST > 0`) // with the verification and a renewal
		s.quiet("restored")
		assert.Equal(t, 1, eval[int](s.tab, `asked.POST`), "a renewal that fails is not repeated at once")
		assert.Equal(t, v.stored, s.saved())
	})
}

// TestSignOutOffline signs out without a network: here at once, and at the API when there is one.
func TestSignOutOffline(t *testing.T) {
	t.Parallel()
	s := newOfflineStage(t, "")
	s.plant(s.demo.Plain, time.Now().Add(90*day))
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)
	s.disconnect(true)
	s.tellOffline(true)

	s.do(`window.out = keygenAuth.signOut(); window.out.then(() => (window.left = {...localStorage}))`)
	require.Empty(t, s.ask(`window.out`), "this does not wait for the network")
	assert.Empty(t, eval[map[string]string](s.tab, `window.left`))
	assert.Equal(t, showsNobody, s.shows())
	assert.Equal(t, []string{"restored", "signed-out user"}, s.happened())
	s.until(`asked.failed >= 1`)
	assert.Equal(t, "TOKEN_MISSING", s.ask(me))
	assert.Len(t, s.api.Tokens(s.demo.Plain.ID), 1)
	assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored(), "nothing is kept for later, either")

	s.disconnect(false)
	s.tellOffline(false)
	s.untilRevoked(s.demo.Plain)
	s.until(`asked.DELETE === 2`)
	s.tellOffline(true)
	s.tellOffline(false)
	s.do(`dispatchEvent(new Event("online"))`)
	require.Equal(t, "TOKEN_MISSING", s.ask(me))
	s.untilPainted()
	assert.Equal(t, 2, eval[int](s.tab, `asked.DELETE`), "what is done is done")
	assert.Equal(t, []string{"restored", "signed-out user"}, s.happened())
	assert.Empty(t, s.announced())
}
