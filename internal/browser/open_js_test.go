package browser_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

// controller returns an AbortController.
func controller(t *testing.T) browser.Value { return eval(t, `new AbortController()`) }

func abort(t *testing.T, controller browser.Value) {
	t.Helper()
	_, err := controller.Call("abort")
	require.NoError(t, err)
}

// both runs a test with Fetch, and with Open.
func both(t *testing.T, test func(t *testing.T, send func(browser.Request) error)) {
	t.Run("Fetch", func(t *testing.T) {
		noFuncsLeft(t)
		test(t, func(request browser.Request) error { _, err := browser.Fetch(request); return err })
	})
	t.Run("Open", func(t *testing.T) {
		noFuncsLeft(t)
		test(t, func(request browser.Request) error {
			answer, err := browser.Open(request)
			if err == nil {
				answer.Done()
			}
			return err
		})
	})
}

func TestAbortedBefore(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		control(t, "POST", "/reset", "")
		request, page := ping(10), controller(t)
		abort(t, page)
		request.Signal = page.Get("signal")
		assert.ErrorIs(t, send(request), browser.ErrAborted)
		assert.Zero(t, seen(t).Len(), "nothing was sent")
	})
}

func TestAbortedMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		control(t, "POST", "/reset", "")
		control(t, "POST", "/faults", `{"kind":"hang"}`)
		request, page := ping(10), controller(t)
		request.Signal = page.Get("signal")
		done := make(chan error, 1)
		go func() { done <- send(request) }()
		require.Eventually(t, func() bool { return seen(t).Len() == 1 }, waitLimit, tick)
		assert.Empty(t, done)
		abort(t, page)
		assert.ErrorIs(t, <-done, browser.ErrAborted)
	})
}

// As in TestFetchTimesOutInTheBody.
func TestAbortedInTheBody(t *testing.T) {
	for _, name := range []string{"AbortError", "TypeError"} {
		t.Run(name, func(t *testing.T) {
			noFuncsLeft(t)
			page := controller(t)
			require.NoError(t, browser.Window().Set("testPage", page))
			replace(t, `window`, `fetch`, `{ value: async (url, { signal }) => ({ status: 200, arrayBuffer: () => new Promise((_, fail) => {
				signal.addEventListener("abort", () => fail(new DOMException("", "`+name+`")));
				setTimeout(() => testPage.abort());
			}) }) }`)
			request := ping(10)
			request.Signal = page.Get("signal")
			_, err := browser.Fetch(request)
			assert.ErrorIs(t, err, browser.ErrAborted)
		})
	}
}

// The page's signal neither ends the time limit nor hides an error of the network.
func TestSignalThatIsNotAborted(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		late := ping(0.05)
		late.Signal = controller(t).Get("signal")
		control(t, "POST", "/faults", `{"kind":"hang","times":1}`)
		assert.ErrorIs(t, send(late), browser.ErrTimeout)
		lost := ping(10)
		lost.Signal = late.Signal
		control(t, "POST", "/faults", `{"kind":"no-cors","times":1}`)
		assert.ErrorIs(t, send(lost), browser.ErrNetwork)
		assert.NoError(t, send(lost))
	})
}

func TestSignalThatIsNone(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		request := ping(10)
		request.Signal = eval(t, `{ aborted: false }`)
		assert.Error(t, send(request))
	})
}

// Without AbortSignal.any the page's signal counts.
func TestAbortWithoutAny(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		replace(t, `AbortSignal`, `any`, `{ value: undefined }`)
		request, page := ping(10), controller(t)
		request.Signal = page.Get("signal")
		assert.NoError(t, send(request))
		abort(t, page)
		assert.ErrorIs(t, send(request), browser.ErrAborted)
	})
}

func TestOpen(t *testing.T) {
	noFuncsLeft(t)
	response, err := browser.Open(ping(10))
	require.NoError(t, err, "a refusal is an answer")
	copied, err := response.Copy()
	require.NoError(t, err)
	response.Done()
	assert.Equal(t, 401, copied.Status)
	assert.Contains(t, string(copied.Body), "TOKEN_MISSING")
	assert.Equal(t, copied.Header("x-request-id"), response.Head().Header("x-request-id"))
	assert.Empty(t, response.Head().Body)
	assert.True(t, response.Get("constructor").Equal(browser.Window().Get("Response")))
	status, _ := response.Get("status").Number()
	assert.InDelta(t, 401, status, 0)
	assert.False(t, response.Get("bodyUsed").True(), "the body is the caller's")
	body, err := browser.Await(first(response.Call("json")))
	require.NoError(t, err)
	code, _ := body.Get("errors").At(0).Get("code").Text()
	assert.Equal(t, "TOKEN_MISSING", code)
}

func first(value browser.Value, _ error) browser.Value { return value }

// The time limit ends the body, too, until Done is called.
func TestOpenLimitsTheBodyUntilDone(t *testing.T) {
	noFuncsLeft(t)
	replace(t, `AbortSignal`, `timeout`, `{ value: () => (window.testLimit = new AbortController()).signal }`)
	for _, done := range []bool{false, true} {
		response, err := browser.Open(ping(10))
		require.NoError(t, err)
		if done {
			response.Done()
			response.Done()
		}
		eval(t, `testLimit.abort(new DOMException("", "TimeoutError"))`) // its time is over
		text, err := browser.Await(first(response.Call("text")))
		if done {
			require.NoError(t, err)
			body, _ := text.Text()
			assert.Contains(t, body, "TOKEN_MISSING")
		} else {
			var thrown *browser.Error
			require.ErrorAs(t, err, &thrown)
			assert.Equal(t, "TimeoutError", thrown.Name)
			response.Done()
		}
	}
}

// Copy fails like Fetch.
func TestCopyOfHalfABody(t *testing.T) {
	noFuncsLeft(t)
	control(t, "POST", "/faults", `{"kind":"cut-body","times":1}`)
	response, err := browser.Open(ping(10))
	require.NoError(t, err)
	defer response.Done()
	_, err = response.Copy()
	assert.ErrorIs(t, err, browser.ErrNetwork)
}

func TestOwnHeaders(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		control(t, "POST", "/reset", "")
		request := ping(10)
		request.Method = "POST"
		request.Own = eval(t, `new Headers({ "X-Own": "own", authorization: "Bearer own", "content-type": "application/json" })`)
		request.Headers = map[string]string{"Authorization": "Bearer ours"}
		request.Body = eval(t, `new Blob(["{}"], { type: "text/plain" })`)
		require.NoError(t, send(request))
		list := seen(t)
		require.Equal(t, 1, list.Len())
		assert.Equal(t, "own", sent(list, "X-Own"))
		assert.Equal(t, "Bearer ours", sent(list, "Authorization"))
		assert.Equal(t, 1, list.At(0).Get("header").Get("Authorization").Len())
		assert.Equal(t, "application/json", sent(list, "Content-Type"))
		body, _ := list.At(0).Get("body").Text()
		assert.Equal(t, "{}", body)
		kept, err := request.Own.Call("get", "authorization")
		require.NoError(t, err)
		text, _ := kept.Text()
		assert.Equal(t, "Bearer own", text, "the caller's object stays as it is")
	})
}

func TestOwnHeadersThatAreNone(t *testing.T) {
	both(t, func(t *testing.T, send func(browser.Request) error) {
		request := ping(10)
		request.Own = eval(t, `"canary"`)
		err := send(request)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
	})
}
