package session

import (
	"slices"
	"strings"

	"keygenauth/internal/keygen"
)

// The pages of one session tell each other, for a tab that was duplicated has a
// record of its own, which no event of storage tells of. A message has four
// words: what it says, the id of a token, that of the token whose place it took
// ("-" for none), and that of the user. Never a token.
const (
	saysOut  = "out"  // the user signed out
	saysWho  = "who"  // who goes on with this token?
	saysHeld = "held" // somebody does
)

// patience is how long answers to a message are waited for, in milliseconds.
const patience = second

func (s *Session) say(what string, record *Record) {
	after := record.After
	if after == "" {
		after = "-"
	}
	s.config.Tell(what + " " + record.Token.ID + " " + after + " " + record.Token.UserID)
}

// Hear is told what another page says. It waits for nothing.
func (s *Session) Hear(message string) {
	words := strings.Fields(message)
	if len(words) != 4 {
		return
	}
	id, after, user := words[1], words[2], words[3]
	s.mu.Lock()
	record := s.record
	held := record != nil && record.place == inTab && record.Token.ID == id
	if words[0] != saysWho {
		s.heard = append(s.heard, words[0]+id)
	}
	s.mu.Unlock()
	switch {
	case words[0] == saysOut:
		// Of this session, or of one that was renewed in one page and not in the other.
		s.leave(OtherTab, id, func(record *Record) bool {
			related := record.After == id || after == record.Token.ID || after == record.After
			return record.Token.ID == id || related && record.Token.UserID == user
		})
	case words[0] == saysWho && held:
		s.say(saysHeld, record)
	}
}

// hears says whether a message about a token has come, after so many others. mu
// is held.
func (s *Session) hears(what string, record *Record, since int) bool {
	return slices.Contains(s.heard[since:], what+record.Token.ID)
}

// leave ends the sessions for which ends says so, all where it is nil: the
// current one, and what is stored. Their tokens are revoked, but for the one with
// this id.
func (s *Session) leave(reason, id string, ends func(*Record) bool) {
	s.mu.Lock()
	_, _ = s.config.Store.Load() // what is no record goes, too
	var gone []*Record
	for _, record := range s.held(true) {
		if ends == nil || ends(record) {
			s.forget(record)
			gone = append(gone, record)
		}
	}
	if ends == nil {
		s.config.Store.Remove("")
	}
	current := s.record != nil && (ends == nil || ends(s.record))
	if current {
		s.set(nil)
	}
	s.mu.Unlock()
	if current {
		s.publish()
	}
	for _, record := range gone {
		if reason == User {
			s.say(saysOut, record)
		}
		if record.Token.ID != id {
			s.revoke(record.Token)
		}
	}
	if current {
		s.config.Notify(Event{Name: SignedOut, Reason: reason})
	}
}

// forget removes a record that is over. Should storage show it again later, it is
// not taken up any more. mu is held.
func (s *Session) forget(record *Record) {
	s.heard = append(s.heard, saysOut+record.Token.ID)
	s.config.Store.Remove(record.Token.ID)
}

// retire revokes a token that another one has taken the place of. All pages find
// the new one of the browser in its storage, but copies of a tab may go on with
// the old one of the tab: then it is theirs to revoke.
func (s *Session) retire(old *Record) {
	if old.place != inTab {
		s.revoke(old.Token)
		return
	}
	s.mu.Lock()
	since := len(s.heard)
	s.mu.Unlock()
	s.say(saysWho, old)
	s.later(func() (bool, bool) { return !s.hears(saysHeld, old, since), true }, old)
}

// guard revokes a token that was put into the browser's storage, if it is gone
// from there and nobody else revokes it: two pages may have written at the same
// moment, or storage was cleared. Whoever takes the place of a token says so in
// the record, and whoever signs out tells it.
func (s *Session) guard(stored *Record) {
	if stored.place == inBrowser {
		s.later(func() (right, known bool) {
			right, known = s.config.Store.Lost(stored)
			return right && !s.hears(saysOut, stored, 0), known
		}, stored)
	}
}

// later revokes a token, in the background, if that is right once others had
// time to say something. It asks twice, for storage may change before the message
// that says why. What is not known then is asked again and again.
func (s *Session) later(ask func() (right, known bool), record *Record) {
	s.config.Background(func() {
		for wait, sure := patience, false; ; {
			s.wait(wait)
			s.mu.Lock()
			right, known := ask()
			s.mu.Unlock()
			switch {
			case !known:
				wait, sure = hour, false
			case right && !sure:
				wait, sure = patience, true
			case right:
				s.discard(record.Token)
				return
			default:
				return
			}
		}
	})
}

// sameUser says whether two records are of one user.
func sameUser(a, b *Record) bool {
	return a != nil && b != nil && (a.Token.ID == b.Token.ID || a.Token.UserID != "" && a.Token.UserID == b.Token.UserID)
}

// value returns a record's token, "" for none.
func (r *Record) value() string { return r.token().Value }

func (r *Record) token() keygen.Token {
	if r == nil {
		return keygen.Token{}
	}
	return r.Token
}
