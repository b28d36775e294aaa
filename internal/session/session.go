package session

import (
	"errors"
	"sync"

	"keygenauth/internal/keygen"
)

// API is what a session needs of the server. Every error is a *keygen.Error.
type API interface {
	CreateToken(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error)
	RevokeToken(keygen.Token) error
	Me(keygen.Token) (keygen.User, error)
}

// Record is a session as it is stored.
type Record struct {
	Token   keygen.Token
	Created string // ISO 8601, by this device's clock
}

// ErrCorrupt is what Store.Load fails with when something was stored that is
// no Record.
var ErrCorrupt = errors.New("the stored session cannot be read")

// Store keeps one Record beyond the life of the page.
type Store interface {
	// Load returns the stored record, and whether there is one; storage that is
	// blocked is storage that has nothing. What is no Record is removed and
	// reported by ErrCorrupt, which may come beside a record from elsewhere.
	Load() (record Record, ok bool, err error)
	// Save replaces the stored record. With remember unset it lasts only as
	// long as the tab. It fails when storage is blocked or full.
	Save(record Record, remember bool) error
	// Remove removes the stored record, where there is one and as far as
	// storage lets it.
	Remove()
}

// State is what the page may know of a session: no token inside.
type State struct {
	TokenID, UserID, Kind string
	Expiry                string // ISO 8601; "" for never
	Persistent            bool   // stored, so that it outlives the page
}

// Config is what a Session is made of. All but Options and AllowStaff is
// needed.
type Config struct {
	API   API
	Store Store
	// Now returns this device's time in milliseconds since 1970, ISO the same
	// as ISO 8601 text, and ParseTime reads such text.
	Now       func() int64
	ISO       func() string
	ParseTime func(string) (milliseconds int64, ok bool)
	// Background runs a function that may wait on its own goroutine.
	Background func(func())
	// Options returns what to ask of the API for a new token.
	Options func() keygen.TokenOptions
	// AllowStaff keeps tokens of other roles than user, too.
	AllowStaff bool
	// Notify tells the page of an event and says whether it left the module's
	// own reaction to us.
	Notify func(Event) (proceed bool)
	// Changed is told the state, nil for none, and its user, as far as known,
	// after each change and before the event.
	Changed func(*State, keygen.User)
}

// Session is the one session of a page. Make it with New.
type Session struct {
	config Config

	mu         sync.Mutex
	record     Record // zero when there is no session
	persistent bool
}

// New returns a Session that has not looked at the store yet.
func New(config Config) *Session {
	if config.Options == nil {
		config.Options = func() keygen.TokenOptions { return keygen.TokenOptions{} }
	}
	return &Session{config: config}
}

// State returns the state now, nil when there is no session.
func (s *Session) State() *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state()
}

func (s *Session) state() *State {
	if s.record.Token.Value == "" {
		return nil
	}
	token := s.record.Token
	return &State{TokenID: token.ID, UserID: token.UserID, Kind: token.Kind, Expiry: token.Expiry, Persistent: s.persistent}
}

// Restore takes up the stored session, if there is one, without waiting for
// the network: whether the token still works is found out in the background.
func (s *Session) Restore() {
	record, ok, err := s.config.Store.Load()
	expired := ok && s.expired(record.Token)
	if expired {
		s.config.Store.Remove()
	}
	if !ok || expired {
		record = Record{}
	}
	_, state := s.change(record, true)
	if err != nil {
		s.config.Notify(Event{Name: Failed, Err: &keygen.Error{
			Code:   CodeStorage,
			Detail: "the stored session could not be read and was removed",
		}})
	}
	switch {
	case expired:
		s.config.Notify(Event{Name: SignedOut, Reason: Expired})
	case state != nil:
		s.config.Notify(Event{Name: Restored, State: state})
		s.verify(record.Token)
	}
}

func (s *Session) expired(token keygen.Token) bool {
	if token.Expiry == "" {
		return false
	}
	expiry, ok := s.config.ParseTime(token.Expiry)
	return !ok || expiry <= s.config.Now()
}

// Attempt is how a sign-in went.
type Attempt struct {
	Err *keygen.Error // nil when signed in
	// Proceed says that the page left the module's own reaction (the message,
	// the redirect) to us.
	Proceed bool
}

