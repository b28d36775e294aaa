package browser

// Exclusive runs do while it has the Web Lock of this name, which one page of the site
// can have at a time, and waits for its end. Do not call it in an event handler, nor
// inside do with the same name. It fails with ErrTimeout when it does not get the lock
// within so many seconds; then do has not run. Where the browser has no Web Locks (a
// page without HTTPS, a sandboxed frame, an old browser) do runs without the lock.
func Exclusive(name string, seconds float64, do func()) error {
	locks := Window().Get("navigator").Get("locks")
	if !locks.Exists() {
		do()
		return nil
	}
	// The lock is held from the call of granted until the promise that it returns,
	// held, is resolved.
	var release Value
	executor := NewFunc(func(args []Value) { release = first(args) })
	held, err := Window().Get("Promise").New(executor.Value())
	executor.Release()
	if err != nil {
		return err
	}
	// If the program ends meanwhile the lock is released.
	if life := Bridge().Get("life"); life.Exists() {
		callMethod(life, "addEventListener", "abort", release)
		defer callMethod(life, "removeEventListener", "abort", release)
	}
	result := make(chan error, 1)
	granted := newFunc(func([]Value) Value {
		result <- nil
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
			result <- err
		}
		granted.Release()
	}, nil)
	if refused, ok := (<-result).(*Error); ok && refused.Name != "SecurityError" {
		return ErrTimeout
	}
	defer func() { _, _ = release.Invoke() }()
	do()
	return nil
}

// Visible returns whether the page may be visible (document.visibilityState).
func Visible() bool {
	state, _ := documentMember("visibilityState").Text()
	return state != "hidden"
}

// Busy returns whether the user has clicked or pressed a key on the page in the last
// seconds, five in most browsers (navigator.userActivation.isActive).
func Busy() bool {
	return Window().Get("navigator").Get("userActivation").Get("isActive").True()
}
