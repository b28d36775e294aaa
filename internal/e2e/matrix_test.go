package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/session"
)

// A trouble is a way in which a request with the session's token can go wrong.
type trouble struct {
	row    string
	name   string // where there is more than one of that row
	ends   string // why it ends the session, "" where that stays
	given  func(s *stage)
	code   string // of the rejection
	status int    // of the answer, 0 where there is none that the page may see
	page   string // form.html when empty
}

const forged = "an answer that the account did not sign"

const fetchMe = `keygenAuth.fetch("me")`

// meddled lets each request of the API through with something changed.
func meddled(change func(r *http.Request)) func(*stage) {
	return func(s *stage) {
		s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
			change(r)
			return false
		})
	}
}

// replying answers each request in the API's place.
func replying(status int, document string) func(*stage) {
	return func(s *stage) {
		s.bend(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Content-Type", "application/vnd.api+json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(document))
			return true
		})
	}
}

func faulty(kind keygentest.FaultKind, status int) func(*stage) {
	return func(s *stage) { s.api.AddFault(keygentest.Fault{Kind: kind, Status: status}) }
}

// matrixTroubles has one at least for each that a request can meet.
func matrixTroubles() []trouble {
	authorization := func(value string) func(*stage) {
		return meddled(func(r *http.Request) { r.Header.Set("Authorization", value) })
	}
	later := func(s *stage) { s.api.SetNow(func() time.Time { return time.Now().AddDate(0, 0, 91) }) }
	return []trouble{
		{row: "token unknown, revoked or replaced", ends: session.Invalid, given: authorization("Bearer user-0v3"), code: "TOKEN_INVALID", status: 401},
		{row: "token expired", ends: session.Expired, given: later, code: "TOKEN_EXPIRED", status: 401},
		{row: "token malformed", ends: session.Invalid, given: authorization("Bearer 6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90"), code: "TOKEN_FORMAT_INVALID", status: 401},
		{row: "user banned", ends: session.Banned, given: func(s *stage) { s.api.SetBanned(s.demo.Plain.ID, true) }, code: "USER_BANNED", status: 403},
		{row: "header lost on the way", given: authorization(""), code: "TOKEN_MISSING", status: 401},
		{row: "401 without a code", given: replying(401, `{"errors":[{"title":"Unauthorized","detail":"is expired"}]}`), code: "HTTP_401", status: 401},
		{row: "401 without a code", name: "by an edge", given: faulty(keygentest.FaultStatus, 401), code: "HTTP_401", status: 401},
		{row: "over the plan's quota", given: replying(402, `{"errors":[{"title":"Daily API request limit reached"}]}`), code: "HTTP_402", status: 402},
		{row: "not permitted", given: replying(403, `{"errors":[{"title":"Access denied","detail":"no (user is banned)"}]}`), code: "HTTP_403", status: 403},
		{row: "not permitted", name: "by an edge", given: faulty(keygentest.FaultStatus, 403), code: "HTTP_403", status: 403},
		{row: "not found", given: meddled(func(r *http.Request) { r.URL.Path = "/v1/accounts/demo/nothing" }), code: "NOT_FOUND", status: 404},
		{row: "in conflict", given: replying(409, `{"errors":[{"title":"Conflict"}]}`), code: "HTTP_409", status: 409},
		{row: "not valid", given: replying(422, `{"errors":[{"title":"Unprocessable resource","code":"NAME_TOO_LONG"}]}`), code: "NAME_TOO_LONG", status: 422},
		{row: "not valid", name: "without errors", given: replying(422, `{"errors":[]}`), code: "HTTP_422", status: 422},
		{row: "too many requests", given: replying(429, `{"errors":[{"title":"Too many requests","code":"TOO_MANY_REQUESTS"}]}`), code: "TOO_MANY_REQUESTS", status: 429},
		{row: "refused otherwise", given: meddled(func(r *http.Request) { r.Header.Set("Keygen-Version", "9.9") }), code: "INVALID_API_VERSION", status: 400},
		{row: "refused otherwise", name: "a code of the session's end at another status",
			given: replying(400, `{"errors":[{"title":"x","code":"TOKEN_INVALID"}]}`), code: "TOKEN_INVALID", status: 400},
		{row: "server error", given: replying(500, `{"errors":[{"title":"Internal server error"}]}`), code: "BAD_RESPONSE", status: 500},
		{row: "server error", name: "that repeats a code", given: replying(500, `{"errors":[{"title":"x","code":"TOKEN_INVALID"}]}`), code: "BAD_RESPONSE", status: 500},
		{row: "server in trouble", given: faulty(keygentest.FaultStatus, 500), code: "SERVICE_UNAVAILABLE"},
		{row: "server in trouble", name: "says an edge", given: faulty(keygentest.FaultStatus, 503), code: "SERVICE_UNAVAILABLE"},
		{row: "a page in place of an answer", given: faulty(keygentest.FaultHTML, 0), code: "BAD_RESPONSE", status: 200},
		{row: "a page in place of an answer", name: "half a document", given: faulty(keygentest.FaultTruncated, 0), code: "BAD_RESPONSE", status: 200},
		{row: "a page in place of an answer", name: "nothing", given: replying(200, ""), code: "BAD_RESPONSE", status: 200},
		{row: "a page in place of an answer", name: "null", given: replying(200, "null"), code: "BAD_RESPONSE", status: 200},
		{row: "a page in place of an answer", name: "other JSON", given: replying(200, `{"login":"required"}`), code: "BAD_RESPONSE", status: 200},
		{row: forged, given: faulty(keygentest.FaultBadSignature, 0), code: "SIGNATURE_INVALID", page: "signed.html"},
		{row: forged, name: "that would end the session", given: replying(401, `{"errors":[{"title":"x","code":"TOKEN_INVALID"}]}`),
			code: "SIGNATURE_INVALID", page: "signed.html"},
		{row: forged, name: "but a page", given: faulty(keygentest.FaultHTML, 0), code: "SIGNATURE_INVALID", page: "signed.html"},
		{row: "no network", given: faulty(keygentest.FaultCut, 0), code: "NETWORK_ERROR"},
		{row: "server in trouble", name: "no CORS headers", given: faulty(keygentest.FaultNoCORS, 0), code: "SERVICE_UNAVAILABLE"},
		{row: "server in trouble", name: "no CORS headers on a refusal", given: faulty(keygentest.FaultNoCORS, 401), code: "SERVICE_UNAVAILABLE"},
		{row: "no answer in time", given: faulty(keygentest.FaultHang, 0), code: "TIMEOUT", page: "slow.html"},
	}
}

