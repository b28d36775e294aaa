package session

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// Mode is where a page stores its session: the value of data-storage.
type Mode string

// The values of data-storage.
const (
	Local  Mode = "local"   // localStorage: all tabs, until signed out
	Tab    Mode = "session" // sessionStorage: this tab, until it is closed
	Memory Mode = "memory"  // this page
)

// NewBrowserStore returns a Store in the browser's web storage. Its Memory ends
// with the program; the caller may set another one.
func NewBrowserStore(mode Mode, key string) *Store {
	store := &Store{Key: key, Memory: new(variable), JSON: browserJSON{}, ParseTime: browser.ParseTime}
	if mode == Local {
		store.Areas[inBrowser] = browser.LocalStorage
	}
	if mode == Local || mode == Tab {
		store.Areas[inTab] = browser.SessionStorage
	}
	return store
}

// variable is a Slot in the program's memory.
type variable struct{ text string }

func (v *variable) Get() string     { return v.text }
func (v *variable) Set(text string) { v.text = text }

// browserJSON is the browser's JSON object.
type browserJSON struct{}

func (browserJSON) Parse(text string) keygen.Node { return keygen.Parse([]byte(text)) }

func (browserJSON) Stringify(fields map[string]any) string {
	text, _ := browser.Stringify(fields) // cannot fail for texts and a number
	return text
}
