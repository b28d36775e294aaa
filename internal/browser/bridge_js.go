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

// Dispatch raises a cancelable CustomEvent on the document and says whether
// the page left it to us: false when a listener called preventDefault.
func Dispatch(name string, detail map[string]any) bool {
	event, err := Object(map[string]any{"cancelable": true, "detail": detail})
	if err != nil {
		return true
	}
	custom, err := Window().Get("CustomEvent").New(name, event)
	if err != nil {
		return true
	}
	proceed, err := Document().Call("dispatchEvent", custom)
	return err != nil || proceed.True()
}
