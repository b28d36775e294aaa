package session

import "keygenauth/internal/keygen"

const (
	// renewBefore is how much life a token has left when it is renewed by itself.
	renewBefore = week
	// renewedLife is what PUT tokens/{id} gives a token, however much it had.
	renewedLife = 2 * week
	// lag is how long a browser may take to show one tab what another one has
	// stored: each has a process of its own, and locks do not wait for that.
	lag = second / 4
	// renewPause is the least time between two tries of a renewal that failed.
	renewPause = minute
)

type renewal struct {
	running bool
	notNow  int64 // no try by itself before this time, after one that failed
}

// Renew gives the session two more weeks, and its token a new value: the old one
// is worth nothing from then on. One tab does so at a time, and a tab that finds
// that another one just did takes over what that brought. Nothing is done, and
// the state returned as it is, where renewing would not lengthen the token's
// life. Renew fails like Use, and with SIGNED_OUT when the session ends meanwhile.
func (s *Session) Renew() (*State, error) {
	asked := s.current()
	if asked.Value == "" {
		return nil, nobody()
	}
	s.mu.Lock()
	s.exchanges++
	s.mu.Unlock()
	defer s.exchangeEnds()
	var renewed bool
	var err error
	if busy := s.config.Exclusive(func() {
		// Silently: no event may be raised while the other tabs wait.
		s.mu.Lock()
		stored, ok, _ := s.config.Store.Load()
		token := s.record.Token
		longer := s.renewable(token)
		s.mu.Unlock()
		if token.Value != asked.Value || ok && stored.Token.Value != asked.Value || !longer {
			return
		}
		if renewed, err = s.renew(token); renewed {
			s.wait(lag) // whose turn is next must find what was stored
		}
	}); busy != nil {
		return nil, busy
	}
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
	if renewed {
		s.publish()
		s.config.Notify(Event{Name: Renewed, State: state})
	}
	return state, nil
}

// renewable says whether renewing gives a token more time. mu is held.
func (s *Session) renewable(token keygen.Token) bool {
	left, expires := s.left(token)
	return expires && left > 0 && left < renewedLife-minute
}

// renew replaces the current token by a renewed one. Who signed out meanwhile,
// here or in another tab, gets no session back: then the new token is revoked.
func (s *Session) renew(token keygen.Token) (renewed bool, err error) {
	fresh, err := s.config.API.RenewToken(token)
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	stored, ok, _ := s.config.Store.Load()
	renewed = s.record.Token.Value == token.Value && ok && stored.Token.Value == token.Value
	if renewed {
		record := s.record
		record.Token = fresh
		s.set(s.config.Store.Save(record))
	}
	s.mu.Unlock()
	if !renewed {
		s.revoke(fresh)
	}
	return renewed, nil
}

// renewInTime renews in the background what would expire within a week, while
// somebody uses the page.
func (s *Session) renewInTime() {
	s.mu.Lock()
	token := s.record.Token
	left, expires := s.left(token)
	due := token.Value != "" && expires && left < renewBefore && !s.config.FixedLife &&
		!s.renewal.running && s.now() >= s.renewal.notNow
	if due = due && s.config.Visible(); due {
		s.renewal.running = true
	}
	s.mu.Unlock()
	if !due {
		return
	}
	s.config.Background(func() {
		_, err := s.Renew()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.renewal.running = false
		if err != nil {
			s.renewal.notNow = s.now() + renewPause
		}
	})
}
