package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// blocked makes a property of the window throw when it is read, as privacy settings do.
func blocked(area string) string {
	return `Object.defineProperty(window, "` + area + `", {get() { throw new DOMException("Access is denied.", "SecurityError"); }});`
}

// spent makes storage refuse what is written.
const spent = `Storage.prototype.setItem = () => { throw new DOMException("The quota has been exceeded.", "QuotaExceededError"); };`

// kept says which storages hold the session's key, as "local", "session" or both.
func (s *stage) kept() string {
	s.t.Helper()
	return eval[string](s.tab, `["local", "session"].filter((area) => {
		try { return window[area + "Storage"].getItem(`+quote(s.storageKey())+`) !== null; } catch { return false; }
	}).join(" ")`)
}

// TestStorage signs in, looks, and signs out, wherever a session can be kept and wherever it cannot.
func TestStorage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, mode, script string
		remember           bool
		kept               string
	}{
		{"local", "local", "", true, "local"},
		{"local, not to be remembered", "local", "", false, "session"},
		{"session", "session", "", true, "session"},
		{"memory", "memory", "", true, ""},
		{"all blocked", "local", blocked("localStorage") + blocked("sessionStorage"), true, ""},
		{"all blocked, session", "session", blocked("localStorage") + blocked("sessionStorage"), true, ""},
		{"localStorage blocked", "local", blocked("localStorage"), true, ""},
		{"sessionStorage blocked", "local", blocked("sessionStorage"), true, "local"},
		{"missing", "local", `Object.defineProperty(window, "localStorage", {value: null});`, true, ""},
		{"quota spent", "local", spent, true, ""},
		{"quota spent, session", "session", spent, true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager" data-storage="`+test.mode+`"`, member)})
			s.atStart(listening + test.script)
			s.open("/form.html")
			assert.Equal(t, showsNobody, s.shows())
			s.stays(test.remember, test.kept)
		})
	}
	t.Run("really full", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
		s.atStart(listening)
		s.elsewhere()
		s.do(`for (let size = 1 << 22, i = 0; size >= 1; size >>= 1)
			for (;;) try { localStorage.setItem(i++, "x".repeat(size)); } catch { break; }`)
		rest := eval[int](s.tab, `localStorage.length`)
		s.open("/form.html")
		s.stays(true, "")
		assert.Equal(t, rest, eval[int](s.tab, `localStorage.length`), "what the page keeps there stays")
	})
	t.Run("a sandboxed page", func(t *testing.T) {
		notIn(t, "webkit", "takes no place for 'self' in such a page's policy")
		s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
		s.serve(func(w http.ResponseWriter, r *http.Request) bool {
			answer := httptest.NewRecorder()
			s.site.ServeHTTP(answer, r)
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.Header().Add("Content-Security-Policy", "sandbox allow-scripts allow-forms")
			w.Header().Set("Access-Control-Allow-Origin", "*") // its own site is another origin to it
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
			return true
		})
		s.atStart(listening)
		s.open("/form.html")
		require.Equal(t, "null", eval[string](s.tab, `origin`))
		require.Equal(t, "SecurityError", eval[string](s.tab, `(() => { try { localStorage; } catch (error) { return error.name; } })()`))
		s.stays(true, "")
	})
}

// stays signs in, renews and signs out on a page that keeps the session in these storages, "" for none.
func (s *stage) stays(remember bool, kept string) {
	s.t.Helper()
	user := s.demo.Plain
	require.Empty(s.t, s.ask(fmt.Sprintf(`keygenAuth.signIn({email: %s, password: %s, remember: %t})`,
		quote(user.Email), quote(user.Password), remember)))
	check := func(events ...string) {
		s.t.Helper()
		assert.Equal(s.t, showsUser(user), s.shows())
		assert.Equal(s.t, kept, s.kept())
		assert.Equal(s.t, kept != "", eval[bool](s.tab, `keygenAuth.session.persistent`))
		assert.Equal(s.t, events, s.happened())
		assert.Empty(s.t, s.ask(me))
	}
	check("signed-in")
	s.untilNamed(user)

	s.api.SetNow(func() time.Time { return time.Now().Add(2 * day) })
	require.Empty(s.t, s.ask(me)) // which tells the time
	require.Empty(s.t, s.ask(`keygenAuth.renew()`))
	check("signed-in", "renewed")
	s.api.SetNow(nil)

	require.Empty(s.t, s.ask(`keygenAuth.signOut()`))
	assert.Equal(s.t, showsNobody, s.shows())
	assert.Empty(s.t, s.kept())
	assert.Equal(s.t, []string{"signed-in", "renewed", "signed-out user"}, s.happened())
	assert.Equal(s.t, "TOKEN_MISSING", s.ask(me))
	s.untilNone(user)
	assert.Equal(s.t, 2, len(s.requests(http.MethodDelete, "")), "what was renewed, and what was signed out of")
	assert.Empty(s.t, s.lines())
}

