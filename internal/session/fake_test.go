package session_test

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// fakeStore keeps a record in a variable, unless it is told to fail.
type fakeStore struct {
	record   session.Record
	stored   bool
	remember bool
	load     error // of Load
	full     bool  // Save fails
}

func (f *fakeStore) Load() (session.Record, bool, error) {
	return f.record, f.stored, f.load
}

func (f *fakeStore) Save(record session.Record, remember bool) error {
	if f.full {
		return errors.New("full")
	}
	f.record, f.stored, f.remember = record, true, remember
	return nil
}

func (f *fakeStore) Remove() { f.record, f.stored = session.Record{}, false }

// fakeAPI answers by its functions and remembers what was asked.
type fakeAPI struct {
	create func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error)
	revoke func(keygen.Token) error
	me     func(keygen.Token) (keygen.User, error)

	mu      sync.Mutex
	created []keygen.Credentials
	revoked []string // values
	asked   []string // values Me was called with
}

func (f *fakeAPI) CreateToken(credentials keygen.Credentials, options keygen.TokenOptions) (keygen.Token, error) {
	f.mu.Lock()
	f.created = append(f.created, credentials)
	f.mu.Unlock()
	return f.create(credentials, options)
}

func (f *fakeAPI) RevokeToken(token keygen.Token) error {
	f.mu.Lock()
	f.revoked = append(f.revoked, token.Value)
	f.mu.Unlock()
	if f.revoke == nil {
		return nil
	}
	return f.revoke(token)
}

func (f *fakeAPI) Me(token keygen.Token) (keygen.User, error) {
	f.mu.Lock()
	f.asked = append(f.asked, token.Value)
	f.mu.Unlock()
	if f.me == nil {
		return keygen.User{ID: token.UserID, Email: "ada@example.com"}, nil
	}
	return f.me(token)
}

// world is a session with everything around it fake. Nothing happens in the
// background before run.
type world struct {
	*session.Session
	api        *fakeAPI
	store      *fakeStore
	now        int64
	background []func()
	prevent    string // the event a page cancels
	log        []string
	events     []session.Event
}

const secret = "user-canary-v3"

func token(n int) keygen.Token {
	return keygen.Token{
		Value: fmt.Sprint(secret, n), ID: fmt.Sprint("t", n), UserID: "u1", Kind: keygen.KindUser,
		Expiry: "2030-01-01T00:00:00.000Z",
	}
}

// newWorld returns a world of 2029 in which each sign-in brings another token.
func newWorld(change ...func(*session.Config)) *world {
	w := &world{api: &fakeAPI{}, store: &fakeStore{}, now: time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()}
	var issued int
	w.api.create = func(keygen.Credentials, keygen.TokenOptions) (keygen.Token, error) {
		issued++
		return token(issued), nil
	}
	config := session.Config{
		API:   w.api,
		Store: w.store,
		Now:   func() int64 { return w.now },
		ISO:   func() string { return time.UnixMilli(w.now).UTC().Format(time.RFC3339) },
		ParseTime: func(text string) (int64, bool) {
			parsed, err := time.Parse(time.RFC3339, text)
			return parsed.UnixMilli(), err == nil
		},
		Background: func(do func()) { w.background = append(w.background, do) },
		Notify: func(event session.Event) bool {
			w.events = append(w.events, event)
			line := event.Name
			switch {
			case event.Reason != "":
				line += " " + event.Reason
			case event.Err != nil:
				line += " " + event.Err.Code
			}
			w.log = append(w.log, line)
			return event.Name != w.prevent
		},
		Changed: func(state *session.State, user keygen.User) {
			line := "changed: nobody"
			if state != nil {
				line = "changed: " + state.TokenID
			}
			if user.Email != "" {
				line += " " + user.Email
			}
			w.log = append(w.log, line)
		},
	}
	for _, change := range change {
		change(&config)
	}
	w.Session = session.New(config)
	return w
}

// run does what waits in the background, until nothing does.
func (w *world) run() {
	for len(w.background) > 0 {
		do := w.background[0]
		w.background = w.background[1:]
		do()
	}
}

// take returns what was logged since the last call.
func (w *world) take() []string {
	log := w.log
	w.log = nil
	return log
}

func refuse(status int, code string) error { return &keygen.Error{Status: status, Code: code} }

var ada = keygen.Credentials{Email: "ada@example.com", Password: "password-canary"}
