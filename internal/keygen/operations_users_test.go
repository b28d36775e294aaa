//go:build !js

package keygen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

const (
	emailAt    = "/data/attributes/email"
	passwordAt = "/data/attributes/password"
)

func TestOperationsOfUsers(t *testing.T) {
	s := enter(t)
	s.license(keygentest.Policy{}, keygentest.License{})
	owner, member, stranger := s.owner.User, s.member.User, s.stranger.User

	me := s.does(s.owner.Token, keygen.ShowMe())
	assert.Equal(t, owner.ID, me.id())
	assert.Equal(t, owner.Email, me.attribute("email"))
	assert.Equal(t, "tokens", me.at("included", 0, "type"))
	assert.Nil(t, me.at("included", 0, "attributes", "token"), "without its value")
	assert.Equal(t, []string{member.ID, owner.ID}, s.does(s.owner.Token, keygen.ListUsers(nil)).ids())
	assert.Equal(t, []string{stranger.ID}, s.does(s.stranger.Token, keygen.ListUsers(nil)).ids())
	for _, name := range []string{member.ID, member.Email} {
		assert.Equal(t, member.ID, s.does(s.owner.Token, keygen.ShowUser(name)).id())
	}
	s.refuses(s.owner.Token, keygen.ShowUser(stranger.ID), missing)

	// The user may change these, and no others.
	changed := s.does(s.owner.Token, keygen.UpdateUser(owner.ID, keygen.Attributes{
		"firstName": "Ada", "lastName": "Lovelace", "email": " Ada@People.example",
	}))
	assert.Equal(t, "Ada Lovelace", changed.attribute("fullName"))
	assert.Equal(t, "ada@people.example", changed.attribute("email"))
	s.does(s.owner.Token, keygen.ShowMe())
	for _, name := range []string{"password", "metadata", "role", "permissions"} {
		s.refuses(s.owner.Token, keygen.UpdateUser(owner.ID, keygen.Attributes{name: "x"}), malformed("/data/attributes/"+name))
	}
	for email, want := range map[string]refusal{
		member.Email: invalid("EMAIL_TAKEN", emailAt), "ada": invalid("EMAIL_INVALID", emailAt), "": malformed(emailAt),
	} {
		s.refuses(s.owner.Token, keygen.UpdateUser(owner.ID, keygen.Attributes{"email": email}), want)
	}
	long := keygen.Attributes{"firstName": strings.Repeat("x", 256)}
	s.refuses(s.owner.Token, keygen.UpdateUser(owner.ID, long), invalid("FIRST_NAME_TOO_LONG", "/data/attributes/firstName"))
	s.refuses(s.owner.Token, keygen.UpdateUser(member.ID, keygen.Attributes{"firstName": "x"}), denied)
	s.refuses(s.owner.Token, keygen.UpdateUser(stranger.ID, keygen.Attributes{"firstName": "x"}), missing)
}

