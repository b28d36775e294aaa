package browser

import "math"

// Clock is this device's clock, in milliseconds since 1970.
type Clock struct{}

// Now is the function Now.
func (Clock) Now() int64 { return Now() }

// After is the function After.
func (Clock) After(milliseconds int, do func()) (cancel func()) { return After(milliseconds, do) }

// ISO returns the current time as ISO 8601 text, in UTC.
func (Clock) ISO() string {
	date, _ := Window().Get("Date").New()
	iso, _ := date.Call("toISOString")
	text, _ := iso.Text()
	return text
}

// Parse is the function ParseTime.
func (Clock) Parse(text string) (milliseconds int64, ok bool) { return ParseTime(text) }

// Now returns the time of this device's clock, in milliseconds since 1970.
func Now() int64 {
	now, _ := Window().Get("Date").Call("now")
	milliseconds, _ := now.Number()
	return int64(milliseconds)
}

// Pause waits for the given time. It fails with ErrAborted as soon as signal (an
// AbortSignal, or undefined for none) is aborted. Do not call it in an event handler.
func Pause(milliseconds int, signal Value) error {
	done := make(chan struct{}, 2)
	end := func() { done <- struct{}{} }
	cancel := After(milliseconds, end)
	stop := func() {}
	if signal.Exists() {
		stop = Listen(signal, "abort", func(Value) { end() })
	}
	if !signal.Get("aborted").True() {
		<-done
	}
	cancel()
	stop()
	if signal.Get("aborted").True() {
		return ErrAborted
	}
	return nil
}

// ParseTime returns an ISO 8601 or HTTP date as milliseconds since 1970 (Date.parse).
// ok is false when the text is not a date.
func ParseTime(text string) (milliseconds int64, ok bool) {
	parsed, err := Window().Get("Date").Call("parse", text)
	number, ok := parsed.Number()
	return int64(number), err == nil && ok && !math.IsNaN(number)
}
