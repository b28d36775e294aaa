package browser

import "github.com/hack-pad/safejs"

var bridge Value

// Bridge returns what the loader (web/loader) prepared for the program: an
// object with its configuration and functions. Undefined where there is no
// loader, as in tests.
func Bridge() Value {
	if !bridge.Exists() {
		object, err := safejs.Global().Get("bridge")
		if err == nil {
			bridge = Value{object}
		}
	}
	return bridge
}

// WaitForPage waits until the loader hands the page over. The program must do so
// once, before it asks anything of the page: up to here it runs when it is built
// (internal/postlink, Preinit), and the loader makes it go on from here by
// calling its first function.
func WaitForPage() {
	there := make(chan struct{})
	begin := NewFunc(func([]Value) { close(there) })
	<-there
	begin.Release()
}

// Dispatch raises a cancelable CustomEvent on the document, its detail null for
// nil, and says whether the page left it to us: false when a listener called
// preventDefault.
func Dispatch(name string, detail map[string]any) bool {
	properties := map[string]any{"cancelable": true}
	if detail != nil {
		properties["detail"] = detail
	}
	proceed := dispatch(Document(), "CustomEvent", name, properties)
	return !proceed.IsBoolean() || proceed.True()
}

// dispatch raises an event, and returns whether listeners left it to us, undefined
// where it cannot be raised.
func dispatch(target Value, kind, name string, properties map[string]any) Value {
	options, _ := Object(properties)
	event, _ := Window().Get(kind).New(name, options)
	return callMethod(target, "dispatchEvent", event)
}
