package session

import "keygenauth/internal/keygen"

// Record is a session as it is stored. It is immutable.
type Record struct {
	Token   keygen.Token
	Created string // ISO 8601, by this device's clock
	// After is the id of the token that this one replaced in storage, "" for none.
	// The page that stores this record revokes that token.
	After string
	// Remember means that the session outlives the tab.
	Remember bool
	// Persistent means that web storage has the record, so that it outlives the
	// page. The store sets it.
	Persistent bool
	// place is where the record is stored. The store sets it.
	place int
}

// Places of a record, in the order in which they are searched. In memory is what
// web storage did not save.
const (
	inMemory  = iota
	inTab     // sessionStorage
	inBrowser // localStorage
	places
)

// format is the version of the stored JSON.
const format = 1

// members are the names of a record's text members in JSON.
var members = [...]string{"token", "tokenId", "userId", "kind", "expiry", "created", "after"}

// texts returns the fields for members, in the same order.
func (r *Record) texts() [len(members)]*string {
	t := &r.Token
	return [...]*string{&t.Value, &t.ID, &t.UserID, &t.Kind, &t.Expiry, &r.Created, &r.After}
}

// token returns a record's token, the zero Token for nil.
func (r *Record) token() keygen.Token {
	if r == nil {
		return keygen.Token{}
	}
	return r.Token
}

// value returns the value of a record's token, "" for nil.
func (r *Record) value() string { return r.token().Value }

// sameUser returns whether two records belong to the same user.
func sameUser(a, b *Record) bool {
	return a != nil && b != nil && (a.Token.ID == b.Token.ID || a.Token.UserID != "" && a.Token.UserID == b.Token.UserID)
}

// JSON parses and writes JSON.
type JSON interface {
	Parse(text string) keygen.Node // nil when the text is not JSON
	Stringify(map[string]any) string
}

// decode returns the record in a stored text, nil when the text is not a record.
// The loader reads records by the same rule (web/loader/storage.js);
// testdata/records.json has the cases that both must pass.
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

// encode returns the text that decode reads. Only a record in the page's memory
// has a place in its text; 0 leaves it out.
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

// accepts returns whether this page uses a record. A page for customers ignores
// the records of staff.
func (s *Store) accepts(record *Record) bool {
	return record != nil && (s.Staff || record.Token.Kind == keygen.KindUser)
}
