package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// duplicate opens a copy of a tab, as browsers do: with what its sessionStorage holds.
func (s *stage) duplicate(from *tab, page string) *tab {
	s.t.Helper()
	stored := eval[string](from, `sessionStorage.getItem(`+quote(s.storageKey())+`)`)
	other := s.sibling()
	other.elsewhere(s)
	other.do(`sessionStorage.setItem(` + quote(s.storageKey()) + `, ` + quote(stored) + `)`)
	other.atStart(listening)
	other.open(page)
	other.untilRuns()
	return other
}

// newCopies returns a stage with a user who signed in for a tab, and a copy of that tab.
func newCopies(t *testing.T) (s *stage, other *tab) {
	s = newTabsStage(t)
	s.open("/form.html")
	s.untilRuns()
	require.Empty(t, s.ask(`keygenAuth.signIn({...`+credentials(s.demo.Plain)+`, remember: false})`))
	other = s.duplicate(s.tab, "/form.html")
	other.untilNamed(s.demo.Plain)
	assert.Equal(t, []string{"restored"}, other.happened())
	s.forget()
	other.forget()
	s.api.ResetRequests()
	return s, other
}

// TestCopySignsOut signs out in one of two copies of a tab: both are out.
func TestCopySignsOut(t *testing.T) {
	t.Parallel()
	s, other := newCopies(t)
	require.Empty(t, other.ask(`keygenAuth.signOut()`))
	s.untilSignedOut()
	assert.Equal(t, showsNobody, s.shows())
	assert.Equal(t, []string{"signed-out other-tab"}, s.happened())
	assert.Equal(t, []string{"signed-out user"}, other.happened())
	assert.Empty(t, s.kept())
	s.untilRevoked(s.demo.Plain)
	s.open("/form.html?again")
	assert.Equal(t, showsNobody, s.shows())
}

// TestCopyRenews renews in one of two copies of a tab: both live on, each with a token of its own once the other one has
// renewed, too; and a sign-out in one is still one in both.
func TestCopyRenews(t *testing.T) {
	t.Parallel()
	s, other := newCopies(t)
	s.api.SetNow(func() time.Time { return time.Now().Add(3 * day) })
	require.Empty(t, s.ask(me)) // which tells the time
	require.Empty(t, other.ask(me))
	require.Empty(t, s.ask(`keygenAuth.renew()`))
	assert.Empty(t, s.ask(me))
	assert.Empty(t, other.ask(me))
	eval[any](s.tab, `new Promise((done) => setTimeout(done, 2000))`) // until the old token would have been revoked
	assert.Empty(t, other.ask(me))
	assert.Equal(t, showsUser(s.demo.Plain), other.shows())
	assert.Empty(t, other.happened())
	assert.Empty(t, s.requests(http.MethodDelete, ""), "the copy goes on with it")

	require.Empty(t, other.ask(`keygenAuth.renew()`))
	s.eventually(func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 2 }, "the last one to leave the old token revokes it")
	assert.Empty(t, s.ask(me))
	assert.Empty(t, other.ask(me))

	require.Empty(t, s.ask(`keygenAuth.signOut()`))
	other.untilSignedOut()
	s.untilNone(s.demo.Plain)
}

// TestMessagesHoldNoToken listens to what the pages tell each other.
func TestMessagesHoldNoToken(t *testing.T) {
	t.Parallel()
	s, other := newCopies(t)
	spy := s.sibling()
	spy.elsewhere(s)
	spy.do(`window.said = []; new BroadcastChannel(` + quote(s.storageKey()) + `).onmessage = ({data}) => said.push(data)`)
	token := eval[string](s.tab, `keygenAuth.token()`)
	s.api.SetNow(func() time.Time { return time.Now().Add(3 * day) })
	require.Empty(t, s.ask(me))
	require.Empty(t, s.ask(`keygenAuth.renew()`))
	renewed := eval[string](s.tab, `keygenAuth.token()`)
	require.Empty(t, other.ask(`keygenAuth.signOut()`))
	spy.until(`said.length >= 3`)
	for _, text := range eval[[]string](spy, `said`) {
		assert.NotContains(t, text, token)
		assert.NotContains(t, text, renewed)
	}
}

// TestSameUserAgain signs the same user in once more, in another tab: nobody is told of an end.
func TestSameUserAgain(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	s.plant(s.demo.Plain, time.Now().Add(90*day))
	tabs := s.tabs(2, "/form.html")
	other := tabs[1]
	other.untilNamed(s.demo.Plain)
	s.forget()
	other.forget()
	require.Empty(t, s.ask(`keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`))
	id := eval[string](s.tab, `keygenAuth.session.tokenId`)
	other.until(`keygenAuth.session?.tokenId === ` + quote(id))
	assert.Equal(t, []string{"renewed"}, other.happened())
	assert.Equal(t, []string{"signed-in"}, s.happened())
	assert.Equal(t, showsUser(s.demo.Plain), other.shows())
	assert.Empty(t, other.ask(me))
	s.untilOne(s.demo.Plain, id)
}

// TestTabBesideBrowser has a session of one tab beside another user's of the browser: neither touches the other.
func TestTabBesideBrowser(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	grace := s.api.AddUser("demo", keygentest.User{Email: "hopper@example.com", Password: "nanoseconds"})
	v := s.plant(grace, time.Now().Add(90*day))
	hers := s.sibling()
	hers.atStart(listening)
	hers.open("/form.html")
	hers.untilNamed(grace)
	s.open("/form.html")
	s.untilNamed(grace)

	require.Empty(t, s.ask(`keygenAuth.signIn({...`+credentials(s.demo.Plain)+`, remember: false})`))
	assert.Equal(t, showsUser(s.demo.Plain), s.shows())
	s.api.SetNow(func() time.Time { return time.Now().Add(3 * day) })
	require.Empty(t, s.ask(me))
	require.Empty(t, s.ask(`keygenAuth.renew()`))
	s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))
	s.open("/form.html?again")
	s.untilNamed(s.demo.Plain)

	assert.Equal(t, v.stored, s.saved())
	assert.Empty(t, hers.ask(me))
	assert.Equal(t, showsUser(grace), hers.shows())
	assert.Equal(t, []string{"restored"}, hers.happened())
	assert.Len(t, s.api.Tokens(grace.ID), 1)
}
