package jsapi_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// trial is a policy of the emulator's seed that users may make licenses by, pro
// one that they may not.
const (
	trial = "1c0a5c2e-0f5d-4b7e-8a12-000000000001"
	pro   = "1c0a5c2e-0f5d-4b7e-8a12-000000000002"
)

// anonymous are the methods that send no token.
var anonymous = map[string]bool{
	"users.create": true, "users.resetPassword": true, "passwords.create": true, "licenses.validateKey": true,
}

var newcomers int

// newcomer signs somebody up and in.
func newcomer(t *testing.T) (v visit, credentials keygen.Credentials) {
	t.Helper()
	newcomers++
	credentials = keygen.Credentials{Email: "new" + strconv.Itoa(newcomers) + "@example.com", Password: "newcomer's own"}
	v = opened(t, 10)
	v.sends("users.create", script(map[string]any{"email": credentials.Email, "password": credentials.Password}), "POST /users",
		`{"data":{"type":"users","attributes":{"email":"`+credentials.Email+`","password":"newcomer's own"}}}`)
	v.signIn(credentials)
	return v, credentials
}

// script returns arguments as a script writes them.
func script(arguments ...any) string {
	var all []string
	for _, argument := range arguments {
		text, _ := browser.Stringify(map[string]any{"it": argument})
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(text, `{"it":`), "}"))
	}
	return strings.Join(all, ", ")
}

// sends calls a method that must succeed, by that request first of all, and
// returns what it resolves to.
func (v visit) sends(method, arguments, request, body string) browser.Value {
	v.t.Helper()
	control(v.t, "DELETE", "/requests", "")
	resolved := v.resolved(method, arguments)
	requests := seen(v.t)
	require.NotEmpty(v.t, requests, method)
	sent := requests[0]
	assert.Equal(v.t, request, sent.method+" "+strings.TrimPrefix(sent.path, below), method)
	if body == "" {
		assert.Empty(v.t, sent.body, method)
	} else {
		assert.JSONEq(v.t, body, sent.body, method)
	}
	authorization := "Bearer " + v.auth.Token()
	if anonymous[method] {
		authorization = ""
	}
	assert.Equal(v.t, authorization, sent.header("Authorization"), method)
	return resolved
}

func id(document browser.Value) string { return text(document, "data", "id") }

// firstID returns the id of the first one of a list.
func firstID(document browser.Value) string { return text(document, "data", "0", "id") }

func attribute(document browser.Value, name string) string {
	return text(document, "data", "attributes", name)
}

func TestUsersAndPasswords(t *testing.T) {
	v, me := newcomer(t)
	user := v.auth.State().UserID
	assert.Equal(t, user, firstID(v.sends("users.list", `{ limit: 1 }`, "GET /users?limit=1", "")))
	assert.Equal(t, user, id(v.sends("users.get", script(me.Email), "GET /users/"+keygen.Escape(me.Email), "")))
	updated := v.sends("users.update", script(user, map[string]any{"firstName": "Neo"}), "PATCH /users/"+user,
		`{"data":{"type":"users","attributes":{"firstName":"Neo"}}}`)
	assert.Equal(t, "Neo", attribute(updated, "firstName"))
	requests := seen(t)
	require.Len(t, requests, 2)
	assert.Equal(t, below+"/me", requests[1].path, "the page shows the user anew")
	assert.Equal(t, "HTTP_400", v.rejected("users.update", script(user, map[string]any{"role": "admin"})))

	passwords := map[string]any{"oldPassword": me.Password, "newPassword": "another one"}
	assert.Equal(t, user, id(v.sends("users.updatePassword", script(user, passwords), "POST /users/"+user+"/actions/update-password",
		`{"meta":{"oldPassword":"newcomer's own","newPassword":"another one"}}`)))
	rejected := v.call("users.updatePassword", script(user, passwords)).Get("rejected")
	assert.Equal(t, "HTTP_401", text(rejected, "code"))
	assert.Equal(t, "/meta/oldPassword", text(rejected, "source", "pointer"))
	assert.NotNil(t, v.auth.State(), "a wrong password is no lost session")

	ask := script(map[string]any{"email": me.Email, "deliver": false})
	assert.False(t, v.sends("passwords.create", ask, "POST /passwords", `{"meta":{"email":"`+me.Email+`","deliver":false}}`).Exists())
	mailed, err := browser.Parse(control(t, "GET", "/reset-token?user="+me.Email, ""))
	require.NoError(t, err)
	reset := map[string]any{"passwordResetToken": text(mailed, "token"), "newPassword": "yet another"}
	*v.events = nil
	v.sends("users.resetPassword", script(user, reset), "POST /users/"+user+"/actions/reset-password", script(map[string]any{"meta": reset}))
	assert.Nil(t, v.auth.State(), "that has revoked all tokens")
	assert.Equal(t, []string{session.SignedOut + ` {"reason":"invalid"}`}, *v.events)
	me.Password = "yet another"
	v.signIn(me)
}

