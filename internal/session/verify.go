package session

import "keygenauth/internal/keygen"

// retryPauses are the pauses between the tries to verify a token, in milliseconds.
var retryPauses = []int{2 * second, 10 * second, minute}

// verify requests the token's user (GET /me) in the background, and ends the
// session if the API refuses the token. After an error of the network or the
// server it tries again a few times; then the next Wake does.
func (s *Session) verify(record *Record) {
	s.mu.Lock()
	s.verifying = record.Token.ID
	s.mu.Unlock()
	s.config.Background(func() {
		defer s.verifyDone(record.Token.ID)
		for try := 0; ; try++ {
			user, err := s.config.API.Me(record.Token)
			if err == nil {
				s.onVerified(record, user)
				return
			}
			failure := keygen.AsError(err)
			if reason := endReason(failure); reason != "" {
				if newer := s.successor(record); newer != nil {
					s.verify(newer)
				} else {
					s.end(record, reason)
				}
				return
			}
			temporary := failure.Status == 0 || failure.Status == 429 || failure.Status >= 500
			if !temporary || try == len(retryPauses) {
				return
			}
			s.wait(max(retryPauses[try], failure.RetryAfter*second))
			s.mu.Lock()
			// The token may have been renewed or verified meanwhile.
			now := s.record
			unverified := now != nil && now.Token.ID == record.Token.ID && now.value() != s.verified
			s.mu.Unlock()
			if !unverified {
				return
			}
			record = now
		}
	})
}

// verifyDone clears verifying, unless another token is being verified now.
func (s *Session) verifyDone(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.verifying == id {
		s.verifying = ""
	}
}

// Verify requests the user again, in the background, such as after a change of
// their name.
func (s *Session) Verify() {
	s.mu.Lock()
	record := s.record
	s.mu.Unlock()
	if record != nil {
		s.verify(record)
	}
}

// onVerified sets the user of the current session after GET /me. On a page for
// customers it ends the session of a user who belongs to staff: they may have
// become staff after their sign-in. That session stays stored for pages for staff.
func (s *Session) onVerified(record *Record, user keygen.User) {
	s.mu.Lock()
	current := s.record != nil && s.record.Token.ID == record.Token.ID
	staff := current && !s.config.AllowStaff && user.Role != "" && user.Role != "user"
	switch {
	case staff:
		s.config.Store.SetKind(s.record, user.Role+"-token")
		s.set(nil)
	case current:
		s.user, s.verified = user, record.value()
	}
	// The token may have been renewed during the request.
	newer := s.record
	unverified := !current && newer != nil && newer.value() != s.verified && newer.Token.ID != s.verifying
	s.mu.Unlock()
	switch {
	case unverified:
		s.verify(newer)
	case staff:
		s.publish()
		s.config.Notify(Event{Name: SignedOut, Reason: Invalid})
	case current:
		s.publish()
		s.scheduleRenewal()
	}
}