// TestStorageCorrupt finds things under the session's key that no session is made of. They are removed and reported,
// once and by code alone, and the page goes on.
func TestStorageCorrupt(t *testing.T) {
	t.Parallel()
	const canary = "canary-value"
	session := func(change func(record map[string]any)) string {
		record := map[string]any{"v": 1, "token": canary, "tokenId": "1", "userId": "2", "kind": "user-token", "expiry": nil,
			"created": "2026-01-01T00:00:00.000Z"}
		change(record)
		text, err := json.Marshal(record)
		require.NoError(t, err)
		return string(text)
	}
	with := func(name string, value any) string {
		return session(func(record map[string]any) { record[name] = value })
	}
	whole := session(func(map[string]any) {})
	tests := []struct{ name, stored string }{
		{"half of it", whole[:len(whole)/2]},
		{"another version", with("v", 2)},
		{"a version in quotes", with("v", "1")},
		{"no token", with("token", "")},
		{"a token that is no text", with("token", 7)},
		{"no id", session(func(record map[string]any) { delete(record, "tokenId") })},
		{"an expiry that is no time", with("expiry", "soon "+canary)},
		{"an expiry that is a number", with("expiry", 1791288060)},
		{"no expiry", session(func(record map[string]any) { delete(record, "expiry") })},
		{"an array", `["` + canary + `"]`},
		{"a number", `1791288060`},
		{"null", `null`},
		{"a text", `"` + canary + `"`},
		{"nothing", ``},
		{"a bare token", canary},
		{"somebody else's", `{"theme":"` + canary + `"}`},
		{"a prototype", `{"__proto__":` + whole + `}`},
	}
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
	s.atStart(listening)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s.t = t
			s.elsewhere()
			s.api.ResetRequests()
			s.do(`localStorage.setItem("other", "mine"); localStorage.setItem(` + quote(s.storageKey()) + `, ` + quote(test.stored) + `)`)
			s.open("/form.html")
			s.untilRuns()
			require.Empty(t, s.ask(`keygenAuth.token()`))
			assert.Equal(t, showsNobody, s.shows())
			assert.Equal(t, []string{"error STORAGE_CORRUPT"}, s.happened())
			assert.NotContains(t, eval[string](s.tab, `JSON.stringify(window.heard)`), canary)
			assert.Empty(t, s.kept())
			for _, request := range s.asked() {
				assert.NotContains(t, request, "/accounts/", "nothing of it is sent") // a page that is left may still ask whether the server is there
			}
			assert.Empty(t, s.lines())
			assert.Equal(t, "mine", eval[string](s.tab, `localStorage.getItem("other")`))

			s.open("/form.html")
			s.untilRuns()
			require.Empty(t, s.ask(`keygenAuth.token()`))
			assert.Empty(t, s.happened(), "once")

			require.Empty(t, s.ask(`keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`))
			s.untilNamed(s.demo.Plain) // the last thing that is asked for
			assert.Equal(t, "local", s.kept())
			assert.True(t, eval[bool](s.tab, `keygenAuth.session.persistent`))
			require.Empty(t, s.ask(`keygenAuth.signOut()`))
			s.untilRevoked(s.demo.Plain)
			s.api.ResetThrottles()
		})
	}
	t.Run("in the tab's storage, beside a session", func(t *testing.T) {
		s.t = t
		v := s.plant(s.demo.Plain, time.Now().Add(90*day))
		s.do(`sessionStorage.setItem(` + quote(s.storageKey()) + `, "[")`)
		s.open("/form.html")
		s.untilNamed(s.demo.Plain)
		assert.Equal(t, showsUser(s.demo.Plain), s.shows())
		assert.ElementsMatch(t, []string{"restored", "error STORAGE_CORRUPT"}, s.happened())
		assert.Equal(t, v.stored, s.saved())
		assert.Equal(t, "local", s.kept())
	})
}

// TestStorageChanges removes or replaces what is stored while the page is open, in the page itself, which is told of
// that by nobody.
func TestStorageChanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, script string
		events       []string
	}{
		{"removed", `localStorage.removeItem(%s)`, []string{"signed-out other-tab"}},
		{"spoiled", `localStorage.setItem(%s, "{")`, []string{"error STORAGE_CORRUPT", "signed-out other-tab"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
			s.atStart(listening)
			s.plant(s.demo.Plain, time.Now().Add(90*day))
			s.open("/form.html")
			s.untilNamed(s.demo.Plain)
			s.forget()
			s.do(strings.Replace(test.script, "%s", quote(s.storageKey()), 1))
			assert.Equal(t, "TOKEN_MISSING", s.ask(me))
			assert.Equal(t, showsNobody, s.shows())
			assert.Equal(t, test.events, s.happened())
			assert.Empty(t, s.kept())

			require.Empty(t, s.ask(`keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`))
			assert.Equal(t, showsUser(s.demo.Plain), s.shows())
			assert.Equal(t, "local", s.kept())
		})
	}
}

// TestTwoPlaces signs in for good in a tab that had a session of its own, beside that of the browser: both are replaced.
func TestTwoPlaces(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.open("/form.html")
	eval[any](s.tab, `keygenAuth.signIn({...`+credentials(s.demo.Plain)+`, remember: false})`)
	other := s.sibling()
	other.open("/form.html")
	eval[any](other, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
	require.Len(t, s.api.Tokens(s.demo.Plain.ID), 2)
	s.until(`localStorage.getItem(` + quote(s.storageKey()) + `)`) // what the other tab wrote is seen here
	last := eval[string](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`).then(({tokenId}) => tokenId)`)
	require.Eventually(t, func() bool {
		tokens := s.api.Tokens(s.demo.Plain.ID)
		return len(tokens) == 1 && tokens[0].ID == last
	}, patience, poll)
}
