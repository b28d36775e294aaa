// Package fmt takes the place of the standard library's in the program for visitors (internal/dist/overlay.go). Only
// safejs uses it there, for the texts of errors that nobody reads; the real one would bring reflect, os and time along, a
// fifth of what a visitor downloads. It formats nothing: what a page was working with gets into no text.
//
// What another dependency may need is missing on purpose: the build then says so.
package fmt

// State is the standard library's.
type State interface {
	Write(b []byte) (n int, err error)
	Width() (wid int, ok bool)
	Precision() (prec int, ok bool)
	Flag(c int) bool
}

// Errorf returns an error whose text is the format.
func Errorf(format string, _ ...any) error { return plain(format) }

// Sprintf returns the format.
func Sprintf(format string, _ ...any) string { return format }

// Fprintf writes the format.
func Fprintf(w interface{ Write([]byte) (int, error) }, format string, _ ...any) (n int, err error) {
	return w.Write([]byte(format))
}

// Fprint writes nothing.
func Fprint(interface{ Write([]byte) (int, error) }, ...any) (n int, err error) { return 0, nil }

type plain string

func (p plain) Error() string { return string(p) }
