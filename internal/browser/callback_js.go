package browser

import (
	"runtime"

	"github.com/hack-pad/safejs"
)

var liveFuncs int

// LiveFuncs returns the number of Funcs that are not released. Tests assert that
// there is no leak.
func LiveFuncs() int { return liveFuncs }

// Func is a Go function that JavaScript can call.
type Func struct {
	f safejs.Func
}

// NewFunc returns do as a Func. The caller must Release it when nothing can call it
// any more. After a panic in do the JavaScript caller gets undefined, and the
// console an error.
func NewFunc(do func(args []Value)) Func {
	return newFunc(func(args []Value) Value {
		do(args)
		return Value{}
	})
}

// newFunc is NewFunc for a function that returns a value.
func newFunc(do func(args []Value) Value) Func {
	f, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		defer Recover(nil)
		values := make([]Value, len(args))
		for i, arg := range args {
			values[i] = Value{arg}
		}
		return do(values).v
	})
	if err != nil {
		return Func{}
	}
	liveFuncs++
	return Func{f}
}

// Value returns the JavaScript function.
func (f Func) Value() Value { return Value{f.f.Value()} }

// Release frees the function. A later call from JavaScript does nothing.
func (f Func) Release() {
	liveFuncs--
	f.f.Release()
}

// Go runs do on a new goroutine. After a panic in do the console gets an error, and
// failed runs if it is not nil. The program goes on.
func Go(do func(), failed func()) {
	go func() {
		defer Recover(failed)
		do()
	}()
}

// Recover recovers a panic in the function that defers it. It writes one line to the
// console and calls failed, if that is not nil. The line has the panic's value only
// when that is a runtime.Error ("index out of range"): other values may contain what
// a user typed.
func Recover(failed func()) {
	cause := recover()
	if cause == nil {
		return
	}
	text := "panic"
	if err, ok := cause.(runtime.Error); ok {
		text = err.Error()
	}
	Report("internal error: " + text)
	if failed != nil {
		defer Recover(nil)
		failed()
	}
}

// Await waits until a promise is settled and returns its value. After a rejection it
// fails with an *Error that has the name of the reason. Do not call it in an event
// handler: the promise would never be settled.
func Await(promise Value) (Value, error) {
	type result struct {
		value Value
		err   error
	}
	settled := make(chan result, 1)
	var resolve, reject Func
	// A promise calls only one of the two, and once: that call releases both.
	release := func() {
		resolve.Release()
		reject.Release()
	}
	resolve = NewFunc(func(args []Value) {
		defer release()
		settled <- result{value: first(args)}
	})
	reject = NewFunc(func(args []Value) {
		defer release()
		settled <- result{err: &Error{Op: "await", Name: thrownName(first(args))}}
	})
	if _, err := promise.Call("then", resolve.Value(), reject.Value()); err != nil {
		release()
		return Value{}, err
	}
	got := <-settled
	return got.value, got.err
}

// first returns the first argument, undefined when there is none.
func first(args []Value) Value {
	if len(args) == 0 {
		return Value{}
	}
	return args[0]
}

// Listener is an event listener for one type of event, on any number of targets. The
// loader removes all listeners when the program ends, by the AbortSignal bridge.life.
type Listener struct {
	event string
	f     Func
}

// NewListener returns a Listener that calls handle synchronously. The caller must
// Release it.
func NewListener(event string, handle func(event Value)) Listener {
	return Listener{event: event, f: NewFunc(func(args []Value) { handle(first(args)) })}
}

// listenOptions are the options of addEventListener, with the signal that removes
// all listeners.
var listenOptions Value

// Add adds the listener to a target.
func (l Listener) Add(target Value) {
	if !listenOptions.Exists() {
		listenOptions, _ = Object(nil)
		if signal := Bridge().Get("life"); signal.Exists() {
			_ = listenOptions.Set("signal", signal)
		}
	}
	callMethod(target, "addEventListener", l.event, l.f.Value(), listenOptions)
}

// Remove removes the listener from a target.
func (l Listener) Remove(target Value) {
	callMethod(target, "removeEventListener", l.event, l.f.Value())
}

// Release frees the listener. Events at targets that still have it do nothing.
func (l Listener) Release() { l.f.Release() }

// Listen calls handle synchronously for each event of this type at a target, until
// stop is called. stop may be called more than once.
func Listen(target Value, event string, handle func(event Value)) (stop func()) {
	l := NewListener(event, handle)
	l.Add(target)
	stopped := false
	return func() {
		if stopped {
			return
		}
		stopped = true
		l.Remove(target)
		l.Release()
	}
}

// After calls do from a timer after the given time (setTimeout). do must not wait.
// cancel stops the timer; it may be called more than once, and after do has run.
func After(milliseconds int, do func()) (cancel func()) {
	var f Func
	done := false
	finish := func() bool {
		if done {
			return false
		}
		done = true
		f.Release()
		return true
	}
	f = NewFunc(func([]Value) {
		if finish() {
			do()
		}
	})
	timer, _ := callNative("setTimeout", f.Value(), milliseconds)
	return func() {
		if finish() {
			_, _ = callNative("clearTimeout", timer)
		}
	}
}

// callNative calls a function of the window. Where zone.js (Angular) has replaced
// it, the original is called: else Angular would wait for our timers, up to an hour,
// before it sees the application as stable.
func callNative(name string, args ...any) (Value, error) {
	function := Window().Get("__zone_symbol__" + name)
	if !function.Exists() {
		function = Window().Get(name)
	}
	return function.Invoke(args...)
}

// AfterLoad calls do from a timer one second after the page's load event. do must
// not wait. By then most pages have added their forms.
func AfterLoad(do func()) {
	wait := func() { After(1000, do) }
	if state, _ := documentMember("readyState").Text(); state == "complete" {
		wait()
		return
	}
	var stop func()
	stop = Listen(Window(), "load", func(Value) {
		stop()
		wait()
	})
}
