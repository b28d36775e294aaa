package session

import (
	"errors"

	"keygenauth/internal/keygen"
)

// API is what a session needs of the server. Every error is a *keygen.Error.
type API interface {
	CreateToken(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error)
	AddToken(keygen.Token, keygen.TokenOptions) (keygen.Token, error)
	RenewToken(keygen.Token) (keygen.Token, error)
	RevokeToken(keygen.Token) error
	Me(keygen.Token) (keygen.User, error)
}

// ErrCorrupt is what Store.Load fails with when something was stored that is
// no Record.
var ErrCorrupt = errors.New("the stored session cannot be read")

// Clock is the device's time.
type Clock interface {
	// Now returns milliseconds since 1970.
	Now() int64
	// After calls do once so many milliseconds have passed, or later: a hint.
	// cancel may be called any time.
	After(milliseconds int, do func()) (cancel func())
	// ISO returns the time now as ISO 8601 text, and Parse reads such text.
	ISO() string
	Parse(string) (milliseconds int64, ok bool)
}

// Told is what a page knows of the session.
type Told struct {
	TokenID string // "" when nobody is signed in
	UserID  string
	// Heard says that it was told by events, of a program that has ended since.
	Heard bool
}

// Config is what a Session is made of. All but Tell, Options, Told, AllowStaff
// and FixedLife is needed.
type Config struct {
	API   API
	Store *Store
	Clock Clock
	// Background runs a function that may wait on its own goroutine.
	Background func(func())
	// Exclusive runs do, if it can while no other tab of this session runs one,
	// and waits for its end. It saves work and is never relied upon: when its turn
	// does not come soon, do runs all the same.
	Exclusive func(do func())
	// Busy says whether somebody does something on the page, or did a few seconds ago.
	Busy func() bool
	// Tell sends a message to the other pages of this session. Hear is for those
	// that come from them.
	Tell func(message string)
	// Visible says whether somebody may be looking at the page.
	Visible func() bool
	// Options returns what to ask of the API for a new token.
	Options func() keygen.TokenOptions
	// Told is the state that the page's listeners were told of before Restore;
	// nil where nobody has told them anything.
	Told *Told
	// AllowStaff keeps tokens of other roles than user, too.
	AllowStaff bool
	// FixedLife leaves renewal to the page: a site that says how long its
	// sessions last does not want them to last longer.
	FixedLife bool
	// Notify tells the page of an event and says whether it left the module's
	// own reaction to us. It is called without any lock: the page's listeners
	// may call any method.
	Notify func(Event) (proceed bool)
	// Changed is told the state, nil for none, and its user, as far as known,
	// after each change and before the event.
	Changed func(*State, keygen.User)
}
