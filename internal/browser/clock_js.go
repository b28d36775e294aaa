package browser

import "math"

// Clock is this device's clock, in milliseconds since 1970.
type Clock struct{}

// Now returns the time.
func (Clock) Now() int64 { return Now() }

// After is the function After.
func (Clock) After(milliseconds int, do func()) (cancel func()) { return After(milliseconds, do) }

// ISO returns the time as ISO 8601 text, in UTC.
func (Clock) ISO() string {
	date, _ := Window().Get("Date").New()
	iso, _ := date.Call("toISOString")
	text, _ := iso.Text()
	return text
}

// Parse is the function ParseTime.
func (Clock) Parse(text string) (milliseconds int64, ok bool) { return ParseTime(text) }

// Now returns the time of this machine's clock, in milliseconds since 1970.
func Now() int64 {
	now, _ := Window().Get("Date").Call("now")
	milliseconds, _ := now.Number()
	return int64(milliseconds)
}

// Pause waits for so many milliseconds. It fails with ErrAborted as soon as the
// signal, an AbortSignal or undefined, is aborted. Like Await it is not for event
// handlers.
func Pause(milliseconds int, signal Value) error {
	over := make(chan struct{}, 2)
	end := func() { over <- struct{}{} }
	cancel := After(milliseconds, end)
	stop := func() {}
	if signal.Exists() {
		stop = Listen(signal, "abort", func(Value) { end() })
	}
	if !signal.Get("aborted").True() {
		<-over
	}
	cancel()
	stop()
	if signal.Get("aborted").True() {
		return ErrAborted
	}
	return nil
}

// ParseTime returns an ISO 8601 or HTTP date as milliseconds since 1970, and
// whether the text is one.
func ParseTime(text string) (int64, bool) {
	parsed, err := Window().Get("Date").Call("parse", text)
	milliseconds, ok := parsed.Number()
	return int64(milliseconds), err == nil && ok && !math.IsNaN(milliseconds)
}
