package browser_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

// ping returns a request to the emulator's ping endpoint.
func ping(seconds float64) browser.Request {
	return browser.Request{Method: "GET", URL: os.Getenv("KEYGENTEST_URL") + "/v1/accounts/demo/me", Seconds: seconds}
}

// seen returns the requests that the emulator has received.
func seen(t *testing.T) browser.Value {
	t.Helper()
	answer, err := browser.Fetch(browser.Request{Method: "GET", URL: os.Getenv("KEYGENTEST_URL") + "/-/requests", Seconds: 10})
	require.NoError(t, err)
	list, err := browser.Parse(string(answer.Body))
	require.NoError(t, err)
	return list
}

// sent returns a header of the first request seen.
func sent(list browser.Value, name string) string {
	text, _ := list.At(0).Get("header").Get(name).At(0).Text()
	return text
}

func TestFetchFails(t *testing.T) {
	tests := []struct {
		name, fault string
		seconds     float64
		err         error
	}{
		{"cut", `{"kind":"cut"}`, 10, browser.ErrNetwork},
		{"cut body", `{"kind":"cut-body"}`, 10, browser.ErrNetwork},
		{"no CORS", `{"kind":"no-cors"}`, 10, browser.ErrNetwork},
		{"no CORS on an error", `{"kind":"no-cors","status":503}`, 10, browser.ErrNetwork},
		{"no answer", `{"kind":"hang"}`, 0.05, browser.ErrTimeout},
		{"a slow answer", `{"delay":"9s"}`, 0.05, browser.ErrTimeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			noFuncsLeft(t)
			control(t, "POST", "/faults", test.fault)
			answer, err := browser.Fetch(ping(test.seconds))
			assert.ErrorIs(t, err, test.err)
			assert.Nil(t, answer)

			if test.name == "cut body" {
				return // an answer begins
			}
			response, err := browser.Open(ping(test.seconds))
			assert.ErrorIs(t, err, test.err)
			assert.False(t, response.Exists())
		})
	}
}

func TestFetchOfWhatIsNoRequest(t *testing.T) {
	noFuncsLeft(t)
	for name, request := range map[string]browser.Request{
		"URL":    {Method: "GET", URL: "http://[", Seconds: 1},
		"port":   {Method: "GET", URL: "http://127.0.0.1:1/", Seconds: 1},
		"header": {Method: "GET", URL: ping(1).URL, Headers: map[string]string{"X": "can\nary"}, Seconds: 1},
		"method": {Method: "no method", URL: ping(1).URL, Seconds: 1},
	} {
		_, err := browser.Fetch(request)
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), "ary")
	}
	_, err := browser.Fetch(browser.Request{Method: "GET", URL: ping(1).URL, Seconds: -1})
	assert.Error(t, err, "no timeout to wait for")
}

// The time limit may end during the body. The error of the body's promise differs between browsers.
func TestFetchTimesOutInTheBody(t *testing.T) {
	for _, name := range []string{"TimeoutError", "AbortError", "TypeError"} {
		t.Run(name, func(t *testing.T) {
			noFuncsLeft(t)
			replace(t, `window`, `fetch`, `{ value: async (url, { signal }) => ({ status: 200, arrayBuffer: () =>
				new Promise((_, fail) => signal.addEventListener("abort", () => fail(new DOMException("", "`+name+`")))) }) }`)
			_, err := browser.Fetch(ping(0.02))
			assert.ErrorIs(t, err, browser.ErrTimeout)
		})
	}
}

func TestFetchWithoutFetch(t *testing.T) {
	noFuncsLeft(t)
	replace(t, `window`, `fetch`, `{ value: undefined }`)
	_, err := browser.Fetch(ping(1))
	assert.Error(t, err)
}

func TestFetch(t *testing.T) {
	noFuncsLeft(t)
	control(t, "POST", "/reset", "")
	request := ping(10)
	request.Method = "PUT"
	request.Headers = map[string]string{"Keygen-Version": "1.8", "Accept": "application/json", "Authorization": "Bearer none"}
	request.Body = `{"a":"密码🔑"}`
	answer, err := browser.Fetch(request)
	require.NoError(t, err, "a refusal is an answer")
	assert.Equal(t, 404, answer.Status)
	assert.Contains(t, string(answer.Body), `"NOT_FOUND"`)
	assert.Equal(t, "1.8", answer.Header("Keygen-Version"))
	assert.Empty(t, answer.Header("x-powered-by"), "there is none")
	assert.Empty(t, answer.Header("vary"), "not for scripts")

	list := seen(t)
	require.Equal(t, 1, list.Len())
	body, _ := list.At(0).Get("body").Text()
	assert.Equal(t, request.Body, body)
	assert.Equal(t, "Bearer none", sent(list, "Authorization"))
	assert.Empty(t, sent(list, "Cookie"))
	assert.Empty(t, sent(list, "Referer"))
	assert.Equal(t, "no-cache", sent(list, "Cache-Control"))
}

// The options of fetch keep cookies, the referrer and redirects out of a request.
func TestFetchOptions(t *testing.T) {
	noFuncsLeft(t)
	replace(t, `window`, `fetch`, `{ value: async (url, options) => {
		window.testOptions = options;
		return { status: 204, arrayBuffer: async () => new ArrayBuffer(0), headers: new Headers() };
	} }`)
	request := ping(10)
	request.KeepAlive = true
	_, err := browser.Fetch(request)
	require.NoError(t, err)
	options := eval(t, `testOptions`)
	for name, want := range map[string]string{
		"credentials": "omit", "referrerPolicy": "no-referrer", "redirect": "manual", "cache": "no-store", "mode": "cors",
	} {
		got, _ := options.Get(name).Text()
		assert.Equal(t, want, got, name)
	}
	assert.True(t, options.Get("keepalive").True())
	assert.False(t, options.Get("body").Exists(), "none")
}
