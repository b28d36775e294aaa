package session

import "keygenauth/internal/keygen"

// Message is what the pages of one session tell each other. A tab that was
// duplicated has a record of its own, which no event of storage tells of. It
// holds ids, never a token.
type Message struct {
	What  string // Out, Ask or Held
	ID    string // of a token
	After string // of Out: of the token that it took the place of, "" for none
	User  string // of Out
}

// What a Message says.
const (
	Out  = "out"  // the user signed out
	Ask  = "ask"  // who goes on with this token?
	Held = "held" // somebody does
)

// patience is how long answers to a message are waited for, in milliseconds.
const patience = second

// heard is what the other pages have told, by ids of tokens.
type heard struct {
	out, held map[string]bool
}

// Hear is told what another page says. It waits for nothing.
func (s *Session) Hear(message Message) {
	switch message.What {
	case Out:
		s.hearOut(message)
	case Ask:
		s.mu.Lock()
		held := s.record.place == inTab && s.record.Token.ID == message.ID
		s.mu.Unlock()
		if held {
			s.config.Tell(Message{What: Held, ID: message.ID})
		}
	case Held:
		s.mu.Lock()
		s.heard.held[message.ID] = true
		s.mu.Unlock()
	}
}

// tellOut tells the other pages that the user signed out of a session.
func (s *Session) tellOut(record Record) {
	s.config.Tell(Message{What: Out, ID: record.Token.ID, After: record.After, User: record.Token.UserID})
}

// endsWith says whether a sign-out of another page is one of this session, too:
// that of the same token, or one that was renewed in one page and not in the other.
func (r Record) endsWith(message Message) bool {
	related := r.After == message.ID || message.After != "" && (r.Token.ID == message.After || r.After == message.After)
	return r.Token.ID == message.ID || related && r.Token.UserID == message.User
}

func (s *Session) hearOut(message Message) {
	s.mu.Lock()
	s.heard.out[message.ID] = true
	var own []keygen.Token // what nobody else revokes
	for _, record := range s.held(true) {
		if record.endsWith(message) {
			s.config.Store.Remove(record.Token)
			if record.Token.ID != message.ID {
				own = append(own, record.Token)
			}
		}
	}
	ended := s.record.Token.Value != "" && s.record.endsWith(message)
	if ended {
		s.set(Record{})
	}
	s.mu.Unlock()
	for _, token := range own {
		s.revoke(token)
	}
	if ended {
		s.publish()
		s.config.Notify(Event{Name: SignedOut, Reason: OtherTab})
	}
}

// retire revokes a token that another one has taken the place of. All pages find
// the new one of the browser in its storage, but copies of a tab may go on with
// the old one of the tab: then it is theirs to revoke.
func (s *Session) retire(old Record) {
	if old.place != inTab {
		s.revoke(old.Token)
		return
	}
	s.mu.Lock()
	delete(s.heard.held, old.Token.ID)
	s.mu.Unlock()
	s.config.Background(func() {
		s.config.Tell(Message{What: Ask, ID: old.Token.ID})
		s.wait(patience)
		s.mu.Lock()
		held := s.heard.held[old.Token.ID]
		s.mu.Unlock()
		if !held {
			s.discard(old.Token)
		}
	})
}

// outrun revokes a token that this page has put into the browser's storage and
// that is gone from there, if nobody else does: two pages may have written at the
// same moment. Whoever takes the place of a token says so in the record, and
// whoever signs out tells it.
func (s *Session) outrun(lost, stored Record) {
	if lost.Token.ID != s.made || !lost.ofBrowser() || stored.After == lost.Token.ID || stored.Token.ID == lost.Token.ID {
		return
	}
	s.config.Background(func() {
		s.wait(patience)
		s.mu.Lock()
		now, _, _ := s.config.Store.Load()
		over := s.heard.out[lost.Token.ID] || now.Token.ID == lost.Token.ID
		s.mu.Unlock()
		if !over {
			s.discard(lost.Token)
		}
	})
}
