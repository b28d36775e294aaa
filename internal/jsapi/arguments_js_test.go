package jsapi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
)

// What is wrong with an argument is told before anything is done.
func TestArgumentsRefused(t *testing.T) {
	auth := &fakeAuth{}
	l := serve(t, api(auth))
	for _, test := range []struct{ method, arguments, message string }{
		{"signIn", ``, "signIn: its argument must be an object"},
		{"signIn", `null`, "its argument must be an object"},
		{"signIn", `"ada@example.com", "secret"`, "its argument must be an object"},
		{"signIn", `() => ({})`, "its argument must be an object"},
		{"signIn", `{}`, "signIn: email must be a text"},
		{"signIn", `[]`, "email must be a text"},
		{"signIn", `{ email: 7n, password: "canary" }`, "email must be a text"},
		{"signIn", `{ email: "a", password: Symbol() }`, "signIn: password must be a text"},
		{"signIn", `{ email: "a", password: null }`, "password must be a text"},
		{"signIn", `{ email: "a" }`, "password must be a text"},
		{"signIn", `{ email: "a", get password() { throw "canary" } }`, "password must be a text"},
		{"signIn", `{ email: "a", password: "canary", otp: 123456 }`, "signIn: otp must be a text"},
		{"signIn", `{ email: "a", password: "canary", remember: 0 }`, "signIn: remember must be true or false"},
		{"signIn", `{ email: "a", password: "canary", remember: "no" }`, "remember must be"},

		{"signIn", `{ email: "a", password: "canary" }, { signal: 7 }`, "signIn: signal must be an AbortSignal"},
		{"signIn", `{ email: "a", password: "canary" }, 7`, "signIn: options must be an object"},

		{"tokens.revoke", ``, "tokens.revoke: id must be a text that is not empty"},
		{"tokens.revoke", `""`, "id must be"},
		{"tokens.revoke", `{ id: "t" }`, "id must be"},
		{"tokens.revoke", `"t", { signal: true }`, "tokens.revoke: signal must be an AbortSignal"},
		{"tokens.revoke", `"."`, "tokens.revoke: id must be an id, not a path"},
		{"users.resetPassword", `"..", {}`, "users.resetPassword: id must be an id"},
		{"secondFactors.delete", `"..", "f"`, "secondFactors.delete: user must be an id"},
		{"secondFactors.delete", `"u", ".%2e"`, "secondFactors.delete: id must be an id"},
		{"licenses.validate", `"l/../canary", {}`, "licenses.validate: id must be an id"},
		{"licenses.machines", `"canary?x=y"`, "licenses.machines: id must be an id"},
		{"users.me", `{ signal: {} }`, "users.me: signal must be"},
		{"users.me", `{ signal: new AbortController() }`, "signal must be"},
		{"tokens.list", `null, { signal: "now" }`, "tokens.list: signal must be"},

		{"tokens.list", `7`, "tokens.list: query must be an object"},
		{"tokens.list", `"limit=1"`, "query must be an object"},
		{"tokens.list", `["limit"]`, "query must be an object"},
		{"tokens.list", `{ limit: [1] }`, "tokens.list: query.limit must be a text, a number"},
		{"tokens.list", `{ page: { size: { x: 1 } } }`, "query.page[size] must be"},
		{"tokens.list", `{ page: { size: [] } }`, "query.page[size] must be"},
		{"tokens.list", `{ limit: 7n }`, "query.limit must be"},
		{"tokens.list", `{ limit: () => 1 }`, "query.limit must be"},
		{"tokens.list", `{ token: "canary" }`, "query must be free of tokens"},
		{"tokens.list", `{ limit: 1, auth: "token:canary" }`, "query must be free of tokens"},

		{"users.me", `7`, "users.me: options must be an object"},
		{"users.get", `7`, "users.get: id must be a text that is not empty"},
		{"users.get", `{ signal: new AbortController().signal }`, "id must be"},
		{"users.create", ``, "users.create: user must be an object of what JSON can hold"},
		{"users.create", `{ signal: new AbortController().signal }`, "user must be an object"},
		{"users.create", `["canary"]`, "user must be an object"},
		{"users.create", `{ email: "can\ud83dary" }`, "user must be an object"},
		{"users.create", `{ email: () => "canary" }`, "user must be an object"},
		{"users.create", `{ metadata: { n: NaN } }`, "user must be an object"},
		{"users.create", `{ metadata: [1n] }`, "user must be an object"},
		{"users.create", `(() => { const loop = {}; return (loop.loop = loop); })()`, "user must be an object"},
		{"users.update", `{}`, "users.update: id must be"},
		{"users.update", `"u"`, "users.update: attributes must be"},
		{"users.updatePassword", `"u"`, "users.updatePassword: passwords must be"},
		{"users.resetPassword", `"u", "canary"`, "users.resetPassword: passwords must be"},
		{"passwords.create", `"canary"`, "passwords.create: request must be"},
		{"secondFactors.list", ``, "secondFactors.list: user must be"},
		{"secondFactors.create", `"u"`, "secondFactors.create: proof must be"},
		{"secondFactors.update", `"u"`, "secondFactors.update: id must be"},
		{"secondFactors.update", `"u", "f"`, "secondFactors.update: fields must be"},
		{"secondFactors.delete", `"u"`, "secondFactors.delete: id must be"},
		{"secondFactors.delete", `"u", "f", 123456`, "secondFactors.delete: proof must be"},
		{"tokens.get", ``, "tokens.get: id must be"},
		{"tokens.regenerate", ``, "tokens.regenerate: id must be"},
		{"tokens.revokeOthers", `7`, "tokens.revokeOthers: options must be"},
		{"licenses.list", `"limit=1"`, "licenses.list: query must be"},
		{"licenses.get", ``, "licenses.get: id must be"},
		{"licenses.create", ``, "licenses.create: license must be"},
		{"licenses.create", `{}`, "licenses.create: license.policy must be the id of a policy"},
		{"licenses.create", `{ policy: { id: "p" } }`, "license.policy must be"},
		{"licenses.delete", ``, "licenses.delete: id must be"},
		{"licenses.validate", `"l", "canary"`, "licenses.validate: question must be"},
		{"licenses.validateKey", ``, "licenses.validateKey: key must be"},
		{"licenses.validateKey", `7, 7`, "licenses.validateKey: key must be"},
		{"licenses.validateKey", `"k", 7`, "licenses.validateKey: question must be"},
		{"licenses.validateKey", `"k", { nonce: 1 }, { signal: 7 }`, "licenses.validateKey: signal must be"},
		{"licenses.checkOut", `"l", 3600`, "licenses.checkOut: file must be an object of what"},
		{"licenses.checkIn", ``, "licenses.checkIn: id must be"},
		{"licenses.renew", ``, "licenses.renew: id must be"},
		{"licenses.incrementUsage", ``, "licenses.incrementUsage: id must be"},
		{"licenses.incrementUsage", `"l", 0`, "licenses.incrementUsage: increment must be a whole number above zero"},
		{"licenses.incrementUsage", `"l", 1.5`, "increment must be"},
		{"licenses.incrementUsage", `"l", "1"`, "increment must be"},
		{"licenses.incrementUsage", `"l", Infinity`, "increment must be"},
		{"licenses.incrementUsage", `"l", NaN`, "increment must be"},
		{"licenses.incrementUsage", `"l", {}`, "increment must be"},
		{"licenses.changePolicy", `"l"`, "licenses.changePolicy: policy must be"},
		{"licenses.changePolicy", `"l", { signal: new AbortController().signal }`, "policy must be"},
		{"licenses.entitlements", `"l", 7`, "licenses.entitlements: query must be"},
		{"licenses.machines", ``, "licenses.machines: id must be"},
		{"machines.list", `[]`, "machines.list: query must be"},
		{"machines.get", ``, "machines.get: id must be"},
		{"machines.create", ``, "machines.create: machine must be"},
		{"machines.update", `"m"`, "machines.update: attributes must be"},
		{"machines.delete", `null`, "machines.delete: id must be"},
		{"machines.ping", ``, "machines.ping: id must be"},
		{"machines.checkOut", `"m", []`, "machines.checkOut: file must be"},
		{"components.create", ``, "components.create: component must be"},
		{"components.get", ``, "components.get: id must be"},
		{"components.delete", ``, "components.delete: id must be"},
		{"processes.create", `"canary"`, "processes.create: process must be"},
		{"processes.get", ``, "processes.get: id must be"},
		{"processes.delete", ``, "processes.delete: id must be"},
		{"processes.ping", ``, "processes.ping: id must be"},
		{"licenses.suspend", `"l"`, "licenses.suspend: the method must be one of keygen-auth.d.ts"},

		{"fetch", ``, "fetch: path must be a text that is not empty"},
		{"fetch", `""`, "path must be a text"},
		{"fetch", `new URL("https://api.example.com/v1/accounts/demo/me")`, "path must be a text"},
		{"fetch", `new Request("/me")`, "path must be a text"},
		{"fetch", `"me", "POST"`, "fetch: init must be an object"},
		{"fetch", `"me", { signal: 7 }`, "fetch: signal must be"},
		{"fetch", `"me", { method: "TRACE" }`, "fetch: init.method must be GET, HEAD"},
		{"fetch", `"me", { method: "" }`, "init.method must be"},
		{"fetch", `"me", { method: 7 }`, "init.method must be"},
		{"fetch", `"me", { body: "canary" }`, "fetch: init.body must be absent from a GET"},
		{"fetch", `"me", { method: "head", body: "canary" }`, "init.body must be absent from a HEAD"},
		{"fetch", `"me", { headers: "canary" }`, "fetch: init.headers must be headers"},
		{"fetch", `"me", { headers: { "X": "can\nary" } }`, "init.headers must be headers"},
		{"fetch", `"me", { headers: { Authorization: "Bearer canary" } }`, "init.headers must be without authorization"},
		{"fetch", `"me", { headers: [["AUTHORIZATION", ""]] }`, "without authorization"},
		{"fetch", `"me", { headers: new Headers({ authorization: "canary" }) }`, "without authorization"},
		{"fetch", `"me", { headers: { "Keygen-Environment": "canary" } }`, "without keygen-environment"},
		{"fetch", `"me", { headers: { "keygen-account": "canary" } }`, "without keygen-account"},
		{"fetch", `"me", { headers: { "Keygen-Version": "1.0" } }`, "without keygen-version"},
	} {
		t.Run(test.method+" "+test.arguments, func(t *testing.T) {
			rejected := l.call(test.method, test.arguments).Get("rejected")
			assert.Equal(t, keygen.CodeArgument, text(rejected, "code"))
			message := text(rejected, "message")
			assert.Contains(t, message, test.message)
			assert.Contains(t, message, test.method+": ")
			assert.NotContains(t, stringify(t, rejected), "ary", "what was given is not repeated")
			status, ok := rejected.Get("status").Number()
			assert.True(t, ok)
			assert.Zero(t, status, "no request was made")
		})
	}
	assert.Empty(t, auth.credentials)
	assert.Zero(t, auth.used)
}

