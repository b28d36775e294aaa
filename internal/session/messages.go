package session

import (
	"slices"
	"strings"
)

// The pages of one session send each other messages. Storage events are not
// enough: a duplicated tab has its own copy of sessionStorage. A message has four
// words: its kind, the id of a token, the id of the token that this one replaced
// ("-" for none), and the id of the user. It never contains a token.
const (
	signedOutMessage = "out"  // the user signed out
	queryMessage     = "who"  // does another page still use this token?
	inUseMessage     = "held" // yes
)

// replyTime is how many milliseconds a page waits for replies to a message.
const replyTime = second

// broadcast sends a message about a record to the other pages.
func (s *Session) broadcast(kind string, record *Record) {
	after := record.After
	if after == "" {
		after = "-"
	}
	s.config.Broadcast(kind + " " + record.Token.ID + " " + after + " " + record.Token.UserID)
}

// Receive handles a message of another page. It does not wait. A message in
// another format is ignored.
func (s *Session) Receive(message string) {
	words := strings.Fields(message)
	if len(words) != 4 {
		return
	}
	kind, id, after, user := words[0], words[1], words[2], words[3]
	s.mu.Lock()
	record := s.record
	inUse := record != nil && record.place == inTab && record.Token.ID == id
	if kind != queryMessage {
		s.received = append(s.received, kind+id)
	}
	s.mu.Unlock()
	switch {
	case kind == signedOutMessage:
		// This also ends a session that only one of the two pages has renewed.
		s.signOut(OtherTab, id, func(record *Record) bool {
			related := record.After == id || after == record.Token.ID || after == record.After
			return record.Token.ID == id || related && record.Token.UserID == user
		})
	case kind == queryMessage && inUse:
		s.broadcast(inUseMessage, record)
	}
}

// hasReceived returns whether a message of this kind about a record's token is
// among the received ones from the index since on. The caller holds mu.
func (s *Session) hasReceived(kind string, record *Record, since int) bool {
	return slices.Contains(s.received[since:], kind+record.Token.ID)
}
