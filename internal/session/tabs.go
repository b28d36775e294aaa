package session

// Reread brings the session in line with the store, which other tabs write to.
// Call it whenever that may have happened. It waits for nothing.
func (s *Session) Reread() {
	s.mu.Lock()
	before := s.record
	stored, ok, err := s.config.Store.Load()
	if ok && s.expired(stored.Token) && stored.Token.Value != before.Token.Value {
		ok, stored = false, Record{} // a stale leftover is no news
	}
	if stored.Token.Value == before.Token.Value {
		s.mu.Unlock()
		s.report(err)
		return
	}
	s.set(stored)
	s.mu.Unlock()
	state := s.publish()
	s.report(err)

	sameToken := ok && stored.Token.ID == before.Token.ID
	if before.Token.Value != "" && !sameToken {
		s.config.Notify(Event{Name: SignedOut, Reason: OtherTab})
	}
	switch {
	case !ok:
	case sameToken:
		s.config.Notify(Event{Name: Renewed, State: state})
	default:
		s.config.Notify(Event{Name: SignedIn, State: state})
		s.verify(stored.Token)
	}
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
		// What Restore has doubts about, and had nobody to ask.
		s.config.Background(func() { s.ask(stored) })
	case unsure:
		s.verify(token)
	}
}