// SignIn exchanges credentials for a token and keeps it. A failure leaves the
// session as it was. With remember unset the session ends with the tab.
func (s *Session) SignIn(credentials keygen.Credentials, remember bool) Attempt {
	credentials = credentials.Normalize()
	if err := credentials.Check(); err != nil {
		return s.Fail(err)
	}
	token, err := s.config.API.CreateToken(credentials, s.config.Options())
	if err != nil {
		return s.Fail(err)
	}
	if token.Kind != keygen.KindUser && !s.config.AllowStaff {
		// Its token knows no expiry and may do anything: it must not outlive
		// this moment. Two tries, for this is the only time we know its value.
		if s.config.API.RevokeToken(token) != nil {
			_ = s.config.API.RevokeToken(token)
		}
		return s.Fail(&keygen.Error{
			Code:   CodeKind,
			Title:  "Not a customer account",
			Detail: "a token of kind " + token.Kind + " is not kept on a customer site (see data-allow-staff)",
		})
	}

	record := Record{Token: token, Created: s.config.ISO()}
	persistent := s.config.Store.Save(record, remember) == nil
	if !persistent {
		s.config.Store.Remove() // or the next visit would find the one before
	}
	old, state := s.change(record, persistent)
	if old.Value != "" {
		s.config.Background(func() { _ = s.config.API.RevokeToken(old) })
	}
	proceed := s.config.Notify(Event{Name: SignedIn, State: state})
	s.verify(token)
	return Attempt{Proceed: proceed}
}

// SignOut ends the session on this device at once. The token is then revoked
// in the background, as far as the network lets it.
func (s *Session) SignOut() {
	s.mu.Lock()
	token := s.record.Token
	s.mu.Unlock()
	s.config.Store.Remove()
	if token.Value == "" {
		return
	}
	s.end(token, User)
	s.config.Background(func() { _ = s.config.API.RevokeToken(token) })
}

// verify asks the API, in the background, whose token this is.
func (s *Session) verify(token keygen.Token) {
	s.config.Background(func() {
		user, err := s.config.API.Me(token)
		if err != nil {
			if reason, over := verdict(err); over {
				s.end(token, reason)
			}
			return
		}
		s.mu.Lock()
		current := s.record.Token.ID == token.ID
		state := s.state()
		s.mu.Unlock()
		if current {
			s.config.Changed(state, user)
		}
	})
}

// end ends the session of this token, if it is still the current one.
func (s *Session) end(token keygen.Token, reason string) {
	s.mu.Lock()
	current := s.record.Token.Value == token.Value
	s.mu.Unlock()
	if !current {
		return
	}
	s.config.Store.Remove()
	s.change(Record{}, false)
	s.config.Notify(Event{Name: SignedOut, Reason: reason})
}

// change makes a record, zero for none, the current one. It returns the token
// that was current before, and the new state.
func (s *Session) change(record Record, persistent bool) (old keygen.Token, state *State) {
	s.mu.Lock()
	old = s.record.Token
	s.record, s.persistent = record, persistent
	state = s.state()
	s.mu.Unlock()
	s.config.Changed(state, keygen.User{})
	return old, state
}

// Fail tells the page of an attempt that failed by err. SignIn does so by
// itself; others call it for attempts that never got there.
func (s *Session) Fail(err error) Attempt {
	failure := asError(err)
	switch failure.Code {
	case keygen.CodeOTPRequired:
		// A step on the way, not a failure.
		return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: OTPRequired})}
	case keygen.CodeSSORequired:
		proceed := s.config.Notify(Event{Name: SSORequired, Err: failure})
		return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: Failed, Err: failure}) && proceed}
	}
	return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: Failed, Err: failure})}
}

func asError(err error) *keygen.Error {
	var failure *keygen.Error
	if errors.As(err, &failure) {
		return failure
	}
	return &keygen.Error{Code: keygen.CodeInternal, Detail: "unexpected failure"}
}

// verdict says whether an error of a request with a token ends the session,
// and by what reason.
func verdict(err error) (reason string, over bool) {
	failure := asError(err)
	if !failure.EndsSession() {
		return "", false
	}
	switch failure.Code {
	case "TOKEN_EXPIRED":
		return Expired, true
	case "USER_BANNED":
		return Banned, true
	}
	return Invalid, true
}