func TestSignUp(t *testing.T) {
	s := enter(t)
	// A token, which the API would refuse, is not sent.
	user := s.does(s.owner.Token, keygen.CreateUser(keygen.Attributes{
		"email": "Eve@People.example", "password": password, "firstName": "Eve", "lastName": "", "metadata": map[string]any{"plan": "a"},
	}))
	assert.Equal(t, "eve@people.example", user.attribute("email"))
	assert.Equal(t, "user", user.attribute("role"))
	assert.Equal(t, map[string]any{"plan": "a"}, user.attribute("metadata"))
	assert.Empty(t, s.Tokens(user.id()), "no token is issued")
	_, err := s.api.CreateToken(keygen.Credentials{Email: "eve@people.example", Password: password}, keygen.TokenOptions{})
	require.NoError(t, err)
	s.does(keygen.Token{}, keygen.CreateUser(keygen.Attributes{"email": "managed@people.example", "password": nil}))
	_, err = s.api.CreateToken(keygen.Credentials{Email: "managed@people.example", Password: "x"}, keygen.TokenOptions{})
	assert.Equal(t, "PASSWORD_NOT_SUPPORTED", failure(err).Code)

	fresh := func(name string, value any) keygen.Attributes {
		attributes := keygen.Attributes{"email": "bob@people.example", "password": password}
		attributes[name] = value
		return attributes
	}
	for _, test := range []struct {
		name  string
		value any
		want  refusal
	}{
		{"email", "EVE@people.example", invalid("EMAIL_TAKEN", emailAt)},
		{"email", "bob", invalid("EMAIL_INVALID", emailAt)},
		{"email", "", malformed(emailAt)},
		{"email", 7, malformed(emailAt)},
		{"email", nil, malformed(emailAt)},
		{"password", "", malformed(passwordAt)},
		{"password", "12345", invalid("PASSWORD_TOO_SHORT", passwordAt)},
		{"password", strings.Repeat("x", 73), invalid("PASSWORD_TOO_LONG", passwordAt)},
		{"lastName", strings.Repeat("x", 256), invalid("LAST_NAME_TOO_LONG", "/data/attributes/lastName")},
		{"metadata", map[string]any{"x": strings.Repeat("x", 16<<10)}, invalid("METADATA_TOO_LONG", "/data/attributes/metadata")},
		{"role", "admin", malformed("/data/attributes/role")},
		{"permissions", []any{"*"}, malformed("/data/attributes/permissions")},
	} {
		s.refuses(keygen.Token{}, keygen.CreateUser(fresh(test.name, test.value)), test.want)
	}
	failed := s.refuses(keygen.Token{}, keygen.CreateUser(keygen.Attributes{"email": "bob", "password": "x"}), invalid("EMAIL_INVALID", emailAt))
	assert.Equal(t, []string{"EMAIL_INVALID " + emailAt, "PASSWORD_TOO_SHORT " + passwordAt}, codes(failed))
	s.refuses(keygen.Token{}, keygen.CreateUser(nil), malformed("/data/attributes"))

	s.AddAccount(keygentest.Account{Slug: "closed", Protected: true})
	s.api.Account = "closed"
	s.refuses(keygen.Token{}, keygen.CreateUser(fresh("firstName", "Bob")), denied)
}

func TestUpdatePassword(t *testing.T) {
	s := enter(t)
	s.license(keygentest.Policy{}, keygentest.License{})
	user := s.owner.User
	other := s.token(user)
	passwords := func(old, fresh string) keygen.Attributes {
		return keygen.Attributes{"oldPassword": old, "newPassword": fresh}
	}
	wrong := unauthorized("HTTP_401", "/meta/oldPassword")
	s.refuses(s.owner.Token, keygen.UpdatePassword(user.ID, passwords("wrong", "staple")), wrong)
	s.refuses(s.owner.Token, keygen.UpdatePassword(user.ID, passwords(password, "12345")), invalid("PASSWORD_TOO_SHORT", passwordAt))
	s.refuses(s.owner.Token, keygen.UpdatePassword(user.ID, passwords(password, strings.Repeat("x", 73))), invalid("PASSWORD_TOO_LONG", passwordAt))
	s.refuses(s.owner.Token, keygen.UpdatePassword(user.ID, nil), malformed("/meta"))
	s.refuses(s.owner.Token, keygen.UpdatePassword(user.ID, keygen.Attributes{"newPassword": "staple"}), malformed("/meta/oldPassword"))
	s.refuses(s.owner.Token, keygen.UpdatePassword(user.ID, keygen.Attributes{"oldPassword": "x"}), malformed("/meta/newPassword"))
	s.refuses(s.owner.Token, keygen.UpdatePassword(s.stranger.User.ID, passwords("x", "staple")), missing)
	s.refuses(s.owner.Token, keygen.UpdatePassword(s.member.User.ID, passwords("x", "staple")), denied)
	s.does(other, keygen.ShowMe())

	s.ResetThrottles()
	changed := s.does(s.owner.Token, keygen.UpdatePassword(user.ID, passwords(password, "staple")))
	assert.Equal(t, user.ID, changed.id())
	s.refuses(other, keygen.ShowMe(), refusal{status: 401, code: "TOKEN_INVALID"})
	s.does(s.owner.Token, keygen.UpdatePassword(user.Email, passwords("staple", password)))

	managed := s.AddUser("demo", keygentest.User{Email: "managed@people.example"})
	s.refuses(s.token(managed), keygen.UpdatePassword(managed.ID, passwords("any", "staple")), wrong)
	for range 5 {
		_, _ = s.api.Do(s.owner.Token, keygen.UpdatePassword(user.ID, passwords("wrong", "staple")), nil)
	}
	_, err := s.api.Do(s.owner.Token, keygen.UpdatePassword(user.ID, passwords("wrong", "staple")), nil)
	assert.Equal(t, keygen.CodeTooManyRequests, failure(err).Code)
	assert.Equal(t, 600, failure(err).RetryAfter, "a window of ten minutes has just begun")
}

