package session

import "keygenauth/internal/keygen"

// Area is localStorage or sessionStorage. Any call may fail: browsers may let
// even a look at them throw.
type Area interface {
	Get(key string) (text string, ok bool, err error)
	Set(key, text string) error
	Remove(key string) error
}

// Place holds one text, "" for none.
type Place interface {
	Get() string
	Set(string)
}

// Store keeps one Record beyond the life of the page, under one key. There may
// be one of this tab and one of all tabs (of the browser). The nearer one counts,
// and neither is touched for the other's sake.
//
// A storage that fails says nothing: what it held is still known here. Only one
// that answers "nothing" has nothing.
type Store struct {
	Key string
	// Areas are where to look, by place; nil for nowhere.
	Areas [places]Area
	// Staff takes records of people of the team, too.
	Staff bool
	// Memory holds the record as the page knows it. It belongs to somebody who
	// outlives this program, so that one that takes over after a crash finds the
	// session.
	Memory Place
	JSON   JSON
	// ParseTime reads ISO 8601 text.
	ParseTime func(string) (milliseconds int64, ok bool)

	known     *Record // what memory holds, as long as that is this text
	knownText string
	read      string // what known was read from, "" where it was not read
}

// recall returns what the page's memory holds, nil for nothing.
func (s *Store) recall() *Record {
	if text := s.Memory.Get(); text != s.knownText {
		s.known, s.knownText, s.read = s.decode(text), text, ""
	}
	return s.known
}

// note has the page's memory hold a record, nil for none, that was read from a text.
func (s *Store) note(record *Record, read string) {
	text := ""
	if record != nil {
		text = s.encode(record, record.place)
	}
	s.known, s.knownText, s.read = record, text, read
	s.Memory.Set(text)
}

// Load returns the record, nil for none. What is no record is removed and
// reported by ErrCorrupt, which may come beside a record from elsewhere.
func (s *Store) Load() (record *Record, err error) {
	known := s.recall()
	if known != nil && known.place == inMemory {
		return known, nil
	}
	for place, area := range s.Areas {
		if area == nil {
			continue
		}
		text, stored, failed := area.Get(s.Key)
		switch {
		case failed != nil && known != nil && known.place == place:
			lost := *known
			lost.Persistent = false
			return &lost, err
		case !stored:
			continue
		case known != nil && known.place == place && text == s.read && text != "":
			return known, err
		}
		record := s.decode(text)
		if record == nil {
			_ = area.Remove(s.Key)
			err = ErrCorrupt
		}
		if s.takes(record) {
			record.place, record.Remember, record.Persistent = place, place == inBrowser, true
			s.note(record, text)
			return record, err
		}
	}
	if known != nil {
		s.note(nil, "")
	}
	return nil, err
}

// Records returns what is stored for this tab and, if browser, for all tabs, and
// what the page knows.
func (s *Store) Records(browser bool) (records []*Record) {
	add := func(record *Record) {
		if s.takes(record) && (browser || record.place != inBrowser) {
			records = append(records, record)
		}
	}
	for place, area := range s.Areas {
		if area == nil {
			continue
		}
		text, _, _ := area.Get(s.Key)
		if record := s.decode(text); record != nil {
			record.place = place
			add(record)
		}
	}
	add(s.recall())
	return records
}

// Save stores a record where the last one was or, after a sign-in, where it
// belongs by Remember, and reads it back: a storage may be full, fail, or forget without a word. Then the page's memory
// holds the record, and what was stored before is still there. Save returns the
// record as it is now, and what it has taken the place of, nil for nothing.
func (s *Store) Save(record *Record, signIn bool) (saved, before *Record) {
	place := record.place
	if signIn {
		place = inTab
		if record.Remember && s.Areas[inBrowser] != nil {
			place = inBrowser
		}
	}
	kept := *record
	kept.place, kept.After, kept.Persistent = inMemory, "", false
	if area := s.Areas[place]; area != nil {
		old, _, unreadable := area.Get(s.Key)
		if before = s.decode(old); before != nil {
			kept.After, before.place = before.Token.ID, place
		}
		text := s.encode(&kept, 0)
		if unreadable == nil && area.Set(s.Key, text) == nil {
			if back, _, _ := area.Get(s.Key); back == text {
				kept.place, kept.Persistent = place, true
				s.note(&kept, text)
				return &kept, before
			}
		}
	}
	s.note(&kept, "")
	return &kept, nil
}

// Disown gives a stored record another kind, one that this page leaves alone.
func (s *Store) Disown(record *Record, kind string) {
	other := *record
	other.Token.Kind = kind
	if saved, _ := s.Save(&other, false); !saved.Persistent {
		s.Remove(saved.Token.ID)
	}
	s.note(nil, "")
}

// Lost says whether a record that was stored for all tabs is there no more, nor
// one that took its place; and whether storage tells.
func (s *Store) Lost(record *Record) (lost, told bool) {
	text, _, failed := s.Areas[inBrowser].Get(s.Key)
	now := s.decode(text)
	return now == nil || now.Token.ID != record.Token.ID && now.After != record.Token.ID, failed == nil
}

// Remove removes the record of the token with this id, wherever there is one and
// as far as storage lets it. That of another token stays. Without an id all is
// removed that this page takes up, and what cannot be read.
func (s *Store) Remove(id string) {
	if known := s.recall(); known != nil && (id == "" || known.Token.ID == id) {
		s.note(nil, "")
	}
	for _, area := range s.Areas {
		if area == nil {
			continue
		}
		text, stored, failed := area.Get(s.Key)
		record := s.decode(text)
		gone := stored && record == nil
		if id == "" {
			gone = gone || failed != nil || s.takes(record)
		} else {
			gone = gone || record != nil && record.Token.ID == id
		}
		if gone {
			_ = area.Remove(s.Key)
		}
	}
}

// Move takes up what an earlier version stored under another key, where nothing
// is under this one: records of people of the team.
func (s *Store) Move(from string) {
	for _, area := range s.Areas {
		if area == nil {
			continue
		}
		text, _, _ := area.Get(from)
		record := s.decode(text)
		_, taken, err := area.Get(s.Key)
		if record != nil && record.Token.Kind != keygen.KindUser && err == nil && !taken && area.Set(s.Key, text) == nil {
			_ = area.Remove(from)
		}
	}
}
