package browser_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

// The time limit for a condition in a test, and the interval between two checks of it.
const (
	waitLimit = 30 * time.Second
	tick      = 5 * time.Millisecond
)

// eval returns the value of a JavaScript expression.
func eval(t *testing.T, script string) browser.Value {
	t.Helper()
	value, err := browser.Window().Call("eval", "("+script+")")
	require.NoError(t, err, script)
	return value
}

// element adds markup to the page during a test and returns its first element.
func element(t *testing.T, markup string) browser.Element {
	t.Helper()
	around := browser.Create("div")
	require.NoError(t, around.Set("innerHTML", markup))
	browser.Element{Value: browser.Document().Get("body")}.Append(around)
	t.Cleanup(around.Remove)
	return browser.Element{Value: around.Get("firstElementChild")}
}

// noFuncsLeft fails the test if it leaves Funcs that are not released.
func noFuncsLeft(t *testing.T) {
	t.Helper()
	before := browser.LiveFuncs()
	t.Cleanup(func() {
		for range 100 { // what was freed by a promise is freed soon
			if browser.LiveFuncs() == before {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		require.Equal(t, before, browser.LiveFuncs(), "Funcs")
	})
}

// replace sets a property of an object during a test, by a property descriptor.
func replace(t *testing.T, object, name, descriptor string) {
	t.Helper()
	change := eval(t, `(object, name, next) => {
		const before = Object.getOwnPropertyDescriptor(object, name);
		Object.defineProperty(object, name, { configurable: true, ...next });
		return () => before ? Object.defineProperty(object, name, before) : delete object[name];
	}`)
	restore, err := change.Invoke(eval(t, object), name, eval(t, descriptor))
	require.NoError(t, err)
	t.Cleanup(func() { _, _ = restore.Invoke() })
}

// console returns an array of the texts that console.error gets from now on.
func console(t *testing.T) browser.Value {
	t.Helper()
	lines := eval(t, `window.testLines = []`)
	replace(t, `console`, `error`, `{ value: (...words) => testLines.push(words.join(" ")) }`)
	return lines
}

// control changes a setting of the emulator during a test.
func control(t *testing.T, method, path, body string) {
	t.Helper()
	ask := func(method, path, body string) {
		answer, err := browser.Fetch(browser.Request{
			Method: method, URL: os.Getenv("KEYGENTEST_URL") + "/-" + path, Body: body, Seconds: 10,
		})
		require.NoError(t, err)
		require.Equal(t, 204, answer.Status, string(answer.Body))
	}
	ask(method, path, body)
	t.Cleanup(func() { ask("POST", "/reset", "") })
}
