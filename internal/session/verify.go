package session

import "keygenauth/internal/keygen"

// retries are the waits, in milliseconds, between tries to verify a token.
var retries = []int{2 * second, 10 * second, minute}

// verify asks the API, in the background, whose token this is, and ends the
// session if the API says that it is nobody's. When no answer is to be had it
// tries again a few times, and then leaves it to the page's next Wake.
func (s *Session) verify(token keygen.Token) {
	s.mu.Lock()
	s.asking = token.ID
	s.mu.Unlock()
	s.config.Background(func() {
		defer s.asked(token.ID)
		for try := 0; ; try++ {
			user, err := s.config.API.Me(token)
			if err == nil {
				s.vouched(token, user)
				return
			}
			failure := keygen.AsError(err)
			if reason := verdict(failure); reason != "" {
				if newer, ok := s.successor(token); ok {
					s.verify(newer)
				} else {
					s.end(token, reason)
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
			open := s.record.Token.ID == token.ID && s.record.Token.Value != s.verified
			token = s.record.Token
			s.mu.Unlock()
			if !open {
				return
			}
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
	token := s.record.Token
	s.mu.Unlock()
	if token.Value != "" {
		s.verify(token)
	}
}

// vouched notes whose token it is. That of somebody of the team is left alone on
// a page for customers: they may have been one when they signed in.
func (s *Session) vouched(token keygen.Token, user keygen.User) {
	s.mu.Lock()
	current := s.record.Token.ID == token.ID && token.ID != ""
	foreign := current && !s.config.AllowStaff && user.Role != "" && user.Role != "user"
	switch {
	case foreign:
		s.config.Store.Disown(s.record, user.Role+"-token")
		s.set(Record{})
	case current:
		s.user, s.verified = user, token.Value
	}
	s.mu.Unlock()
	if !current {
		return
	}
	s.publish()
	if foreign {
		s.config.Notify(Event{Name: SignedOut, Reason: Invalid})
		return
	}
	s.renewInTime()
}
