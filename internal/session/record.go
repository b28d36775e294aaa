package session

import "keygenauth/internal/keygen"

// Record is a session as it is stored.
type Record struct {
	Token   keygen.Token
	Created string // ISO 8601, by this device's clock
	// After is the id of the token that this one took the place of, "" for none:
	// whoever stored this one revokes that.
	After string
	// Remember says that the session shall outlive the tab.
	Remember bool
	// Persistent says that the record is in the browser's storage, where it was
	// read or written last, so that it outlives the page. It is the store's to set.
	Persistent bool
	// place is where the record lies: it is the store's, too.
	place place
}

// ofBrowser says whether the record is the one of all tabs.
func (r Record) ofBrowser() bool { return r.place == inBrowser }

type place string

const (
	inMemory  place = "" // of the page, for want of storage
	inTab     place = "tab"
	inBrowser place = "browser"
)

// format is the version of the stored JSON.
const format = 1

// JSON reads and writes JSON.
type JSON interface {
	Parse(text string) keygen.Node // nil for what is none
	Stringify(map[string]any) string
}

// finding is what stored text turns out to be.
type finding int

const (
	corrupt finding = iota
	foreign         // a record of a kind that this page leaves alone
	usable
)

// decode judges stored text. The loader (web/loader/storage.js) judges by the
// same rule, which testdata/records.json tells by examples.
func (s *Store) decode(text string) (Record, finding) {
	var value keygen.Node
	if text != "" {
		value = s.JSON.Parse(text)
	}
	if value == nil {
		return Record{}, corrupt
	}
	member := func(name string) string {
		found, _ := value.Get(name).Text()
		return found
	}
	record := Record{
		Token: keygen.Token{
			Value:  member("token"),
			ID:     member("tokenId"),
			UserID: member("userId"),
			Kind:   member("kind"),
			Expiry: member("expiry"),
		},
		Created: member("created"),
		After:   member("after"),
		place:   place(member("place")),
	}
	version, _ := value.Get("v").Number()
	_, dated := s.ParseTime(record.Token.Expiry)
	switch token := record.Token; {
	case version != format, token.Value == "", token.ID == "", !dated && !value.Get("expiry").IsNull():
		return Record{}, corrupt
	case !s.Staff && token.Kind != keygen.KindUser:
		return record, foreign
	}
	return record, usable
}

// encode returns what decode reads. The place is for the page's memory alone.
func (s *Store) encode(record Record, where place) string {
	fields := map[string]any{
		"v":       format,
		"token":   record.Token.Value,
		"tokenId": record.Token.ID,
		"userId":  record.Token.UserID,
		"kind":    record.Token.Kind,
		"expiry":  nil,
		"created": record.Created,
	}
	for name, text := range map[string]string{"expiry": record.Token.Expiry, "after": record.After, "place": string(where)} {
		if text != "" {
			fields[name] = text
		}
	}
	return s.JSON.Stringify(fields)
}
