package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// throwing makes storage that worked throw once the page says so: the property, or what reads it.
const throwing = `
	for (const area of ["localStorage", "sessionStorage"]) {
		const { get } = Object.getOwnPropertyDescriptor(window, area);
		Object.defineProperty(window, area, { get() {
			if (window.getterThrows) throw new DOMException("Access is denied.", "SecurityError");
			return get.call(window);
		} });
	}
	const { getItem } = Storage.prototype;
	Storage.prototype.getItem = function (key) {
		if (window.readingThrows) throw new DOMException("Access is denied.", "SecurityError");
		return getItem.call(this, key);
	};`

// TestStorageThrows has storage that worked, and then throws: that says nothing of the session, which goes on in memory.
// Only storage that answers, and has nothing, ends it.
func TestStorageThrows(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"getterThrows", "readingThrows"} {
		t.Run(how, func(t *testing.T) {
			s := newTabsStage(t)
			s.atStart(throwing)
			s.plant(s.demo.Plain, time.Now().Add(90*day))
			s.open("/form.html")
			s.untilNamed(s.demo.Plain)
			assert.True(t, eval[bool](s.tab, `keygenAuth.session.persistent`))
			s.do(`window.` + how + ` = true`)
			assert.Empty(t, s.ask(me))
			assert.Equal(t, showsUser(s.demo.Plain), s.shows())
			assert.False(t, eval[bool](s.tab, `keygenAuth.session.persistent`))
			s.do(`window.` + how + ` = false`)
			assert.Empty(t, s.ask(me))
			assert.True(t, eval[bool](s.tab, `keygenAuth.session.persistent`))
			assert.Equal(t, []string{"restored"}, s.happened())

			s.do(`localStorage.clear()`)
			assert.Equal(t, "TOKEN_MISSING", s.ask(me))
			assert.Equal(t, []string{"restored", "signed-out other-tab"}, s.happened())
		})
	}
}

// TestStorageForgets has storage that cannot be read, or forgets what is written without a word.
func TestStorageForgets(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"unreadable": `Storage.prototype.getItem = () => { throw new DOMException("Access is denied.", "SecurityError"); };`,
		"forgetful":  `Storage.prototype.setItem = () => {};`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newTabsStage(t)
			s.atStart(script)
			s.open("/form.html")
			s.stays(true, "")
		})
	}
}

// TestRedirectNeedsStorage signs in on a page that would go on to another one, in a browser that keeps nothing: the
// visitor reads why, stays, and no token is left.
func TestRedirectNeedsStorage(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"blocked":    blocked("localStorage") + blocked("sessionStorage"),
		"full":       spent,
		"unreadable": `Storage.prototype.getItem = () => { throw new DOMException("Access is denied.", "SecurityError"); };`,
		"forgetful":  `Storage.prototype.setItem = () => {};`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-redirect="/next.html"`, member), "next.html": document("", member)})
			s.atStart(listening + script)
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSays("This browser keeps no data for this site, so that you would be signed out again on the next page. " +
				"Allow cookies and site data for it, then sign in again.")
			assert.Equal(t, "/form.html", eval[string](s.tab, `location.pathname`))
			assert.Equal(t, showsNobody, s.shows())
			assert.Equal(t, []string{"error STORAGE_UNAVAILABLE"}, s.happened())
			assert.Equal(t, s.demo.Plain.Email, eval[string](s.tab, `document.querySelector("#email").value`))
			s.untilRevoked(s.demo.Plain)
		})
	}
	t.Run("memory is refused by name", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-redirect="/next.html" data-storage="memory"`, member)})
		s.allow(`data-storage="memory"`)
		s.open("/form.html")
		assert.Equal(t, "CONFIG_INVALID", s.ask(`keygenAuth.ready`))
		assert.Contains(t, eval[string](s.tab, `keygenAuth.ready.catch((error) => error.message)`), `data-storage="memory"`)
	})
	t.Run("sign-up", func(t *testing.T) {
		s := newStage(t, nil)
		s.atStart(listening + spent)
		s.open("/sign-up.html")
		s.write("#email", "new@example.com")
		s.write("#password", "long enough")
		s.press("\r")
		s.until(`document.querySelector("#created [role=status]")?.textContent.includes("This browser keeps no data for this site")`)
		assert.Equal(t, "/sign-up.html", eval[string](s.tab, `location.pathname`))
		s.eventually(func() bool {
			for _, r := range s.api.Requests() {
				if r.Method == "DELETE" && r.Status == 204 {
					return true
				}
			}
			return false
		}, "its token is revoked")
	})
}

