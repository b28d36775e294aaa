package browser_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

func TestAwaitRejects(t *testing.T) {
	noFuncsLeft(t)
	for script, name := range map[string]string{
		`Promise.reject(new RangeError("canary"))`: "RangeError",
		`Promise.reject("canary")`:                 "Error",
		`Promise.reject(null)`:                     "Error",
		`Promise.reject()`:                         "Error",
		`{ then(ok, fail) { fail() } }`:            "Error",
	} {
		value, err := browser.Await(eval(t, script))
		var thrown *browser.Error
		require.True(t, errors.As(err, &thrown), script)
		assert.Equal(t, name, thrown.Name, script)
		assert.NotContains(t, err.Error(), "canary", script)
		assert.False(t, value.Exists())
	}
}

func TestAwaitOfNoPromise(t *testing.T) {
	noFuncsLeft(t)
	for _, script := range []string{`null`, `{}`, `7`, `{ then() { throw "no" } }`, `{ get then() { throw "no" } }`} {
		_, err := browser.Await(eval(t, script))
		assert.Error(t, err, script)
	}
}

func TestAwait(t *testing.T) {
	noFuncsLeft(t)
	for _, script := range []string{
		`Promise.resolve("done")`, `new Promise((ok) => setTimeout(ok, 1, "done"))`, `{ then(ok) { ok("done") } }`,
	} {
		value, err := browser.Await(eval(t, script))
		require.NoError(t, err)
		text, _ := value.Text()
		assert.Equal(t, "done", text)
	}
	value, err := browser.Await(eval(t, `{ then(ok) { ok() } }`))
	require.NoError(t, err)
	assert.False(t, value.Exists())
}

func TestPanicInCallback(t *testing.T) {
	noFuncsLeft(t)
	lines := console(t)
	for want, cause := range map[string]func(){
		"keygen-auth: internal error: panic": func() { panic("canary") },
		"keygen-auth: internal error: runtime error: index out of range [5] with length 0": func() {
			var none []int
			none[len(none)+5]++
		},
	} {
		f := browser.NewFunc(func([]browser.Value) { cause() })
		result, err := f.Value().Invoke()
		require.NoError(t, err, "the caller notices nothing")
		assert.False(t, result.Exists())
		require.Equal(t, 1, lines.Len())
		line, _ := lines.Call("pop")
		text, _ := line.Text()
		assert.Equal(t, want, text, "the text of a panic may be a secret")
		f.Release()
	}
}

func TestPanicInGoroutine(t *testing.T) {
	lines := console(t)
	failed := make(chan string, 1)
	browser.Go(func() { panic("canary") }, func() { failed <- "failed" })
	assert.Equal(t, "failed", <-failed)
	assert.Equal(t, 1, lines.Len())

	browser.Go(func() { panic("canary") }, func() { panic("canary again") })
	require.Eventually(t, func() bool { return lines.Len() == 3 }, waitLimit, tick, "the program lives on")

	done := make(chan bool, 1)
	browser.Go(func() { done <- true }, func() { failed <- "failed" })
	assert.True(t, <-done)
	assert.Empty(t, failed)
	browser.Go(func() { defer close(done); panic("canary") }, nil)
	<-done
	require.Eventually(t, func() bool { return lines.Len() == 4 }, waitLimit, tick)
}

func TestListen(t *testing.T) {
	noFuncsLeft(t)
	target := eval(t, `new EventTarget()`)
	count := 0
	stop := browser.Listen(target, "ping", func(event browser.Value) {
		kind, _ := event.Get("type").Text()
		assert.Equal(t, "ping", kind)
		count++
	})
	dispatch := func() {
		_, err := target.Call("dispatchEvent", eval(t, `new Event("ping")`))
		require.NoError(t, err)
	}
	dispatch()
	assert.Equal(t, 1, count, "synchronously")
	stop()
	dispatch()
	assert.Equal(t, 1, count)
	live := browser.LiveFuncs()
	stop()
	stop()
	assert.Equal(t, live, browser.LiveFuncs(), "idempotent")

	stop = browser.Listen(eval(t, `null`), "ping", func(browser.Value) {})
	stop()
}

func TestListenerMayStopItself(t *testing.T) {
	noFuncsLeft(t)
	target := eval(t, `new EventTarget()`)
	count := 0
	var stop func()
	stop = browser.Listen(target, "ping", func(browser.Value) { count++; stop() })
	for range 2 {
		_, err := target.Call("dispatchEvent", eval(t, `new Event("ping")`))
		require.NoError(t, err)
	}
	assert.Equal(t, 1, count)
}

func TestAfter(t *testing.T) {
	noFuncsLeft(t)
	lines := console(t)
	fired := make(chan bool, 2)
	cancel := browser.After(1, func() { fired <- true })
	<-fired
	live := browser.LiveFuncs()
	cancel()
	cancel()
	assert.Equal(t, live, browser.LiveFuncs(), "idempotent, also when it is over")

	cancel = browser.After(1, func() { fired <- false })
	cancel()
	cancel()
	last := make(chan bool)
	browser.After(20, func() { close(last) })
	<-last
	assert.Empty(t, fired, "a cancelled timer does not fire")
	assert.Zero(t, lines.Len(), "nor does it call what was released")
}

func TestDispatch(t *testing.T) {
	noFuncsLeft(t)
	var got browser.Value
	prevent := false
	t.Cleanup(browser.Listen(browser.Document(), "keygen:test", func(event browser.Value) {
		got = event
		if prevent {
			_, _ = event.Call("preventDefault")
		}
	}))
	assert.True(t, browser.Dispatch("keygen:test", map[string]any{"a": "b"}))
	text, _ := got.Get("detail").Get("a").Text()
	assert.Equal(t, "b", text)
	prevent = true
	assert.False(t, browser.Dispatch("keygen:test", nil))
	assert.True(t, browser.Dispatch("keygen:nobody-listens", nil))
}

func TestClock(t *testing.T) {
	now, ok := browser.ParseTime(browser.Clock{}.ISO())
	require.True(t, ok)
	assert.InDelta(t, browser.Now(), now, 1000)
	for text, want := range map[string]int64{
		"1970-01-01T00:00:01.500Z":      1500,
		"9999-12-31T23:59:59.999Z":      253402300799999,
		"Thu, 01 Jan 1970 00:00:02 GMT": 2000,
	} {
		got, ok := browser.ParseTime(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "soon", "2030-13-01T00:00:00Z"} {
		_, ok := browser.ParseTime(text)
		assert.False(t, ok, text)
	}
}
