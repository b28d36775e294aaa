package browser

// deeds are the events by which somebody does something on a page.
var deeds = []string{"pointerdown", "keydown", "input", "submit", "wheel"}

// WhenQuiet runs do, synchronously in a timer's callback, once nobody has done
// anything on the page for so many milliseconds, from now on.
func WhenQuiet(milliseconds int, do func()) {
	var cancel func()
	var wait func()
	capture, _ := Object(map[string]any{"capture": true, "passive": true})
	f := NewFunc(func([]Value) {
		cancel()
		wait()
	})
	wait = func() {
		cancel = After(milliseconds, func() {
			for _, deed := range deeds {
				callMethod(Window(), "removeEventListener", deed, f.Value(), capture)
			}
			f.Release()
			do()
		})
	}
	for _, deed := range deeds {
		callMethod(Window(), "addEventListener", deed, f.Value(), capture)
	}
	wait()
}
