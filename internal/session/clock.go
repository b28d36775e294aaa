package session

// Times in milliseconds.
const (
	second = 1000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
)

// clockOffset is the difference between the server's clock and this device's.
type clockOffset struct {
	offset int64 // milliseconds, added to the device's time
	known  bool  // false until the first response of the server
}

// ServerTime sets the session's clock by the Date header of a response, in
// milliseconds since 1970. The header has whole seconds and is a moment old when
// it arrives. So the corrected clock is a little late, and no session ends early.
func (s *Session) ServerTime(now int64) {
	s.mu.Lock()
	s.clock = clockOffset{offset: now - s.config.Clock.Now(), known: true}
	s.mu.Unlock()
	s.startTimer()
}

// now returns the corrected time in milliseconds since 1970. The caller holds mu.
func (s *Session) now() int64 { return s.config.Clock.Now() + s.clock.offset }

// timeLeft returns the milliseconds until a session expires, and whether it
// expires at all. An expiry that is no valid time counts as expired. The caller
// holds mu.
func (s *Session) timeLeft(record *Record) (milliseconds int64, expires bool) {
	if record == nil || record.Token.Expiry == "" {
		return 0, false
	}
	expiry, ok := s.config.Clock.Parse(record.Token.Expiry)
	if !ok {
		return 0, true
	}
	return expiry - s.now(), true
}

// expired returns whether a session has expired. The caller holds mu.
func (s *Session) expired(record *Record) bool {
	left, expires := s.timeLeft(record)
	return expires && left <= 0
}

// checkExpiry ends the session if it has expired, and renews it if it expires
// soon. As long as the server's time is not known it asks the server first.
func (s *Session) checkExpiry() {
	if s.expiredRecord() == nil {
		s.scheduleRenewal()
		return
	}
	s.Reread() // another tab may have renewed it
	record := s.expiredRecord()
	if record == nil {
		return
	}
	s.mu.Lock()
	known, verifying := s.clock.known, s.verifying == record.Token.ID
	s.mu.Unlock()
	switch {
	case known:
		s.end(record, Expired)
	case !verifying:
		s.verify(record)
	}
}

// expiredRecord returns the session if it has expired by the corrected clock,
// else nil.
func (s *Session) expiredRecord() *Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.expired(s.record) {
		return s.record
	}
	return nil
}

// expiryTimer tells an open page that its session expires.
type expiryTimer struct {
	cancel func() // nil when the timer is not set
}

// startTimer sets the timer anew. When it fires the clock decides what happens.
// It never runs for more than an hour: timers stop while a device sleeps, and
// browsers fire a timer of more than 24 days at once.
func (s *Session) startTimer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer.cancel != nil {
		s.timer.cancel()
		s.timer.cancel = nil
	}
	left, expires := s.timeLeft(s.record)
	if !expires {
		return
	}
	wait := min(left, hour)
	if left <= 0 {
		wait = minute // the server is being asked
	}
	s.timer.cancel = s.config.Clock.After(int(max(wait, 1)), func() {
		s.checkExpiry()
		s.startTimer()
	})
}

// wait returns after the given time.
func (s *Session) wait(milliseconds int) {
	done := make(chan struct{})
	s.config.Clock.After(milliseconds, func() { close(done) })
	<-done
}
