package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/dist"
)

// restOfAll is what happens to the rest of the program in all tests: it is there at once when empty, three seconds late, or
// never. Without it visits, sign-ins and sessions work, and calls for operations fail.
var restOfAll = os.Getenv("KEYGEN_AUTH_REST")

// restInTrouble is what restOfAll asks for.
func (s *stage) restInTrouble(w http.ResponseWriter, r *http.Request) bool {
	if !isRest(r) {
		return false
	}
	switch restOfAll {
	case "late":
		select {
		case <-time.After(3 * time.Second):
		case <-r.Context().Done():
		}
	case "never":
		http.NotFound(w, r)
		return true
	}
	return false
}

// withoutRest answers requests for the rest of the program by 404 until it is mended, and counts them.
func (s *stage) withoutRest() (asked func() int, mend func()) {
	s.allow("/keygen-auth.rest.")
	n := 0
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if !isRest(r) {
			return false
		}
		s.mu.Lock()
		n++
		s.mu.Unlock()
		http.NotFound(w, r)
		return true
	})
	return func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return n
	}, func() { s.serve(nil) }
}

// holdRest holds the answers to requests for the rest of the program back.
func (s *stage) holdRest() (letGo func()) {
	held := make(chan struct{})
	letGo = sync.OnceFunc(func() { close(held) })
	s.t.Cleanup(letGo)
	s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
		if isRest(r) {
			select {
			case <-held:
			case <-r.Context().Done():
			}
		}
		return false
	})
	return letGo
}

// TestWithoutTheRest signs in, works with the session and leaves it while the rest of the program is not to be had.
// Operations say so, and work once it is there.
func TestWithoutTheRest(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm+`<p data-keygen-text="user.email"></p>`)})
	s.atStart(listening)
	asked, mend := s.withoutRest()
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, "wrong")
	s.untilSays(saysWrong)
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.until(`document.querySelector("p").textContent === ` + quote(s.demo.Plain.Email))
	require.Positive(t, asked(), "it is asked for once the form is served")

	before := asked()
	got := s.rejected(`keygenAuth.users.me()`)
	assert.Equal(t, "BAD_RESPONSE", got.Code)
	assert.Contains(t, got.Message, "/keygen-auth.rest.")
	assert.Contains(t, got.Message, "status 404")
	assert.Greater(t, asked(), before, "it is tried again")
	eval[any](s.tab, `keygenAuth.renew()`)

	mend()
	assert.Equal(t, s.demo.Plain.Email, eval[string](s.tab, `keygenAuth.users.me().then(({ data }) => data.attributes.email)`))
	eval[any](s.tab, `keygenAuth.signOut()`)
	s.until(`document.documentElement.dataset.keygenState === "signed-out"`)
}

// TestRestIsLate has operations wait for the rest of the program, and nothing else.
func TestRestIsLate(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	letGo := s.holdRest()
	s.open("/form.html")
	s.do(`window.early = keygenAuth.users.me().then(({ data }) => data.attributes.email, (error) => error.code);
		const abort = new AbortController();
		window.aborted = keygenAuth.users.me({ signal: abort.signal }).catch((error) => error.name);
		window.abort = () => abort.abort();`)
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	assert.Equal(t, "AbortError", eval[string](s.tab, `(abort(), aborted)`))
	assert.Equal(t, "waits", eval[string](s.tab, `Promise.race([early, new Promise((done) => setTimeout(done, 50, "waits"))])`))
	letGo()
	assert.Equal(t, s.demo.Plain.Email, eval[string](s.tab, `early`))
	assert.Len(t, s.requests(http.MethodGet, "/me"), 2, "one for the page, one for the call that was not aborted")
}

// TestLazyRest asks for the rest of the program on a lazy page only when a call needs it.
func TestLazyRest(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, tutorialForm)})
	asked, mend := s.withoutRest()
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.idle()
	assert.Zero(t, asked())
	mend()
	assert.Equal(t, s.demo.Plain.Email, eval[string](s.tab, `keygenAuth.users.me().then(({ data }) => data.attributes.email)`))
}

// parked returns a stage whose program lacks functions that a sign-in needs until the rest of it is there.
func parked(t *testing.T, missing ...string) *stage {
	t.Helper()
	first, err := dist.First(root)
	require.NoError(t, err)
	for _, name := range missing {
		require.Contains(t, first, name)
	}
	built := t.TempDir()
	require.NoError(t, dist.Build(t.Context(), root, built, dist.Options{
		First: slices.DeleteFunc(first, func(name string) bool { return slices.Contains(missing, name) }),
		Warn:  func(line string) { assert.Fail(t, line) },
	}))
	require.FileExists(t, filepath.Join(built, dist.Rest))
	s := newStage(t, map[string]string{"form.html": document(short, tutorialForm)})
	s.site = s.siteOf(t, built)
	return s
}

// TestParked signs in with a program that lacks what the sign-in needs: it waits for the rest, with the page alive, and is
// answered once.
func TestParked(t *testing.T) {
	t.Parallel()
	for name, missing := range map[string][]string{
		"before the request": {"keygenauth/internal/session.(*Session).SignIn"},
		"in the answer":      {"keygenauth/internal/session.(*Store).Save"},
		"in the event":       {"keygenauth/internal/page.(*form).submit"},
	} {
		t.Run(name, func(t *testing.T) {
			s := parked(t, missing...)
			s.atStart(listening)
			letGo := s.holdRest()
			s.open("/form.html")
			s.untilAttached()
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.press("\r\r")
			s.do(`window.token = keygenAuth.token()`)
			s.idle()
			assert.NotEqual(t, "signed-in", eval[string](s.tab, `document.documentElement.dataset.keygenState`))
			letGo()
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
			assert.Equal(t, s.storedToken(), eval[string](s.tab, `keygenAuth.token()`))
			assert.Equal(t, []string{"signed-in"}, s.happened())
		})
	}
}

// TestParkedForEver tells the visitor of a program that waits for what is not to be had, and signs in once it is there.
func TestParkedForEver(t *testing.T) {
	t.Parallel()
	for name, missing := range map[string]string{
		"before the request": "keygenauth/internal/session.(*Session).SignIn",
		"in the event":       "keygenauth/internal/page.(*form).submit",
	} {
		t.Run(name, func(t *testing.T) {
			s := parked(t, missing)
			_, mend := s.withoutRest()
			s.open("/form.html")
			s.untilAttached()
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSays(notLoaded)
			mend()
			s.press("\r")
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
		})
	}
}