// What strangers may do they may do here.
func TestAnonymously(t *testing.T) {
	v := opened(t, 10)
	v.sends("passwords.create", `{ email: "nobody@example.com" }`, "POST /passwords", `{"meta":{"email":"nobody@example.com"}}`)
	unknown := v.sends("licenses.validateKey", `"none"`, "POST /licenses/actions/validate-key", `{"meta":{"key":"none"}}`)
	assert.True(t, unknown.Get("data").IsNull())
	assert.Equal(t, "NOT_FOUND", text(unknown, "meta", "code"))
	assert.Equal(t, "NOT_FOUND", v.rejected("users.resetPassword", `"nobody", { passwordResetToken: "none", newPassword: "secret" }`))
	rejected := v.call("users.create", `{ email: "ada@example.com", password: "secret" }`).Get("rejected")
	assert.Equal(t, "EMAIL_TAKEN", text(rejected, "code"))
	assert.Equal(t, "/data/attributes/email", text(rejected, "source", "pointer"))
	for _, request := range seen(t) {
		assert.Empty(t, request.header("Authorization"))
	}

	control(t, "DELETE", "/requests", "")
	for method, arguments := range withSignal {
		public := strings.HasPrefix(method, "releases.") || strings.HasPrefix(method, "artifacts.")
		if !anonymous[method] && !public {
			assert.Equal(t, "TOKEN_MISSING", v.rejected(method, arguments[0]), method)
		}
	}
	assert.Empty(t, seen(t))

	// A product with open distribution is for anybody to download.
	assert.Equal(t, "NOT_FOUND", v.rejected("releases.get", `"none"`))
	assert.Equal(t, "NOT_FOUND", v.rejected("artifacts.download", `"none"`))
	for _, request := range seen(t) {
		assert.Empty(t, request.header("Authorization"))
	}
	assert.Len(t, seen(t), 2)
}

func TestSecondFactors(t *testing.T) {
	v, me := newcomer(t)
	user := v.auth.State().UserID
	path := "/users/" + user + "/second-factors"
	code := func() string {
		control(t, "POST", "/reset", "") // what is spent may be spent again
		answer, err := browser.Parse(control(t, "GET", "/totp?user="+me.Email, ""))
		require.NoError(t, err)
		return text(answer, "code")
	}
	assert.Zero(t, v.sends("secondFactors.list", script(user), "GET "+path, "").Get("data").Len())
	proof := map[string]any{"password": me.Password}
	made := v.sends("secondFactors.create", script(user, proof), "POST "+path, script(map[string]any{"meta": proof}))
	assert.Contains(t, attribute(made, "uri"), "otpauth://totp/")
	factor := id(made)
	assert.Equal(t, "HTTP_409", v.rejected("secondFactors.create", script(user, proof)))

	rejected := v.call("secondFactors.update", script(user, factor, map[string]any{"enabled": true, "otp": "none"})).Get("rejected")
	assert.Equal(t, "OTP_INVALID", text(rejected, "code"))
	assert.Equal(t, "/meta/otp", text(rejected, "source", "pointer"))
	assert.NotNil(t, v.auth.State(), "a wrong code is no lost session")
	otp := code()
	enabled := v.sends("secondFactors.update", script(user, factor, map[string]any{"enabled": true, "otp": otp}), "PATCH "+path+"/"+factor,
		`{"data":{"type":"second-factors","attributes":{"enabled":true}},"meta":{"otp":"`+otp+`"}}`)
	assert.True(t, enabled.Get("data").Get("attributes").Get("enabled").True())
	assert.Equal(t, "OTP_INVALID", v.rejected("secondFactors.delete", script(user, factor)))
	otp = code()
	gone := v.sends("secondFactors.delete", script(user, factor, map[string]any{"otp": otp}), "DELETE "+path+"/"+factor, `{"meta":{"otp":"`+otp+`"}}`)
	assert.False(t, gone.Exists())
}

