package session

import (
	"sync"

	"keygenauth/internal/keygen"
)

// State is what the page gets to know of a session. It has no token.
type State struct {
	TokenID, UserID, Kind string
	Expiry                string // ISO 8601; "" for never
	Persistent            bool   // stored, so that it outlives the page
}

// Session is the session of one page. Make it with New.
type Session struct {
	config Config

	// mu guards the fields below and the store. It is not held during a request or
	// a call of Notify or Changed.
	mu        sync.Mutex
	record    *Record // nil when signed out
	user      keygen.User
	verified  string        // value of the last token that the API has accepted
	verifying string        // id of the token that is being verified, "" for none
	epoch     int           // number of sign-outs and calls of Close; a sign-in of an earlier epoch fails
	exchanges int           // number of sign-ins and renewals under way
	closed    chan struct{} // closed after the last of them; nil before Close
	clock     clockOffset
	timer     expiryTimer
	renewal   renewal
	unrevoked revocations
	check     expiryCheck
	received  []string // messages: kind and id of the token
}

// New returns a Session without reading the store.
func New(config Config) *Session {
	if config.Options == nil {
		config.Options = func() keygen.TokenOptions { return keygen.TokenOptions{} }
	}
	if config.Broadcast == nil {
		config.Broadcast = func(string) {}
	}
	return &Session{config: config}
}

// State returns the current state, nil when signed out.
func (s *Session) State() *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return stateOf(s.record)
}

func stateOf(record *Record) *State {
	if record == nil {
		return nil
	}
	token := &record.Token
	return &State{TokenID: token.ID, UserID: token.UserID, Kind: token.Kind, Expiry: token.Expiry, Persistent: record.Persistent}
}

// Restore reads the stored session and makes it the current one, without waiting
// for the network: the token is verified in the background. It raises the events
// for what has changed since Config.PageState.
//
// A token that has expired by this device's clock is not shown. It is not removed
// before the server has answered, because that clock may be wrong by days.
func (s *Session) Restore() {
	s.mu.Lock()
	record, err := s.config.Store.Load()
	expired := s.expired(record)
	if !expired {
		s.set(record)
	}
	s.mu.Unlock()
	state := s.publish()
	s.reportCorrupt(err)
	if expired {
		s.checkStored(record)
		return
	}
	page := s.config.PageState
	same := record != nil && page != nil && (page.TokenID == record.Token.ID || page.UserID != "" && page.UserID == record.Token.UserID)
	if page != nil && page.TokenID != "" && !same {
		s.config.Notify(Event{Name: SignedOut, Reason: OtherTab})
	}
	if state == nil {
		return
	}
	switch {
	case page != nil && !same:
		s.config.Notify(Event{Name: SignedIn, State: state})
	case page == nil || !page.Notified:
		s.config.Notify(Event{Name: Restored, State: state})
	case page.TokenID != record.Token.ID:
		s.config.Notify(Event{Name: Renewed, State: state})
	}
	s.verify(record)
}

// Token returns the value of the current token, "" when signed out. It reads
// storage and the clock first, so that it needs no event to know what another tab
// did. While the server is asked about a stored session, Token waits for the
// answer, five seconds at most.
func (s *Session) Token() string { return s.current().value() }

// current returns the session for a request, nil when signed out. It waits like Token.
func (s *Session) current() *Record {
	s.Reread()
	s.mu.Lock()
	done := s.check.done
	s.mu.Unlock()
	if done != nil {
		<-done
	}
	s.checkExpiry()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record
}

// set makes a record the current one; nil signs out. The caller holds mu.
func (s *Session) set(record *Record) {
	if !sameUser(record, s.record) {
		s.user = keygen.User{}
	}
	s.record = record
}

// publish sends the current state to the page and returns it.
func (s *Session) publish() *State {
	s.mu.Lock()
	state, user := stateOf(s.record), s.user
	s.mu.Unlock()
	s.config.Changed(state, user)
	s.startTimer()
	return state
}

// reportCorrupt raises an event for an error of Store.Load; nil raises none.
func (s *Session) reportCorrupt(err error) {
	if err == nil {
		return
	}
	s.config.Notify(Event{Name: Failed, Err: &keygen.Error{
		Code:   CodeStorageCorrupt,
		Detail: "the stored session could not be read and was removed",
	}})
}
