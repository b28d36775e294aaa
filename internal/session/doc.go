// Package session is the life of a token on this device: it begins when a user
// signs in or a stored one is found, and ends when the user, the clock or the
// API says so. It knows neither HTML nor the API's documents.
//
// Methods that talk to the API wait for it; call them on a goroutine. All are
// safe for concurrent use.
package session
