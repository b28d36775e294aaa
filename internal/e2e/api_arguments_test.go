package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestArguments refuses wrong ones, naming the method and the argument, and sends nothing.
func TestArguments(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	s.api.ResetRequests()
	for call, message := range map[string]string{
		`signIn()`:                          "signIn: its argument must be an object",
		`signIn("ada@example.com", "x")`:    "signIn: its argument must be an object",
		`signIn({email: 5, password: "x"})`: "signIn: email must be a text",
		`signIn({email: "a@b.co"})`:         "signIn: password must be a text",
		`signIn({email: "a@b.co", get password() { throw new Error("x") }})`: "signIn: password must be a text",
		`signIn({email: "a@b.co", password: "x", otp: 123456})`:              "signIn: otp must be a text",
		`signIn({email: "a@b.co", password: "x", remember: "no"})`:           "signIn: remember must be true or false",
		`signIn({email: "a@b.co", password: "x"}, {signal: "x"})`:            "signIn: signal must be an AbortSignal",
		`users.me({signal: {}})`:                                             "users.me: signal must be an AbortSignal",
		`users.me({signal: "now"})`:                                          "users.me: signal must be an AbortSignal",
		`users.me("now")`:                                                    "users.me: options must be an object",
		`tokens.list("limit=5")`:                                             "tokens.list: query must be an object",
		`tokens.list({limit: () => 5})`:                                      "tokens.list: query.limit must be",
		`tokens.list({page: {size: {}}})`:                                    "tokens.list: query.page[size] must be",
		`tokens.list({token: "x"})`:                                          "tokens.list: query must be free of tokens",
		`tokens.list({}, {signal: 1})`:                                       "tokens.list: signal must be an AbortSignal",
		`tokens.revoke()`:                                                    "tokens.revoke: id must be a text",
		`tokens.revoke("")`:                                                  "tokens.revoke: id must be a text",
		`tokens.revoke({id: "x"})`:                                           "tokens.revoke: id must be a text",
		`fetch()`:                                                            "fetch: path must be a text",
		`fetch(new URL("/me", location))`:                                    "fetch: path must be a text",
		`fetch("me", "GET")`:                                                 "fetch: init must be an object",
		`fetch("me", {method: "TRACE"})`:                                     "fetch: init.method must be GET",
		`fetch("me", {method: 1})`:                                           "fetch: init.method must be GET",
		`fetch("me", {body: "x"})`:                                           "fetch: init.body must be absent",
		`fetch("me", {headers: 5})`:                                          "fetch: init.headers must be headers",
		`fetch("me", {headers: {"a b": 1}})`:                                 "fetch: init.headers must be headers",
	} {
		t.Run(call, func(t *testing.T) {
			got := s.rejected("keygenAuth." + call)
			assert.Equal(t, "ARGUMENT_INVALID", got.Code)
			assert.True(t, strings.HasPrefix(got.Message, message), got.Message)
			assert.Zero(t, got.Status)
			assert.True(t, got.IsError)
		})
	}
	for _, call := range []string{`on("signed-in")`, `on("signed-in", {})`} {
		got := s.rejected("(async () => keygenAuth." + call + ")()")
		assert.Equal(t, "ARGUMENT_INVALID", got.Code)
		assert.Equal(t, "on: use a function", got.Message)
	}
	assert.Empty(t, s.asked())
	assert.Equal(t, []string{"signed-in"}, s.names(), "a wrong call is no failed attempt")
}
