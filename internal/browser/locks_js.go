package browser

// Exclusive runs do while no other page of this site runs one under the same
// name, and waits for its end. Never call it inside an event handler, nor
// within another one of the same name. It fails with ErrTimeout when its turn
// does not come within so many seconds; then do has not run. Where there are no
// Web Locks (an insecure page, a sandboxed frame, an old browser) there is
// nobody to ask.
func Exclusive(name string, seconds float64, do func()) error {
	locks := Window().Get("navigator").Get("locks")
	if !locks.Exists() {
		do()
		return nil
	}
	// The lock is ours from when granted is called until the promise that it
	// returns is resolved.
	var release Value
	executor := NewFunc(func(args []Value) { release = first(args) })
	held, err := Window().Get("Promise").New(executor.Value())
	executor.Release()
	if err != nil {
		return err
	}
	// Should the program end with the lock in its hands, nobody has to wait for it.
	if life := Bridge().Get("life"); life.Exists() {
		callMethod(life, "addEventListener", "abort", release)
		defer callMethod(life, "removeEventListener", "abort", release)
	}
	turn := make(chan error, 1)
	granted := newFunc(func([]Value) Value {
		turn <- nil
		return held
	})
	options, _ := Object(nil)
	if signal, err := timeoutSignal(seconds); err == nil {
		_ = options.Set("signal", signal)
	}
	request, err := locks.Call("request", name, options, granted.Value())
	if err != nil {
		granted.Release()
		return err
	}
	Go(func() {
		if _, err := Await(request); err != nil {
			turn <- err
		}
		granted.Release()
	}, nil)
	if refused, ok := (<-turn).(*Error); ok && refused.Name != "SecurityError" {
		return ErrTimeout
	}
	defer func() { _, _ = release.Invoke() }()
	do()
	return nil
}

// Visible says whether somebody may be looking at the page.
func Visible() bool {
	state, _ := ofDocument("visibilityState").Text()
	return state != "hidden"
}

// Busy says whether somebody pressed something on the page within the last
// seconds, five in most browsers.
func Busy() bool {
	return Window().Get("navigator").Get("userActivation").Get("isActive").True()
}
