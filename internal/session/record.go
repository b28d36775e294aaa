package session

import "keygenauth/internal/keygen"

// Record is a session as it is stored. It is not changed once it is made.
type Record struct {
	Token   keygen.Token
	Created string // ISO 8601, by this device's clock
	// After is the id of the token that this one took the place of in storage, ""
	// for none: whoever stored this one revokes that.
	After string
	// Remember says that the session shall outlive the tab.
	Remember bool
	// Persistent says that the record is in the browser's storage, as far as that
	// tells, so that it outlives the page. It is the store's to set.
	Persistent bool
	// place is where the record lies: it is the store's, too.
	place int
}

// Places, the nearest first. What lies in memory is what storage does not hold.
const (
	inMemory = iota
	inTab
	inBrowser
	places
)

// format is the version of the stored JSON.
const format = 1

// members are the names of a record's texts.
var members = [...]string{"token", "tokenId", "userId", "kind", "expiry", "created", "after"}

func (r *Record) texts() [len(members)]*string {
	t := &r.Token
	return [...]*string{&t.Value, &t.ID, &t.UserID, &t.Kind, &t.Expiry, &r.Created, &r.After}
}

// JSON reads and writes JSON.
type JSON interface {
	Parse(text string) keygen.Node // nil for what is none
	Stringify(map[string]any) string
}

// decode returns the record that stored text is, nil for none. The loader
// (web/loader/storage.js) judges by the same rule, which testdata/records.json
// tells by examples.
func (s *Store) decode(text string) *Record {
	if text == "" {
		return nil
	}
	value := s.JSON.Parse(text)
	if value == nil {
		return nil
	}
	record := new(Record)
	for i, member := range record.texts() {
		*member, _ = value.Get(members[i]).Text()
	}
	where, _ := value.Get("place").Number()
	record.place = int(where)
	version, _ := value.Get("v").Number()
	_, dated := s.ParseTime(record.Token.Expiry)
	if version != format || record.Token.Value == "" || record.Token.ID == "" || !dated && !value.Get("expiry").IsNull() {
		return nil
	}
	return record
}

// takes says whether a record is one that this page takes up: those of people of
// the team are left alone on a page for customers.
func (s *Store) takes(record *Record) bool {
	return record != nil && (s.Staff || record.Token.Kind == keygen.KindUser)
}

// encode returns what decode reads. The place is for the page's memory alone.
func (s *Store) encode(record *Record, place int) string {
	fields := map[string]any{"v": format, "expiry": nil}
	if place > 0 {
		fields["place"] = place
	}
	for i, member := range record.texts() {
		if *member != "" {
			fields[members[i]] = *member
		}
	}
	return s.JSON.Stringify(fields)
}
