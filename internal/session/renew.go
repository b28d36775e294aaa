package session

import "keygenauth/internal/keygen"

const (
	// renewBefore is how much life a token has left when it is renewed by itself.
	renewBefore = week
	// usualLife is how long tokens of users last where nothing else is asked for.
	usualLife = 2 * week
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
	if asked.Value == "" {
		return nil, nobody()
	}
	s.mu.Lock()
	s.exchanges++
	s.mu.Unlock()
	defer s.exchangeEnds()
	var old Record
	var err error
	// Silently: no event may be raised while the other tabs wait.
	s.config.Exclusive(func() { old, err = s.renew(asked) })
	s.Reread()
	if err != nil {
		reason := verdict(keygen.AsError(err))
		if reason == "" {
			return nil, err
		}
		if _, ok := s.successor(asked); !ok {
			s.end(asked, reason)
			return nil, err
		}
	}
	state := s.State()
	if state == nil {
		return nil, &keygen.Error{Code: CodeSignedOut, Detail: "the user signed out while the renewal was under way"}
	}
	if old.Token.Value != "" {
		s.publish()
		if old.Token.ID != state.TokenID {
			s.retire(old)
		}
		s.config.Notify(Event{Name: Renewed, State: state})
	}
	return state, nil
}

// renew replaces the current token, if it is still the one that was asked for,
// and returns the record of the old one, zero if it was not replaced. Who signed
// out meanwhile, here or in another tab, gets no session back: then the new token
// is revoked.
func (s *Session) renew(asked keygen.Token) (old Record, err error) {
	options := s.config.Options()
	s.mu.Lock()
	due := s.holds(asked) && s.lengthens(asked, s.until(options))
	s.mu.Unlock()
	if !due {
		return Record{}, nil
	}
	fresh, err := s.replacement(asked, options)
	if err != nil {
		return Record{}, err
	}
	if fresh.Kind != asked.Kind {
		s.revoke(fresh)
		return Record{}, &keygen.Error{Code: CodeKind, Detail: "the user's tokens are of kind " + fresh.Kind + " now"}
	}
	s.mu.Lock()
	kept := s.holds(asked)
	if kept {
		old = s.record
		next := old
		next.Token, next.Created = fresh, s.config.Clock.ISO()
		if _, kept = s.keep(next, old.place != inMemory && fresh.ID != asked.ID); !kept {
			err = unkept()
		} else if s.verified == asked.Value {
			s.verified = fresh.Value
		}
	}
	s.mu.Unlock()
	if !kept {
		s.revoke(fresh)
		return Record{}, err
	}
	return old, nil
}

// holds says whether a token is the current one here and in the store. mu is held.
func (s *Session) holds(token keygen.Token) bool {
	stored, ok, _ := s.config.Store.Load()
	return s.record.Token.Value == token.Value && ok && stored.Token.Value == token.Value
}

// replacement returns a new token. Where permissions do not let users make one,
// the old one gets another value (PUT), and is worth nothing from then on, even
// if the answer is lost.
func (s *Session) replacement(old keygen.Token, options keygen.TokenOptions) (keygen.Token, error) {
	fresh, err := s.config.API.AddToken(old, options)
	if err == nil {
		return fresh, nil
	}
	failure := keygen.AsError(err)
	s.mu.Lock()
	longer := s.lengthens(old, s.now()+usualLife)
	s.mu.Unlock()
	if failure.Status == 403 && verdict(failure) == "" && longer {
		return s.config.API.RenewToken(old)
	}
	return keygen.Token{}, err
}

// until returns when a token with these options expires. mu is held.
func (s *Session) until(options keygen.TokenOptions) int64 {
	if options.Expiry == "" {
		if s.config.FixedLife {
			return 0 // the time that the page names is over
		}
		return s.now() + usualLife
	}
	at, _ := s.config.Clock.Parse(options.Expiry)
	return at
}

// lengthens says whether a token that expires at a time would give more of it
// than this one. mu is held.
func (s *Session) lengthens(token keygen.Token, until int64) bool {
	left, expires := s.left(token)
	return expires && left > 0 && left < until-s.now()-minute
}

// renewInTime renews in the background what would expire within a week, while
// somebody has the page before them but does nothing on it: who clicks leaves it.
func (s *Session) renewInTime() {
	if !s.due() {
		return
	}
	s.mu.Lock()
	running := s.renewal.running
	s.renewal.running = true
	s.mu.Unlock()
	if running {
		return
	}
	s.config.Quiet(func() {
		s.config.Background(func() {
			var err error
			if s.due() {
				_, err = s.Renew()
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.renewal.running = false
			if err != nil {
				s.renewal.notNow = s.now() + renewPause
			}
		})
	})
}

// due says whether it is time to renew.
func (s *Session) due() bool {
	s.mu.Lock()
	token := s.record.Token
	left, expires := s.left(token)
	due := token.Value != "" && expires && left < renewBefore && !s.config.FixedLife && s.now() >= s.renewal.notNow
	s.mu.Unlock()
	return due && s.config.Visible()
}
