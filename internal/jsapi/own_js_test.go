package jsapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// withSignal are the methods by the arguments that may come before the options:
// all of them, and those left after leaving some out.
var withSignal = map[string][]string{
	"users.me": {``}, "users.list": {``, `{ limit: 1 }`, `null`}, "users.get": {`"u"`}, "users.create": {`{ email: "e" }`},
	"users.update": {`"u", {}`}, "users.updatePassword": {`"u", {}`}, "users.resetPassword": {`"u", {}`},
	"passwords.create":   {`{ email: "e" }`},
	"secondFactors.list": {`"u"`}, "secondFactors.create": {`"u", {}`}, "secondFactors.update": {`"u", "f", {}`},
	"secondFactors.delete": {`"u", "f"`, `"u", "f", { otp: "1" }`},
	"tokens.list":          {``, `{}`}, "tokens.get": {`"t"`}, "tokens.regenerate": {`"t"`}, "tokens.revoke": {`"t"`}, "tokens.revokeOthers": {``},
	"licenses.list": {``, `{ limit: 1 }`}, "licenses.get": {`"l"`}, "licenses.create": {`{ policy: "p" }`}, "licenses.delete": {`"l"`},
	"licenses.validate":    {`"l"`, `"l", { nonce: 1 }`, `"l", undefined`, `"l", {}`},
	"licenses.validateKey": {`"k"`, `"k", { nonce: 1 }`, `"k", null`},
	"licenses.checkOut":    {`"l"`, `"l", { ttl: 3600 }`}, "licenses.checkIn": {`"l"`}, "licenses.renew": {`"l"`},
	"licenses.incrementUsage": {`"l"`, `"l", 2`, `"l", undefined`}, "licenses.changePolicy": {`"l", "p"`},
	"licenses.entitlements": {`"l"`, `"l", {}`}, "licenses.machines": {`"l"`, `"l", { limit: 1 }`},
	"machines.list": {``, `{}`}, "machines.get": {`"m"`}, "machines.create": {`{}`}, "machines.update": {`"m", {}`}, "machines.delete": {`"m"`},
	"machines.ping": {`"m"`}, "machines.checkOut": {`"m"`, `"m", { ttl: 3600 }`},
	"releases.list": {``, `{}`}, "releases.get": {`"r"`}, "releases.upgrade": {`"r"`, `"r", { channel: "beta" }`},
	"artifacts.list": {``, `{}`}, "artifacts.get": {`"f"`}, "artifacts.download": {`"f"`, `"f", { release: "latest" }`},
	"components.list": {``, `{}`}, "components.get": {`"c"`}, "components.create": {`{}`}, "components.delete": {`"c"`},
	"processes.list": {``, `{}`}, "processes.get": {`"p"`}, "processes.create": {`{}`}, "processes.delete": {`"p"`}, "processes.ping": {`"p"`},
}

func TestSignals(t *testing.T) {
	v := signedIn(t, 10)
	eval(t, `(window.testPage = new AbortController()).abort()`)
	for method, variants := range withSignal {
		for _, arguments := range variants {
			before := arguments
			if before != "" {
				before += ", "
			}
			assert.Equal(t, keygen.CodeAborted, v.rejected(method, before+`{ signal: testPage.signal }`), "%s(%s)", method, arguments)
			rejected := v.call(method, before+`{ signal: 7 }`).Get("rejected")
			assert.Equal(t, method+": signal must be an AbortSignal", text(rejected, "message"))
		}
	}
	assert.Equal(t, keygen.CodeAborted, v.rejected("signIn", `{ email: "ada@example.com", password: "x" }, { signal: testPage.signal }`))
	assert.Empty(t, seen(t))
	assert.NotNil(t, v.auth.State())
}

// Options without a signal are none, wherever they stand.
func TestOptionsWithoutASignal(t *testing.T) {
	v := signedIn(t, 10)
	for _, options := range []string{`{}`, `{ signal: undefined }`, `{ signal: null }`, `null`, `undefined`} {
		v.sends("users.list", options, "GET /users", "")
		v.sends("users.list", `undefined, `+options, "GET /users", "")
		v.sends("licenses.validateKey", `"none", `+options, "POST /licenses/actions/validate-key", `{"meta":{"key":"none"}}`)
		v.sends("licenses.validateKey", `"none", {}, `+options, "POST /licenses/actions/validate-key", `{"meta":{"key":"none"}}`)
	}
}

