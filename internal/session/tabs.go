package session

// Reread brings the session in line with the store, which other tabs write to.
// Call it whenever that may have happened. It waits for nothing.
func (s *Session) Reread() {
	s.mu.Lock()
	before := s.record
	stored, err := s.config.Store.Load()
	for range places {
		// Storage did not remove before what was over; or a tab has slept.
		stale := stored.value() != before.value() && s.clock.proven && s.expired(stored)
		if stored == nil || !stale && !s.hears(saysOut, stored, 0) {
			break
		}
		s.config.Store.Remove(stored.Token.ID)
		stored, _ = s.config.Store.Load()
	}
	changed := stored.value() != before.value()
	doubtful := changed && stored != nil && s.expired(stored)
	switch {
	case doubtful && !s.clock.proven:
		asked := stored.value() == s.doubt.value
		s.mu.Unlock()
		s.report(err)
		if !asked {
			s.settle(stored)
		}
		return
	case doubtful:
		stored = nil // a stale leftover that cannot be removed is no news
		changed = before != nil
	}
	same := sameUser(before, stored)
	vouched := same && s.verified == before.value()
	if vouched {
		s.verified = stored.value()
	}
	news := changed || stored != nil && stored.Persistent != before.Persistent
	s.set(stored)
	s.mu.Unlock()
	if news {
		s.publish()
	}
	s.report(err)
	if !changed {
		return
	}
	if before != nil && (stored == nil || stored.After != before.Token.ID) {
		s.guard(before)
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
	if !vouched {
		s.verify(stored)
	}
}

// Wake judges the session again after a time in which the page may have missed
// anything: when it is shown again, comes back by the Back button, or the
// network returns (online).
func (s *Session) Wake(online bool) {
	s.Reread()
	s.judge()
	s.retryRevocations()
	s.mu.Lock()
	record := s.record
	unsure := record != nil && record.value() != s.verified && (online || record.Token.ID != s.asking)
	stored, _ := s.config.Store.Load()
	s.mu.Unlock()
	switch {
	case record == nil && stored != nil && online:
		// What there are doubts about, and was nobody to ask.
		s.settle(stored)
	case unsure:
		s.verify(record)
	}
}
