//go:build js && wasm

// Command wasm is keygen-auth.wasm: it wires the packages together and then
// waits for the page. The loader (web/loader) starts it.
package main

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/jsapi"
	"keygenauth/internal/keygen"
	"keygenauth/internal/page"
	"keygenauth/internal/session"
)

func main() {
	bridge := browser.Bridge()
	config := bridge.Get("config")
	text := func(name string) string {
		value, _ := config.Get(name).Text()
		return value
	}
	timeout, _ := config.Get("timeout").Number()

	client := &keygen.Client{
		Transport:   keygen.Browser{Timeout: timeout},
		Host:        text("host"),
		Account:     text("account"),
		Environment: text("environment"),
		Now:         browser.Now,
		ParseTime:   browser.ParseTime,
	}
	var view *page.Page
	auth := session.New(session.Config{
		API:        client,
		Store:      session.BrowserStore{Mode: session.Mode(text("storage")), Key: text("key")},
		Now:        browser.Now,
		ISO:        browser.ISO,
		ParseTime:  browser.ParseTime,
		Background: func(do func()) { browser.Go(do, nil) },
		Options: func() keygen.TokenOptions {
			expiry, _ := config.Call("tokenExpiry")
			until, _ := expiry.Text()
			return keygen.TokenOptions{Name: text("tokenName"), Expiry: until}
		},
		AllowStaff: config.Get("allowStaff").True(),
		Notify:     jsapi.Notify,
		Changed: func(state *session.State, user keygen.User) {
			_, _ = bridge.Call("setSession", jsapi.StateObject(state))
			view.ShowUser(state, user)
		},
	})
	view = page.New(page.Config{
		Auth:     auth,
		Forms:    text("forms"),
		Redirect: text("redirect"),
		Attached: func(form browser.Value) { _, _ = bridge.Get("attached").Call("add", form) },
	})

	view.Start()
	auth.Restore()
	_, _ = bridge.Call("ready", jsapi.API{Auth: auth, Submit: view.Submit}.Serve().Value())
	select {}
}
