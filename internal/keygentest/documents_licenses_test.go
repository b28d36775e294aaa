package keygentest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// fill is what differs from one run to the next in the documents below.
func (c *crowd) fill(l keygentest.License, more ...string) []string {
	return append([]string{
		"ACC", c.demo.Account.ID, "LIC", l.ID, "KEY", l.Key, "POL", l.Policy, "OWN", c.owner.ID, "NOON", "2026-10-06T12:00:00.000Z",
	}, more...)
}

func TestLicenseDocument(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{Product: nobody, Floating: true, RequireCheckIn: true, Limits: keygentest.Limits{MaxMachines: 3}},
		keygentest.License{Name: "Pro", Metadata: map[string]any{"b": 1, "a_b": "x"}})
	s.AddMachine(keygentest.Machine{License: l.ID, Cores: 4, Memory: 5, Disk: 6})
	a := s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200})
	assert.Equal(t, compact(`{"data":{"id":"LIC","type":"licenses",
		"attributes":{"name":"Pro","key":"KEY","expiry":null,"status":"ACTIVE","uses":0,"suspended":false,
			"scheme":null,"encrypted":false,"strict":false,"floating":true,"protected":false,"version":null,
			"maxMachines":3,"maxProcesses":null,"maxUsers":null,"maxCores":null,"maxMemory":null,"maxDisk":null,"maxUses":null,
			"requireHeartbeat":false,"requireCheckIn":true,"lastValidated":null,"lastCheckIn":"NOON",
			"nextCheckIn":"2026-10-07T12:00:00.000Z","lastCheckOut":null,
			"permissions":["license.read","license.validate","machine.create","machine.delete","machine.read"],
			"metadata":{"aB":"x","b":1},"created":"NOON","updated":"NOON"},
		"relationships":{
			"account":{"links":{"related":"/v1/accounts/ACC"},"data":{"type":"accounts","id":"ACC"}},
			"environment":{"links":{"related":null},"data":null},
			"product":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/product"},"data":{"type":"products","id":"6f0a1b52-0000-4000-8000-000000000000"}},
			"policy":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/policy"},"data":{"type":"policies","id":"POL"}},
			"group":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/group"},"data":null},
			"owner":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/owner"},"data":{"type":"users","id":"OWN"}},
			"users":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/users"},"meta":{"count":2}},
			"machines":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/machines"},"meta":{"cores":4,"memory":5,"disk":6,"count":1}},
			"tokens":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/tokens"}},
			"entitlements":{"links":{"related":"/v1/accounts/ACC/licenses/LIC/entitlements"}}},
		"links":{"self":"/v1/accounts/ACC/licenses/LIC"}}}`, c.fill(l)...), string(a.body))
}

func TestMachineDocument(t *testing.T) {
	s := open(t, community)
	c := s.crowd()
	l := c.license(keygentest.Policy{Product: nobody, Limits: keygentest.Limits{MaxProcesses: 9}}, keygentest.License{})
	m := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.owner.ID, Fingerprint: "a:b", Name: "Laptop", Cores: 4, LastHeartbeat: noon})
	a := s.expect(get("machines/"+m.ID, c.asOwner), want{status: 200})
	assert.Equal(t, compact(`{"data":{"id":"MAC","type":"machines",
		"attributes":{"fingerprint":"a:b","cores":4,"memory":null,"disk":null,"ip":null,"hostname":null,"platform":null,
			"name":"Laptop","requireHeartbeat":true,"heartbeatStatus":"ALIVE","heartbeatDuration":600,"maxProcesses":9,
			"lastCheckOut":null,"lastHeartbeat":"NOON","nextHeartbeat":"2026-10-06T12:10:00.000Z",
			"metadata":{},"created":"NOON","updated":"NOON"},
		"relationships":{
			"account":{"links":{"related":"/v1/accounts/ACC"},"data":{"type":"accounts","id":"ACC"}},
			"product":{"links":{"related":"/v1/accounts/ACC/machines/MAC/product"},"data":{"type":"products","id":"6f0a1b52-0000-4000-8000-000000000000"}},
			"group":{"links":{"related":"/v1/accounts/ACC/machines/MAC/group"},"data":null},
			"license":{"links":{"related":"/v1/accounts/ACC/machines/MAC/license"},"data":{"type":"licenses","id":"LIC"}},
			"owner":{"links":{"related":"/v1/accounts/ACC/machines/MAC/owner"},"data":{"type":"users","id":"OWN"}},
			"components":{"links":{"related":"/v1/accounts/ACC/machines/MAC/components"}},
			"processes":{"links":{"related":"/v1/accounts/ACC/machines/MAC/processes"}}},
		"links":{"self":"/v1/accounts/ACC/machines/MAC"}}}`, c.fill(l, "MAC", m.ID)...), string(a.body))
}

