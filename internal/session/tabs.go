package session

// Reread reads the store, which other tabs change, and updates the session. It
// raises the events for the difference. Call it whenever the store may have
// changed. It does not wait.
func (s *Session) Reread() {
	s.mu.Lock()
	before := s.record
	stored, err := s.config.Store.Load()
	for range places {
		// Storage may return a record that it has failed to remove, and a tab that
		// slept may find one that has expired.
		stale := stored.value() != before.value() && s.clock.known && s.expired(stored)
		if stored == nil || !stale && !s.hasReceived(signedOutMessage, stored, 0) {
			break
		}
		s.config.Store.Remove(stored.Token.ID)
		stored, _ = s.config.Store.Load()
	}
	changed := stored.value() != before.value()
	expired := changed && stored != nil && s.expired(stored)
	switch {
	case expired && !s.clock.known:
		checked := stored.value() == s.check.token
		s.mu.Unlock()
		s.reportCorrupt(err)
		if !checked {
			s.checkStored(stored)
		}
		return
	case expired:
		stored = nil // storage cannot remove it
		changed = before != nil
	}
	same := sameUser(before, stored)
	verified := same && s.verified == before.value()
	if verified {
		s.verified = stored.value()
	}
	newState := changed || stored != nil && stored.Persistent != before.Persistent
	s.set(stored)
	s.mu.Unlock()
	if newState {
		s.publish()
	}
	s.reportCorrupt(err)
	if !changed {
		return
	}
	if before != nil && (stored == nil || stored.After != before.Token.ID) {
		s.revokeOverwritten(before)
	}
	if before != nil && !same {
		s.config.Notify(Event{Name: SignedOut, Reason: OtherTab})
	}
	if stored == nil {
		return
	}
	name := SignedIn
	if same {
		name = Renewed
	}
	s.config.Notify(Event{Name: name, State: stateOf(stored)})
	if !verified {
		s.verify(stored)
	}
}

// Wake checks the session after a time in which the page may have missed changes:
// when it becomes visible, comes back by the Back button, or when the network
// returns (online). It also sends failed revocations again.
func (s *Session) Wake(online bool) {
	s.Reread()
	s.checkExpiry()
	s.retryRevocations()
	s.mu.Lock()
	record := s.record
	unverified := record != nil && record.value() != s.verified && (online || record.Token.ID != s.verifying)
	stored, _ := s.config.Store.Load()
	s.mu.Unlock()
	switch {
	case record == nil && stored != nil && online:
		// It looks expired, and the server could not be asked before.
		s.checkStored(stored)
	case unverified:
		s.verify(record)
	}
}
