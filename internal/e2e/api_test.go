package e2e

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// rejection is how a call of window.keygenAuth was refused, as a page's script finds it. Code is "resolved" for one
// that was not.
type rejection struct {
	IsError                     bool
	Name, Code, Message, Source string
	Status                      int
	RetryAfter                  *int
	RequestID                   *string
	Errors                      []struct{ Code, Title, Detail string }
	Everything                  string // all texts of it
}

// rejected returns how a call, a JavaScript expression, was refused.
func (p *tab) rejected(call string) rejection {
	p.t.Helper()
	return eval[rejection](p, `(async () => {
		try { await (`+call+`); return {Code: "resolved"}; } catch (e) {
			return {IsError: e instanceof Error, Name: e.name, Code: e.code, Message: e.message, Status: e.status,
				Source: JSON.stringify(e.source) ?? "", RetryAfter: e.retryAfter ?? null, RequestID: e.requestId ?? null,
				Errors: e.errors ?? [], Everything: [String(e), e.stack, JSON.stringify(e)].join("\n")};
		}
	})()`)
}

// signedIn returns a stage whose page belongs to Ada's session, and the session's token. It has come to rest: the token
// is verified.
func signedIn(t *testing.T, pages map[string]string) (s *stage, token string) {
	t.Helper()
	if pages["form.html"] == "" {
		pages["form.html"] = document("", tutorialForm)
	}
	s = newStage(t, pages)
	s.atStart(listening)
	s.open("/form.html")
	eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
	s.untilVerified(1)
	return s, s.storedToken()
}

// untilVerified waits until the API has vouched for so many tokens.
func (s *stage) untilVerified(times int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool {
		done := 0
		for _, r := range s.requests(http.MethodGet, "/me") {
			if r.Status != 0 {
				done++
			}
		}
		return done >= times
	}, patience, poll)
}

// storedToken returns the raw token, "" for none.
func (s *stage) storedToken() string {
	s.t.Helper()
	return eval[string](s.tab, `JSON.parse(localStorage.getItem(`+quote(s.storageKey())+`) ?? "{}").token ?? ""`)
}

// credentials returns those of a user as a JavaScript object.
func credentials(user keygentest.User) string {
	return `{email: ` + quote(user.Email) + `, password: ` + quote(user.Password) + `}`
}

// TestCallsBeforeTheProgram makes each kind of call while the program is still on its way.
func TestCallsBeforeTheProgram(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{"lazy.html": document(`data-load="lazy"`, "")})
	letGo := s.holdWasm()
	s.open("/lazy.html")
	s.api.ResetRequests()
	s.do(`window.answers = {};
		const calls = {
			token: keygenAuth.token(), me: keygenAuth.users.me().then((d) => d.data.attributes.email),
			list: keygenAuth.tokens.list({limit: 1}).then((d) => d.data.length), renew: keygenAuth.renew().then((s) => s.kind),
			fetch: keygenAuth.fetch("me").then((r) => r.status), revoke: keygenAuth.tokens.revoke("nobody").catch((e) => e.code),
			signIn: keygenAuth.signIn({email: "nobody@example.com", password: "x"}).catch((e) => e.code),
		};
		for (const [name, call] of Object.entries(calls)) call.then((answer) => (window.answers[name] = answer));`)
	assert.Equal(t, s.demo.Plain.ID, eval[string](s.tab, `keygenAuth.ready.then((session) => session.userId)`), "needs no program")
	assert.Equal(t, s.demo.Plain.ID, eval[string](s.tab, `keygenAuth.session.userId`))
	s.untilPainted()
	assert.Empty(t, eval[map[string]any](s.tab, `window.answers`))
	assert.Empty(t, s.asked())

	letGo()
	s.until(`Object.keys(window.answers).length === 7`)
	assert.Equal(t, map[string]any{"token": token, "me": s.demo.Plain.Email, "list": 1.0, "renew": "user-token", "fetch": 200.0,
		"revoke": "NOT_FOUND", "signIn": "EMAIL_INVALID"}, eval[map[string]any](s.tab, `window.answers`))
}

