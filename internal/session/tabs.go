package session

import "keygenauth/internal/keygen"

// Reread brings the session in line with the store, which other tabs write to.
// Call it whenever that may have happened. It waits for nothing.
func (s *Session) Reread() {
	s.mu.Lock()
	before := s.record
	stored, ok, err := s.config.Store.Load()
	if ok && stored.Token.Value != before.Token.Value && s.expired(stored.Token) {
		if !s.clock.proven {
			asked := stored.Token.Value == s.doubt.value
			s.mu.Unlock()
			s.report(err)
			if !asked {
				s.settle(stored)
			}
			return
		}
		ok, stored = false, Record{} // a stale leftover is no news
	}
	if stored.Token.Value == before.Token.Value {
		changed := stored.Persistent != before.Persistent
		if changed {
			s.record = stored
		}
		s.mu.Unlock()
		if changed {
			s.publish()
		}
		s.report(err)
		return
	}
	sameUser := sameUser(before.Token, stored.Token)
	vouched := sameUser && s.verified == before.Token.Value
	if vouched {
		s.verified = stored.Token.Value
	}
	s.set(stored)
	s.mu.Unlock()
	s.outrun(before, stored)
	state := s.publish()
	s.report(err)

	if before.Token.Value != "" && !sameUser {
		s.config.Notify(Event{Name: SignedOut, Reason: OtherTab})
	}
	switch {
	case !ok:
		return
	case sameUser:
		s.config.Notify(Event{Name: Renewed, State: state})
	default:
		s.config.Notify(Event{Name: SignedIn, State: state})
	}
	if !vouched {
		s.verify(stored.Token)
	}
}

// sameUser says whether two tokens are of one user.
func sameUser(a, b keygen.Token) bool {
	return a.Value != "" && b.Value != "" && (a.ID == b.ID || a.UserID != "" && a.UserID == b.UserID)
}

// Wake judges the session again after a time in which the page may have missed
// anything: when it is shown again, comes back by the Back button, or the
// network returns (online).
func (s *Session) Wake(online bool) {
	s.Reread()
	s.judge()
	if online {
		s.retryRevocations()
	}
	s.mu.Lock()
	token := s.record.Token
	unsure := token.Value != "" && token.Value != s.verified && (online || token.ID != s.asking)
	stored, ok, _ := s.config.Store.Load()
	s.mu.Unlock()
	switch {
	case token.Value == "" && ok && online:
		// What there are doubts about, and was nobody to ask.
		s.settle(stored)
	case unsure:
		s.verify(token)
	}
}
