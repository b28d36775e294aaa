//go:build js && wasm

// Command wasm is keygen-auth.wasm: it wires the packages together and then
// waits for the page. The loader (web/loader) starts it.
package main

import (
	"strings"

	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/page"
	"keygenauth/internal/session"
)

// turn is how many seconds to wait for other tabs that renew.
const turn = 2

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
	told := bridge.Get("told")
	member := func(name string) string {
		value, _ := told.Get(name).Text()
		return value
	}
	var known *session.State
	if told.Exists() {
		known = &session.State{UserID: member("userId"), Expiry: member("expiry")}
	}
	kept := bridge.Get("kept") // outlives this program
	var view *page.Page
	disposed := false // nothing may reach the page any more
	store := session.NewBrowserStore(session.Mode(text("storage")), key)
	store.Memory = memory{kept}
	if store.Staff = config.Get("allowStaff").True(); store.Staff {
		store.Move(strings.TrimSuffix(key, ":staff"))
	}
	var auth *session.Session
	join := func() browser.Channel {
		return browser.NewChannel(key, func(message string) { auth.Hear(message) })
	}
	channel := join()
	auth = session.New(session.Config{
		API:        client,
		Store:      store,
		Clock:      browser.Clock{},
		Background: func(do func()) { browser.Go(do, nil) },
		Exclusive: func(do func()) {
			if browser.Exclusive(key, turn, do) != nil {
				do()
			}
		},
		Busy:    browser.Busy,
		Tell:    func(message string) { channel.Send(message) },
		Visible: browser.Visible,
		Options: func() keygen.TokenOptions {
			expiry := text("tokenExpiry")
			if expiry == "" && store.Staff {
				expiry = "P14D" // by itself the API gives staff tokens that never expire
			}
			return keygen.TokenOptions{Name: text("tokenName"), Expiry: browser.TimeOf(expiry)}
		},
		Told:       &session.Told{TokenID: member("tokenId"), UserID: member("userId"), Heard: kept.Get("heard").True()},
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
			hear := browser.NewFunc(func([]browser.Value) { changed() })
			_, _ = bridge.Call("observe", hear.Value())
			return func() {
				_, _ = bridge.Call("observe", browser.Null())
				hear.Release()
			}
		},
	})

	stop := view.Start()
	follow(auth, key)
	browser.Listen(browser.Window(), "pagehide", func(browser.Value) { channel.Close() })
	browser.Listen(browser.Window(), "pageshow", func(event browser.Value) {
		if event.Get("persisted").True() {
			channel = join()
		}
	})
	auth.Restore()
	_ = kept.Set("heard", true)
	revoke(auth, kept)
	end := make(chan struct{})
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
			close(end)
		},
	}
	_, _ = bridge.Call("ready", api.Serve().Value())
	browser.AtRest(func() {
		if !disposed && !kept.Get("checked").True() {
			_ = kept.Set("checked", true)
			view.Check()
		}
	})
	<-end
	auth.Close()
}

// revoke revokes what the loader has signed out of: from storage and from its memory, which may be the same session.
func revoke(auth *session.Session, kept browser.Value) {
	gone := kept.Get("gone")
	var last string
	for i := range gone.Len() {
		record := gone.At(i)
		member := func(name string) string {
			text, _ := record.Get(name).Text()
			return text
		}
		if token := (keygen.Token{Value: member("token"), ID: member("tokenId")}); token.Value != last {
			last = token.Value
			auth.Revoke(token)
		}
	}
	_ = gone.Set("length", 0)
}

// follow keeps the session in line with what happens outside of it.
func follow(auth *session.Session, key string) {
	browser.Listen(browser.Window(), "storage", func(event browser.Value) {
		// No key: everything was removed.
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

// memory is a session.Place that the loader keeps.
type memory struct{ object browser.Value }

func (m memory) Get() string {
	text, _ := m.object.Get("text").Text()
	return text
}

func (m memory) Set(text string) { _ = m.object.Set("text", text) }
