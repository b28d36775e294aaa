// Package session is the life of a token on this device. A session begins when a
// user signs in or a stored session is found. It ends when the user signs out,
// when the token expires, or when the API refuses the token. The package knows
// neither HTML nor the API's documents.
//
// Methods that send requests wait for the response; call them on a goroutine. All
// methods are safe for concurrent use.
package session
