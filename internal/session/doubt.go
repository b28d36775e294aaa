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
	again bool          // there was reason to ask once more, meanwhile
}

// settle asks the server, in the background, whether a stored session is over.
// Until then it is neither shown nor removed.
func (s *Session) settle(record *Record) {
	s.mu.Lock()
	over := make(chan struct{})
	asking := s.doubt.over != nil
	if s.doubt.again = asking; !asking {
		s.doubt = doubt{value: record.value(), over: over}
	}
	s.mu.Unlock()
	if asking {
		return
	}
	enough := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.doubt.over == over {
			s.doubt.over = nil
			close(over)
		}
	}
	s.config.Clock.After(doubtLimit, enough)
	s.config.Background(func() {
		defer enough()
		user, err := s.config.API.Me(record.Token)
		s.mu.Lock()
		stored, _ := s.config.Store.Load()
		open := s.record == nil && stored.value() == record.value() // nobody signed in or out meanwhile
		reason := ""
		if open && err == nil {
			s.set(stored)
		} else if open {
			if reason = verdict(keygen.AsError(err)); reason != "" {
				s.config.Store.Remove(record.Token.ID)
			}
		}
		again := s.doubt.again
		s.mu.Unlock()
		switch {
		case !open:
			s.Reread()
		case err == nil:
			state := s.publish()
			enough()
			s.config.Notify(Event{Name: Restored, State: state})
			s.vouched(record, user)
		case reason != "":
			enough()
			s.config.Notify(Event{Name: SignedOut, Reason: reason})
		case again: // such as the network's return
			enough()
			s.settle(stored)
		}
	})
}
