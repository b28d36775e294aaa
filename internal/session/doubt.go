package session

import "keygenauth/internal/keygen"

// doubtLimit is how long calls wait for the server's word on a stored session
// that looks expired.
const doubtLimit = 5 * second

// doubt is about a stored session that looks expired by this device's clock,
// which may be wrong by days: the server's has not been heard yet.
type doubt struct {
	value string        // of the token that the server was asked about last
	over  chan struct{} // closed when it has answered, or takes too long; nil when it is not asked
}

// settle asks the server, in the background, whether a stored session is over.
// Until then it is neither shown nor removed.
func (s *Session) settle(record Record) {
	over := make(chan struct{})
	s.mu.Lock()
	if s.doubt.over != nil {
		s.mu.Unlock()
		return
	}
	s.doubt.value, s.doubt.over = record.Token.Value, over
	s.mu.Unlock()
	enough := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.doubt.over == over {
			s.doubt.over = nil
			close(over)
		}
	}
	cancel := s.config.Clock.After(doubtLimit, enough)
	s.config.Background(func() {
		user, err := s.config.API.Me(record.Token)
		state, reason := s.answer(record, err)
		cancel()
		enough()
		switch {
		case state != nil:
			s.config.Notify(Event{Name: Restored, State: state})
			s.vouched(record.Token, user)
		case reason != "":
			s.config.Notify(Event{Name: SignedOut, Reason: reason})
		}
	})
}

// answer draws the conclusion of what the server says: the state of a session
// that goes on, or why it has ended; neither, where it says nothing of use.
func (s *Session) answer(record Record, err error) (state *State, reason string) {
	s.mu.Lock()
	stored, ok, _ := s.config.Store.Load()
	if s.record.Token.Value != "" || !ok || stored.Token.Value != record.Token.Value {
		s.mu.Unlock()
		s.Reread() // somebody signed in or out meanwhile
		return nil, ""
	}
	if err == nil {
		s.set(stored)
		s.mu.Unlock()
		return s.publish(), ""
	}
	if reason = verdict(keygen.AsError(err)); reason != "" {
		s.config.Store.Remove(record.Token)
	}
	s.mu.Unlock()
	return nil, reason
}
