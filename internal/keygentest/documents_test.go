package keygentest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// Documents are compared as text: the order of members is part of digests and signatures.
func TestUserDocument(t *testing.T) {
	s := open(t, community)
	u := s.AddUser("demo", keygentest.User{Email: "Eve@Example.com", FirstName: "Eve"})
	_, auth := s.signIn(u)
	a := s.expect(get("users/eve@example.com", auth), want{status: 200})
	assert.Equal(t, compact(`{"data":{"id":"USR","type":"users",
		"attributes":{"fullName":null,"firstName":"Eve","lastName":null,"email":"eve@example.com","status":"ACTIVE",
			"role":"user","metadata":{},"created":"2026-10-06T12:00:00.000Z","updated":"2026-10-06T12:00:00.000Z"},
		"relationships":{
			"account":{"links":{"related":"/v1/accounts/ACC"},"data":{"type":"accounts","id":"ACC"}},
			"group":{"links":{"related":"/v1/accounts/ACC/users/USR/group"},"data":null},
			"products":{"links":{"related":"/v1/accounts/ACC/users/USR/products"}},
			"licenses":{"links":{"related":"/v1/accounts/ACC/users/USR/licenses"}},
			"machines":{"links":{"related":"/v1/accounts/ACC/users/USR/machines"}},
			"tokens":{"links":{"related":"/v1/accounts/ACC/users/USR/tokens"}},
			"secondFactors":{"links":{"related":"/v1/accounts/ACC/users/USR/second-factors"}}},
		"links":{"self":"/v1/accounts/ACC/users/USR"}}}`,
		"ACC", s.demo.Account.ID, "USR", u.ID,
	), string(a.body))
}

func TestTokenDocument(t *testing.T) {
	s := open(t, keygentest.Options{})
	body := withAttributes(`{"name":"Website","permissions":["user.read"]}`)
	a := s.expect(login("ada@example.com", "correct horse battery").with(body), want{status: 201})
	assert.Equal(t, compact(`{"data":{"id":"T","type":"tokens",
		"attributes":{"kind":"user-token","token":"RAW","expiry":"2026-10-20T12:00:00.000Z","name":"Website",
			"permissions":["user.read"],"created":"2026-10-06T12:00:00.000Z","updated":"2026-10-06T12:00:00.000Z"},
		"relationships":{
			"account":{"links":{"related":"/v1/accounts/ACC"},"data":{"type":"accounts","id":"ACC"}},
			"environment":{"links":{"related":null},"data":null},
			"bearer":{"links":{"related":"/v1/accounts/ACC/users/USR"},"data":{"type":"users","id":"USR"}}},
		"links":{"self":"/v1/accounts/ACC/tokens/T"}}}`,
		"ACC", s.demo.Account.ID, "USR", s.demo.Plain.ID, "RAW", a.text("data", "attributes", "token"),
		`"T"`, `"`+a.text("data", "id")+`"`, `tokens/T`, "tokens/"+a.text("data", "id"),
	), string(a.body))
}

// compact removes the layout of a document and fills in what is not known before.
func compact(document string, replacements ...string) string {
	return strings.NewReplacer(append([]string{"\n", "", "\t", ""}, replacements...)...).Replace(document)
}

func TestUserAttributes(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.Plain)
	a := s.expect(get("me", auth), want{status: 200})
	assert.Equal(t, "Ada Lovelace", a.text("data", "attributes", "fullName"))
	assert.Equal(t, "ACTIVE", a.text("data", "attributes", "status"))
	assert.Len(t, a.at("data", "attributes", "permissions"), 54)

	s.clock.add(90*24*time.Hour - 1)
	assert.Equal(t, "ACTIVE", s.send(get("me", auth)).text("data", "attributes", "status"))
	s.clock.add(1)
	assert.Equal(t, "INACTIVE", s.send(get("me", auth)).text("data", "attributes", "status"))

	admin := s.demo.Staff
	_, auth = s.signIn(admin)
	a = s.expect(get("users/"+s.demo.Banned.ID, auth), want{status: 200})
	assert.Equal(t, "BANNED", a.text("data", "attributes", "status"))
}

// Staff see what users do not.
func TestStaff(t *testing.T) {
	s := open(t, keygentest.Options{})
	id, _ := s.signIn(s.demo.Plain)
	_, auth := s.signIn(s.demo.Staff)
	assert.Contains(t, s.expect(get("tokens", auth), want{status: 200}).ids(), id)
	assert.Equal(t, []string{id}, s.expect(get("tokens?bearer[role]=user", auth), want{status: 200}).ids())
	a := s.expect(call{method: "POST", path: "users/" + s.demo.Plain.ID + "/tokens", auth: auth}, want{status: 201})
	assert.Equal(t, s.demo.Plain.ID, a.text("data", "relationships", "bearer", "data", "id"))
	s.expect(call{method: "POST", path: "users/" + s.demo.Plain.ID + "/tokens", auth: auth, body: withCode("1")},
		want{status: 400, pointer: "/meta"})
}

func TestHead(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.Plain)
	a := s.send(call{method: "HEAD", path: "me", auth: auth})
	assert.Equal(t, 200, a.status)
	assert.Empty(t, a.body)
	assert.Equal(t, s.demo.Plain.ID, a.header.Get("Keygen-Bearer"))
}
