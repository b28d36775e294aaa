package browser

// Channel joins the pages of this site that use the same name. It is closed
// while the page lies in the browser's memory for the Back button, which keeps
// no page with an open one.
type Channel struct {
	name    string
	channel Value
	hear    func(message Value)
}

// NewChannel returns an open channel. hear is called, synchronously, with what
// other pages send. Where there are none (an old browser, a sandboxed frame)
// nothing is sent or heard.
func NewChannel(name string, hear func(message Value)) *Channel {
	c := &Channel{name: name, hear: hear}
	c.open()
	Listen(Window(), "pagehide", func(Value) { c.Close() })
	Listen(Window(), "pageshow", func(Value) { c.open() })
	return c
}

func (c *Channel) open() {
	if c.channel.Exists() {
		return
	}
	c.channel, _ = Window().Get("BroadcastChannel").New(c.name)
	if c.channel.Exists() {
		Listen(c.channel, "message", func(event Value) { c.hear(event.Get("data")) })
	}
}

// Send sends properties to all others. They must hold no secret: all scripts of
// the site can listen.
func (c *Channel) Send(properties map[string]any) {
	if message, err := Object(properties); err == nil && c.channel.Exists() {
		_, _ = c.channel.Call("postMessage", message)
	}
}

// Close ends it.
func (c *Channel) Close() {
	if c.channel.Exists() {
		_, _ = c.channel.Call("close")
		c.channel = Value{}
	}
}