// The caller may change its objects as soon as the call returns.
func TestObjectsAreReadAtOnce(t *testing.T) {
	auth := &fakeAuth{wait: make(chan bool)}
	v := signedIn(t, 10)
	auth.use = func(request func(keygen.Token) error) error {
		<-auth.wait
		return v.auth.Use(request)
	}
	v.loader = serve(t, withAuth(v, auth))
	promise := v.start("machines.create", `window.testArgument = { license: "none", fingerprint: "first", metadata: { a: "first" } }`)
	eval(t, `(testArgument.fingerprint = testArgument.metadata.a = "second")`)
	close(auth.wait)
	_, err := browser.Await(promise)
	require.NoError(t, err)
	requests := seen(t)
	require.Len(t, requests, 1)
	assert.NotContains(t, requests[0].body, "second")
	assert.Equal(t, 2, strings.Count(requests[0].body, "first"))
}

// Only what succeeded makes the session look at its user again.
func TestVerified(t *testing.T) {
	auth := &fakeAuth{failure: &keygen.Error{Code: "NETWORK_ERROR"}}
	l := serve(t, api(auth))
	assert.Equal(t, "NETWORK_ERROR", l.rejected("users.update", `"u", {}`))
	assert.Zero(t, auth.verified)
	auth.use = func(func(keygen.Token) error) error { return nil }
	l.resolved("users.update", `"u", {}`)
	assert.Equal(t, 1, auth.verified)
	l.resolved("users.get", `"u"`)
	assert.Equal(t, 1, auth.verified)
}

func TestTokensGetAndRegenerate(t *testing.T) {
	v := signedIn(t, 10)
	other, err := v.client.CreateToken(ada, keygen.TokenOptions{})
	require.NoError(t, err)
	assert.Equal(t, other.ID, id(v.sends("tokens.get", script(other.ID), "GET /tokens/"+other.ID, "")))
	fresh := v.sends("tokens.regenerate", script(other.ID), "PUT /tokens/"+other.ID, "")
	assert.NotEqual(t, other.Value, attribute(fresh, "token"))
	_, err = v.client.Me(keygen.Token{Value: attribute(fresh, "token")})
	assert.NoError(t, err)

	control(t, "DELETE", "/requests", "")
	rejected := v.call("tokens.regenerate", script(v.auth.State().TokenID)).Get("rejected")
	assert.Equal(t, keygen.CodeArgument, text(rejected, "code"))
	assert.Contains(t, text(rejected, "message"), "tokens.regenerate: id must be that of another token: renew()")
	assert.Empty(t, seen(t))
	v.resolved("tokens.revoke", script(other.ID))
}

// More tokens than a page of the API holds.
func TestRevokeOthers(t *testing.T) {
	v, _ := newcomer(t)
	another := keygen.Call{Method: "POST", Path: "/tokens"}
	for range 120 {
		_, err := v.client.Do(keygen.Token{Value: v.auth.Token()}, another, nil)
		require.NoError(t, err)
	}
	control(t, "DELETE", "/requests", "")
	revoked, _ := v.resolved("tokens.revokeOthers", ``).Number()
	assert.Equal(t, 120.0, revoked)
	counts := map[string]int{}
	for _, request := range seen(t) {
		counts[request.method]++
		assert.NotContains(t, request.path, v.auth.State().TokenID)
	}
	assert.Equal(t, map[string]int{"GET": 2, "DELETE": 120}, counts)
	left := v.resolved("tokens.list", ``)
	assert.Equal(t, 1, left.Get("data").Len())
	assert.Equal(t, v.auth.State().TokenID, firstID(left))
	revoked, _ = v.resolved("tokens.revokeOthers", ``).Number()
	assert.Zero(t, revoked)
	assert.Empty(t, *v.events)

	// One that somebody else has revoked meanwhile is as good; a failure is told.
	for fault, want := range map[string]string{`{"kind":"status","status":404,"method":"DELETE"}`: "", `{"kind":"status","method":"DELETE"}`: keygen.CodeUnavailable} {
		_, err := v.client.Do(keygen.Token{Value: v.auth.Token()}, another, nil)
		require.NoError(t, err)
		control(t, "POST", "/faults", fault)
		assert.Equal(t, want, text(v.call("tokens.revokeOthers", ``), "rejected", "code"))
		control(t, "DELETE", "/faults", "")
	}
}

// Who has signed out meanwhile is told so.
func TestRevokeOthersAfterSignOut(t *testing.T) {
	v := signedIn(t, 10)
	auth := &fakeAuth{state: &session.State{TokenID: "t"}}
	auth.use = func(request func(keygen.Token) error) error {
		if auth.used > 1 {
			auth.state = nil
			return &keygen.Error{Code: "TOKEN_MISSING"}
		}
		return v.auth.Use(request)
	}
	l := serve(t, jsapi.API{Auth: auth, Client: v.client, Patience: patience(10)})
	assert.Equal(t, "TOKEN_MISSING", l.rejected("tokens.revokeOthers", ``))
	assert.Len(t, seen(t), 1)
}
