// Package browser is the part of the web platform that this program uses: values,
// promises, events, elements, fetch, storage, locks, cryptography and the clock. It
// is the only package that uses syscall/js, through safejs, and knows nothing of
// Keygen.
//
// No script of a page can cause a panic: an exception becomes an error, and
// functions that JavaScript calls recover. Functions that wait (Await, Fetch) must
// run on a goroutine of their own, never in an event handler.
//
// All other files are built for GOOS=js only.
package browser
