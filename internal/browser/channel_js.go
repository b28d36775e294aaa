package browser

// Channel joins the pages of this site that use the same name.
type Channel struct{ value Value }

// NewChannel returns an open channel. hear is called, synchronously, with what
// other pages send, as long as this program lives. Where there are no channels
// (an old browser, a sandboxed frame) nothing is sent or heard.
func NewChannel(name string, hear func(text string)) Channel {
	value, _ := Window().Get("BroadcastChannel").New(name)
	if value.Exists() {
		Listen(value, "message", func(event Value) {
			text, _ := event.Get("data").Text()
			hear(text)
		})
	}
	return Channel{value}
}

// Send sends a text to all others. It must hold no secret: all scripts of the
// site can listen.
func (c Channel) Send(text string) { _, _ = c.value.Call("postMessage", text) }

// Close ends it. Browsers keep no page in memory, for the Back button, that has
// an open one.
func (c Channel) Close() { _, _ = c.value.Call("close") }
