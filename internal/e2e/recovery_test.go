package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// newSignedInStage returns a stage whose tab is signed in, with storage of this mode and a program that can be broken.
func newSignedInStage(t *testing.T, mode string) *stage {
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager" data-storage="`+mode+`" data-timeout="300"`, member)})
	s.atStart(listening + breakable)
	s.open("/form.html")
	s.untilRuns()
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilNamed(s.demo.Plain)
	s.forget()
	return s
}

// breakProgram ends the program by a call into it, and returns what the call came to.
func (s *stage) breakProgram() string {
	s.t.Helper()
	return s.ask(`(window.broken = true, keygenAuth.token())`)
}

// TestRecovery ends the program of a page that is signed in. Calls that wait are rejected, the page goes on showing what
// it showed, and the next call finds a fresh program with the session of before.
func TestRecovery(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"local", "session", "memory"} {
		t.Run(mode, func(t *testing.T) {
			s := newSignedInStage(t, mode)
			user := s.demo.Plain
			before := eval[map[string]any](s.tab, `keygenAuth.session`)
			whose := `keygenAuth.token().then((token) => fetch(` + quote(s.apiURL+"/v1/accounts/demo/me") +
				`, {headers: {Authorization: "Bearer " + token}})).then((answer) => answer.status)`

			release := s.api.AddFault(keygentest.Fault{Path: "/me", Delay: time.Hour})
			s.api.ResetRequests()
			s.do(`window.waiting = [keygenAuth.users.me(), keygenAuth.fetch("me"), keygenAuth.users.me()].map((call) => call.then(() => "", (error) => error.code))`)
			s.eventually(func() bool { return len(s.requests(http.MethodGet, "/me")) == 3 }, "all are under way")
			s.do(`window.broken = true`)
			release()
			lost := eval[[]string](s.tab, `Promise.all(window.waiting)`)
			assert.Equal(t, []string{"INTERNAL_ERROR", "INTERNAL_ERROR", "INTERNAL_ERROR"}, lost)
			assert.Equal(t, 1, eval[int](s.tab, `window.started`))
			assert.Equal(t, showsUser(user), s.shows())
			assert.Equal(t, before, eval[map[string]any](s.tab, `keygenAuth.session`))
			assert.Empty(t, s.happened(), "nothing has changed")
			assert.Empty(t, s.announced())

			assert.Empty(t, s.ask(me))
			assert.Equal(t, 2, eval[int](s.tab, `window.started`))
			assert.Equal(t, showsUser(user), s.shows())
			assert.Equal(t, before, eval[map[string]any](s.tab, `keygenAuth.session`))
			assert.Equal(t, http.StatusOK, eval[int](s.tab, whose))
			s.untilNamed(user)

			assert.Equal(t, "INTERNAL_ERROR", s.breakProgram(), "as often as it takes")
			assert.Empty(t, s.ask(me))
			assert.Equal(t, 3, eval[int](s.tab, `window.started`))

			assert.Empty(t, s.happened(), "still nothing")
			assert.Equal(t, "INTERNAL_ERROR", s.breakProgram())
			require.Empty(t, s.ask(`keygenAuth.signOut()`), "with a program that has just come")
			assert.Equal(t, []string{"signed-out user"}, s.happened())
			assert.Equal(t, showsNobody, s.shows())
			s.untilRevoked(user)
			assert.Equal(t, "INTERNAL_ERROR", s.breakProgram())
			assert.Equal(t, "TOKEN_MISSING", s.ask(me), "gone for the next one, too")
			assert.Equal(t, showsNobody, s.shows())
			assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored())

			s.signIn(user.Email, user.Password)
			s.untilSignedIn()
			s.untilNamed(user)
		})
	}
}

// TestRecoveryDuringRenewal ends the program while it keeps all tabs from renewing: the next program, and another tab,
// need not wait for that.
func TestRecoveryDuringRenewal(t *testing.T) {
	t.Parallel()
	s := newSignedInStage(t, "local")
	other := s.sibling()
	other.open("/form.html")
	other.untilRuns()
	s.api.SetNow(func() time.Time { return time.Now().Add(3 * day) })
	require.Empty(t, s.ask(me)) // which tells the time
	require.Empty(t, other.ask(me))

	s.allow("CORS policy")
	s.allow("data-host")
	release := s.api.AddFault(keygentest.Fault{Method: http.MethodPost, Path: "/tokens", Delay: time.Hour, Kind: keygentest.FaultStatus})
	s.do(`window.renewal = keygenAuth.renew(); window.renewal.catch(() => {})`)
	s.eventually(func() bool { return len(s.renewals()) == 1 }, "it renews")
	assert.Equal(t, "INTERNAL_ERROR", s.breakProgram())
	assert.Equal(t, "INTERNAL_ERROR", s.ask(`window.renewal`))
	release()

	assert.Empty(t, other.ask(`keygenAuth.renew()`)) // long before data-timeout
	assert.Empty(t, s.ask(`keygenAuth.renew()`))
	assert.Empty(t, s.ask(me))
	assert.Empty(t, other.ask(me))
	assert.Equal(t, 2, len(s.renewals()), "one was lost")
	s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))
}

// TestRecoveryElsewhere signs out in another tab after the program of this one has ended.
func TestRecoveryElsewhere(t *testing.T) {
	t.Parallel()
	s := newSignedInStage(t, "local")
	other := s.sibling()
	other.open("/form.html")
	other.untilRuns()
	assert.Equal(t, "INTERNAL_ERROR", s.breakProgram())
	s.forget()

	require.Empty(t, other.ask(`keygenAuth.signOut()`))
	s.untilSignedOut()
	assert.Equal(t, "TOKEN_MISSING", s.ask(me))
	assert.Equal(t, showsNobody, s.shows())
	assert.Equal(t, []string{"signed-out other-tab"}, s.happened())
}
