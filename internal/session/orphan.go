package session

// An orphan is a valid token that no page uses any more. This file finds orphans
// that a race between pages leaves behind, and revokes them.

// revokeReplaced revokes a token after another one has replaced it. Where the
// token was in sessionStorage, a duplicated tab may still use it. Then it is left
// to that tab.
func (s *Session) revokeReplaced(old *Record) {
	if old.place != inTab {
		s.revoke(old.Token)
		return
	}
	s.mu.Lock()
	since := len(s.received)
	s.mu.Unlock()
	s.broadcast(queryMessage, old)
	s.revokeOrphan(func() (orphan, certain bool) { return !s.hasReceived(inUseMessage, old, since), true }, old)
}

// revokeOverwritten revokes a token that was saved in localStorage and is no
// longer there: two pages may have written at the same moment, or the site's data
// were cleared. It does not revoke a token that another page revokes: then the record
// that replaced it has its id in After, or a message of a sign-out has arrived.
func (s *Session) revokeOverwritten(stored *Record) {
	if stored.place == inBrowser {
		s.revokeOrphan(func() (orphan, certain bool) {
			missing, readable := s.config.Store.Missing(stored)
			return missing && !s.hasReceived(signedOutMessage, stored, 0), readable
		}, stored)
	}
}

// revokeOrphan revokes a token in the background if check finds an orphan twice, with
// a pause in between: a change of storage may arrive before the message that explains
// it. As long as check is not certain it is called again every hour. check is called
// with mu held.
func (s *Session) revokeOrphan(check func() (orphan, certain bool), record *Record) {
	s.config.Background(func() {
		for wait, confirmed := replyTime, false; ; {
			s.wait(wait)
			s.mu.Lock()
			orphan, certain := check()
			s.mu.Unlock()
			switch {
			case !certain:
				wait, confirmed = hour, false
			case orphan && !confirmed:
				wait, confirmed = replyTime, true
			case orphan:
				s.revokeAndWait(record.Token)
				return
			default:
				return
			}
		}
	})
}
