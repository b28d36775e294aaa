package session

import "keygenauth/internal/keygen"

// Attempt is the result of a sign-in.
type Attempt struct {
	Err   *keygen.Error // nil when signed in
	State *State        // nil when not signed in
	// Proceed is true when the page wants the module's own reaction: the message or
	// the redirect.
	Proceed bool
}

// SignIn requests a token (POST /tokens) and stores it. After a failure the session
// is as before. With remember the session is for all tabs; without it the session
// ends with the tab, and a session of all tabs stays stored. The tokens that are
// replaced are revoked. With mustPersist SignIn fails with STORAGE_UNAVAILABLE when
// storage does not save the session. Events are raised before SignIn returns.
func (s *Session) SignIn(credentials keygen.Credentials, remember, mustPersist bool) Attempt {
	s.mu.Lock()
	epoch := s.epoch
	s.exchanges++
	s.mu.Unlock()
	defer s.exchangeDone()
	token, err := s.createToken(credentials)
	if err != nil {
		return s.Fail(err)
	}
	record := &Record{Token: token, Created: s.config.Clock.ISO(), Remember: remember}
	var replaced []*Record
	s.mu.Lock()
	closed := s.closed != nil
	if s.epoch != epoch {
		err = errSignedOut("sign-in")
	} else {
		replaced, err = s.replaceWith(record, mustPersist)
	}
	record = s.record
	s.mu.Unlock()
	if err != nil {
		if mustPersist || closed {
			s.revokeAndWait(token) // the page may end before a request in the background
		} else {
			s.revoke(token)
		}
		return s.Fail(err)
	}
	state := s.publish()
	for _, old := range replaced {
		s.revokeReplaced(old)
	}
	proceed := s.config.Notify(Event{Name: SignedIn, State: state})
	s.verify(record)
	return Attempt{State: state, Proceed: proceed}
}

// createToken requests a token. It fails with TOKEN_KIND_NOT_ALLOWED, and revokes
// the token, when that is one of staff and AllowStaff is not set.
func (s *Session) createToken(credentials keygen.Credentials) (token keygen.Token, err error) {
	credentials = credentials.Normalize()
	if invalid := credentials.Check(); invalid != nil {
		return token, invalid
	}
	options := s.config.Options()
	if s.config.FixedLife && options.Expiry == "" {
		// Without an expiry the API would give two weeks.
		return token, &keygen.Error{Code: keygen.CodeConfig, Detail: "data-token-expiry is over: no session can begin any more"}
	}
	token, err = s.config.API.CreateToken(credentials, options)
	if err == nil && token.Kind != keygen.KindUser && !s.config.AllowStaff {
		// A token of staff never expires and may do anything.
		s.revokeAndWait(token)
		err = &keygen.Error{
			Code:   CodeKind,
			Title:  "Not a customer account",
			Detail: "a token of kind " + token.Kind + " is not kept on a customer site (see data-allow-staff)",
		}
	}
	return token, err
}

// replaceWith saves the record of a sign-in. It returns the records that this one
// replaces: that of the tab and, when the session is for all tabs, theirs. The
// caller holds mu.
func (s *Session) replaceWith(record *Record, mustPersist bool) ([]*Record, error) {
	before := s.allRecords(record.Remember)
	overwritten, ok := s.save(record, true, mustPersist)
	if !ok {
		return nil, errStorageUnavailable()
	}
	var replaced []*Record
	for _, old := range before {
		stays := false
		if old.place == inBrowser && s.record.place != inBrowser {
			s.config.Store.Remove(old.Token.ID)
			missing, readable := s.config.Store.Missing(old)
			stays = !missing || !readable // other tabs use it
		}
		if !stays {
			s.removeEnded(old)
			replaced = append(replaced, old)
		}
	}
	return appendNew(replaced, overwritten), nil
}

// save stores a record as Store.Save does and makes it the current one. It returns
// the record that was overwritten, nil for none. With mustPersist, when storage
// does not save the record, ok is false and nothing changes. The caller holds mu.
func (s *Session) save(record *Record, signIn, mustPersist bool) (overwritten *Record, ok bool) {
	saved, overwritten := s.config.Store.Save(record, signIn)
	if mustPersist && !saved.Persistent {
		s.config.Store.setMemory(s.record, "")
		return nil, false
	}
	s.revokeOverwritten(saved)
	s.set(saved)
	return overwritten, true
}

// errStorageUnavailable is the error when storage does not save a session that must
// outlive the page.
func errStorageUnavailable() error {
	return &keygen.Error{Code: CodeStorageUnavailable, Detail: "the browser's storage is blocked, full, or does not keep what is written"}
}

// Fail raises the event for the error of a sign-in, and returns the Attempt. SignIn
// calls it itself; call it for a sign-in that failed before SignIn.
func (s *Session) Fail(err error) Attempt {
	failure := keygen.AsError(err)
	switch failure.Code {
	case keygen.CodeAborted:
		// The page has aborted it itself: no event.
		return Attempt{Err: failure}
	case keygen.CodeOTPRequired:
		// The next step of the sign-in, not a failure.
		return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: OTPRequired})}
	case keygen.CodeSSORequired:
		proceed := s.config.Notify(Event{Name: SSORequired, Err: failure})
		return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: Failed, Err: failure}) && proceed}
	}
	return Attempt{Err: failure, Proceed: s.config.Notify(Event{Name: Failed, Err: failure})}
}
