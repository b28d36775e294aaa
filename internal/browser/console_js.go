package browser

// Report writes a line to the console for the page's developer: something does
// not work. It must not hold what a user typed, nor what a server said.
func Report(text string) { print("error", text) }

// Warn is Report for what looks like a mistake.
func Warn(text string) { print("warn", text) }

func print(method, text string) {
	_, _ = Window().Get("console").Call(method, "keygen-auth: "+text)
}