func TestSmallDocuments(t *testing.T) {
	s := open(t, community)
	c := s.crowd()
	e := s.AddEntitlement("demo", keygentest.Entitlement{Code: "PRO", Name: "Pro", Metadata: map[string]any{"x": nil}})
	l := c.license(keygentest.Policy{Product: nobody}, keygentest.License{Entitlements: []string{"PRO"}})
	m := s.AddMachine(keygentest.Machine{License: l.ID})
	part := s.AddComponent(keygentest.Component{Machine: m.ID, Fingerprint: "cpu", Name: "CPU"})
	p := s.AddProcess(keygentest.Process{Machine: m.ID, PID: "1"})
	a := s.expect(post("users/"+c.owner.ID+"/second-factors", c.asOwner, withPassword("owner password")), want{status: 201})
	factor := a.text("data", "id")
	s.expect(patch("users/"+c.owner.ID+"/second-factors/"+factor, c.asOwner, enabling("true", s.TOTP(c.owner.ID))), want{status: 200})
	const account = `"account":{"links":{"related":"/v1/accounts/ACC"},"data":{"type":"accounts","id":"ACC"}}`
	of := func(kind string) string {
		return account + `,
			"product":{"links":{"related":"/v1/accounts/ACC/` + kind + `/ID/product"},"data":{"type":"products","id":"6f0a1b52-0000-4000-8000-000000000000"}},
			"license":{"links":{"related":"/v1/accounts/ACC/` + kind + `/ID/license"},"data":{"type":"licenses","id":"LIC"}},
			"machine":{"links":{"related":"/v1/accounts/ACC/` + kind + `/ID/machine"},"data":{"type":"machines","id":"MAC"}}`
	}
	for _, d := range []struct{ path, id, text string }{
		{"entitlements/PRO", e.ID, `{"data":{"id":"ID","type":"entitlements",
			"attributes":{"name":"Pro","code":"PRO","metadata":{"x":null},"created":"NOON","updated":"NOON"},
			"relationships":{` + account + `},"links":{"self":"/v1/accounts/ACC/entitlements/ID"}}}`},
		{"components/" + part.ID, part.ID, `{"data":{"id":"ID","type":"components",
			"attributes":{"fingerprint":"cpu","name":"CPU","metadata":{},"created":"NOON","updated":"NOON"},
			"relationships":{` + of("components") + `},"links":{"self":"/v1/accounts/ACC/components/ID"}}}`},
		{"processes/" + p.ID, p.ID, `{"data":{"id":"ID","type":"processes",
			"attributes":{"pid":"1","status":"ALIVE","interval":600,"lastHeartbeat":"NOON",
			"nextHeartbeat":"2026-10-06T12:10:00.000Z","metadata":{},"created":"NOON","updated":"NOON"},
			"relationships":{` + of("processes") + `},"links":{"self":"/v1/accounts/ACC/processes/ID"}}}`},
		{"users/" + c.owner.ID + "/second-factors/" + factor, factor, `{"data":{"id":"ID","type":"second-factors",
			"attributes":{"enabled":true,"created":"NOON","updated":"NOON"},
			"relationships":{` + account + `,
			"user":{"links":{"related":"/v1/accounts/ACC/users/OWN"},"data":{"type":"users","id":"OWN"}}},
			"links":{"self":"/v1/accounts/ACC/users/OWN/second-factors/ID"}}}`},
	} {
		a := s.expect(get(d.path, c.asOwner), want{status: 200})
		// Ids may contain the letters of other placeholders, so that they are filled in last.
		text := compact(compact(d.text, "MAC", m.ID, `"ID"`, `"`+d.id+`"`, "/ID/", "/"+d.id+"/", `/ID"`, "/"+d.id+`"`), c.fill(l)...)
		assert.Equal(t, text, string(a.body))
	}
}