func TestLicenses(t *testing.T) {
	v, _ := newcomer(t)
	user := v.auth.State().UserID
	made := v.sends("licenses.create", script(map[string]any{"policy": trial, "name": "Mine", "metadata": map[string]any{"a": 1}}),
		"POST /licenses", `{"data":{"type":"licenses","attributes":{"name":"Mine","metadata":{"a":1}},"relationships":{
			"policy":{"data":{"type":"policies","id":"`+trial+`"}},"owner":{"data":{"type":"users","id":"`+user+`"}}}}}`)
	license, key := id(made), attribute(made, "key")
	path := "/licenses/" + license
	assert.Equal(t, "HTTP_403", v.rejected("licenses.create", script(map[string]any{"policy": pro})))
	assert.Equal(t, "HTTP_400", v.rejected("licenses.create", script(map[string]any{"policy": trial, "owner": user})))

	assert.Equal(t, license, firstID(v.sends("licenses.list", `{ status: "ACTIVE", metadata: { a: 1 } }`, "GET /licenses?status=ACTIVE&metadata%5Ba%5D=1", "")))
	assert.Equal(t, license, id(v.sends("licenses.get", script(key), "GET /licenses/"+key, "")))
	question := `{ nonce: 7, scope: { fingerprint: "none", entitlements: ["EXPORT"] } }`
	const asked = `"nonce":7,"scope":{"fingerprint":"none","entitlements":["EXPORT"]}`
	verdict := v.sends("licenses.validate", script(license)+", "+question, "POST "+path+"/actions/validate", `{"meta":{`+asked+`}}`)
	assert.Equal(t, "ENTITLEMENTS_MISSING", text(verdict, "meta", "code"))
	verdict = v.sends("licenses.validate", script(license), "POST "+path+"/actions/validate", "")
	assert.True(t, verdict.Get("meta").Get("valid").True())
	verdict = v.sends("licenses.validateKey", script(key)+", "+question, "POST /licenses/actions/validate-key", `{"meta":{"key":"`+key+`",`+asked+`}}`)
	assert.Equal(t, license, id(verdict))
	v.sends("licenses.validateKey", script(key), "POST /licenses/actions/validate-key", `{"meta":{"key":"`+key+`"}}`)

	file := v.sends("licenses.checkOut", script(license)+`, { ttl: null, include: ["owner"] }`, "POST "+path+"/actions/check-out", `{"meta":{"algorithm":"base64+ed25519","ttl":null,"include":["owner"]}}`)
	assert.Contains(t, attribute(file, "certificate"), "-----BEGIN LICENSE FILE-----")
	v.sends("licenses.checkOut", script(license), "POST "+path+"/actions/check-out", `{"meta":{"algorithm":"base64+ed25519"}}`)
	v.sends("licenses.checkOut", script(license)+`, { algorithm: "base64+rsa-sha256" }`, "POST "+path+"/actions/check-out", `{"meta":{"algorithm":"base64+rsa-sha256"}}`)
	before := attribute(made, "expiry")
	assert.Greater(t, attribute(v.sends("licenses.renew", script(license), "POST "+path+"/actions/renew", ""), "expiry"), before)
	assert.Equal(t, "HTTP_422", v.rejected("licenses.checkIn", script(license)), "the policy does not ask for it")
	for arguments, body := range map[string]string{"": "", ", undefined": "", ", 2": `{"meta":{"increment":2}}`} {
		v.sends("licenses.incrementUsage", script(license)+arguments, "POST "+path+"/actions/increment-usage", body)
	}
	uses, _ := v.resolved("licenses.get", script(license)).Get("data").Get("attributes").Get("uses").Number()
	assert.Equal(t, 4.0, uses)
	assert.Equal(t, license, id(v.sends("licenses.changePolicy", script(license, trial), "PUT "+path+"/policy", `{"data":{"type":"policies","id":"`+trial+`"}}`)))
	assert.Equal(t, "HTTP_403", v.rejected("licenses.changePolicy", script(license, pro)))
	assert.Zero(t, v.sends("licenses.entitlements", script(license), "GET "+path+"/entitlements", "").Get("data").Len())
	assert.Zero(t, v.sends("licenses.machines", script(license)+`, { limit: 5 }`, "GET "+path+"/machines?limit=5", "").Get("data").Len())
	assert.False(t, v.sends("licenses.delete", script(license), "DELETE "+path, "").Exists())
	assert.Equal(t, "NOT_FOUND", v.rejected("licenses.get", script(license)))
}

