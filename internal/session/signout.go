package session

// SignOut ends the session on this device at once, also a stored one that is not
// shown because it looks expired. The token is then revoked in the background
// (DELETE /tokens/{id}). Without a network the next Wake sends that request again.
func (s *Session) SignOut() {
	s.mu.Lock()
	s.epoch++
	s.mu.Unlock()
	s.signOut(User, "", nil)
}

// Revoked ends the session if its token has this id. Call it when the user has
// just revoked that token.
func (s *Session) Revoked(tokenID string) {
	s.signOut(User, tokenID, func(record *Record) bool { return record.Token.ID == tokenID })
}

// signOut ends the sessions that match, the current one and the stored ones; all
// where matches is nil. It revokes their tokens, except the one with the id
// revokedID.
func (s *Session) signOut(reason, revokedID string, matches func(*Record) bool) {
	s.mu.Lock()
	_, _ = s.config.Store.Load() // removes corrupt text, too
	var ended []*Record
	for _, record := range s.allRecords(true) {
		if matches == nil || matches(record) {
			s.removeEnded(record)
			ended = append(ended, record)
		}
	}
	if matches == nil {
		s.config.Store.Remove("")
	}
	current := s.record != nil && (matches == nil || matches(s.record))
	if current {
		s.set(nil)
	}
	s.mu.Unlock()
	if current {
		s.publish()
	}
	for _, record := range ended {
		if reason == User {
			s.broadcast(signedOutMessage, record)
		}
		if record.Token.ID != revokedID {
			s.revoke(record.Token)
		}
	}
	if current {
		s.config.Notify(Event{Name: SignedOut, Reason: reason})
	}
}

// end ends a session if it is still the current one, without revoking its token:
// the token has expired, or the API has refused it.
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

// removeEnded removes the record of an ended session. It is not restored should
// storage return it again. The caller holds mu.
func (s *Session) removeEnded(record *Record) {
	s.received = append(s.received, signedOutMessage+record.Token.ID)
	s.config.Store.Remove(record.Token.ID)
}

// allRecords returns the stored records and the current one, each token once; with
// allTabs those in localStorage, too. Of two values of one token the stored one
// comes first, as it is newer. The caller holds mu.
func (s *Session) allRecords(allTabs bool) []*Record {
	var records []*Record
	for _, stored := range s.config.Store.Records(allTabs) {
		records = appendNew(records, stored)
	}
	if s.record != nil && (allTabs || s.record.place != inBrowser) {
		records = appendNew(records, s.record)
	}
	return records
}

// appendNew appends a record, unless it is nil or records has one of its token.
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
