package browser

import (
	"runtime"

	"github.com/hack-pad/safejs"
)

var live int

// LiveFuncs returns how many Go functions JavaScript can call now. Tests
// assert that what they opened is closed again.
func LiveFuncs() int { return live }

// Func is a Go function that JavaScript can call.
type Func struct {
	f safejs.Func
}

// NewFunc makes a function that JavaScript can call; the owner must Release
// it once nothing can call it any more. A panic inside is reported and
// swallowed: the caller gets undefined.
func NewFunc(do func(args []Value)) Func {
	return newFunc(func(args []Value) Value {
		do(args)
		return Value{}
	})
}

// newFunc makes a function that returns something.
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
	live++
	return Func{f}
}

// Value returns the function as JavaScript sees it.
func (f Func) Value() Value { return Value{f.f.Value()} }

// Release frees the function. A later call from JavaScript does nothing.
func (f Func) Release() {
	live--
	f.f.Release()
}

// Go runs do on a goroutine of its own. A panic ends that goroutine alone: it
// is reported, and failed, if not nil, runs.
func Go(do func(), failed func()) {
	go func() {
		defer Recover(failed)
		do()
	}()
}

// Recover, deferred, turns a panic into one line on the console and a call of
// failed, if not nil. The line holds the panic's value only when it is the
// runtime's own ("index out of range"): any other may hold what a user typed.
func Recover(failed func()) {
	cause := recover()
	if cause == nil {
		return
	}
	text := "panic"
	if fault, ok := cause.(runtime.Error); ok {
		text = fault.Error()
	}
	Report("internal error: " + text)
	if failed != nil {
		defer Recover(nil)
		failed()
	}
}

// Await waits until a promise settles and returns what it resolved to. It
// fails with an Error that holds the rejection's name. Never call it inside an
// event handler: the promise could not settle.
func Await(promise Value) (Value, error) {
	type outcome struct {
		value Value
		err   error
	}
	settled := make(chan outcome, 1)
	var resolve, reject Func
	// Whichever runs is the last call that can come: it frees both.
	release := func() {
		resolve.Release()
		reject.Release()
	}
	resolve = NewFunc(func(args []Value) {
		defer release()
		settled <- outcome{value: first(args)}
	})
	reject = NewFunc(func(args []Value) {
		defer release()
		settled <- outcome{err: &Error{Op: "await", Name: thrownName(first(args))}}
	})
	if _, err := promise.Call("then", resolve.Value(), reject.Value()); err != nil {
		release()
		return Value{}, err
	}
	got := <-settled
	return got.value, got.err
}

func first(args []Value) Value {
	if len(args) == 0 {
		return Value{}
	}
	return args[0]
}

// Listener hears one type of event, at as many targets as it is added to. All
// listeners also end with the program: the bridge's signal removes them.
type Listener struct {
	event string
	f     Func
}

// NewListener makes a listener that calls handle synchronously. The owner must
// Release it.
func NewListener(event string, handle func(event Value)) Listener {
	return Listener{event: event, f: NewFunc(func(args []Value) { handle(first(args)) })}
}

// listenOptions hold the signal that ends all listeners.
var listenOptions Value

// Add lets the listener hear the events at a target.
func (l Listener) Add(target Value) {
	if !listenOptions.Exists() {
		listenOptions, _ = Object(nil)
		if signal := Bridge().Get("life"); signal.Exists() {
			_ = listenOptions.Set("signal", signal)
		}
	}
	callMethod(target, "addEventListener", l.event, l.f.Value(), listenOptions)
}

// Remove undoes Add.
func (l Listener) Remove(target Value) {
	callMethod(target, "removeEventListener", l.event, l.f.Value())
}

// Release frees the listener. Where it is still added it does nothing any more.
func (l Listener) Release() { l.f.Release() }

// Listen calls handle, synchronously, for each event of a type at a target,
// until stop is called, which may happen more than once.
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

// After runs do, synchronously in a timer's callback, once so many
// milliseconds have passed; cancel prevents it and may be called any time.
func After(milliseconds int, do func()) (cancel func()) {
	var f Func
	over := false
	finish := func() bool {
		if over {
			return false
		}
		over = true
		f.Release()
		return true
	}
	f = NewFunc(func([]Value) {
		if finish() {
			do()
		}
	})
	timer, _ := native("setTimeout", f.Value(), milliseconds)
	return func() {
		if finish() {
			_, _ = native("clearTimeout", timer)
		}
	}
}

// native calls a function of the window, or the platform's own where zone.js
// (Angular) has put another in its place: an application that counts what it
// still waits for would wait for each of our timers, an hour for some.
func native(name string, args ...any) (Value, error) {
	function := Window().Get("__zone_symbol__" + name)
	if !function.Exists() {
		function = Window().Get(name)
	}
	return function.Invoke(args...)
}

// AtRest runs do, synchronously in a timer's callback, a second after the page
// was loaded: what it has to show is there then, most often.
func AtRest(do func()) {
	wait := func() { After(1000, do) }
	if state, _ := ofDocument("readyState").Text(); state == "complete" {
		wait()
		return
	}
	var stop func()
	stop = Listen(Window(), "load", func(Value) {
		stop()
		wait()
	})
}
