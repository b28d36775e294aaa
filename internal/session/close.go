package session

// Close ends this page's use of the session. The session stays stored. A sign-in
// under way fails with SIGNED_OUT and its token is revoked; a renewal under way is
// stored. Close waits for both.
func (s *Session) Close() {
	s.mu.Lock()
	s.epoch++
	s.closed = make(chan struct{})
	s.exchanges++ // Close counts as one, so that closed is closed in any case
	s.mu.Unlock()
	s.exchangeDone()
	<-s.closed
}

// exchangeDone counts the end of a sign-in or a renewal.
func (s *Session) exchangeDone() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exchanges--; s.exchanges == 0 && s.closed != nil {
		close(s.closed)
	}
}
