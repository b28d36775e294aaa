package session

import (
	"sync"

	"keygenauth/internal/keygen"
)

// State is what the page may know of a session: no token inside.
type State struct {
	TokenID, UserID, Kind string
	Expiry                string // ISO 8601; "" for never
	Persistent            bool   // stored, so that it outlives the page
}

// Session is the one session of a page. Make it with New.
type Session struct {
	config Config

	// mu guards what follows, and the store. It is never held while the API
	// is waited for or the page is told something.
	mu        sync.Mutex
	record    *Record // nil when there is no session
	user      keygen.User
	verified  string        // value of the token that the API has vouched for
	asking    string        // id of the token that it is asked about
	epoch     int           // counts the sign-outs of this page
	exchanges int           // sign-ins and renewals under way
	closed    chan struct{} // closed after the last of them; nil before Close
	clock     correction
	ticks     ticks
	renewal   renewal
	revoking  revocations
	doubt     doubt
	heard     []string // messages: what they say, and the id
}

// New returns a Session that has not looked at the store yet.
func New(config Config) *Session {
	if config.Options == nil {
		config.Options = func() keygen.TokenOptions { return keygen.TokenOptions{} }
	}
	if config.Tell == nil {
		config.Tell = func(string) {}
	}
	return &Session{config: config}
}

// State returns the state now, nil when there is no session.
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

// Restore takes up the stored session, if there is one, without waiting for
// the network: whether the token still works is found out in the background. If
// it is another one than the page was told of, other tabs have been at work.
//
// A token that looks expired is not shown, but not removed either before the
// server has had its say: so far only this device's clock has spoken, and that
// may be wrong by days.
func (s *Session) Restore() {
	s.mu.Lock()
	record, err := s.config.Store.Load()
	doubtful := s.expired(record)
	if !doubtful {
		s.set(record)
	}
	s.mu.Unlock()
	state := s.publish()
	s.report(err)
	if doubtful {
		s.settle(record)
		return
	}
	told := s.config.Told
	same := record != nil && told != nil && (told.TokenID == record.Token.ID || told.UserID != "" && told.UserID == record.Token.UserID)
	if told != nil && told.TokenID != "" && !same {
		s.config.Notify(Event{Name: SignedOut, Reason: OtherTab})
	}
	if state == nil {
		return
	}
	switch {
	case told != nil && !same:
		s.config.Notify(Event{Name: SignedIn, State: state})
	case told == nil || !told.Heard:
		s.config.Notify(Event{Name: Restored, State: state})
	case told.TokenID != record.Token.ID:
		s.config.Notify(Event{Name: Renewed, State: state})
	}
	s.verify(record)
}

// Attempt is how a sign-in went.
type Attempt struct {
	Err   *keygen.Error // nil when signed in
	State *State        // what it brought
	// Proceed says that the page left the module's own reaction (the message,
	// the redirect) to us.
	Proceed bool
}

// SignIn exchanges credentials for a token and keeps it. A failure leaves the
// session as it was. With remember unset the session ends with the tab, and one
// that all tabs have stays as it is. The tokens that are replaced, in this page
// or in the store, are revoked. With lasting set a session that would end with
// this page is none: SignIn fails with STORAGE_UNAVAILABLE.
func (s *Session) SignIn(credentials keygen.Credentials, remember, lasting bool) Attempt {
	s.mu.Lock()
	epoch := s.epoch
	s.exchanges++
	s.mu.Unlock()
	defer s.exchangeEnds()
	token, err := s.create(credentials)
	if err != nil {
		return s.Fail(err)
	}
	record := &Record{Token: token, Created: s.config.Clock.ISO(), Remember: remember}
	var replaced []*Record
	s.mu.Lock()
	closed := s.closed != nil
	if s.epoch != epoch {
		err = signedOut("sign-in")
	} else {
		replaced, err = s.replace(record, lasting)
	}
	record = s.record
	s.mu.Unlock()
	if err != nil {
		if lasting || closed {
			s.discard(token) // in the background nothing might be left to wait for it
		} else {
			s.revoke(token)
		}
		return s.Fail(err)
	}
	state := s.publish()
	for _, old := range replaced {
		s.retire(old)
	}
	proceed := s.config.Notify(Event{Name: SignedIn, State: state})
	s.verify(record)
	return Attempt{State: state, Proceed: proceed}
}

// create exchanges credentials for a token that may be kept.
func (s *Session) create(credentials keygen.Credentials) (token keygen.Token, err error) {
	credentials = credentials.Normalize()
	if refused := credentials.Check(); refused != nil {
		return token, refused
	}
	options := s.config.Options()
	if s.config.FixedLife && options.Expiry == "" {
		// Without one the API would give two weeks.
		return token, &keygen.Error{Code: keygen.CodeConfig, Detail: "data-token-expiry is over: no session can begin any more"}
	}
	token, err = s.config.API.CreateToken(credentials, options)
	if err == nil && token.Kind != keygen.KindUser && !s.config.AllowStaff {
		// Its token knows no expiry and may do anything: it must not outlive
		// this moment.
		s.discard(token)
		err = &keygen.Error{
			Code:   CodeKind,
			Title:  "Not a customer account",
			Detail: "a token of kind " + token.Kind + " is not kept on a customer site (see data-allow-staff)",
		}
	}
	return token, err
}

