// Package jsapi is window.keygenAuth and the keygen: events as a page's scripts
// see them: plain objects in, plain objects and errors out. Promises are the
// loader's (web/loader); it hands over their resolve and reject functions. No
// token and no password passes this way but the credentials of signIn.
//
// All other files are built for GOOS=js only.
package jsapi
