package keygentest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

func TestLicenseActions(t *testing.T) {
	impossible := want{status: 422, title: "Unprocessable entity"}
	runRows(t, []row{
		{name: "93 increment at the limit", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{Limits: keygentest.Limits{MaxUses: 5}}, keygentest.License{Uses: 2})
			path := "licenses/" + l.ID + "/actions/increment-usage"
			a := s.expect(post(path, c.asOwner, ""), want{status: 200})
			assert.Equal(s.t, 3.0, a.at("data", "attributes", "uses"))
			s.expect(post(path, c.asOwner, `{"meta":{"increment":3}}`), invalid("USES_LIMIT_EXCEEDED", "/data/attributes/uses"))
			a = s.expect(post(path, c.asOwner, `{"meta":{"increment":2}}`), want{status: 200})
			assert.Equal(s.t, 5.0, a.at("data", "attributes", "uses"))
			s.expect(post(path, c.asOwner, `{"meta":{}}`), invalid("USES_LIMIT_EXCEEDED", "/data/attributes/uses"))
			for body, pointer := range map[string]string{
				`{"meta":{"increment":"1"}}`: "/meta/increment", `{"meta":{"increment":1.5}}`: "/meta/increment", `{"meta":{"by":1}}`: "/meta/by",
			} {
				s.expect(post(path, c.asOwner, body), want{status: 400, pointer: pointer})
			}
			s.expect(post(path, c.asOwner, `{"meta":{"increment":-6}}`), invalid("USES_INVALID", "/data/attributes/uses"))
			a = s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200})
			assert.Equal(s.t, 5.0, a.at("data", "attributes", "uses"))
		}},
		{name: "93 overage", run: func(s *scene) {
			c := s.crowd()
			for strategy, most := range map[string]int{
				"NO_OVERAGE": 4, "ALLOW_1_25X_OVERAGE": 5, "ALLOW_1_5X_OVERAGE": 6, "ALLOW_2X_OVERAGE": 8, "ALWAYS_ALLOW_OVERAGE": 1000,
			} {
				l := c.license(keygentest.Policy{OverageStrategy: strategy}, keygentest.License{
					Limits: keygentest.Limits{MaxUses: 4}, Uses: most - 1,
				})
				path := "licenses/" + l.ID + "/actions/increment-usage"
				s.expect(post(path, c.asOwner, ""), want{status: 200})
				if strategy != "ALWAYS_ALLOW_OVERAGE" {
					s.expect(post(path, c.asOwner, ""), invalid("USES_LIMIT_EXCEEDED", "/data/attributes/uses"))
				}
			}
		}},
		{name: "94 decrement, suspend, update", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{Uses: 2})
			for _, request := range []call{
				post("licenses/"+l.ID+"/actions/decrement-usage", c.asOwner, ""), post("licenses/"+l.ID+"/actions/suspend", c.asOwner, ""),
				patch("licenses/"+l.ID, c.asOwner, `{"data":{"type":"licenses","attributes":{"name":"x"}}}`),
			} {
				a := s.expect(request, denied())
				assert.Contains(s.t, a.text("errors", 0, "detail"), "(user lacks permission to perform action)")
			}
		}},
		{name: "95 renew", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{Duration: 30 * day}, keygentest.License{Expiry: noon.Add(-day)})
			path := "licenses/" + l.ID + "/actions/renew"
			s.expect(post(path, c.asMember, ""), denied())
			a := s.expect(post(path, c.asOwner, ""), want{status: 200})
			assert.Equal(s.t, "2026-11-04T12:00:00.000Z", a.text("data", "attributes", "expiry"))

			l = c.license(keygentest.Policy{}, keygentest.License{Expiry: noon})
			s.expect(post("licenses/"+l.ID+"/actions/renew", c.asOwner, ""), impossible)
			// The service tells no error in this case.
			l = c.license(keygentest.Policy{Duration: day, ExpirationBasis: "FROM_FIRST_ACTIVATION"}, keygentest.License{})
			a = s.send(post("licenses/"+l.ID+"/actions/renew", c.asOwner, ""))
			assert.Equal(s.t, 422, a.status)
			assert.Equal(s.t, []any{}, a.at("errors"))
			assert.Equal(s.t, a.header.Get("X-Request-Id"), a.text("meta", "id"))
			assert.NoError(s.t, verify(a, s.demo.Account))
		}},
		{name: "95 check in", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			s.expect(post("licenses/"+l.ID+"/actions/check-in", c.asOwner, ""), impossible)
			for interval, next := range map[string]string{
				"day": "2026-10-09T12:00:00.000Z", "week": "2026-10-21T12:00:00.000Z",
				"month": "2026-12-07T12:00:00.000Z", "year": "2028-10-07T12:00:00.000Z",
			} {
				s.clock.set(noon)
				l := c.license(keygentest.Policy{RequireCheckIn: true, CheckInInterval: interval, CheckInIntervalCount: 2}, keygentest.License{})
				s.clock.set(noon.Add(day))
				a := s.expect(post("licenses/"+l.ID+"/actions/check-in", c.asOwner, ""), want{status: 200})
				assert.Equal(s.t, "2026-10-07T12:00:00.000Z", a.text("data", "attributes", "lastCheckIn"))
				assert.Equal(s.t, next, a.text("data", "attributes", "nextCheckIn"), interval)
			}
		}},
		{name: "95 change of policy", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			path := "licenses/" + l.ID + "/policy"
			product := s.productOf(c, l)
			to := func(id string) call {
				return put(path, c.asOwner, `{"data":{"type":"policies","id":"`+id+`"}}`)
			}
			good := s.AddPolicy("demo", keygentest.Policy{Product: product, Floating: true, Limits: keygentest.Limits{MaxMachines: 7}})
			closed := s.AddPolicy("demo", keygentest.Policy{Product: product, Protected: new(true)})
			elsewhere := s.AddPolicy("demo", keygentest.Policy{})
			pooled := s.AddPolicy("demo", keygentest.Policy{Product: product, Pooled: true})
			const pointer = "/data/relationships/policy"
			s.expect(to(closed.ID), denied())
			s.expect(to(nobody), invalid("POLICY_NOT_FOUND", pointer))
			s.expect(to(elsewhere.ID), invalid("POLICY_NOT_COMPATIBLE", pointer))
			s.expect(to(pooled.ID), invalid("POLICY_NOT_COMPATIBLE", pointer))
			s.expect(to("x"), want{status: 400, pointer: "/data/id"})
			s.expect(put(path, c.asOwner, ""), want{status: 400, pointer: "/data"})
			s.expect(put(path, c.asOwner, `{"data":null}`), want{status: 400, pointer: "/data", detail: "cannot be null"})
			s.expect(put(path, c.asOwner, `{"data":{"type":"users","id":"`+nobody+`"}}`), want{status: 400, pointer: "/data/type"})
			a := s.expect(to(good.ID), want{status: 200})
			assert.Equal(s.t, "licenses", a.text("data", "type"))
			assert.Equal(s.t, good.ID, a.text("data", "relationships", "policy", "data", "id"))
			assert.Equal(s.t, 7.0, a.at("data", "attributes", "maxMachines"))
		}},
		{name: "96 entitlements", run: func(s *scene) {
			c := s.crowd()
			own := s.AddEntitlement("demo", keygentest.Entitlement{Code: "OWN", Name: "Own"})
			byPolicy := s.AddEntitlement("demo", keygentest.Entitlement{Code: "POLICY", Name: "By policy"})
			other := s.AddEntitlement("demo", keygentest.Entitlement{Code: "OTHER", Name: "Other"})
			l := c.license(keygentest.Policy{Entitlements: []string{"POLICY"}}, keygentest.License{Entitlements: []string{own.ID, "POLICY"}})
			second := c.license(keygentest.Policy{}, keygentest.License{Entitlements: []string{"OTHER"}})
			path := "licenses/" + l.ID + "/entitlements"
			for _, auth := range []string{c.asOwner, c.asMember} {
				assert.Equal(s.t, []string{byPolicy.ID, own.ID}, s.expect(get(path, auth), want{status: 200}).ids())
				a := s.expect(get("licenses/"+l.Key+"/entitlements/OWN", auth), want{status: 200})
				assert.Equal(s.t, "Own", a.text("data", "attributes", "name"))
				assert.Equal(s.t, []string{other.ID, byPolicy.ID, own.ID}, s.expect(get("entitlements", auth), want{status: 200}).ids())
				s.expect(get("entitlements/"+own.ID, auth), want{status: 200})
			}
			s.expect(get(path+"/"+other.ID, c.asOwner), missing)
			s.expect(get(path, c.asStranger), missing)
			s.expect(get("entitlements/OWN", c.asStranger), missing)
			assert.Empty(s.t, s.expect(get("entitlements", c.asStranger), want{status: 200}).ids())
			assert.Equal(s.t, []string{other.ID}, s.expect(get("licenses/"+second.ID+"/entitlements", c.asOwner), want{status: 200}).ids())
		}},
		{name: "96 people and machines", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID, Fingerprint: "a:b/c"})
			elsewhere := s.AddMachine(keygentest.Machine{License: c.license(keygentest.Policy{}, keygentest.License{}).ID})
			path := "licenses/" + l.ID
			for _, auth := range []string{c.asOwner, c.asMember} {
				assert.Equal(s.t, []string{c.member.ID, c.owner.ID}, s.expect(get(path+"/users", auth), want{status: 200}).ids())
				s.expect(get(path+"/users/"+c.owner.ID, auth), want{status: 200})
				assert.Equal(s.t, c.member.ID, s.expect(get(path+"/users/member@example.com", auth), want{status: 200}).text("data", "id"))
				s.expect(get(path+"/users/"+c.stranger.ID, auth), missing)
				assert.Equal(s.t, c.owner.ID, s.expect(get(path+"/owner", auth), want{status: 200}).text("data", "id"))
				assert.Equal(s.t, []string{m.ID}, s.expect(get(path+"/machines", auth), want{status: 200}).ids())
				s.expect(get(path+"/machines/a%3Ab%2Fc", auth), want{status: 200})
				s.expect(get(path+"/machines/"+m.ID, auth), want{status: 200})
				s.expect(get(path+"/machines/"+elsewhere.ID, auth), missing)
				s.expect(get(path+"/group", auth), missing)
			}
		}},
		{name: "97 policy of an own license", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			s.expect(get("licenses/"+l.ID+"/policy", c.asOwner), denied())
			s.expect(get("policies", c.asOwner), denied())
			s.expect(get("policies/"+l.Policy, c.asOwner), denied())
			s.expect(get("policies/"+nobody, c.asOwner), missing)
			s.expect(get("products", c.asOwner), denied())
			s.expect(get("/v1/accounts/demo", c.asOwner), denied())
			s.expect(get("/v1/accounts/"+s.demo.Account.ID, ""), want{status: 401, code: "TOKEN_MISSING"})
			s.expect(get("/v1/accounts/demo/accounts/demo", c.asOwner), want{status: 404, code: "NOT_FOUND", unsigned: true})
		}},
	})
}