// replace keeps the record of a sign-in, and returns those that it takes the
// place of: that of the tab, and if it is for all tabs, theirs. mu is held.
func (s *Session) replace(record *Record, lasting bool) ([]*Record, error) {
	held := s.held(record.Remember)
	over, kept := s.keep(record, true, lasting)
	if !kept {
		return nil, unkept()
	}
	var replaced []*Record
	for _, old := range held {
		stays := false
		if old.place == inBrowser && s.record.place != inBrowser {
			s.config.Store.Remove(old.Token.ID)
			lost, told := s.config.Store.Lost(old)
			stays = !lost || !told // for other tabs to use
		}
		if !stays {
			s.forget(old)
			replaced = append(replaced, old)
		}
	}
	return appendNew(replaced, over), nil
}

// keep stores a record, as Store.Save does, and makes it the current one, and
// returns what it has taken the place of in storage. Where it must last, and storage does not keep it,
// all is as it was. mu is held.
func (s *Session) keep(record *Record, signIn, lasting bool) (over *Record, ok bool) {
	saved, over := s.config.Store.Save(record, signIn)
	if lasting && !saved.Persistent {
		s.config.Store.note(s.record, "")
		return nil, false
	}
	s.guard(saved)
	s.set(saved)
	return over, true
}

// unkept is why a session is none that storage does not keep.
func unkept() error {
	return &keygen.Error{Code: CodeUnkept, Detail: "the browser's storage is blocked, full, or does not keep what is written"}
}

// SignOut ends the session on this device at once, also one that is not shown
// because it looks expired. The token is then revoked in the background, as far
// as the network lets it.
func (s *Session) SignOut() {
	s.mu.Lock()
	s.epoch++
	s.mu.Unlock()
	s.leave(User, "", nil)
}

// Revoked ends the session if its token is the one with this id, which the
// user has just revoked.
func (s *Session) Revoked(tokenID string) {
	s.leave(User, tokenID, func(record *Record) bool { return record.Token.ID == tokenID })
}

// held returns what this page has a hold of: the stored sessions, which other
// tabs may have brought, and the current one. Without browser those of all tabs
// are left out. Of two values of the same token the stored one is newer. mu is held.
func (s *Session) held(browser bool) []*Record {
	var held []*Record
	for _, stored := range s.config.Store.Records(browser) {
		held = appendNew(held, stored)
	}
	if s.record != nil && (browser || s.record.place != inBrowser) {
		held = appendNew(held, s.record)
	}
	return held
}

// appendNew adds a record, unless it is nil or that of its token is there.
func appendNew(records []*Record, record *Record) []*Record {
	for _, other := range records {
		if record == nil || other.Token.ID == record.Token.ID {
			return records
		}
	}
	if record == nil {
		return records
	}
	return append(records, record)
}

// Token returns the value of the current token, "" when there is none. It looks
// at storage and clock first: what another tab did must not wait for an event.
// Where there are doubts about a stored session it waits for the server's word.
func (s *Session) Token() string { return s.current().value() }

func (s *Session) current() *Record {
	s.Reread()
	s.mu.Lock()
	over := s.doubt.over
	s.mu.Unlock()
	if over != nil {
		<-over
	}
	s.judge()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record
}

// set makes a record, nil for none, the current one. mu is held.
func (s *Session) set(record *Record) {
	if !sameUser(record, s.record) {
		s.user = keygen.User{}
	}
	s.record = record
}

// publish tells the page the state as it is now, and returns it.
func (s *Session) publish() *State {
	s.mu.Lock()
	state, user := stateOf(s.record), s.user
	s.mu.Unlock()
	s.config.Changed(state, user)
	s.schedule()
	return state
}

// end ends a session, if it is still the current one.
func (s *Session) end(record *Record, reason string) {
	s.mu.Lock()
	current := s.record.value() == record.value()
	if current {
		s.config.Store.Remove(record.Token.ID)
		s.set(nil)
	}
	s.mu.Unlock()
	if current {
		s.publish()
		s.config.Notify(Event{Name: SignedOut, Reason: reason})
	}
}

// Fail tells the page of an attempt that failed by err. SignIn does so by
// itself; others call it for attempts that never got there.
func (s *Session) Fail(err error) Attempt {
	failure := keygen.AsError(err)
	switch failure.Code {
	case keygen.CodeAborted:
		// The page knows: it was its own doing.
		return Attempt{Err: failure}
	case keygen.CodeOTPRequired:
		// A step on the way, not a failure.
		return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: OTPRequired})}
	case keygen.CodeSSORequired:
		proceed := s.config.Notify(Event{Name: SSORequired, Err: failure})
		return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: Failed, Err: failure}) && proceed}
	}
	return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: Failed, Err: failure})}
}

// report tells the page that what was stored could not be read.
func (s *Session) report(err error) {
	if err == nil {
		return
	}
	s.config.Notify(Event{Name: Failed, Err: &keygen.Error{
		Code:   CodeStorage,
		Detail: "the stored session could not be read and was removed",
	}})
}
