package browser

// Channel is a BroadcastChannel: it connects the site's pages that use its name.
type Channel struct{ value Value }

// NewChannel returns an open channel. receive is called synchronously with each
// message of another page. Where the browser has no channels (an old browser, a
// sandboxed frame) nothing is sent or received.
func NewChannel(name string, receive func(text string)) Channel {
	value, _ := Window().Get("BroadcastChannel").New(name)
	if value.Exists() {
		Listen(value, "message", func(event Value) {
			text, _ := event.Get("data").Text()
			receive(text)
		})
	}
	return Channel{value}
}

// Send sends a text to the other pages. It must not contain a secret: all scripts of
// the site can receive it.
func (c Channel) Send(text string) { _, _ = c.value.Call("postMessage", text) }

// Close closes the channel. A page with an open one cannot be in the browser's
// back/forward cache.
func (c Channel) Close() { _, _ = c.value.Call("close") }
