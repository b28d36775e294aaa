package session

import "keygenauth/internal/keygen"

// expiryCheckLimit is how many milliseconds calls wait for the server's answer
// about a stored session that looks expired.
const expiryCheckLimit = 5 * second

// expiryCheck is a question to the server about a stored session that has expired
// by this device's clock. That clock may be wrong by days, and the server's time
// is not known yet.
type expiryCheck struct {
	token string        // value of the token of the last check
	done  chan struct{} // closed at the answer or the time limit; nil when no check runs
	again bool          // check once more, as the network has returned meanwhile
}

// checkStored asks the server, in the background, whether a stored session has
// expired. Until the answer the session is neither shown nor removed.
func (s *Session) checkStored(record *Record) {
	s.mu.Lock()
	done := make(chan struct{})
	running := s.check.done != nil
	if s.check.again = running; !running {
		s.check = expiryCheck{token: record.value(), done: done}
	}
	s.mu.Unlock()
	if running {
		return
	}
	finish := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.check.done == done {
			s.check.done = nil
			close(done)
		}
	}
	s.config.Clock.After(expiryCheckLimit, finish)
	s.config.Background(func() {
		defer finish()
		user, err := s.config.API.Me(record.Token)
		s.mu.Lock()
		stored, _ := s.config.Store.Load()
		unchanged := s.record == nil && stored.value() == record.value() // nobody signed in or out meanwhile
		reason := ""
		if unchanged && err == nil {
			s.set(stored)
		} else if unchanged {
			if reason = endReason(keygen.AsError(err)); reason != "" {
				s.config.Store.Remove(record.Token.ID)
			}
		}
		again := s.check.again
		s.mu.Unlock()
		switch {
		case !unchanged:
			s.Reread()
		case err == nil:
			state := s.publish()
			finish()
			s.config.Notify(Event{Name: Restored, State: state})
			s.onVerified(record, user)
		case reason != "":
			finish()
			s.config.Notify(Event{Name: SignedOut, Reason: reason})
		case again:
			finish()
			s.checkStored(stored)
		}
	})
}