// A license that nobody has cannot be seen by a user, but its status can by staff.
func TestLicenseStatus(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, staff := s.signIn(s.demo.Staff)
	banned := s.demo.Banned.ID
	p := s.AddPolicy("demo", keygentest.Policy{})
	for _, c := range []struct {
		name    string
		license keygentest.License
		after   time.Duration
		status  string
	}{
		{"owner banned, whatever else", keygentest.License{Owner: banned, Suspended: true, Expiry: noon}, 0, "BANNED"},
		{"suspended, also if expired", keygentest.License{Suspended: true, Expiry: noon}, 0, "SUSPENDED"},
		{"expired", keygentest.License{Expiry: noon}, 0, "EXPIRED"},
		{"expired long ago", keygentest.License{Expiry: noon}, 100 * day, "EXPIRED"},
		{"about to expire", keygentest.License{Expiry: noon.Add(3*day - 1)}, 0, "EXPIRING"},
		{"not about to expire", keygentest.License{Expiry: noon.Add(3 * day)}, 0, "ACTIVE"},
		{"never expires", keygentest.License{}, 90*day - 1, "ACTIVE"},
		{"not used for long", keygentest.License{}, 90 * day, "INACTIVE"},
		{"banned member", keygentest.License{Users: []string{banned}}, 0, "ACTIVE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.t = t
			s.clock.set(noon)
			c.license.Policy = p.ID
			l := s.AddLicense("demo", c.license)
			s.clock.add(c.after)
			a := s.expect(get("licenses/"+l.ID, staff), want{status: 200})
			assert.Equal(t, c.status, a.text("data", "attributes", "status"))
		})
	}
}

// Use of a license keeps it, and the people of it, active.
func TestActivity(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{}, keygentest.License{})
	s.clock.set(noon.Add(90 * day))
	status := func(auth string) string {
		return s.expect(get("me", auth), want{status: 200}).text("data", "attributes", "status")
	}
	assert.Equal(t, "INACTIVE", status(c.asOwner))
	a := s.expect(get("licenses/"+l.ID+"/actions/validate", c.asMember), want{status: 200})
	assert.Equal(t, "ACTIVE", a.text("data", "attributes", "status"))
	assert.Equal(t, "ACTIVE", status(c.asOwner))
	assert.Equal(t, "ACTIVE", status(c.asMember))
	assert.Equal(t, "INACTIVE", status(c.asStranger))
}
