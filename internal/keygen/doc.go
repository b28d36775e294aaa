// Package keygen is the Keygen API as a user's browser needs it: requests,
// documents and errors, one file a group of resources, and what proves that an
// answer is the account's. It knows neither the page nor
// storage; a Transport brings its requests to the server.
//
// All but the browser's Transport is free of JavaScript and runs on any Go.
package keygen
