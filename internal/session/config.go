package session

import (
	"errors"

	"keygenauth/internal/keygen"
)

// API has the requests that a session makes. Each error is a *keygen.Error.
// *keygen.Client implements it.
type API interface {
	CreateToken(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error)
	AddToken(keygen.Token, keygen.TokenOptions) (keygen.Token, error)
	RenewToken(keygen.Token) (keygen.Token, error)
	RevokeToken(keygen.Token) error
	Me(keygen.Token) (keygen.User, error)
}

// ErrCorrupt is the error of Store.Load when the stored text is not a Record.
var ErrCorrupt = errors.New("the stored session cannot be read")

// Clock is the device's time.
type Clock interface {
	// Now returns milliseconds since 1970.
	Now() int64
	// After calls do after the given time, or later. cancel may be called more than
	// once, and after do has run.
	After(milliseconds int, do func()) (cancel func())
	// ISO returns the current time as ISO 8601 text.
	ISO() string
	// Parse returns ISO 8601 text as milliseconds since 1970. ok is false when the
	// text is not a time.
	Parse(string) (milliseconds int64, ok bool)
}

// PageState is the session that the page's listeners know of before the program
// runs: the loader has read it from storage, or an earlier program has left it.
// Restore compares it with storage and raises the events for the difference.
type PageState struct {
	TokenID string // "" when signed out
	UserID  string
	// Notified is true when an earlier program has already raised events for this
	// state. Then Restore does not raise keygen:restored for it again.
	Notified bool
}

// Config has what a Session depends on. Broadcast, Options, PageState, AllowStaff
// and FixedLife are optional.
type Config struct {
	API   API
	Store *Store
	Clock Clock
	// Background runs a function that may wait, on a goroutine of its own.
	Background func(func())
	// Exclusive runs do while no other tab of this session runs one, and waits for
	// its end. This saves requests, and nothing depends on it: after a time limit
	// do runs without the lock.
	Exclusive func(do func())
	// Busy returns whether the user has clicked or typed in the last seconds.
	Busy func() bool
	// Broadcast sends a message to the other pages of this session. Their messages
	// go to Receive.
	Broadcast func(message string)
	// Visible returns whether the page may be visible.
	Visible func() bool
	// Options returns the options for a new token.
	Options func() keygen.TokenOptions
	// PageState is what the page's listeners know before Restore, nil for nothing.
	PageState *PageState
	// AllowStaff allows tokens of other roles than user.
	AllowStaff bool
	// FixedLife turns renewal in the background off: the site has set how long a
	// session lasts.
	FixedLife bool
	// Notify raises an event on the page. It returns false when the page does not
	// want the module's own reaction. It is called without any lock, because
	// listeners may call any method.
	Notify func(Event) (proceed bool)
	// Changed gets the state after each change, before the event: nil when signed
	// out. The user is empty until the API has returned it.
	Changed func(*State, keygen.User)
}
