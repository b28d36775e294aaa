package jsapi_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// demoKey is the public key of the emulator's demo account.
const demoKey = "19732c86076c6ee28fed99ab2f1575fdbf1505808b0cd1cd52429e5a14171e78"

// verified opens a page that believes only signed answers, and signs in.
func verified(t *testing.T) visit {
	t.Helper()
	v := opened(t, 10)
	v.client.Verifier = browser.Crypto{Key: eval(t, `crypto.subtle.importKey("raw", Uint8Array.from("`+demoKey+
		`".match(/../g), (byte) => parseInt(byte, 16)), "Ed25519", false, ["verify"])`)}
	v.client.Parse = keygen.Parse
	v.signIn(ada)
	return v
}

func TestSignedFetch(t *testing.T) {
	v := verified(t)
	for arguments, want := range map[string]int{
		`"me"`: 200, `"tokens?page[size]=1&page[cursor]="`: 200, `"tokens/none"`: 404, `"me?x='y'"`: 200,
		`"users/" + "ada%40example.com", { method: "PATCH", headers: { "Content-Type": "application/json" },
			body: '{"data":{"type":"users","attributes":{"lastName":"Ω"}}}' }`: 200,
		`"users/ada%40example.com/actions/update-password", { method: "POST", headers: { "Content-Type": "application/json" },
			body: '{"meta":{"oldPassword":"wrong","newPassword":"correct horse battery staple"}}' }`: 401,
	} {
		status, body := read(t, v.resolved("fetch", arguments))
		assert.Equal(t, want, status, arguments)
		assert.NotEmpty(t, body, "it is the caller's to read")
	}
	for fault, code := range map[string]string{`429,"times":1`: "HTTP_429", `503,"times":6`: keygen.CodeUnavailable} {
		control(t, "POST", "/faults", `{"kind":"status","status":`+fault+`}`)
		assert.Equal(t, code, v.rejected("fetch", `"me"`), "they are never signed")
	}
	status, body := read(t, v.resolved("fetch", `"me", { method: "HEAD" }`))
	assert.Equal(t, 200, status)
	assert.Empty(t, body)
	assert.Equal(t, keygen.CodeAddress, v.rejected("fetch", `"nonsense"`), "the router has no key")

	other, err := v.client.CreateToken(ada, keygen.TokenOptions{})
	require.NoError(t, err)
	status, _ = read(t, v.resolved("fetch", `"tokens/`+other.ID+`", { method: "DELETE" }`))
	assert.Equal(t, 204, status)
}

// What is not signed is no answer, and means nothing for the session.
func TestFetchOfWhatIsNotSigned(t *testing.T) {
	v := verified(t)
	for _, fault := range []string{
		`{"kind":"bad-signature","times":1}`, `{"kind":"status","status":401,"times":1}`, `{"kind":"status","status":403,"times":1}`,
		`{"kind":"html","times":1}`, `{"kind":"truncated","times":1}`, `{"kind":"skewed-clock","skew":"-6m","times":1}`,
	} {
		control(t, "POST", "/faults", fault)
		assert.Equal(t, keygen.CodeSignature, v.rejected("fetch", `"me"`), fault)
		control(t, "POST", "/faults", fault)
		assert.Equal(t, keygen.CodeSignature, v.rejected("users.me", ``), fault)
	}
	control(t, "POST", "/faults", `{"kind":"cut-body","times":6}`) // three tries, and their pings
	assert.Equal(t, keygen.CodeUnavailable, v.rejected("fetch", `"me"`))
	assert.NotNil(t, v.auth.State())
	assert.Empty(t, *v.events)
	v.resolved("users.me", ``)
}

func TestVerifyFile(t *testing.T) {
	v := verified(t)
	license := text(v.resolved("licenses.get", `"DEC0DE-000000-000000-000000-000001-V3"`), "data", "id") // of an unprotected policy
	file := func(options string) string {
		certificate := text(v.resolved("licenses.checkOut", `"`+license+`", `+options), "data", "attributes", "certificate")
		return stringify(t, eval(t, "`"+certificate+"`"))
	}
	quoted, encrypted, foreign := file(`{ include: ["entitlements"] }`), file(`{ encrypt: true }`), file(`{ algorithm: "base64+ecdsa-p256" }`)
	control(t, "POST", "/faults", `{"kind":"cut"}`) // it needs no network
	document := v.resolved("licenses.verifyFile", quoted)
	assert.Equal(t, license, text(document, "data", "id"))
	assert.NotEmpty(t, text(document, "meta", "expiry"))
	const key = "DEC0DE-000000-000000-000000-000001-V3"
	document = v.resolved("licenses.verifyFile", encrypted+`, { key: "`+key+`" }`)
	assert.Equal(t, license, text(document, "data", "id"), "by the browser's own cryptography")
	for _, arguments := range []string{encrypted, encrypted + `, { key: "` + key + `x" }`, encrypted + `, { key: 1 }`, encrypted + `, "` + key + `"`, foreign} {
		assert.Equal(t, keygen.CodeArgument, v.rejected("licenses.verifyFile", arguments), arguments)
	}
	assert.Equal(t, keygen.CodeArgument, v.rejected("machines.verifyFile", quoted))
	assert.Equal(t, keygen.CodeArgument, v.rejected("licenses.verifyFile", `{}`))
	assert.Equal(t, keygen.CodeArgument, v.rejected("licenses.verifyFile", ``))
	v.client.Verifier = nil
	assert.Equal(t, "CONFIG_INVALID", v.rejected("licenses.verifyFile", quoted))
}
