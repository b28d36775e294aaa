package session

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

// left returns how long a session lasts, and whether it expires at all. What
// cannot be read as a time expired long ago. mu is held.
func (s *Session) left(record *Record) (milliseconds int64, expires bool) {
	if record == nil || record.Token.Expiry == "" {
		return 0, false
	}
	expiry, ok := s.config.Clock.Parse(record.Token.Expiry)
	if !ok {
		return 0, true
	}
	return expiry - s.now(), true
}

func (s *Session) expired(record *Record) bool {
	left, expires := s.left(record)
	return expires && left <= 0
}

// judge ends a session that has expired, and renews one that will soon. As long
// as only this device's clock has spoken the server is asked first.
func (s *Session) judge() {
	if s.over() == nil {
		s.renewInTime()
		return
	}
	s.Reread() // another tab may have renewed it
	record := s.over()
	if record == nil {
		return
	}
	s.mu.Lock()
	proven, asking := s.clock.proven, s.asking == record.Token.ID
	s.mu.Unlock()
	switch {
	case proven:
		s.end(record, Expired)
	case !asking:
		s.verify(record)
	}
}

// over returns the session if it looks expired, else nil.
func (s *Session) over() *Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.expired(s.record) {
		return s.record
	}
	return nil
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
	left, expires := s.left(s.record)
	if !expires {
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