func TestResetPassword(t *testing.T) {
	s := enter(t)
	user := s.owner.User
	ask := func() string {
		s.ResetThrottles()
		s.empties(s.owner.Token, keygen.CreatePassword(keygen.Attributes{"email": user.Email, "deliver": true}))
		return s.ResetToken(user.ID)
	}
	reset := func(token, fresh string) keygen.Call {
		return keygen.ResetPassword(user.ID, keygen.Attributes{"passwordResetToken": token, "newPassword": fresh})
	}
	s.empties(keygen.Token{}, keygen.CreatePassword(keygen.Attributes{"email": "nobody@people.example"}))
	s.empties(keygen.Token{Value: "stale"}, keygen.CreatePassword(keygen.Attributes{"email": user.Email, "deliver": false}))
	for _, meta := range []keygen.Attributes{{"email": ""}, {"email": nil}, {"email": 7}, {"deliver": true}} {
		s.refuses(keygen.Token{}, keygen.CreatePassword(meta), malformed("/meta/email"))
	}
	s.refuses(keygen.Token{}, keygen.CreatePassword(nil), malformed("/meta"))

	first := ask()
	token := ask()
	s.refuses(keygen.Token{}, reset(first, "staple"), missing) // only the newest counts
	s.refuses(keygen.Token{}, reset("wrong", "staple"), missing)
	s.refuses(keygen.Token{}, keygen.ResetPassword("nobody@people.example", keygen.Attributes{"passwordResetToken": token}), missing)
	s.refuses(keygen.Token{}, reset(token, "12345"), invalid("PASSWORD_TOO_SHORT", passwordAt))
	s.refuses(keygen.Token{}, keygen.ResetPassword(user.ID, keygen.Attributes{"newPassword": "staple"}), malformed("/meta/passwordResetToken"))
	s.refuses(keygen.Token{}, keygen.ResetPassword(user.ID, keygen.Attributes{"passwordResetToken": token}), malformed("/meta/newPassword"))
	s.ResetThrottles()
	assert.Equal(t, user.ID, s.does(keygen.Token{Value: "stale"}, reset(token, "staple")).id())
	s.refuses(s.owner.Token, keygen.ShowMe(), refusal{status: 401, code: "TOKEN_INVALID"})
	s.refuses(keygen.Token{}, reset(token, "staple"), missing) // once

	token = ask()
	s.now = s.now.Add(day + 1)
	s.refuses(keygen.Token{}, reset(token, "staple"), unauthorized("HTTP_401", "/meta/passwordResetToken"))

	s.AddAccount(keygentest.Account{Slug: "closed", Protected: true})
	s.api.Account = "closed"
	managed := s.AddUser("closed", keygentest.User{Email: "managed@people.example"})
	s.empties(keygen.Token{}, keygen.CreatePassword(keygen.Attributes{"email": managed.Email}))
	s.refuses(keygen.Token{}, keygen.ResetPassword(managed.ID, keygen.Attributes{
		"passwordResetToken": s.ResetToken(managed.ID), "newPassword": "staple",
	}), denied)
}
