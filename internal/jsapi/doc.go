// Package jsapi is window.keygenAuth and the keygen: events as a page's scripts
// see them: plain objects in, plain objects and errors out. Promises are the
// loader's (web/loader); it hands over their resolve and reject functions.
// Secrets pass only where a page asks for it: passwords in, and a token out by
// token() and tokens.regenerate(). No event and no error holds one.
//
// All other files are built for GOOS=js only.
package jsapi
