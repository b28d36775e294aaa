package session

import (
	"errors"

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
}

// format is the version of the stored JSON.
const format = 1

// areas returns the storages to look in, the nearest first.
func (b BrowserStore) areas() []browser.Storage {
	switch b.Mode {
	case Local:
		return []browser.Storage{browser.SessionStorage, browser.LocalStorage}
	case Tab:
		return []browser.Storage{browser.SessionStorage}
	}
	return nil
}

// Load implements Store.
func (b BrowserStore) Load() (record Record, ok bool, err error) {
	for _, area := range b.areas() {
		text, stored, blocked := area.Get(b.Key)
		if blocked != nil || !stored {
			continue
		}
		if record, ok = decode(text); ok {
			return record, true, err
		}
		_ = area.Remove(b.Key)
		err = ErrCorrupt
	}
	return Record{}, false, err
}

func decode(text string) (Record, bool) {
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
	whole := version == format && record.Token.Value != "" && record.Token.ID != "" &&
		(dated || value.Get("expiry").IsNull())
	return record, whole
}

// Save implements Store.
func (b BrowserStore) Save(record Record, remember bool) error {
	areas := b.areas()
	if len(areas) == 0 {
		return errMemory
	}
	area := areas[len(areas)-1]
	if !remember {
		area = areas[0]
	}
	var expiry any
	if record.Token.Expiry != "" {
		expiry = record.Token.Expiry
	}
	text, err := browser.Stringify(map[string]any{
		"v":       format,
		"token":   record.Token.Value,
		"tokenId": record.Token.ID,
		"userId":  record.Token.UserID,
		"kind":    record.Token.Kind,
		"expiry":  expiry,
		"created": record.Created,
	})
	if err != nil {
		return err
	}
	if err := area.Set(b.Key, text); err != nil {
		return err
	}
	// One session: what another area holds is older.
	for _, other := range areas {
		if other != area {
			_ = other.Remove(b.Key)
		}
	}
	return nil
}

// Remove implements Store.
func (b BrowserStore) Remove() {
	for _, area := range b.areas() {
		_ = area.Remove(b.Key)
	}
}

var errMemory = errors.New("sessions are kept in memory")