// TestFastClock has a device whose clock is three days fast, and a session with two days left. Nobody hears that nobody
// is signed in before the API was asked.
func TestFastClock(t *testing.T) {
	t.Parallel()
	for _, load := range []string{"eager", "lazy"} {
		t.Run(load, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="`+load+`" data-token-expiry="P1D"`, member)})
			s.plant(s.demo.Plain, time.Now().Add(2*day))
			release := s.api.AddFault(keygentest.Fault{Path: "/me", Delay: 300 * time.Millisecond})
			s.atStart(listening + clockOff(3*day) + `addEventListener("DOMContentLoaded", () => {
				window.told = [];
				keygenAuth.on("signed-out", () => told.push("signed-out"));
				keygenAuth.on("signed-in", () => told.push("signed-in"));
				keygenAuth.ready.then((session) => told.push("ready " + session?.userId));
				keygenAuth.token().then((token) => told.push("token " + (token !== null)));
			})`)
			s.open("/form.html")
			s.until(`told.length >= 3`)
			assert.ElementsMatch(t, []string{"ready " + s.demo.Plain.ID, "token true", "signed-in"}, eval[[]string](s.tab, `told`))
			release()
			assert.Equal(t, showsUser(s.demo.Plain), s.shows())
			assert.Equal(t, []string{"restored"}, s.happened())
		})
	}
	t.Run("really expired", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, member)})
		s.plant(s.demo.Plain, time.Now().Add(-day))
		s.atStart(listening)
		s.open("/form.html")
		assert.True(t, eval[bool](s.tab, `keygenAuth.ready.then((session) => session === null)`))
		assert.Equal(t, []string{"signed-out expired"}, s.happened())
	})
}

// TestOneRule has the loader and the program judge the same stored texts (internal/session, TestRecords).
func TestOneRule(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "internal", "session", "testdata", "records.json"))
	require.NoError(t, err)
	var cases []struct{ Name, Text, Is string }
	require.NoError(t, json.Unmarshal(text, &cases))
	s := newStage(t, map[string]string{
		"lazy.html":  document(`data-load="lazy"`, member),
		"eager.html": document(`data-load="eager"`, member),
	})
	s.atStart(listening)
	s.elsewhere()
	for _, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			s.t = t
			store := `localStorage.setItem(` + quote(s.storageKey()) + `, ` + quote(test.Text) + `)`
			hold := s.api.AddFault(keygentest.Fault{Path: "/me", Kind: keygentest.FaultHang})
			defer hold()
			s.elsewhere()
			s.do(store)
			s.open("/lazy.html")
			assert.Equal(t, test.Is == "session", eval[bool](s.tab, `keygenAuth.session !== null`), "the loader")
			asks := eval[bool](s.tab, `Promise.race([keygenAuth.ready.then(() => false), new Promise((done) => setTimeout(() => done(true), 50))])`)
			assert.Equal(t, test.Is == "doubtful", asks, "it waits for the program")

			s.elsewhere()
			s.do(store)
			s.open("/eager.html")
			s.untilRuns()
			assert.Equal(t, test.Is == "session", eval[bool](s.tab, `keygenAuth.session !== null`), "the program")
			assert.Equal(t, test.Is == "corrupt", s.saved() == "", "what is nobody's is removed, and nothing else")
			events := map[string][]string{"session": {"restored"}, "corrupt": {"error STORAGE_CORRUPT"}, "foreign": {}, "doubtful": {}}
			assert.Equal(t, events[test.Is], s.happened())
		})
	}
}

// TestStaffLeftAlone has the session of somebody of the team in the storage of a page for customers, and in that of one
// for the team.
func TestStaffLeftAlone(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"form.html":  document(`data-load="eager"`, member),
		"staff.html": document(`data-load="eager" data-allow-staff`, member),
	}
	// plantAs stores a session of the administrator as one of another kind.
	plantAs := func(s *stage, kind string) visit {
		v := s.plant(s.demo.Staff, time.Time{})
		s.do(fmt.Sprintf(`const record = JSON.parse(localStorage.getItem(%[1]s)); record.kind = %[2]s;
			localStorage.setItem(%[1]s, JSON.stringify(record))`, quote(s.storageKey()), quote(kind)))
		return v
	}
	t.Run("by its kind", func(t *testing.T) {
		s := newStage(t, pages)
		s.atStart(listening)
		v := plantAs(s, "admin-token")
		s.open("/form.html")
		s.untilRuns()
		assert.Equal(t, "TOKEN_MISSING", s.ask(me))
		assert.Equal(t, showsNobody, s.shows())
		assert.Empty(t, s.happened())
		assert.Empty(t, s.asked(), "it is not used")
		assert.Contains(t, s.saved(), v.token)

		s.open("/staff.html") // which has a key of its own, and moves it there
		s.untilNamed(s.demo.Staff)
		assert.Empty(t, s.saved())
		assert.Contains(t, eval[string](s.tab, `localStorage.getItem(`+quote(s.storageKey()+":staff")+`)`), v.token)
		s.open("/staff.html?again")
		s.untilNamed(s.demo.Staff)
		assert.Equal(t, []string{"restored"}, s.happened())
		s.open("/form.html")
		s.untilRuns()
		assert.Equal(t, showsNobody, s.shows())
	})
	t.Run("at a sign-out before the program is there", func(t *testing.T) {
		s := newStage(t, pages)
		v := plantAs(s, "admin-token")
		letGo := s.holdWasm()
		s.open("/form.html")
		s.do(`keygenAuth.signOut()`)
		assert.Contains(t, s.saved(), v.token)
		letGo()
		s.untilRuns()
		assert.Equal(t, "", s.ask(`keygenAuth.signOut()`))
		assert.Contains(t, s.saved(), v.token)
		assert.Empty(t, s.asked(), "nothing is revoked")
	})
	t.Run("by what the API says", func(t *testing.T) {
		s := newStage(t, pages)
		s.atStart(listening)
		v := plantAs(s, "user-token")
		s.open("/form.html")
		s.until(`window.heard.length === 2`)
		assert.Equal(t, []string{"restored", "signed-out invalid"}, s.happened())
		assert.Equal(t, showsNobody, s.shows())
		assert.Contains(t, s.saved(), v.token, "left alone")
		s.open("/form.html?again")
		s.untilRuns()
		assert.Equal(t, showsNobody, s.shows())
		assert.Empty(t, s.happened())
		assert.Len(t, s.api.Tokens(s.demo.Staff.ID), 1)
	})
}