// TestMatrix meets a signed-in page with all that can become of a request.
func TestMatrix(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html":   document("", member),
		"slow.html":   document(short, member),
		"signed.html": document(signed, member),
	})
	s.allow("blocked by CORS policy") // the browser's own words
	s.allow("data-host")
	s.atStart(listening)
	for _, trouble := range matrixTroubles() {
		t.Run(strings.TrimSpace(trouble.row+" "+trouble.name), func(t *testing.T) {
			s.t = t
			s.meet(trouble, me)
		})
	}
	for _, trouble := range matrixTroubles() {
		if trouble.ends != "" {
			t.Run(trouble.row+", by fetch", func(t *testing.T) {
				s.t = t
				s.meet(trouble, fetchMe)
			})
		}
	}
}

// meet makes a call that goes wrong in a page with a stored session, and checks what becomes of that.
func (s *stage) meet(trouble trouble, call string) {
	user := s.demo.Plain
	v := s.plant(user, time.Now().AddDate(0, 0, 90))
	if trouble.page == "" {
		trouble.page = "form.html"
	}
	s.open("/" + trouble.page)
	require.Equal(s.t, showsUser(user), s.shows(), "from storage, whatever the API says later")
	s.untilNamed(user)
	assert.Equal(s.t, []string{"restored"}, s.happened())
	s.forget()

	trouble.given(s)
	s.fail(trouble, call)
	if trouble.ends == "" {
		s.fail(trouble, fetchMe)
	}
	s.bend(nil)
	s.api.ClearFaults()
	s.api.SetNow(nil)
	s.api.SetBanned(user.ID, false)

	if trouble.ends == "" {
		assert.Equal(s.t, showsUser(user), s.shows())
		assert.Equal(s.t, v.stored, s.saved(), "untouched")
		assert.Empty(s.t, s.happened(), "nothing changed")
		assert.Empty(s.t, s.ask(call), "it works again")
		return
	}
	s.until(`keygenAuth.session === null`)
	assert.Equal(s.t, showsNobody, s.shows())
	assert.Equal(s.t, map[string]int{"local": 0, "session": 0}, s.stored())
	assert.Equal(s.t, []string{"signed-out " + trouble.ends}, s.happened())
	assert.Equal(s.t, "TOKEN_MISSING", s.ask(call), "over is over")
	assert.Equal(s.t, []string{"signed-out " + trouble.ends}, s.happened())
}

// fail makes a call that the API does not grant. To fetch, an answer is an answer.
func (s *stage) fail(trouble trouble, call string) {
	s.t.Helper()
	if call == fetchMe && trouble.status != 0 {
		assert.Equal(s.t, trouble.status, eval[int](s.tab, call+`.then((response) => response.status)`))
	} else {
		assert.Equal(s.t, trouble.code, s.ask(call), call)
	}
}
