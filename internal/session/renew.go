package session

import "keygenauth/internal/keygen"

const (
	// renewBefore is how much life a token has left when it is renewed by itself.
	renewBefore = week
	// usualLife is how long tokens of users last where nothing else is asked for.
	usualLife = 2 * week
	// quiet is how long a page must be there, and nobody do anything on it, before a
	// renewal by itself: who clicks may leave it.
	quiet = 5 * second
	// renewPause is the least time between two tries of a renewal that failed.
	renewPause = minute
)

type renewal struct {
	running bool
	notNow  int64 // no try by itself before this time, after one that failed
}

// Renew gives the session more time: two weeks from now, or what Options says.
// Make before break: the API makes a second token, which is stored, and only then
// is the old one revoked. Whatever gets lost on the way, the session goes on. One
// tab does so at a time where that is cheap, and a tab that finds that another
// one just did takes over what that brought. Nothing is done, and the state
// returned as it is, where renewing would not lengthen the session. Renew fails
// like Use, with SIGNED_OUT when the session ends meanwhile, and with
// STORAGE_UNAVAILABLE when storage has the old token and does not take the new one.
func (s *Session) Renew() (*State, error) {
	asked := s.current()
	if asked == nil {
		return nil, nobody()
	}
	s.mu.Lock()
	s.exchanges++
	s.mu.Unlock()
	defer s.exchangeEnds()
	var renewed bool
	var err error
	// Silently: no event may be raised while the other tabs wait.
	s.config.Exclusive(func() { renewed, err = s.renew(asked) })
	s.Reread()
	if err != nil {
		reason := verdict(keygen.AsError(err))
		if reason == "" {
			return nil, err
		}
		if s.successor(asked) == nil {
			s.end(asked, reason)
			return nil, err
		}
	}
	state := s.State()
	if state == nil {
		return nil, signedOut("renewal")
	}
	if renewed {
		s.publish()
		if asked.Token.ID != state.TokenID {
			s.retire(asked)
		}
		s.config.Notify(Event{Name: Renewed, State: state})
	}
	return state, nil
}

// signedOut is why an exchange with the API brings no session.
func signedOut(exchange string) error {
	return &keygen.Error{Code: CodeSignedOut, Detail: "the user signed out while the " + exchange + " was under way"}
}

// renew replaces the current session, if it is still the one that was asked for,
// and says whether it did. Who signed out meanwhile, here or in another tab, gets
// no session back: then the new token is revoked.
func (s *Session) renew(asked *Record) (renewed bool, err error) {
	options := s.config.Options()
	s.mu.Lock()
	due := s.holds(asked) && s.lengthens(asked, s.until(&options))
	readable := s.record == nil || s.record.Persistent || s.record.place == inMemory
	s.mu.Unlock()
	if !due {
		return false, nil
	}
	if !readable {
		return false, unkept()
	}
	fresh, err := s.replacement(asked, options)
	if err != nil {
		return false, err
	}
	next := *asked
	next.Token, next.Created = fresh, s.config.Clock.ISO()
	s.mu.Lock()
	if s.holds(asked) && fresh.Kind == asked.Token.Kind {
		_, renewed = s.keep(&next, false, asked.place != inMemory && fresh.ID != asked.Token.ID)
		if !renewed {
			err = unkept()
		} else if s.verified == asked.value() {
			s.verified = fresh.Value
		}
	}
	s.mu.Unlock()
	if !renewed {
		s.revoke(fresh)
	}
	return renewed, err
}

// holds says whether a session is the current one here and in the store. mu is held.
func (s *Session) holds(record *Record) bool {
	stored, _ := s.config.Store.Load()
	return s.record.value() == record.value() && stored.value() == record.value()
}

// replacement returns a new token. Where permissions do not let users make one,
// the old one gets another value (PUT), and is worth nothing from then on, even
// if the answer is lost.
func (s *Session) replacement(old *Record, options keygen.TokenOptions) (keygen.Token, error) {
	fresh, err := s.config.API.AddToken(old.Token, options)
	if err != nil && keygen.AsError(err).Status == 403 && verdict(keygen.AsError(err)) == "" {
		s.mu.Lock()
		longer := s.lengthens(old, s.now()+usualLife)
		s.mu.Unlock()
		if longer {
			return s.config.API.RenewToken(old.Token)
		}
	}
	return fresh, err
}

// until returns when a token with these options expires. mu is held.
func (s *Session) until(options *keygen.TokenOptions) int64 {
	if options.Expiry == "" && !s.config.FixedLife {
		return s.now() + usualLife
	}
	at, _ := s.config.Clock.Parse(options.Expiry) // 0 when the time that the page names is over
	return at
}

// lengthens says whether a token that expires at a time would give more of it
// than this session has. mu is held.
func (s *Session) lengthens(record *Record, until int64) bool {
	left, expires := s.left(record)
	return expires && left > 0 && left < until-s.now()-minute
}

// renewInTime renews in the background what would expire within a week, while
// somebody has the page before them but does nothing on it: who clicks may leave.
func (s *Session) renewInTime() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.renewal.running || !s.due() {
		return
	}
	s.renewal.running = true
	s.config.Clock.After(quiet, func() { s.config.Background(s.renewQuietly) })
}

func (s *Session) renewQuietly() {
	busy := s.config.Busy()
	s.mu.Lock()
	due := s.due()
	s.mu.Unlock()
	var err error
	if due && !busy {
		_, err = s.Renew()
	}
	s.mu.Lock()
	if s.renewal.running = false; err != nil {
		s.renewal.notNow = s.now() + renewPause
	}
	s.mu.Unlock()
	if busy {
		s.renewInTime()
	}
}

// due says whether it is time to renew. mu is held.
func (s *Session) due() bool {
	left, expires := s.left(s.record)
	return expires && left < renewBefore && !s.config.FixedLife && s.now() >= s.renewal.notNow && s.config.Visible()
}
