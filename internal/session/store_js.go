package session

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// Mode is where a page wants its session kept.
type Mode string

// The values of data-storage.
const (
	Local  Mode = "local"   // localStorage: all tabs, until signed out
	Tab    Mode = "session" // sessionStorage: this tab, until it is closed
	Memory Mode = "memory"  // this page
)

// BrowserStore is a Store in the browser's web storage, under one key.
type BrowserStore struct {
	Mode Mode
	Key  string
	// Memory holds the record where storage cannot, or shall not. It belongs to
	// somebody who outlives this program, so that one that takes over after a
	// crash finds the session.
	Memory Place
}

// Place holds one text, "" for none.
type Place interface {
	Get() string
	Set(string)
}

type variable struct{ text string }

func (v *variable) Get() string     { return v.text }
func (v *variable) Set(text string) { v.text = text }

// NewBrowserStore returns a store with a memory of its own.
func NewBrowserStore(mode Mode, key string) *BrowserStore {
	return &BrowserStore{Mode: mode, Key: key, Memory: new(variable)}
}

// format is the version of the stored JSON.
const format = 1

// areas returns the storages to look in, the nearest first.
func (b *BrowserStore) areas() []browser.Storage {
	switch b.Mode {
	case Local:
		return []browser.Storage{browser.SessionStorage, browser.LocalStorage}
	case Tab:
		return []browser.Storage{browser.SessionStorage}
	}
	return nil
}

// Load implements Store.
func (b *BrowserStore) Load() (record Record, ok bool, err error) {
	for _, area := range b.areas() {
		text, stored, blocked := area.Get(b.Key)
		if blocked != nil || !stored {
			continue
		}
		if record, ok = decode(text); ok {
			record.Persistent = true
			record.Remember = area == browser.LocalStorage
			return record, true, err
		}
		_ = area.Remove(b.Key)
		err = ErrCorrupt
	}
	record, ok = decode(b.Memory.Get())
	return record, ok, err
}

// Tokens implements Store.
func (b *BrowserStore) Tokens() (tokens []keygen.Token) {
	add := func(text string) {
		if record, ok := decode(text); ok {
			tokens = append(tokens, record.Token)
		}
	}
	for _, area := range b.areas() {
		text, _, _ := area.Get(b.Key)
		add(text)
	}
	add(b.Memory.Get())
	return tokens
}

func decode(text string) (Record, bool) {
	if text == "" {
		return Record{}, false
	}
	value, err := browser.Parse(text)
	if err != nil {
		return Record{}, false
	}
	member := func(name string) string {
		found, _ := value.Get(name).Text()
		return found
	}
	version, _ := value.Get("v").Number()
	record := Record{
		Token: keygen.Token{
			Value:  member("token"),
			ID:     member("tokenId"),
			UserID: member("userId"),
			Kind:   member("kind"),
			Expiry: member("expiry"),
		},
		Created: member("created"),
	}
	_, dated := browser.ParseTime(record.Token.Expiry)
	if version != format || record.Token.Value == "" || record.Token.ID == "" ||
		!dated && !value.Get("expiry").IsNull() {
		return Record{}, false
	}
	return record, true
}

// Save implements Store.
func (b *BrowserStore) Save(record Record) Record {
	text := encode(record)
	areas := b.areas()
	record.Persistent = false
	b.Memory.Set("")
	if len(areas) > 0 {
		area := areas[len(areas)-1]
		if !record.Remember {
			area = areas[0]
		}
		record.Persistent = area.Set(b.Key, text) == nil
		// One session: what else is stored is older.
		for _, other := range areas {
			if other != area || !record.Persistent {
				_ = other.Remove(b.Key)
			}
		}
	}
	if !record.Persistent {
		b.Memory.Set(text)
	}
	return record
}

func encode(record Record) string {
	var expiry any
	if record.Token.Expiry != "" {
		expiry = record.Token.Expiry
	}
	text, _ := browser.Stringify(map[string]any{ // cannot fail for these types
		"v":       format,
		"token":   record.Token.Value,
		"tokenId": record.Token.ID,
		"userId":  record.Token.UserID,
		"kind":    record.Token.Kind,
		"expiry":  expiry,
		"created": record.Created,
	})
	return text
}

// Remove implements Store.
func (b *BrowserStore) Remove(token keygen.Token) {
	if kept, ok := decode(b.Memory.Get()); ok && kept.Token.ID == token.ID {
		b.Memory.Set("")
	}
	for _, area := range b.areas() {
		text, stored, blocked := area.Get(b.Key)
		if blocked != nil || !stored {
			continue
		}
		if record, ok := decode(text); !ok || record.Token.ID == token.ID {
			_ = area.Remove(b.Key)
		}
	}
}
