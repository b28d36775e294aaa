package keygentest_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

func TestOthersLicenses(t *testing.T) {
	runRows(t, []row{
		{name: "90 others' licenses do not exist", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID})
			for _, name := range []string{l.ID, l.Key, "nothing"} {
				for _, request := range licenseCalls(name, m.ID, c.owner.ID) {
					request.auth = c.asStranger
					a := s.expect(request, missing)
					assert.Equal(s.t, "The requested license '"+name+"' was not found", a.text("errors", 0, "detail"))
					request.auth = ""
					s.expect(request, want{status: 401, code: "TOKEN_MISSING"})
				}
			}
			// Nor do those of another account, not even for its staff.
			acc := s.AddAccount(keygentest.Account{Slug: "other"})
			boss := s.AddUser("other", keygentest.User{Email: "boss@example.com", Role: "admin"})
			_, auth := s.signIn(boss)
			w := missing
			w.account = acc
			s.expect(get("/v1/accounts/other/licenses/"+l.ID, auth), w)
		}},
		{name: "94 what neither owner nor member may", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			for _, request := range []call{
				patch("licenses/"+l.ID, "", ""),
				post("licenses/"+l.ID+"/actions/decrement-usage", "", ""), post("licenses/"+l.ID+"/actions/reset-usage", "", ""),
				post("licenses/"+l.ID+"/actions/suspend", "", ""), post("licenses/"+l.ID+"/actions/reinstate", "", ""),
				put("licenses/"+l.ID+"/owner", "", ""), put("licenses/"+l.ID+"/group", "", ""),
				get("licenses/"+l.ID+"/policy", ""), get("licenses/"+l.ID+"/product", ""),
				get("licenses/"+l.ID+"/tokens", ""), post("licenses/"+l.ID+"/tokens", "", ""),
				post("licenses/"+l.ID+"/users", "", ""), remove("licenses/"+l.ID+"/users", ""),
				post("licenses/"+l.ID+"/entitlements", "", ""), remove("licenses/"+l.ID+"/entitlements", ""),
			} {
				for _, auth := range []string{c.asOwner, c.asMember} {
					request.auth, request.body = auth, `{"foo":1}`
					s.expect(request, denied())
				}
			}
		}},
		{name: "95 what only owners may", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{Duration: day, RequireCheckIn: true}, keygentest.License{})
			for _, request := range []call{
				remove("licenses/"+l.ID, ""), remove("licenses/"+l.ID+"/actions/revoke", ""),
				post("licenses/"+l.ID+"/actions/check-in", "", ""), post("licenses/"+l.ID+"/actions/renew", "", ""),
				post("licenses/"+l.ID+"/actions/increment-usage", "", ""), put("licenses/"+l.ID+"/policy", "", ""),
			} {
				request.auth, request.body = c.asMember, `{"foo":1}`
				s.expect(request, denied())
			}
		}},
	})
}

// licenseCalls are requests about a license, one for each endpoint.
func licenseCalls(license, machine, user string) []call {
	path := "licenses/" + url.PathEscape(license)
	calls := []call{get(path, ""), patch(path, "", ""), remove(path, ""), remove(path+"/actions/revoke", "")}
	for _, name := range []string{"actions/validate", "actions/check-out", "policy", "product", "tokens", "entitlements", "entitlements/x",
		"machines", "machines/" + machine, "users", "users/" + user, "owner", "group"} {
		calls = append(calls, get(path+"/"+name, ""))
	}
	for _, name := range []string{"validate", "check-out", "check-in", "renew", "increment-usage", "decrement-usage", "reset-usage",
		"suspend", "reinstate"} {
		calls = append(calls, post(path+"/actions/"+name, "", `{"foo":1}`))
	}
	for _, name := range []string{"tokens", "users", "entitlements"} {
		calls = append(calls, post(path+"/"+name, "", ""))
	}
	return append(calls, put(path+"/policy", "", ""), put(path+"/owner", "", ""), put(path+"/group", "", ""),
		remove(path+"/users", ""), remove(path+"/entitlements", ""))
}

// Which flag protects from what: some endpoints look at the license, some at its policy.
func TestProtectedLicenses(t *testing.T) {
	protectedPolicy, openPolicy := keygentest.Policy{Protected: new(true)}, keygentest.Policy{}
	for _, c := range []struct {
		name              string
		policy            keygentest.Policy
		own               *bool
		license, policyIs bool // whether license and policy are protected
	}{
		{"neither", openPolicy, nil, false, false},
		{"by policy", protectedPolicy, nil, true, true},
		{"license only", openPolicy, new(true), true, false},
		{"policy only", protectedPolicy, new(false), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			p := c.policy
			p.Duration, p.RequireCheckIn = day, true
			people := s.crowd()
			l := people.license(p, keygentest.License{Protected: c.own})
			target := s.AddPolicy("demo", keygentest.Policy{Product: s.productOf(people, l)})
			path := "licenses/" + l.ID
			a := s.expect(get(path, people.asOwner), want{status: 200})
			assert.Equal(t, c.license, a.at("data", "attributes", "protected"))
			for _, r := range []struct {
				call      call
				protected bool
				status    int
			}{
				{get(path+"/actions/validate", ""), false, 200},
				{post(path+"/actions/validate", "", ""), false, 200},
				{get(path+"/machines", ""), false, 200},
				{get(path+"/actions/check-out", ""), c.license, 200},
				{post(path+"/actions/check-out", "", ""), c.license, 200},
				{post(path+"/actions/check-in", "", ""), c.license, 200},
				{post(path+"/actions/increment-usage", "", ""), c.license, 200},
				{post(path+"/actions/renew", "", ""), c.policyIs, 200},
				{put(path+"/policy", "", `{"data":{"type":"policies","id":"`+target.ID+`"}}`), c.license, 200},
			} {
				r.call.auth = people.asOwner
				w := want{status: r.status}
				if r.protected {
					w = denied()
				}
				s.expect(r.call, w)
			}
			for _, end := range []string{"", "/actions/revoke"} {
				gone := people.license(p, keygentest.License{Protected: c.own})
				w := want{status: 204}
				if c.policyIs {
					w = denied()
				}
				s.expect(remove("licenses/"+gone.ID+end, people.asOwner), w)
			}
		})
	}
}

func (s *scene) productOf(c *crowd, l keygentest.License) string {
	s.t.Helper()
	id := s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200}).text("data", "relationships", "product", "data", "id")
	require.NotEmpty(s.t, id)
	return id
}

func TestDeleteLicense(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	for _, end := range []string{"", "/actions/revoke"} {
		l := c.license(keygentest.Policy{}, keygentest.License{})
		m := s.AddMachine(keygentest.Machine{License: l.ID})
		s.AddComponent(keygentest.Component{Machine: m.ID})
		s.AddProcess(keygentest.Process{Machine: m.ID})
		assert.Empty(t, s.expect(remove(fmt.Sprintf("licenses/%s%s", l.Key, end), c.asOwner), want{status: 204}).body)
		s.expect(get("licenses/"+l.ID, c.asOwner), missing)
		for _, name := range []string{"licenses", "machines", "components", "processes"} {
			assert.Empty(t, s.expect(get(name, c.asOwner), want{status: 200}).ids(), name)
		}
	}
}
