package e2e

import (
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// slowRenewals has the API make tokens by tokens at once, and answer late. acted is told of each.
func (s *stage) slowRenewals(late time.Duration) (acted chan struct{}) {
	acted = make(chan struct{}, 100)
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		if !isRenewal(r) {
			return false
		}
		answer := httptest.NewRecorder()
		s.api.ServeHTTP(answer, r)
		acted <- struct{}{}
		time.Sleep(late)
		replay(w, answer)
		return true
	})
	return acted
}

// TestLeaveDuringRenewal leaves the page while the answer to a renewal travels: the visitor is still signed in on the next
// page, by the old token, and renews there.
func TestLeaveDuringRenewal(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(s *stage){
		"script": func(s *stage) { s.do(`location.assign("/form.html?next")`) },
		"link": func(s *stage) {
			s.do(`const link = document.createElement("a"); link.href = "/form.html?next"; document.body.append(link); link.click()`)
		},
		"reload": func(s *stage) { s.do(`location.reload()`) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newTabsStage(t)
			s.plant(s.demo.Plain, time.Now().Add(6*day))
			acted := s.slowRenewals(2 * time.Second)
			s.open("/form.html")
			s.untilNamed(s.demo.Plain)
			s.do(`window.before = true; keygenAuth.renew().catch(() => {})`)
			<-acted
			leave(s)
			s.until(`!window.before && document.querySelector("b")?.textContent === ` + quote(s.demo.Plain.Email))
			assert.Equal(t, showsUser(s.demo.Plain), s.shows())
			assert.Equal(t, []string{"restored"}, s.happened())
			require.Empty(t, s.ask(`keygenAuth.renew()`))
			assert.Empty(t, s.ask(me))
			assert.Len(t, s.renewals(), 2)
			s.eventually(func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 2 }, "what was lost stays, unused")
		})
	}
	t.Run("closed", func(t *testing.T) {
		s := newTabsStage(t)
		s.plant(s.demo.Plain, time.Now().Add(6*day))
		acted := s.slowRenewals(time.Second)
		other := s.sibling()
		other.open("/form.html")
		other.untilRuns()
		other.do(`keygenAuth.renew().catch(() => {})`)
		<-acted
		other.elsewhere(s)
		s.open("/form.html")
		s.untilNamed(s.demo.Plain)
		assert.Empty(t, s.ask(me))
	})
}

// elsewhere leaves for a page that has nothing of the module.
func (p *tab) elsewhere(s *stage) {
	p.t.Helper()
	s.files["blank.html"] = file("<!doctype html><title>Blank</title>")
	p.open("/blank.html")
}

// TestClickSoon visits a page on a slow line, with a session that has little time left, and clicks on within half a second
// of its load: no session is lost. KEYGEN_AUTH_VISITS says how many visits.
func TestClickSoon(t *testing.T) {
	t.Parallel()
	visits := 8
	if text := os.Getenv("KEYGEN_AUTH_VISITS"); text != "" {
		var err error
		visits, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	s := newTabsStage(t)
	const latency = 150 * time.Millisecond
	s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
		time.Sleep(latency)
		return false
	})
	random := rand.New(rand.NewSource(1))
	v := s.plant(s.demo.Plain, time.Now().Add(6*day))
	s.open("/form.html")
	lost := 0
	for i := range visits {
		click := time.Duration(random.Intn(500)) * time.Millisecond
		s.do(fmt.Sprintf(`window.old = true; setTimeout(() => location.assign("/form.html?%d"), %d)`, i, click.Milliseconds()))
		s.until(fmt.Sprintf(`!window.old && location.search === "?%d" && document.readyState === "complete"`, i))
		if s.shows() != showsUser(s.demo.Plain) {
			lost++
			s.plant(s.demo.Plain, time.Now().Add(6*day))
			s.open("/form.html")
		}
	}
	t.Logf("%d visits, a click 0 to 500 ms after load, %s of latency: %d sessions lost, %d renewals", visits, latency, lost, len(s.renewals()))
	assert.Zero(t, lost)
	assert.Equal(t, v.stored, s.saved())

	// Who stays for some seconds has it renewed, however slow the line.
	s.until(`window.heard.some((e) => e.Name === "renewed")`)
	s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))
}

// TestRenewWhenQuiet renews by itself only when nobody has pressed anything for some seconds.
func TestRenewWhenQuiet(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	s.atStart(`window.began = performance.now();
		document.addEventListener("keydown", () => (window.last = performance.now()), true);
		document.addEventListener("keygen:renewed", () => (window.renewedAt = performance.now()))`)
	s.plant(s.demo.Plain, time.Now().Add(6*day))
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)
	pressed := time.Now()
	for time.Since(pressed) < 7*time.Second {
		s.press("x")
		assert.Empty(t, s.renewals(), "somebody is busy")
		time.Sleep(poll)
	}
	s.until(`window.renewedAt`)
	assert.Greater(t, eval[float64](s.tab, `window.renewedAt - window.last`), 1000.0)
	assert.Equal(t, []string{"restored", "renewed"}, s.happened())
}

// TestRenewForbidden has a user whose permissions allow no further token: the one there is gets another value.
func TestRenewForbidden(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	user := s.api.AddUser("demo", keygentest.User{Email: "limited@example.com", Password: "nanoseconds",
		Permissions: []string{"token.read", "token.regenerate", "token.revoke", "user.read"}})
	v := s.plant(user, time.Now().Add(6*day))
	s.open("/form.html")
	s.untilNamed(user)
	require.Empty(t, s.ask(`keygenAuth.renew()`))
	assert.Len(t, s.requests(http.MethodPut, "/tokens/"+v.id), 1)
	assert.Equal(t, v.id, eval[string](s.tab, `keygenAuth.session.tokenId`))
	assert.NotContains(t, s.saved(), v.token)
	assert.Empty(t, s.ask(me))
	assert.Equal(t, []string{"restored", "renewed"}, s.happened())
	assert.Len(t, s.api.Tokens(user.ID), 1)
}

// TestStrangersLock has another page of the site keep a lock under the name that the module uses. Nothing waits for it
// for more than a few seconds.
func TestStrangersLock(t *testing.T) {
	t.Parallel()
	s := newTabsStage(t)
	v := s.plant(s.demo.Plain, time.Now().Add(6*day))
	stranger := s.sibling()
	stranger.elsewhere(s)
	eval[any](stranger, `new Promise((held) => { navigator.locks.request(`+quote(s.storageKey())+`, () => { held(); return new Promise(() => {}); }); })`)
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)
	took := eval[float64](s.tab, `(async () => { const began = performance.now(); await keygenAuth.renew(); return performance.now() - began; })()`)
	t.Logf("a renewal took %.1f s", took/1000)
	assert.Less(t, took, 10_000.0)
	assert.NotContains(t, s.saved(), v.token)
	s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))

	s.api.SetBanned(s.demo.Plain.ID, true)
	took = eval[float64](s.tab, `(async () => { const began = performance.now(); await keygenAuth.users.me().catch(() => {}); return performance.now() - began; })()`)
	t.Logf("a verdict took %.1f s", took/1000)
	assert.Less(t, took, 10_000.0)
	assert.Equal(t, showsNobody, s.shows())
}
