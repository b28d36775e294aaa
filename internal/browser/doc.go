// Package browser is the web platform as this module needs it: values,
// promises, events, elements, fetch, storage, locks, cryptography and the clock.
// It is the only package that touches syscall/js, by way of safejs, and knows nothing of
// Keygen.
//
// Nothing here panics because of what a page did: what may throw is called
// through functions that turn an exception into an error, and callbacks into
// Go recover. Functions that wait (Await, Fetch) must run on a goroutine of
// their own, never inside an event handler.
//
// All other files are built for GOOS=js only.
package browser