// TestCallsWithoutTheProgram reject when it cannot be loaded; the next one tries again. Signing out works all the same.
func TestCallsWithoutTheProgram(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{"lazy.html": document(`data-load="lazy"`, "")})
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if isWasm(r) {
			http.NotFound(w, r)
		}
		return isWasm(r)
	})
	s.allow("integrity")
	s.allow("keygen-auth: http")
	s.open("/lazy.html")
	for _, call := range []string{"token()", `users.me()`, `signIn(` + credentials(s.demo.Plain) + `)`, `fetch("me")`} {
		got := s.rejected("keygenAuth." + call)
		assert.Equal(t, "BAD_RESPONSE", got.Code, call)
		assert.True(t, got.IsError)
		assert.Contains(t, got.Message, ".wasm")
		assert.NotContains(t, got.Everything, s.demo.Plain.Password)
	}
	s.serve(nil)
	assert.Equal(t, token, eval[string](s.tab, `keygenAuth.token()`))

	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if isWasm(r) {
			http.NotFound(w, r)
		}
		return isWasm(r)
	})
	s.open("/lazy.html?again")
	eval[any](s.tab, `keygenAuth.signOut()`)
	assert.True(t, eval[bool](s.tab, `keygenAuth.session === null`))
	assert.Empty(t, s.storedToken())
	assert.Equal(t, []heard{{"signed-out", `{"reason":"user"}`}}, eval[[]heard](s.tab, `window.heard`))
}

// TestRejections looks at what a page's script gets for each kind of failure.
func TestRejections(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{"form.html": document(short, tutorialForm)})
	wrong := `keygenAuth.signIn({email: ` + quote(s.demo.Plain.Email) + `, password: "canary"})`
	s.allow("CORS policy")
	tooLong := `{"errors":[{"title":"Unprocessable","detail":"is too long","code":"NAME_TOO_LONG","source":{"pointer":"/data/attributes/name"}},` +
		`{"title":"Unprocessable","detail":"is odd"}]}`
	tests := []struct {
		name, call   string
		given        func()
		code, source string
		status       int
		message      string
		errors       int
	}{
		{"wrong password", wrong, nil, "PASSWORD_INVALID", `{"header":"Authorization"}`, 401, "", 1},
		{"two problems", wrong, func() { s.bend(reply(422, tooLong)) }, "NAME_TOO_LONG", `{"pointer":"/data/attributes/name"}`, 422, "is too long", 2},
		{"a wrong parameter", `keygenAuth.tokens.list({limit: 1000})`, nil, "HTTP_400", `{"parameter":"limit"}`, 400, "", 1},
		{"not found", `keygenAuth.tokens.revoke("nobody")`, nil, "NOT_FOUND", "null", 404, "", 1},
		{"no network", wrong, func() { s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut}) }, "NETWORK_ERROR", "null", 0, "", 0},
		{"no answer", `keygenAuth.users.me()`, func() { s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultHang}) }, "TIMEOUT", "null", 0, "", 0},
		{"a page for an answer", `keygenAuth.users.me()`, func() { s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultHTML}) }, "BAD_RESPONSE", "null", 200, "", 0},
		{"no email", `keygenAuth.signIn({email: "ada", password: "canary"})`, nil, "EMAIL_REQUIRED", `{"parameter":"email"}`, 0, "", 0},
		{"half a character", `keygenAuth.signIn({email: "a@b.co", password: "canary\ud83d"})`, nil, "ENCODING_INVALID", `{"parameter":"password"}`, 0, "", 0},
		{"a second factor", `keygenAuth.signIn(` + credentials(s.demo.TwoFactor) + `)`, nil, "OTP_REQUIRED", `{"pointer":"/meta/otp"}`, 401, "", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.given != nil {
				test.given()
			}
			got := s.rejected(test.call)
			s.bend(nil)
			s.api.ClearFaults()
			assert.Equal(t, test.code, got.Code)
			assert.Equal(t, test.status, got.Status)
			assert.Equal(t, test.source, got.Source)
			assert.True(t, got.IsError, "instanceof Error")
			assert.Equal(t, "KeygenAuthError", got.Name)
			assert.NotEmpty(t, got.Message)
			assert.Contains(t, got.Message, test.message)
			assert.Len(t, got.Errors, test.errors)
			assert.Nil(t, got.RetryAfter)
			assert.Equal(t, test.errors == 1, got.RequestID != nil, "the id of an answer of the API")
			for _, secret := range []string{"canary", s.demo.TwoFactor.Password, token, base64.StdEncoding.EncodeToString([]byte(s.demo.Plain.Email + ":canary"))} {
				assert.NotContains(t, got.Everything, secret)
			}
			assert.Equal(t, token, s.storedToken(), "a failure leaves the session as it was")
		})
	}
	t.Run("too many", func(t *testing.T) {
		s.api.ResetThrottles()
		s.exhaust(s.demo.Plain.Email, 40*time.Second)
		got := s.rejected(wrong)
		assert.Equal(t, "TOO_MANY_REQUESTS", got.Code)
		assert.Equal(t, 429, got.Status)
		require.NotNil(t, got.RetryAfter)
		assert.Positive(t, *got.RetryAfter)
		assert.LessOrEqual(t, *got.RetryAfter, 41)
	})
	t.Run("signed out", func(t *testing.T) {
		s.api.SetNow(nil)
		eval[any](s.tab, `keygenAuth.signOut()`)
		for _, call := range []string{`users.me()`, `tokens.list()`, `tokens.revoke("x")`, `renew()`, `fetch("me")`} {
			got := s.rejected("keygenAuth." + call)
			assert.Equal(t, "TOKEN_MISSING", got.Code, call)
			assert.Zero(t, got.Status)
			assert.Equal(t, "KeygenAuthError", got.Name)
		}
		assert.Nil(t, eval[*string](s.tab, `keygenAuth.token()`))
	})
}

