// Package keygentest is an in-memory server that speaks the Keygen licensing API, for tests and demos: what
// net/http/httptest is for HTTP, it is for Keygen.
//
// It covers what a browser client of role user and an anonymous visitor meet: password login with second factors,
// single sign-on refusals, tokens, identity, sign-up, forgotten passwords, licenses with their validation and files,
// machines with their heartbeats, components and processes, releases and their files, throttles, CORS, media types, API versions, environments
// and signed answers. It is strict on purpose. Whatever the real service refuses, it refuses with the same status, code
// and source, so that a client that passes here has met every answer it has to cope with.
//
// What it answers is compared with what a real server did (package record). TestReplay lists the few exchanges that
// differ, with the reason.
//
// Groups are not kept: no user has one. A policy may name any id as its product; only what is downloaded needs one that was
// added. What a policy's licenses may name of versions in validations, its Versions and Checksums tell.
//
//	srv := keygentest.NewServer(keygentest.Options{})
//	defer srv.Close()
//	demo := keygentest.Seed(srv.API)
//	// POST srv.URL + "/v1/accounts/demo/tokens" with Basic demo.Plain.Email:demo.Plain.Password
//
// Time comes from [Options].Now, so expiry, one-time codes, throttle windows and dates can be steered. Networks that
// misbehave are played by [Fault] values. [API.Requests] tells what the client sent.
//
// An [API] is safe for concurrent use. It keeps passwords in clear and compares them as bytes: it is no place for
// secrets.
package keygentest
