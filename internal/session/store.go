package session

import "keygenauth/internal/keygen"

// Area is localStorage or sessionStorage. Every call may fail: in some browsers
// even access to the property throws.
type Area interface {
	Get(key string) (text string, ok bool, err error)
	Set(key, text string) error
	Remove(key string) error
}

// Slot holds one text, "" for none.
type Slot interface {
	Get() string
	Set(string)
}

// Store stores one Record under one key, so that it outlives the page. The tab
// (sessionStorage) and the browser (localStorage) may have one each. That of the
// tab comes first, and a change of one leaves the other as it is.
//
// When an area fails the store uses what it has last read from there. Only an
// area that returns no text counts as empty.
type Store struct {
	Key string
	// Areas are searched in the order of places. nil is an area that is not used.
	Areas [places]Area
	// Staff accepts the records of staff, too.
	Staff bool
	// Memory holds the page's copy of the record. It outlives the program, so that a
	// program that is started after a crash finds the session.
	Memory Slot
	JSON   JSON
	// ParseTime returns ISO 8601 text as milliseconds since 1970; ok is false when
	// the text is not a time.
	ParseTime func(string) (milliseconds int64, ok bool)

	cached     *Record // decoded from cachedText
	cachedText string  // the text in Memory when it was last read or written
	storedText string  // the text in web storage that cached was read from, "" for none
}

// fromMemory returns the record in the page's memory, nil for none.
func (s *Store) fromMemory() *Record {
	if text := s.Memory.Get(); text != s.cachedText {
		s.cached, s.cachedText, s.storedText = s.decode(text), text, ""
	}
	return s.cached
}

// setMemory sets the record in the page's memory, nil for none, and the text in web
// storage that it was read from.
func (s *Store) setMemory(record *Record, storedText string) {
	text := ""
	if record != nil {
		text = s.encode(record, record.place)
	}
	s.cached, s.cachedText, s.storedText = record, text, storedText
	s.Memory.Set(text)
}

// Load returns the stored record, nil for none. It removes text that is not a
// record and returns ErrCorrupt, possibly with a record from another area.
func (s *Store) Load() (record *Record, err error) {
	cached := s.fromMemory()
	if cached != nil && cached.place == inMemory {
		return cached, nil
	}
	for place, area := range s.Areas {
		if area == nil {
			continue
		}
		text, stored, failed := area.Get(s.Key)
		switch {
		case failed != nil && cached != nil && cached.place == place:
			unsaved := *cached
			unsaved.Persistent = false
			return &unsaved, err
		case !stored:
			continue
		case cached != nil && cached.place == place && text == s.storedText && text != "":
			return cached, err
		}
		record := s.decode(text)
		if record == nil {
			_ = area.Remove(s.Key)
			err = ErrCorrupt
		}
		if s.accepts(record) {
			record.place, record.Remember, record.Persistent = place, place == inBrowser, true
			s.setMemory(record, text)
			return record, err
		}
	}
	if cached != nil {
		s.setMemory(nil, "")
	}
	return nil, err
}

// Records returns the records in sessionStorage and in the page's memory and, with
// allTabs, that in localStorage. One record may be there more than once.
func (s *Store) Records(allTabs bool) (records []*Record) {
	add := func(record *Record) {
		if s.accepts(record) && (allTabs || record.place != inBrowser) {
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
	add(s.fromMemory())
	return records
}

// Save stores a record where the last one was or, after a sign-in, where Remember
// says. It reads the text back, because storage may be full, fail, or drop what is
// written. When storage does not save the record, the page's memory holds it, and
// the old record is still in storage. Save returns the record with its fields for
// storage set, and the record that it replaced there, nil for none.
func (s *Store) Save(record *Record, signIn bool) (saved, replaced *Record) {
	place := record.place
	if signIn {
		place = inTab
		if record.Remember && s.Areas[inBrowser] != nil {
			place = inBrowser
		}
	}
	next := *record
	next.place, next.After, next.Persistent = inMemory, "", false
	if area := s.Areas[place]; area != nil {
		old, _, unreadable := area.Get(s.Key)
		if replaced = s.decode(old); replaced != nil {
			next.After, replaced.place = replaced.Token.ID, place
		}
		text := s.encode(&next, 0)
		if unreadable == nil && area.Set(s.Key, text) == nil {
			if back, _, _ := area.Get(s.Key); back == text {
				next.place, next.Persistent = place, true
				s.setMemory(&next, text)
				return &next, replaced
			}
		}
	}
	s.setMemory(&next, "")
	return &next, nil
}

// SetKind changes the kind of a stored record to one that this page does not
// accept. Pages for staff accept it.
func (s *Store) SetKind(record *Record, kind string) {
	changed := *record
	changed.Token.Kind = kind
	if saved, _ := s.Save(&changed, false); !saved.Persistent {
		s.Remove(saved.Token.ID)
	}
	s.setMemory(nil, "")
}

// Missing returns whether neither a record nor one that replaced it is in
// localStorage any more. readable is false when localStorage cannot be read.
func (s *Store) Missing(record *Record) (missing, readable bool) {
	text, _, failed := s.Areas[inBrowser].Get(s.Key)
	now := s.decode(text)
	return now == nil || now.Token.ID != record.Token.ID && now.After != record.Token.ID, failed == nil
}

// Remove removes the records of the token with this id from all areas and from the
// page's memory, as far as storage allows. With "" it removes all records that this
// page accepts. Text that is not a record is removed in both cases.
func (s *Store) Remove(id string) {
	if cached := s.fromMemory(); cached != nil && (id == "" || cached.Token.ID == id) {
		s.setMemory(nil, "")
	}
	for _, area := range s.Areas {
		if area == nil {
			continue
		}
		text, stored, failed := area.Get(s.Key)
		record := s.decode(text)
		remove := stored && record == nil
		if id == "" {
			remove = remove || failed != nil || s.accepts(record)
		} else {
			remove = remove || record != nil && record.Token.ID == id
		}
		if remove {
			_ = area.Remove(s.Key)
		}
	}
}

// MoveFrom moves the records of staff from the key of an earlier version to this
// store's key, where nothing is stored under the latter.
func (s *Store) MoveFrom(oldKey string) {
	for _, area := range s.Areas {
		if area == nil {
			continue
		}
		text, _, _ := area.Get(oldKey)
		record := s.decode(text)
		_, taken, err := area.Get(s.Key)
		if record != nil && record.Token.Kind != keygen.KindUser && err == nil && !taken && area.Set(s.Key, text) == nil {
			_ = area.Remove(oldKey)
		}
	}
}
