package browser

// Report writes an error to the console, for the page's developer. The text must not
// contain what a user typed, nor text from a server.
func Report(text string) { print("error", text) }

// Warn is Report for a warning: something looks like a mistake.
func Warn(text string) { print("warn", text) }

func print(method, text string) {
	_, _ = Window().Get("console").Call(method, "keygen-auth: "+text)
}
