package browser

import "github.com/hack-pad/safejs"

var bridge Value

// Bridge returns the loader's interface to the program (web/loader/index.js,
// bridge): an object with the configuration and functions. It is undefined when
// there is no loader, as in tests.
func Bridge() Value {
	if !bridge.Exists() {
		object, err := safejs.Global().Get("bridge")
		if err == nil {
			bridge = Value{object}
		}
	}
	return bridge
}

// WaitForPage waits until the loader has started the program on a page. The program
// calls it once, before it uses the page. Up to this call it runs at build time
// (internal/postlink, Preinit); the loader continues it by calling its first Func.
func WaitForPage() {
	started := make(chan struct{})
	start := NewFunc(func([]Value) { close(started) })
	<-started
	start.Release()
}

// Dispatch raises a cancelable CustomEvent with this detail, nil for none, on the
// document. It returns false when a listener called preventDefault.
func Dispatch(name string, detail map[string]any) bool {
	properties := map[string]any{"cancelable": true}
	if detail != nil {
		properties["detail"] = detail
	}
	proceed := dispatch(Document(), "CustomEvent", name, properties)
	return !proceed.IsBoolean() || proceed.True()
}

// dispatch raises an event of the interface kind. It returns the result of
// dispatchEvent: false when a listener called preventDefault, undefined after an
// exception.
func dispatch(target Value, kind, name string, properties map[string]any) Value {
	options, _ := Object(properties)
	event, _ := Window().Get(kind).New(name, options)
	return callMethod(target, "dispatchEvent", event)
}