// What older versions called the owner.
func TestOwnersByVersion(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{}, keygentest.License{})
	m := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID})
	for _, path := range []string{"licenses/" + l.ID, "machines/" + m.ID} {
		for version, name := range map[string]string{"1.8": "owner", "1.6": "owner", "1.5": "user", "1.0": "user"} {
			owner := c.owner.ID
			if strings.HasPrefix(path, "machines/") && name == "owner" {
				owner = c.member.ID
			}
			a := s.expect(get(path, c.asOwner).under("Keygen-Version", version), want{status: 200})
			relationships := a.at("data", "relationships").(map[string]any)
			assert.Contains(t, relationships, name)
			assert.NotContains(t, relationships, map[string]string{"owner": "user", "user": "owner"}[name])
			assert.Equal(t, owner, a.text("data", "relationships", name, "data", "id"), version)
			link := a.text("data", "relationships", name, "links", "related")
			assert.Equal(t, "/v1/accounts/"+s.demo.Account.ID+"/"+path+"/"+name, link)
			a = s.expect(get(link, c.asOwner).under("Keygen-Version", version), want{status: 200})
			assert.Equal(t, owner, a.text("data", "id"))
		}
		s.expect(get(path+"/user", c.asOwner), missing)
	}
}

// Nested keys of metadata were left in snake_case.
func TestMetadataKeysByVersion(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	p := s.AddPolicy("demo", keygentest.Policy{})
	a := s.expect(post("licenses", c.asOwner, newLicense(`{"metadata":{"a":{"b":{}}}}`, p.ID, c.owner.ID)), want{status: 400, pointer: "/data/attributes/metadata"})
	assert.Equal(t, "maximum depth of 2 exceeded", a.text("errors", 0, "detail"))
	s.expect(post("licenses", c.asOwner, newLicense(`{"metadata":{"a":[1,{"b":1}]}}`, p.ID, c.owner.ID)),
		want{status: 400, pointer: "/data/attributes/metadata/a/1"})
	sent := `{"metadata":{"Customer ID":1,"seat-count":{"max_seats":2,"minSeats":"x"},"list":[3,null,true]}}`
	a = s.expect(post("licenses", c.asOwner, newLicense(sent, p.ID, c.owner.ID)), want{status: 201})
	id := a.text("data", "id")
	for version, metadata := range map[string]string{
		"1.8": `"metadata":{"customerId":1,"seatCount":{"maxSeats":2,"minSeats":"x"},"list":[3,null,true]}`,
		"1.5": `"metadata":{"customerId":1,"seatCount":{"maxSeats":2,"minSeats":"x"},"list":[3,null,true]}`,
		"1.4": `"metadata":{"customerId":1,"seatCount":{"max_seats":2,"min_seats":"x"},"list":[3,null,true]}`,
	} {
		a := s.expect(get("licenses/"+id, c.asOwner).under("Keygen-Version", version), want{status: 200})
		assert.Contains(t, string(a.body), metadata, version)
	}
}
