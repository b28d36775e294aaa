package e2e

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// abortable are the calls that take a signal, with their method and the end of their path.
func abortable(user keygentest.User) []struct{ call, method, end string } {
	return []struct{ call, method, end string }{
		{`keygenAuth.signIn(` + credentials(user) + `, {signal})`, http.MethodPost, "/tokens"},
		{`keygenAuth.users.me({signal})`, http.MethodGet, "/me"},
		{`keygenAuth.tokens.list({limit: 1}, {signal})`, http.MethodGet, "/tokens"},
		{`keygenAuth.tokens.revoke("6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90", {signal})`, http.MethodDelete, "7d8e90"},
		{`keygenAuth.fetch("me", {signal})`, http.MethodGet, "/me"},
	}
}

// begin makes a call with the signal of a new AbortController and keeps what comes of it. The reason is told by identity.
func (p *tab) begin(call string) {
	p.t.Helper()
	p.do(`window.controller = new AbortController(); window.reason = {why: "the visitor left"}; window.outcome = undefined;
		const {signal} = window.controller;
		` + call + `.then(() => "resolved", (e) => e === window.reason ? "the reason" : String(e?.code ?? e)).then((o) => (window.outcome = o))`)
}

const abort = `window.controller.abort(window.reason)`

// untilAborted waits for the call's end, which must be the reason.
func (p *tab) untilAborted() {
	p.t.Helper()
	p.until(`window.outcome`)
	assert.Equal(p.t, "the reason", eval[string](p, `window.outcome`))
}

// TestAbortedBefore gives calls a signal that is aborted: nothing is sent, nor even the program loaded.
func TestAbortedBefore(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{"lazy.html": document(`data-load="lazy"`, "")})
	s.open("/lazy.html")
	logs := s.log()
	s.api.ResetRequests()
	for _, test := range abortable(s.demo.Plain) {
		s.begin(`(window.controller.abort(window.reason), ` + test.call + `)`)
		s.untilAborted()
	}
	s.idle()
	assert.Empty(t, logs())
	assert.Empty(t, s.asked())
}

// TestAbortedWhileLoading ends calls that wait for the program. When it comes it does not send them.
func TestAbortedWhileLoading(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{"lazy.html": document(`data-load="lazy"`, "")})
	letGo := s.holdWasm()
	s.open("/lazy.html")
	s.api.ResetRequests()
	for _, test := range abortable(s.demo.Plain) {
		s.begin(test.call)
		s.untilPainted()
		assert.False(t, eval[bool](s.tab, `Boolean(window.outcome)`))
		s.do(abort)
		s.untilAborted()
	}
	letGo()
	assert.Equal(t, token, eval[string](s.tab, `keygenAuth.token()`))
	s.untilVerified(1)
	assert.Len(t, s.api.Requests(), 1, "the one that verifies the session")
}

// TestAborted ends requests that are under way: the server sees that the browser has gone.
func TestAborted(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{})
	for _, test := range abortable(s.demo.Plain) {
		t.Run(test.call, func(t *testing.T) {
			var arrived, left atomic.Bool
			s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
				if r.Method != test.method || !strings.HasSuffix(r.URL.Path, test.end) {
					return false
				}
				_, _ = io.Copy(io.Discard, r.Body) // until then nobody notices that a client has gone
				arrived.Store(true)
				<-r.Context().Done()
				left.Store(context.Cause(r.Context()) == context.Canceled)
				return true
			})
			defer s.bend(nil)
			s.begin(test.call)
			require.Eventually(t, arrived.Load, patience, poll)
			assert.False(t, left.Load())
			s.do(abort)
			s.untilAborted()
			require.Eventually(t, left.Load, patience, poll, "the request ends")
		})
	}
	s.untilPainted()
	assert.Equal(t, token, s.storedToken())
	assert.Equal(t, []string{"signed-in"}, s.names(), "what the page itself has ended is no failure to tell it of")
	assert.Len(t, s.api.Tokens(s.demo.Plain.ID), 1)
}

// TestAbortedLate comes when the answer is there: it changes nothing.
func TestAbortedLate(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{})
	s.begin(`keygenAuth.users.me({signal})`)
	s.until(`window.outcome`)
	s.do(abort)
	assert.Equal(t, "resolved", eval[string](s.tab, `window.outcome`))
	assert.Equal(t, token, eval[string](s.tab, `keygenAuth.token()`))

	t.Run("in the body of a Response", func(t *testing.T) {
		s.bend(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return true
		})
		defer s.bend(nil)
		s.begin(`keygenAuth.fetch("me", {signal}).then((response) => { window.response = response; return response.text(); })`)
		s.until(`window.response`)
		s.do(abort)
		s.until(`window.outcome`)
		want := "the reason"
		if engine == "firefox" || engine == "webkit" {
			want = "20" // an AbortError, whatever the reason
		}
		assert.Equal(t, want, eval[string](s.tab, `window.outcome`))
	})
}

// TestAllAborted ends the listing of all records, whether a query comes before the options or not.
func TestAllAborted(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{"form.html": document("", tutorialForm)})
	list := func(args string) string {
		return eval[string](s.tab, `(async () => {
			let n = 0;
			for await (const license of keygenAuth.licenses.all(`+args+`)) n++;
			return n + " licenses";
		})().catch((e) => e.message)`)
	}
	all := list("")
	assert.Equal(t, all, list(`{order: "asc"}`))
	const aborted = `{signal: AbortSignal.abort(new Error("the visitor left"))}`
	for _, args := range []string{aborted, `{order: "asc"}, ` + aborted, `undefined, ` + aborted} {
		assert.Equal(t, "the visitor left", list(args), args)
	}
}
