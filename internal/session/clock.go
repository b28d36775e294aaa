package session

import "keygenauth/internal/keygen"

// Times in milliseconds.
const (
	second = 1000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// correction is what is known of how wrong this device's clock is.
type correction struct {
	skew int64 // to add to it
}

// ServerTime tells the session what time it is, in milliseconds since 1970, by
// the date of an answer. That has whole seconds and is old when it arrives: the
// corrected clock runs late by a moment, so that nothing ends early.
func (s *Session) ServerTime(now int64) {
	s.mu.Lock()
	s.clock.skew = now - s.config.Clock.Now()
	s.mu.Unlock()
	s.schedule()
}

// now returns the corrected time. mu is held.
func (s *Session) now() int64 { return s.config.Clock.Now() + s.clock.skew }

// left returns how long the token lasts, and whether it expires at all. What
// cannot be read as a time expired long ago. mu is held.
func (s *Session) left(token keygen.Token) (milliseconds int64, expires bool) {
	if token.Expiry == "" {
		return 0, false
	}
	expiry, ok := s.config.Clock.Parse(token.Expiry)
	if !ok {
		return 0, true
	}
	return expiry - s.now(), true
}

func (s *Session) expired(token keygen.Token) bool {
	left, expires := s.left(token)
	return expires && left <= 0
}

// judge ends a session that has expired, and renews one that will soon.
func (s *Session) judge() {
	s.mu.Lock()
	token := s.record.Token
	expired := token.Value != "" && s.expired(token)
	s.mu.Unlock()
	if !expired {
		s.renewInTime()
		return
	}
	s.Reread() // another tab may have renewed it
	s.mu.Lock()
	token = s.record.Token
	expired = token.Value != "" && s.expired(token)
	s.mu.Unlock()
	if expired {
		s.end(token, Expired)
	}
}

// ticks is the timer by which an open page notices that its session expires.
type ticks struct {
	cancel func()
}

// schedule sets the timer. It is a hint: what happens is judged by the clock.
// It never waits long: a device that sleeps stops timers, and browsers fire
// those of more than 24 days at once.
func (s *Session) schedule() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ticks.cancel != nil {
		s.ticks.cancel()
		s.ticks.cancel = nil
	}
	left, expires := s.left(s.record.Token)
	if s.record.Token.Value == "" || !expires {
		return
	}
	s.ticks.cancel = s.config.Clock.After(int(min(max(left, 1), hour)), func() {
		s.judge()
		s.schedule()
	})
}

// wait returns after so many milliseconds, for retries.
func (s *Session) wait(milliseconds int) {
	done := make(chan struct{})
	s.config.Clock.After(milliseconds, func() { close(done) })
	<-done
}
