package browser

import (
	"syscall/js"

	"github.com/hack-pad/safejs"
)

// Error is an exception that JavaScript code threw. It has the exception's name
// alone ("TypeError", "QuotaExceededError"): the platform's messages may quote an
// argument, and that may be a secret.
type Error struct {
	Op   string // the operation that threw
	Name string
}

// Error returns the operation and the exception's name.
func (e *Error) Error() string { return e.Op + ": " + e.Name }

// wrap returns an error of safejs as an *Error, nil for nil.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	// errors.As would add 7 KB of reflection.
	for err != nil {
		if thrown, ok := err.(js.Error); ok {
			return &Error{Op: op, Name: thrownName(Value{safejs.Safe(thrown.Value)})}
		}
		wrapper, ok := err.(interface{ Unwrap() error })
		if !ok {
			break
		}
		err = wrapper.Unwrap()
	}
	return &Error{Op: op, Name: "Error"}
}

// thrownName returns the name of a thrown value, "Error" when it has none: pages
// may throw strings or undefined.
func thrownName(thrown Value) string {
	if name, ok := thrown.Get("name").Text(); ok {
		return name
	}
	return "Error"
}
