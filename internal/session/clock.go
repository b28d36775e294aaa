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
	skew   int64 // to add to it
	proven bool  // whether the server has told the time
}

// ServerTime tells the session what time it is, in milliseconds since 1970, by
// the date of an answer. That has whole seconds and is old when it arrives: the
// corrected clock runs late by a moment, so that nothing ends early.
func (s *Session) ServerTime(now int64) {
	s.mu.Lock()
	s.clock = correction{skew: now - s.config.Clock.Now(), proven: true}
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

// judge ends a session that has expired, and renews one that will soon. As long
// as only this device's clock has spoken the server is asked first.
func (s *Session) judge() {
	if !s.over() {
		s.renewInTime()
		return
	}
	s.Reread() // another tab may have renewed it
	if !s.over() {
		return
	}
	s.mu.Lock()
	token, proven, asking := s.record.Token, s.clock.proven, s.asking
	s.mu.Unlock()
	switch {
	case proven:
		s.end(token, Expired)
	case asking != token.ID:
		s.verify(token)
	}
}

// over says whether the session looks expired.
func (s *Session) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record.Token.Value != "" && s.expired(s.record.Token)
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
	wait := min(left, hour)
	if left <= 0 {
		wait = minute // the server is being asked
	}
	s.ticks.cancel = s.config.Clock.After(int(max(wait, 1)), func() {
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
