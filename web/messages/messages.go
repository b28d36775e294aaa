// Package messages holds the texts that visitors read, keyed by code: a JSON
// object a language. English is part of the module; the others are files of
// their own that a page of that language fetches when there is something to
// say. The loader (web/loader/messages.js) takes its texts from the same files.
package messages

//go:generate go run generate.go