// TestSessionObject is what a page may know, and no more.
func TestSessionObject(t *testing.T) {
	t.Parallel()
	s, token := signedIn(t, map[string]string{"memory.html": document(`data-storage="memory"`, "")})
	check := func(where string, persistent bool) {
		raw := eval[string](s.tab, `(async () => JSON.stringify(await (`+where+`)))()`)
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(raw), &got))
		assert.Len(t, got, 5)
		assert.Equal(t, s.demo.Plain.ID, got["userId"])
		assert.Equal(t, "user-token", got["kind"])
		assert.Equal(t, persistent, got["persistent"])
		assert.NotEmpty(t, got["tokenId"])
		expiry, err := time.Parse(time.RFC3339, got["expiry"].(string))
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now().Add(14*24*time.Hour), expiry, time.Hour)
		assert.NotContains(t, raw, token)
	}
	check(`keygenAuth.session`, true)
	assert.True(t, eval[bool](s.tab, `Object.isFrozen(keygenAuth.session)`))
	assert.True(t, eval[bool](s.tab, `(() => { try { keygenAuth.session = null } catch {} return keygenAuth.session !== null })()`))
	assert.True(t, eval[bool](s.tab, `[keygenAuth, keygenAuth.users, keygenAuth.tokens].every(Object.isFrozen)`))
	assert.Equal(t, token, eval[string](s.tab, `keygenAuth.token()`))
	check(`keygenAuth.renew()`, true)

	s.open("/form.html?again")
	check(`keygenAuth.ready`, true)
	assert.True(t, eval[bool](s.tab, `keygenAuth.ready.then(Object.isFrozen)`))
	eval[any](s.tab, `keygenAuth.signIn({...`+credentials(s.demo.Plain)+`, remember: false})`)
	check(`keygenAuth.session`, true)
	assert.Equal(t, map[string]int{"local": 1, "session": 1}, s.stored(), "that of the browser stays as it is")

	s.open("/memory.html")
	assert.True(t, eval[bool](s.tab, `keygenAuth.ready.then((session) => session === null)`))
	check(`keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`, false)
	assert.True(t, eval[bool](s.tab, `Object.isFrozen(keygenAuth.session)`))
	eval[any](s.tab, `keygenAuth.signOut()`)
	assert.True(t, eval[bool](s.tab, `keygenAuth.session === null`))
	assert.Nil(t, eval[*string](s.tab, `keygenAuth.token()`))
}

// TestCallBesideForm signs somebody else in by a call while the form's attempt is under way: who comes last stays, and
// nobody's token is left over.
func TestCallBesideForm(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	bea := s.api.AddUser("demo", keygentest.User{Email: "bea@example.com", Password: "bread and butter"})
	s.atStart(listening)
	s.open("/form.html")
	held := make(chan struct{})
	s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
		if email, _, _ := r.BasicAuth(); email == s.demo.Plain.Email {
			_, _ = io.Copy(io.Discard, r.Body)
			<-held
		}
		return false
	})
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.until(`document.querySelector("form").ariaBusy`)
	assert.Equal(t, bea.ID, eval[string](s.tab, `keygenAuth.signIn(`+credentials(bea)+`).then((session) => session.userId)`))
	assert.True(t, eval[bool](s.tab, `document.querySelector("form").ariaBusy === "true"`), "the form still waits")
	close(held)
	s.until(`!document.querySelector("form").ariaBusy`)
	assert.Equal(t, s.demo.Plain.ID, eval[string](s.tab, `keygenAuth.session.userId`))
	assert.False(t, eval[bool](s.tab, `document.querySelector("button:not([type=button])").disabled`))
	require.Eventually(t, func() bool { return len(s.api.Tokens(bea.ID)) == 0 }, patience, poll, "the token of before is revoked")
	assert.Len(t, s.api.Tokens(s.demo.Plain.ID), 1)
	assert.Equal(t, []string{"signed-in", "signed-in"}, s.names())
}
