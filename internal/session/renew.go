package session

import "keygenauth/internal/keygen"

// Times in milliseconds.
const (
	// renewBefore is the time before its expiry from which a token is renewed in
	// the background.
	renewBefore = week
	// defaultLife is the life of a user's token when the request names no expiry
	// (https://keygen.sh/docs/api/tokens/).
	defaultLife = 2 * week
	// idleTime is how long a page must be open and unused before a renewal in the
	// background: a user who clicks may be about to leave the page.
	idleTime = 5 * second
	// renewRetryPause is the pause after a renewal in the background that failed.
	renewRetryPause = minute
)

// renewal is the state of the renewal in the background.
type renewal struct {
	scheduled bool
	notBefore int64 // milliseconds since 1970; no try before this time
}

// Renew gives the session a token with a later expiry: in two weeks, or what
// Options says. It creates a second token, stores it, and only then revokes the
// first, so that the session survives a lost response. One tab renews at a time,
// and the others use its token. Renew returns the state; it is unchanged where a
// new token would not expire later. Renew fails like Use, with SIGNED_OUT when the
// session ends meanwhile, and with STORAGE_UNAVAILABLE when storage has the old
// token and does not save the new one.
func (s *Session) Renew() (*State, error) {
	old := s.current()
	if old == nil {
		return nil, errNoSession()
	}
	s.mu.Lock()
	s.exchanges++
	s.mu.Unlock()
	defer s.exchangeDone()
	var renewed bool
	var err error
	// No event is raised inside: the other tabs wait.
	s.config.Exclusive(func() { renewed, err = s.renew(old) })
	s.Reread()
	if err != nil {
		reason := endReason(keygen.AsError(err))
		if reason == "" {
			return nil, err
		}
		if s.successor(old) == nil {
			s.end(old, reason)
			return nil, err
		}
	}
	state := s.State()
	if state == nil {
		return nil, errSignedOut("renewal")
	}
	if renewed {
		s.publish()
		if old.Token.ID != state.TokenID {
			s.revokeReplaced(old)
		}
		s.config.Notify(Event{Name: Renewed, State: state})
	}
	return state, nil
}

// errSignedOut is the error of a sign-in or renewal during which the user signed out.
func errSignedOut(exchange string) error {
	return &keygen.Error{Code: CodeSignedOut, Detail: "the user signed out while the " + exchange + " was under way"}
}

// renew replaces the session old, if it is still the current one, and returns
// whether it did. After a sign-out meanwhile, here or in another tab, the new
// token is revoked.
func (s *Session) renew(old *Record) (renewed bool, err error) {
	options := s.config.Options()
	s.mu.Lock()
	useful := s.isCurrent(old) && s.isLater(s.newExpiry(&options), old)
	readable := s.record == nil || s.record.Persistent || s.record.place == inMemory
	s.mu.Unlock()
	if !useful {
		return false, nil
	}
	if !readable {
		return false, errStorageUnavailable()
	}
	token, err := s.requestToken(old, options)
	if err != nil {
		return false, err
	}
	next := *old
	next.Token, next.Created = token, s.config.Clock.ISO()
	s.mu.Lock()
	if s.isCurrent(old) && token.Kind == old.Token.Kind {
		_, renewed = s.save(&next, false, old.place != inMemory && token.ID != old.Token.ID)
		if !renewed {
			err = errStorageUnavailable()
		} else if s.verified == old.value() {
			s.verified = token.Value
		}
	}
	s.mu.Unlock()
	if !renewed {
		s.revoke(token)
	}
	return renewed, err
}

// isCurrent returns whether a session is the current one, here and in storage. The
// caller holds mu.
func (s *Session) isCurrent(record *Record) bool {
	stored, _ := s.config.Store.Load()
	return s.record.value() == record.value() && stored.value() == record.value()
}

// requestToken returns a new token (POST /tokens with the old one). Where the
// user's permissions do not allow that (403), it renews the old one (PUT
// /tokens/{id}): that token gets a new value, and the old value is invalid even
// when the response is lost.
func (s *Session) requestToken(old *Record, options keygen.TokenOptions) (keygen.Token, error) {
	token, err := s.config.API.AddToken(old.Token, options)
	if err != nil && keygen.AsError(err).Status == 403 && endReason(keygen.AsError(err)) == "" {
		s.mu.Lock()
		later := s.isLater(s.now()+defaultLife, old)
		s.mu.Unlock()
		if later {
			return s.config.API.RenewToken(old.Token)
		}
	}
	return token, err
}

// newExpiry returns when a token with these options expires, in milliseconds since
// 1970; 0 when the expiry that the site has set is over. The caller holds mu.
func (s *Session) newExpiry(options *keygen.TokenOptions) int64 {
	if options.Expiry == "" && !s.config.FixedLife {
		return s.now() + defaultLife
	}
	at, _ := s.config.Clock.Parse(options.Expiry)
	return at
}

// isLater returns whether an expiry is more than a minute after that of a session
// that has not expired. The caller holds mu.
func (s *Session) isLater(expiry int64, record *Record) bool {
	left, expires := s.timeLeft(record)
	return expires && left > 0 && left < expiry-s.now()-minute
}

// scheduleRenewal renews the session in the background, once the page is idle, if
// the session expires within a week and the page is visible.
func (s *Session) scheduleRenewal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.renewal.scheduled || !s.renewalDue() {
		return
	}
	s.renewal.scheduled = true
	s.config.Clock.After(idleTime, func() { s.config.Background(s.renewWhenIdle) })
}

// renewWhenIdle renews the session if nobody uses the page, else it waits again.
func (s *Session) renewWhenIdle() {
	busy := s.config.Busy()
	s.mu.Lock()
	due := s.renewalDue()
	s.mu.Unlock()
	var err error
	if due && !busy {
		_, err = s.Renew()
	}
	s.mu.Lock()
	if s.renewal.scheduled = false; err != nil {
		s.renewal.notBefore = s.now() + renewRetryPause
	}
	s.mu.Unlock()
	if busy {
		s.scheduleRenewal()
	}
}

// renewalDue returns whether the session should be renewed in the background now.
// The caller holds mu.
func (s *Session) renewalDue() bool {
	left, expires := s.timeLeft(s.record)
	return expires && left < renewBefore && !s.config.FixedLife && s.now() >= s.renewal.notBefore && s.config.Visible()
}
