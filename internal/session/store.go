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
	// Tab and Browser are where to look; nil for nowhere.
	Tab, Browser Area
	// Staff takes records of people of the team, too. Without it they are left
	// alone.
	Staff bool
	// Memory holds the record as the page knows it. It belongs to somebody who
	// outlives this program, so that one that takes over after a crash finds the
	// session.
	Memory Place
	JSON   JSON
	// ParseTime reads ISO 8601 text.
	ParseTime func(string) (milliseconds int64, ok bool)

	known     Record // what memory holds, as long as that is this text
	knownText string
	read      string // text that known was read from, "" for none
}

// areas are those to look in, the nearest first.
func (s *Store) areas(look func(where place, area Area) (done bool)) {
	if s.Tab != nil && look(inTab, s.Tab) {
		return
	}
	if s.Browser != nil {
		look(inBrowser, s.Browser)
	}
}

// recall returns what the page's memory holds, and whether that is anything.
func (s *Store) recall() (Record, bool) {
	text := s.Memory.Get()
	if text != s.knownText {
		s.known, _ = s.decode(text)
		s.known.Remember = s.known.ofBrowser()
		s.knownText, s.read = text, ""
	}
	return s.known, s.known.Token.Value != ""
}

// note has the page's memory hold a record, zero for none.
func (s *Store) note(record Record) {
	text := ""
	if record.Token.Value != "" {
		text = s.encode(record, record.place)
	}
	record.Persistent = false
	s.known, s.knownText, s.read = record, text, ""
	s.Memory.Set(text)
}

// Load returns the record, and whether there is one. What is no record is
// removed and reported by ErrCorrupt, which may come beside a record from
// elsewhere.
func (s *Store) Load() (record Record, ok bool, err error) {
	known, recalled := s.recall()
	if recalled && known.place == inMemory {
		return known, true, nil // storage could not hold it
	}
	s.areas(func(where place, area Area) bool {
		text, stored, failed := area.Get(s.Key)
		if failed != nil {
			record, ok = known, recalled && known.place == where
			return ok
		}
		if !stored {
			return false
		}
		if text != s.read || known.place != where {
			var found finding
			if record, found = s.decode(text); found == corrupt {
				_ = area.Remove(s.Key)
				err = ErrCorrupt
			}
			if found != usable {
				return false
			}
			record.place, record.Remember = where, where == inBrowser
			s.note(record)
			s.read = text
		}
		record, ok = s.known, true
		record.Persistent = true
		return ok
	})
	if !ok {
		record = Record{}
		if recalled {
			s.note(record)
		}
	}
	return record, ok, err
}

// Records returns what is stored for this tab and, if browser, for all tabs, the
// nearest first.
func (s *Store) Records(browser bool) (records []Record) {
	if known, ok := s.recall(); ok && (browser || !known.ofBrowser()) {
		records = append(records, known)
	}
	s.areas(func(where place, area Area) bool {
		if where == inTab || browser {
			text, _, _ := area.Get(s.Key)
			if record, found := s.decode(text); found == usable {
				record.place = where
				records = append(records, record)
			}
		}
		return false
	})
	return records
}

// Save stores a record where it belongs by Remember, and reads it back: a
// storage may be full, fail, or forget without a word. Then the page's memory
// holds the record, and what was stored before is still there. Save returns the
// record with Persistent and After set, and what it has taken the place of.
func (s *Store) Save(record Record) (saved, before Record) {
	where, area := inTab, s.Tab
	if record.Remember && s.Browser != nil {
		where, area = inBrowser, s.Browser
	}
	record.place, record.After = inMemory, ""
	saved = record
	if area != nil {
		old, ok, _ := area.Get(s.Key)
		before, _ = s.decode(old)
		record.place, record.After = where, before.Token.ID
		text := s.encode(record, inMemory)
		if area.Set(s.Key, text) == nil {
			switch back, _, err := area.Get(s.Key); {
			case err != nil && ok:
				_ = area.Set(s.Key, old)
			case err != nil:
				_ = area.Remove(s.Key) // nobody may find later what is not to be found now
			case back == text:
				record.Persistent = true
				saved = record
			}
		}
	}
	if before.place = where; !saved.Persistent {
		before = Record{}
	}
	s.note(saved)
	return saved, before
}

// Disown gives a stored record another kind, one that this page leaves alone.
func (s *Store) Disown(record Record, kind string) {
	record.Token.Kind = kind
	if saved, _ := s.Save(record); !saved.Persistent {
		s.Remove(record.Token)
	}
	_, _, _ = s.Load() // which forgets it
}

// Remove removes the record of this token, whatever its value, wherever there
// is one and as far as storage lets it. That of another token stays.
func (s *Store) Remove(token keygen.Token) {
	known, ok := s.recall()
	if ok = ok && known.Token.ID == token.ID; ok {
		s.note(Record{})
	}
	s.areas(func(where place, area Area) bool {
		text, stored, failed := area.Get(s.Key)
		record, found := s.decode(text)
		if failed != nil && ok && known.place == where || stored && (found == corrupt || record.Token.ID == token.ID) {
			_ = area.Remove(s.Key)
		}
		return false
	})
}

// Move takes up what an earlier version stored under another key, where nothing
// is under this one: a record of somebody of the team.
func (s *Store) Move(from string) {
	s.areas(func(_ place, area Area) bool {
		text, stored, _ := area.Get(from)
		record, found := s.decode(text)
		if !stored || found != usable || record.Token.Kind == keygen.KindUser {
			return false
		}
		if _, taken, err := area.Get(s.Key); err == nil && !taken && area.Set(s.Key, text) == nil {
			_ = area.Remove(from)
		}
		return false
	})
}
