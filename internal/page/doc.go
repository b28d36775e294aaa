// Package page is the module's HTML: sign-in forms with their states and
// messages, and the texts about the user that a page asks for by attribute. It
// knows neither HTTP nor storage; an Auth does the signing in.
//
// What a failure means for a form (messages, fields) is free of JavaScript and
// tested on any Go; the files ending in _js.go touch the page.
package page