func TestSignInReadsItsArgument(t *testing.T) {
	const half = `"\ud83d"`
	tests := []struct {
		argument    string
		credentials keygen.Credentials
		remember    bool
	}{
		{`{ email: "ada@example.com", password: " pä:ß ", otp: "123456" }`,
			keygen.Credentials{Email: "ada@example.com", Password: " pä:ß ", OTP: "123456"}, true},
		{`{ email: "a", password: "", remember: true }`, keygen.Credentials{Email: "a"}, true},
		{`{ email: "a", password: "", remember: false }`, keygen.Credentials{Email: "a"}, false},
		{`{ email: "a", password: "", remember: undefined, otp: undefined }`, keygen.Credentials{Email: "a"}, true},
		{`{ email: "a", password: "", remember: null, otp: null }`, keygen.Credentials{Email: "a"}, true},
		{`{ email: "", password: "\ufeffmark", other: 7 }`, keygen.Credentials{Password: "\ufeffmark"}, true},
		{`{ email: "a", password: ` + half + ` }`, keygen.Credentials{Email: "a", Password: "\ufffd", Malformed: "password"}, true},
		{`{ email: ` + half + `, password: "" }`, keygen.Credentials{Email: "\ufffd", Malformed: "email"}, true},
		{`{ email: "a", password: "", otp: ` + half + ` }`, keygen.Credentials{Email: "a", OTP: "\ufffd", Malformed: "otp"}, true},
	}
	for _, test := range tests {
		t.Run(test.argument, func(t *testing.T) {
			auth := &fakeAuth{}
			serve(t, api(auth)).call("signIn", test.argument)
			assert.Equal(t, []keygen.Credentials{test.credentials}, auth.credentials)
			assert.Equal(t, []bool{test.remember}, auth.remember)
		})
	}
}
