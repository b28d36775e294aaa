package session

import "keygenauth/internal/keygen"

// retries are the waits, in milliseconds, between tries to verify a token.
var retries = []int{2 * second, 10 * second, minute}

// verify asks the API, in the background, whose token this is, and ends the
// session if the API says that it is nobody's. When no answer is to be had it
// tries again a few times, and then leaves it to the page's next Wake.
func (s *Session) verify(record *Record) {
	s.mu.Lock()
	s.asking = record.Token.ID
	s.mu.Unlock()
	s.config.Background(func() {
		defer s.asked(record.Token.ID)
		for try := 0; ; try++ {
			user, err := s.config.API.Me(record.Token)
			if err == nil {
				s.vouched(record, user)
				return
			}
			failure := keygen.AsError(err)
			if reason := verdict(failure); reason != "" {
				if newer := s.successor(record); newer != nil {
					s.verify(newer)
				} else {
					s.end(record, reason)
				}
				return
			}
			passing := failure.Status == 0 || failure.Status == 429 || failure.Status >= 500
			if !passing || try == len(retries) {
				return
			}
			s.wait(max(retries[try], failure.RetryAfter*second))
			s.mu.Lock()
			// It may have been renewed, or vouched for, meanwhile.
			now := s.record
			open := now != nil && now.Token.ID == record.Token.ID && now.value() != s.verified
			s.mu.Unlock()
			if !open {
				return
			}
			record = now
		}
	})
}

// asked notes that nobody asks about a token any more.
func (s *Session) asked(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asking == id {
		s.asking = ""
	}
}

// Verify asks the API once more whose token this is, as after a change of the
// user.
func (s *Session) Verify() {
	s.mu.Lock()
	record := s.record
	s.mu.Unlock()
	if record != nil {
		s.verify(record)
	}
}

// vouched notes whose session it is. That of somebody of the team is left alone
// on a page for customers: they may have been one when they signed in.
func (s *Session) vouched(record *Record, user keygen.User) {
	s.mu.Lock()
	current := s.record != nil && s.record.Token.ID == record.Token.ID
	foreign := current && !s.config.AllowStaff && user.Role != "" && user.Role != "user"
	switch {
	case foreign:
		s.config.Store.Disown(s.record, user.Role+"-token")
		s.set(nil)
	case current:
		s.user, s.verified = user, record.value()
	}
	// It may have been renewed while the API was asked about it.
	newer := s.record
	unsure := !current && newer != nil && newer.value() != s.verified && newer.Token.ID != s.asking
	s.mu.Unlock()
	switch {
	case unsure:
		s.verify(newer)
	case foreign:
		s.publish()
		s.config.Notify(Event{Name: SignedOut, Reason: Invalid})
	case current:
		s.publish()
		s.renewInTime()
	}
}
