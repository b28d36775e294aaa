//go:build js && wasm

// Command wasm is keygen-auth.wasm. It connects the packages with each other and with
// the loader (web/loader), which starts it, and runs until keygenAuth.dispose().
package main

import (
	"strings"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/page"
	"keygenauth/internal/session"
)

// lockTimeout is how many seconds a renewal waits for one in another tab.
const lockTimeout = 2

func main() {
	browser.WaitForPage()
	bridge := browser.Bridge()
	config := bridge.Get("config")
	text := func(name string) string {
		value, _ := config.Get(name).Text()
		return value
	}
	timeout, _ := config.Get("timeout").Number()
	key := text("key")

	transport := keygen.Browser{Timeout: timeout}
	client := &keygen.Client{
		Transport:   transport,
		Host:        text("host"),
		Account:     text("account"),
		Environment: text("environment"),
		Now:         browser.Now,
		ParseTime:   browser.ParseTime,
		Parse:       keygen.Parse,
	}
	if publicKey := config.Get("publicKey"); publicKey.Exists() {
		client.Verifier = browser.Crypto{Key: publicKey}
	}
	// What the page's listeners know of the session.
	pageState := bridge.Get("told")
	member := func(name string) string {
		value, _ := pageState.Get(name).Text()
		return value
	}
	var known *session.State
	if pageState.Exists() {
		known = &session.State{UserID: member("userId"), Expiry: member("expiry")}
	}
	shared := bridge.Get("kept") // shared with the loader; outlives this program
	var view *page.Page
	disposed := false // from then on nothing changes the page
	store := session.NewBrowserStore(session.Mode(text("storage")), key)
	store.Memory = memory{shared}
	if store.Staff = config.Get("allowStaff").True(); store.Staff {
		store.MoveFrom(strings.TrimSuffix(key, ":staff"))
	}
	var auth *session.Session
	openChannel := func() browser.Channel {
		return browser.NewChannel(key, func(message string) { auth.Receive(message) })
	}
	channel := openChannel()
	auth = session.New(session.Config{
		API:        client,
		Store:      store,
		Clock:      browser.Clock{},
		Background: func(do func()) { browser.Go(do, nil) },
		Exclusive: func(do func()) {
			if browser.Exclusive(key, lockTimeout, do) != nil {
				do()
			}
		},
		Busy:      browser.Busy,
		Broadcast: func(message string) { channel.Send(message) },
		Visible:   browser.Visible,
		Options: func() keygen.TokenOptions {
			expiry := text("tokenExpiry")
			if expiry == "" && store.Staff {
				expiry = "P14D" // by itself the API gives staff tokens that never expire
			}
			return keygen.TokenOptions{Name: text("tokenName"), Expiry: browser.ExpiryTime(expiry)}
		},
		PageState:  &session.PageState{TokenID: member("tokenId"), UserID: member("userId"), Notified: shared.Get("heard").True()},
		AllowStaff: store.Staff,
		FixedLife:  text("tokenExpiry") != "",
		Notify:     func(event session.Event) bool { return !disposed && jsapi.Notify(event) },
		Changed: func(state *session.State, user keygen.User) {
			if disposed {
				return
			}
			view.KeepFocus(func() { _, _ = bridge.Call("setSession", jsapi.StateObject(state)) })
			view.ShowUser(state, user)
		},
	})
	client.Dated = auth.ServerTime
	var api jsapi.API
	view = page.New(page.Config{
		Auth:     auth,
		Download: func(release, file string) (string, error) { return api.Download(release, file) },
		Forms:    text("forms"),
		Redirect: text("redirect"),
		Texts: func() browser.Value {
			promise, _ := bridge.Call("texts")
			texts, _ := browser.Await(promise)
			return texts
		},
		Known: known,
		Observe: func(changed func()) (stop func()) {
			callback := browser.NewFunc(func([]browser.Value) { changed() })
			_, _ = bridge.Call("observe", callback.Value())
			return func() {
				_, _ = bridge.Call("observe", browser.Null())
				callback.Release()
			}
		},
	})

	stop := view.Start()
	listen(auth, key)
	browser.Listen(browser.Window(), "pagehide", func(browser.Value) { channel.Close() })
	browser.Listen(browser.Window(), "pageshow", func(event browser.Value) {
		if event.Get("persisted").True() {
			channel = openChannel()
		}
	})
	auth.Restore()
	_ = shared.Set("heard", true)
	revokeSignedOut(auth, shared)
	done := make(chan struct{})
	api = jsapi.API{
		Auth:     auth,
		Client:   client,
		Patience: transport.Patience(func() bool { return disposed }),
		Form:     view.Do,
		Dispose: func() {
			if disposed {
				return
			}
			disposed = true
			channel.Close()
			stop()
			close(done)
		},
	}
	_, _ = bridge.Call("ready", api.Serve().Value())
	browser.AfterLoad(func() {
		if !disposed && !shared.Get("checked").True() {
			_ = shared.Set("checked", true)
			view.Check()
		}
	})
	<-done
	auth.Close()
}

// revokeSignedOut revokes the tokens of the sessions that the loader has signed out of before this program ran. The
// loader removes them from storage and from its memory, so that the same token may follow itself in the list.
func revokeSignedOut(auth *session.Session, shared browser.Value) {
	records := shared.Get("gone")
	var last string
	for i := range records.Len() {
		record := records.At(i)
		member := func(name string) string {
			text, _ := record.Get(name).Text()
			return text
		}
		if token := (keygen.Token{Value: member("token"), ID: member("tokenId")}); token.Value != last {
			last = token.Value
			auth.Revoke(token)
		}
	}
	_ = records.Set("length", 0)
}

// listen updates the session at events of the browser: another tab changes storage, the page becomes visible or comes
// back by the Back button, the network returns.
func listen(auth *session.Session, key string) {
	browser.Listen(browser.Window(), "storage", func(event browser.Value) {
		// The key is null after localStorage.clear().
		if name, ok := event.Get("key").Text(); !ok || name == key {
			auth.Reread()
		}
	})
	browser.Listen(browser.Document(), "visibilitychange", func(browser.Value) {
		if browser.Visible() {
			auth.Wake(false)
		}
	})
	browser.Listen(browser.Window(), "pageshow", func(event browser.Value) {
		if event.Get("persisted").True() {
			auth.Wake(false)
		}
	})
	browser.Listen(browser.Window(), "online", func(browser.Value) { auth.Wake(true) })
}

// memory is the session.Slot in an object of the loader.
type memory struct{ object browser.Value }

func (m memory) Get() string {
	text, _ := m.object.Get("text").Text()
	return text
}

func (m memory) Set(text string) { _ = m.object.Set("text", text) }
