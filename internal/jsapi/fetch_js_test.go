package jsapi_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// spy returns the addresses that anything is fetched from.
func spy(t *testing.T) browser.Value {
	t.Helper()
	addresses := eval(t, `window.testAddresses = []`)
	require.NoError(t, browser.Window().Set("testFetch", browser.Window().Get("fetch")))
	replace(t, `window`, `fetch`, `{ value: (url, init) => { testAddresses.push(url); return testFetch(url, init); } }`)
	return addresses
}

// read returns status and text of a Response.
func read(t *testing.T, response browser.Value) (status int, body string) {
	t.Helper()
	require.True(t, response.Get("constructor").Equal(browser.Window().Get("Response")), "the platform's own")
	assert.False(t, response.Get("bodyUsed").True())
	promise, err := response.Call("text")
	require.NoError(t, err)
	read, err := browser.Await(promise)
	require.NoError(t, err)
	body, _ = read.Text()
	number, _ := response.Get("status").Number()
	return int(number), body
}

// The token goes to no address but those below the account.
func TestFetchRefusesPaths(t *testing.T) {
	v := signedIn(t, 10)
	addresses := spy(t)
	host := os.Getenv("KEYGENTEST_URL")
	for _, path := range []string{
		"https://evil.example.com/me", "http:evil.example.com", "HTTPS://evil.example.com", "javascript:alert(1)", "data:text/plain,x",
		host + "/v1/accounts/demo/me", host + ".evil.example.com/", "blob:" + host + "/x",
		"//evil.example.com/me", "///evil.example.com", "/v1/accounts/demo//evil.example.com", "https://user:secret@evil.example.com/",
		"user:secret@evil.example.com/me", "http://127.0.0.1@evil.example.com/", "//user@evil.example.com",
		"..", "../me", "../../accounts/other/me", "/../../other/me", "me/..", "me/./x", ".", "/v1/accounts/demo/../other/me",
		"%2e%2e/me", "me/%2E%2e/%2e./x", ".%2e/me", "%2e", "me/..%2f..%2fx", "me%5c..%5cx",
		`\\evil.example.com`, `/\evil.example.com`, `me\..\x`, `\me`,
		"\t//evil.example.com", "/\t/evil.example.com", "/\n/evil.example.com", ".\t./me", "ht\ttps://evil.example.com", "me\r\nX: y",
		" //evil.example.com", "me ", "me\x00", "\x01me", "me#x", "#", "m\u00e9", "\uff0e\uff0e/me", "\ufeff//evil.example.com", "me\u2028",
		"?x=1", "/", "/?x=1", "me?token=canary", "me?x=1&Auth=token:canary", "me?%74oken=canary",
	} {
		t.Run(path, func(t *testing.T) {
			rejected := v.call("fetch", strconv.QuoteToASCII(path)).Get("rejected")
			assert.Equal(t, keygen.CodeArgument, text(rejected, "code"))
			assert.True(t, strings.HasPrefix(text(rejected, "message"), "fetch: path "), text(rejected, "message"))
			assert.NotContains(t, stringify(t, rejected), "canary")
		})
	}
	assert.Equal(t, keygen.CodeArgument, v.rejected("fetch", `"me/\ud83d"`), "half a character")
	assert.Zero(t, addresses.Len(), stringify(t, addresses))
	assert.NotNil(t, v.auth.State())
	assert.Empty(t, *v.events)
}

// What is let through arrives as it is, whatever a browser makes of it.
func TestFetchPaths(t *testing.T) {
	v := signedIn(t, 10)
	addresses := spy(t)
	for path, want := range map[string]string{
		"me": "/me", "/me": "/me", "/v1/accounts/demo/me": "/me", "me?a=b": "/me?a=b", "users/ada@example.com": "/users/ada@example.com",
		"users/ada%40example.com": "/users/ada%40example.com", "machines/4d:Eq:UV/x": "/machines/4d:Eq:UV/x", "a..b/c.": "/a..b/c.",
		"me?page[size]=1&x='y'": "/me?page[size]=1&x=%27y%27", "@evil.example.com": "/@evil.example.com",
		"v1/accounts/other/me": "/v1/accounts/other/me", "/v1/accounts/demonic/me": "/v1/accounts/demonic/me",
	} {
		control(t, "DELETE", "/requests", "")
		read(t, v.resolved("fetch", `"`+path+`"`))
		requests := seen(t)
		require.Len(t, requests, 1, path)
		assert.Equal(t, below+want, requests[0].path)
		assert.Equal(t, "Bearer "+v.auth.Token(), requests[0].header("Authorization"))
	}
	for i := range addresses.Len() {
		address, _ := addresses.At(i).Text()
		if !strings.HasPrefix(address, os.Getenv("KEYGENTEST_URL")+"/-/") {
			assert.True(t, strings.HasPrefix(address, os.Getenv("KEYGENTEST_URL")+below+"/"), address)
		}
	}
}

