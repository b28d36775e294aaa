package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// outages are what a server in trouble does: it fails at once, or after its cache did not answer.
var outages = map[string]keygentest.Fault{
	"at once": {Kind: keygentest.FaultStatus, Status: 500},
	"late":    {Kind: keygentest.FaultStatus, Status: 500, Delay: time.Second},
	"proxy":   {Kind: keygentest.FaultStatus, Status: 502},
}

// down makes the server fail and returns what brings it back.
func (s *stage) down(fault keygentest.Fault) (up func()) {
	s.allow("CORS policy") // the browser's own words
	s.allow("keygen-auth: " + s.apiURL + " answers")
	return s.api.AddFault(fault)
}

// unreachable cuts the connection of requests with this method and end of path, and of the ping that follows. It returns
// what ends that, and with it what is to end as well.
func (s *stage) unreachable(method, end string, also ...func()) (remove func()) {
	for _, fault := range []keygentest.Fault{{Method: method, Path: end}, {Method: http.MethodGet, Path: "/v1/ping"}} {
		fault.Kind = keygentest.FaultCut
		also = append(also, s.api.AddFault(fault))
	}
	return func() {
		for _, end := range also {
			end()
		}
	}
}

// TestOutage meets an outage in each thing that a visitor does.
func TestOutage(t *testing.T) {
	t.Parallel()
	for name, fault := range outages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"form.html": document("", tutorialForm), "member.html": document("", member)})
			s.atStart(listening)
			user := s.demo.Plain

			// Sign-in: what was typed stays.
			s.open("/form.html")
			up := s.down(fault)
			s.signIn(user.Email, user.Password)
			s.untilSays(saysDown)
			assert.Equal(t, []string{user.Email, user.Password}, eval[[]string](s.tab,
				`["#email", "#password"].map((name) => document.querySelector(name).value)`))
			assert.Equal(t, []string{"error SERVICE_UNAVAILABLE"}, s.happened())
			assert.Len(t, s.requests(http.MethodGet, "/v1/ping"), 1, "asked once")
			for _, name := range []string{"Authorization", "Cookie", "Referer", "Keygen-Version"} {
				assert.Empty(t, s.requests(http.MethodGet, "/v1/ping")[0].Header.Get(name), name)
			}
			up()
			s.press("\r")
			s.untilSignedIn()

			// Restore: the session is there, and stays.
			v := s.plant(user, time.Now().AddDate(0, 0, 5))
			up = s.down(fault)
			s.open("/member.html")
			s.until(`window.heard.some((event) => event.Name === "restored")`)
			s.eventually(func() bool { return len(s.requests(http.MethodGet, "/v1/ping")) > 1 }, "the ping of the restored page")
			assert.Equal(t, []string{"restored"}, s.happened())

			// Operations, and a renewal.
			for _, call := range []string{
				`keygenAuth.licenses.validateKey("none")`, `keygenAuth.tokens.regenerate("none")`,
				`keygenAuth.fetch("tokens", {method: "POST"})`, `keygenAuth.renew()`,
			} {
				assert.Equal(t, "SERVICE_UNAVAILABLE", s.ask(call), call)
			}
			assert.Equal(t, v.stored, s.saved(), "untouched")
			assert.Equal(t, []string{"restored"}, s.happened())
			up()
			s.do(`window.dispatchEvent(new Event("online"))`)
			s.untilNamed(user)

			// Sign-out: at once, and the token is revoked when the server is back.
			up = s.down(fault)
			eval[any](s.tab, `keygenAuth.signOut()`)
			assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored())
			s.eventually(func() bool { return len(s.requests(http.MethodDelete, v.id)) > 0 }, "the revocation")
			up()
			s.eventually(func() bool {
				s.do(`document.dispatchEvent(new Event("visibilitychange"))`)
				return !slices.ContainsFunc(s.api.Tokens(user.ID), func(token keygentest.Token) bool { return token.ID == v.id })
			}, "the token is revoked once the server is back")
		})
	}
}

// TestOutageOnTheConsole says once what to check.
func TestOutageOnTheConsole(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.open("/form.html")
	s.down(outages["at once"])
	for range 2 {
		assert.Equal(t, "SERVICE_UNAVAILABLE", s.ask(`keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`))
	}
	var said int
	s.eventually(func() bool {
		said = 0
		for _, line := range s.lines() {
			said += strings.Count(line, "data-host")
		}
		return said > 0
	}, "the line on the console")
	assert.Equal(t, 1, said)
}

// TestNoNetwork is no outage: nothing answers the ping either.
func TestNoNetwork(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.open("/form.html")
	s.until(`keygenAuth.session === null`)
	s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSays(saysNetwork)
}