func TestMachinesAndTheirParts(t *testing.T) {
	v, _ := newcomer(t)
	user := v.auth.State().UserID
	license := id(v.resolved("licenses.create", script(map[string]any{"policy": trial})))
	made := v.sends("machines.create", script(map[string]any{"license": license, "fingerprint": "a:b/c", "owner": user, "cores": 8}), "POST /machines",
		`{"data":{"type":"machines","attributes":{"fingerprint":"a:b/c","cores":8},"relationships":{
			"license":{"data":{"type":"licenses","id":"`+license+`"}},"owner":{"data":{"type":"users","id":"`+user+`"}}}}}`)
	machine := id(made)
	path := "/machines/" + machine
	assert.Equal(t, "FINGERPRINT_TAKEN", v.rejected("machines.create", script(map[string]any{"license": license, "fingerprint": "a:b/c"})))
	assert.Equal(t, machine, firstID(v.sends("machines.list", script(map[string]any{"license": license}), "GET /machines?license="+license, "")))
	assert.Equal(t, machine, id(v.sends("machines.get", `"a:b/c"`, "GET /machines/a%3Ab%2Fc", "")))
	renamed := v.sends("machines.update", script(machine, map[string]any{"name": "Laptop"}), "PATCH "+path, `{"data":{"type":"machines","attributes":{"name":"Laptop"}}}`)
	assert.Equal(t, "Laptop", attribute(renamed, "name"))
	assert.Equal(t, "ALIVE", attribute(v.sends("machines.ping", script(machine), "POST "+path+"/actions/ping", ""), "heartbeatStatus"))
	file := v.sends("machines.checkOut", script(machine)+`, { ttl: 3600, encrypt: true }`, "POST "+path+"/actions/check-out", `{"meta":{"algorithm":"aes-256-gcm+ed25519","ttl":3600,"encrypt":true}}`)
	assert.Equal(t, "machine-files", text(file, "data", "type"))

	related := `"relationships":{"machine":{"data":{"type":"machines","id":"` + machine + `"}}}`
	part := id(v.sends("components.create", script(map[string]any{"machine": machine, "fingerprint": "f", "name": "CPU"}), "POST /components",
		`{"data":{"type":"components","attributes":{"fingerprint":"f","name":"CPU"},`+related+`}}`))
	assert.Equal(t, part, firstID(v.sends("components.list", ``, "GET /components", "")))
	assert.Equal(t, part, id(v.sends("components.get", script(part), "GET /components/"+part, "")))
	assert.False(t, v.sends("components.delete", script(part), "DELETE /components/"+part, "").Exists())

	process := id(v.sends("processes.create", script(map[string]any{"machine": machine, "pid": "7"}), "POST /processes",
		`{"data":{"type":"processes","attributes":{"pid":"7"},`+related+`}}`))
	assert.Equal(t, process, firstID(v.sends("processes.list", ``, "GET /processes", "")))
	assert.Equal(t, process, id(v.sends("processes.get", script(process), "GET /processes/"+process, "")))
	assert.Equal(t, "ALIVE", attribute(v.sends("processes.ping", script(process), "POST /processes/"+process+"/actions/ping", ""), "status"))
	assert.False(t, v.sends("processes.delete", script(process), "DELETE /processes/"+process, "").Exists())
	assert.False(t, v.sends("machines.delete", script(machine), "DELETE "+path, "").Exists())
	assert.NotNil(t, v.auth.State())
	assert.Empty(t, *v.events)
}
