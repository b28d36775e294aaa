package keygentest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// What lives in an environment is not to be seen from outside, and the other way round.
func TestLicensesInEnvironments(t *testing.T) {
	s := open(t, keygentest.Options{})
	acc := s.AddAccount(keygentest.Account{Slug: "lab", Environments: []string{"test"}})
	const base = "/v1/accounts/lab/"
	type world struct {
		environment, auth string
		license, machine  string
		policy, user      string
		key               string
	}
	var worlds []world
	for _, environment := range []string{"", "test"} {
		u := s.AddUser("lab", keygentest.User{Email: "eve@example.com", Environment: environment})
		_, auth := s.signIn(u)
		p := s.AddPolicy("lab", keygentest.Policy{Floating: true, Environment: environment})
		l := s.AddLicense("lab", keygentest.License{Policy: p.ID, Owner: u.ID})
		m := s.AddMachine(keygentest.Machine{License: l.ID})
		worlds = append(worlds, world{environment, auth, l.ID, m.ID, p.ID, u.ID, l.Key})
	}
	hidden := missing
	hidden.account = acc
	for i, own := range worlds {
		other := worlds[1-i]
		in := func(c call) call {
			c.auth, c.path = own.auth, base+c.path
			if own.environment != "" {
				c = c.under("Keygen-Environment", own.environment)
			}
			return c
		}
		assert.Equal(t, []string{own.license}, s.expect(in(get("licenses", "")), want{status: 200, account: acc}).ids())
		assert.Equal(t, []string{own.machine}, s.expect(in(get("machines", "")), want{status: 200, account: acc}).ids())
		assert.Equal(t, []string{own.user}, s.expect(in(get("users", "")), want{status: 200, account: acc}).ids())
		for _, path := range []string{"licenses/" + other.license, "machines/" + other.machine, "users/" + other.user} {
			s.expect(in(get(path, "")), hidden)
		}
		unknown := invalid("POLICY_NOT_FOUND", "/data/relationships/policy")
		unknown.account, unknown.also = acc, []string{"PRODUCT_NOT_FOUND"}
		s.expect(in(post("licenses", "", newLicense(`{}`, other.policy, own.user))), unknown)
		a := s.expect(in(post("licenses", "", newLicense(`{}`, own.policy, own.user))), want{status: 201, account: acc})
		related := a.at("data", "relationships", "environment", "data")
		assert.Equal(t, own.environment != "", related != nil)

		byKey := func(key string) string {
			c := in(validateKey(key, ""))
			c.auth = ""
			return s.expect(c, want{status: 200, account: acc}).text("meta", "code")
		}
		assert.Equal(t, "VALID", byKey(own.key))
		assert.Equal(t, "NOT_FOUND", byKey(other.key))
	}
	// Visitors sign up where they are.
	c := signUp(`{"email":"new@example.com","password":"secret"}`).under("Keygen-Environment", "test")
	c.path = base + c.path
	s.expect(c, want{status: 201, account: acc})
	in := login("new@example.com", "secret")
	in.path = base + in.path
	w := refusedCredentials("EMAIL_INVALID")
	w.account = acc
	s.expect(in, w)
	s.expect(in.under("Keygen-Environment", "test"), want{status: 201, account: acc})
}

// Where there are no environments, they may not be named.
func TestLicensesOnTheCommunityEdition(t *testing.T) {
	s := open(t, community)
	c := s.crowd()
	l := c.license(keygentest.Policy{}, keygentest.License{})
	a := s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200})
	assert.NotContains(t, a.at("data", "attributes"), "permissions")
	assert.NotContains(t, a.at("data", "relationships"), "environment")
	s.expect(validateKey(l.Key, `,"scope":{"environment":"x"}`), notPermitted("/meta/scope/environment"))
	a = s.expect(post("licenses/"+l.ID+"/actions/check-out", c.asOwner, ""), want{status: 200})
	assert.NotContains(t, a.at("data", "relationships"), "environment")
}

// Staff see everything of their account, as long as nothing asks for more.
func TestStaffAndLicenses(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{})
	m := s.AddMachine(keygentest.Machine{License: l.ID})
	_, staff := s.signIn(s.demo.Staff)
	for _, path := range []string{"licenses/" + l.ID, "machines/" + m.ID, "users/" + c.owner.ID, "licenses/" + l.ID + "/policy",
		"users/" + c.owner.ID + "/licenses", "users/" + c.owner.ID + "/machines"} {
		s.expect(get(path, staff), want{status: 200})
	}
	s.expect(get("policies", staff), want{status: 200})
	assert.Contains(t, s.expect(get("licenses", staff), want{status: 200}).ids(), l.ID)
	s.expect(post("machines", staff, newMachine(`{"fingerprint":"x"}`, l.ID)), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
	s.expect(remove("licenses/"+l.ID, staff), want{status: 204})
	s.expect(get("products", staff), denied())
}