func TestFetchPostsWithHeaders(t *testing.T) {
	v := signedIn(t, 10)
	const document = `{"data":{"type":"tokens","attributes":{"name":"密码🔑"}}}`
	init := `{ method: "post", body: ` + strconv.Quote(document) + `,
		headers: { "content-type": "application/vnd.api+json", Accept: "application/json", "X-Own": "own", Cookie: "a=b" },
		credentials: "include", referrerPolicy: "unsafe-url", mode: "no-cors", redirect: "follow", keepalive: true }`
	response := v.resolved("fetch", `"tokens", `+init)
	assert.Equal(t, "application/json; charset=utf-8", text(first(response.Get("headers").Call("get", "content-type"))), "as asked for")
	status, body := read(t, response)
	assert.Equal(t, 201, status)
	assert.Contains(t, body, "密码🔑")

	requests := seen(t)
	require.Len(t, requests, 1)
	assert.Equal(t, "POST", requests[0].method)
	assert.Equal(t, document, requests[0].body)
	for name, want := range map[string]string{
		"Authorization": "Bearer " + v.auth.Token(), "Keygen-Version": keygen.Version, "Content-Type": "application/vnd.api+json",
		"Accept": "application/json", "X-Own": "own", "Cookie": "", "Referer": "", "Keygen-Environment": "",
	} {
		assert.Equal(t, want, requests[0].header(name), name)
	}
	parsed, err := browser.Parse(body)
	require.NoError(t, err)
	v.resolved("tokens.revoke", `"`+text(parsed, "data", "id")+`"`)

	for body, kind := range map[string]string{
		`new Blob(["{}"], { type: "application/json" })`: "application/json", `new TextEncoder().encode("{}")`: "", `"{}"`: "text/plain;charset=UTF-8",
	} {
		control(t, "DELETE", "/requests", "")
		read(t, v.resolved("fetch", `"me", { method: "PATCH", body: `+body+` }`))
		requests := seen(t)
		require.Len(t, requests, 1)
		assert.Equal(t, "{}", requests[0].body, body)
		assert.Equal(t, kind, requests[0].header("Content-Type"), "the platform's own")
	}
}

func first(value browser.Value, _ error) browser.Value { return value }

func TestFetchEnvironment(t *testing.T) {
	v := signedIn(t, 10)
	v.client.Environment = "sandbox"
	status, body := read(t, v.resolved("fetch", `"me"`))
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "ENVIRONMENT_INVALID")
	assert.Equal(t, "sandbox", seen(t)[0].header("Keygen-Environment"))
	v.client.Environment = ""
}

func TestFetchFollowsPagingLinks(t *testing.T) {
	v := signedIn(t, 10)
	made, err := v.client.CreateToken(keygen.Credentials{Email: "ada@example.com", Password: "correct horse battery"}, keygen.TokenOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, v.client.RevokeToken(made)) })
	var ids []string
	for path := "tokens?page[cursor]=&page[size]=1"; path != ""; {
		status, body := read(t, v.resolved("fetch", strconv.Quote(path)))
		require.Equal(t, 200, status)
		page, err := browser.Parse(body)
		require.NoError(t, err)
		require.Equal(t, 1, page.Get("data").Len())
		ids = append(ids, text(page.Get("data").At(0), "id"))
		path = text(page, "links", "next")
	}
	assert.ElementsMatch(t, []string{v.auth.State().TokenID, made.ID}, ids)
}
