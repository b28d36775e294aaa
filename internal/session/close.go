package session

// Close is for a page that is done with the session, which stays stored. A
// sign-in under way brings nothing any more: its token is revoked. A renewal
// under way is stored. Close waits for both.
func (s *Session) Close() {
	s.mu.Lock()
	s.epoch++
	s.closed = make(chan struct{})
	s.exchanges++ // this counts as one
	s.mu.Unlock()
	s.exchangeEnds()
	<-s.closed
}

// exchangeEnds notes the end of a sign-in or a renewal.
func (s *Session) exchangeEnds() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.exchanges--; s.exchanges == 0 && s.closed != nil {
		close(s.closed)
	}
}
