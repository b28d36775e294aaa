package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// withEnvironments opens a server whose account "team" has two environments and one user in "test".
func withEnvironments(t *testing.T) (*scene, keygentest.Account, keygentest.User) {
	t.Helper()
	s := open(t, keygentest.Options{})
	acc := s.AddAccount(keygentest.Account{Slug: "team", Environments: []string{"test", "prod"}})
	u := s.AddUser("team", keygentest.User{Email: "eve@example.com", Password: "pw", Environment: "test"})
	return s, acc, u
}

func eveOf(environment string) call {
	c := login("eve@example.com", "pw")
	c.path = "/v1/accounts/team/tokens"
	if environment != "" {
		c = c.under("Keygen-Environment", environment)
	}
	return c
}

func TestEnvironments(t *testing.T) {
	s, acc, u := withEnvironments(t)
	a := s.expect(eveOf("test"), want{status: 201, account: acc})
	assert.Equal(t, "test", a.header.Get("Keygen-Environment"))
	assert.Equal(t, "environments", a.text("data", "relationships", "environment", "data", "type"))
	id := a.text("data", "relationships", "environment", "data", "id")
	assert.Equal(t, "/v1/accounts/"+acc.ID+"/environments/"+id, a.text("data", "relationships", "environment", "links", "related"))
	auth := bearer(a.text("data", "attributes", "token"))

	invalid := refusedCredentials("EMAIL_INVALID")
	invalid.account = acc
	s.expect(eveOf(""), invalid)
	s.expect(eveOf("prod"), invalid)

	me := get("/v1/accounts/team/me", auth)
	unknown := want{status: 401, code: "TOKEN_INVALID", account: acc}
	s.expect(me, unknown)
	s.expect(me.under("Keygen-Environment", "prod"), unknown)
	for _, c := range []call{
		me.under("Keygen-Environment", "test"),
		me.under("Keygen-Environment", id),
		get("/v1/accounts/team/me?environment=test", auth),
		get("/v1/accounts/team/me?environment=prod", auth).under("Keygen-Environment", "test"),
	} {
		a := s.expect(c, want{status: 200, account: acc})
		assert.Equal(t, u.ID, a.text("data", "id"))
		assert.Equal(t, "test", a.header.Get("Keygen-Environment"))
	}
}

func TestUnknownEnvironment(t *testing.T) {
	s, acc, _ := withEnvironments(t)
	w := want{status: 400, code: "ENVIRONMENT_INVALID", title: "Bad request", inHeader: "Keygen-Environment", account: acc}
	s.expect(eveOf("nope"), w)
	s.expect(eveOf("Test"), w)
	s.expect(get("/v1/accounts/team/me?environment=nope", ""), w)
}

func TestGlobalRecordsAreNotSeenFromAnEnvironment(t *testing.T) {
	s, acc, _ := withEnvironments(t)
	u := s.AddUser("team", keygentest.User{Email: "eve@example.com", Password: "pw"}) // another person, of the same address
	a := s.expect(eveOf(""), want{status: 201, account: acc})
	assert.Equal(t, u.ID, a.header.Get("Keygen-Bearer"))
	assert.Empty(t, a.header.Get("Keygen-Environment"))
	auth := bearer(a.text("data", "attributes", "token"))
	s.expect(get("/v1/accounts/team/me", auth).under("Keygen-Environment", "test"), want{status: 401, code: "TOKEN_INVALID", account: acc})
}

func TestTokenOfAnEnvironment(t *testing.T) {
	s, acc, _ := withEnvironments(t)
	relation := func(id string) string {
		return `{"data":{"type":"tokens","relationships":{"environment":{"data":{"type":"environments","id":"` + id + `"}}}}}`
	}
	id := s.expect(eveOf("test"), want{status: 201, account: acc}).text("data", "relationships", "environment", "data", "id")
	s.expect(eveOf("test").with(relation(id)), want{status: 201, account: acc})
	w := denied()
	w.account = acc
	a := s.expect(eveOf("test").with(relation(acc.ID)), w)
	assert.Contains(t, a.text("errors", 0, "detail"), "record environment is not compatible")
}

// On the Community Edition documents know neither environments nor permissions, and single sign-on does not exist.
func TestEditions(t *testing.T) {
	for _, c := range []struct {
		name    string
		options keygentest.Options
		sso     string
	}{
		{"Enterprise", keygentest.Options{}, "SSO_REQUIRED"},
		{"Community", community, "SSO_NOT_SUPPORTED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, c.options)
			_, auth := s.signIn(s.demo.Plain)
			a := s.expect(get("me", auth), want{status: 200})
			for _, at := range [][]any{{"data"}, {"included", 0}} {
				doc, _ := a.at(at...).(map[string]any)
				if c.options.Community {
					assert.NotContains(t, doc["attributes"], "permissions")
					assert.NotContains(t, doc["relationships"], "environment")
				} else {
					assert.Contains(t, doc["attributes"], "permissions")
					assert.Contains(t, doc["relationships"], "environment")
				}
			}
			s.expect(login("sam@sso.example.com", "x"), refusedCredentials(c.sso))
		})
	}
}

func TestSingleSignOn(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.expect(login("root@example.com", "keys to the kingdom"), refusedCredentials("SSO_REQUIRED"))
	s.expect(login("x@sub.sso.example.com", "x"), refusedCredentials("EMAIL_INVALID"))

	acc := s.AddAccount(keygentest.Account{Slug: "mute", SSODomains: []string{"sso.example.com"}})
	c := login("sam@sso.example.com", "x")
	c.path = "/v1/accounts/mute/tokens"
	w := refusedCredentials("SSO_NOT_SUPPORTED")
	w.account = acc
	a := s.expect(c, w)
	assert.Nil(t, a.at("errors", 0, "links"))
}
