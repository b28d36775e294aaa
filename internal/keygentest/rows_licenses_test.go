package keygentest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

const day = 24 * time.Hour

func TestListLicenses(t *testing.T) {
	runRows(t, []row{
		{name: "76 list, as owner and as member", run: func(s *scene) {
			c := s.crowd()
			first := c.license(keygentest.Policy{}, keygentest.License{})
			p := s.AddPolicy("demo", keygentest.Policy{})
			second := s.AddLicense("demo", keygentest.License{Policy: p.ID, Owner: c.member.ID})
			s.AddLicense("demo", keygentest.License{Policy: p.ID})
			a := s.expect(get("licenses", c.asMember), want{status: 200})
			assert.Equal(s.t, []string{second.ID, first.ID}, a.ids())
			assert.Len(s.t, a.doc, 1, "neither links nor meta")
			assert.Equal(s.t, []string{first.ID}, s.expect(get("licenses", c.asOwner), want{status: 200}).ids())
			assert.Equal(s.t, []string{}, s.expect(get("licenses", c.asStranger), want{status: 200}).ids())
			s.expect(get("licenses", ""), want{status: 401, code: "TOKEN_MISSING"})
		}},
		{name: "77 by cursor", run: func(s *scene) {
			c, ids := s.manyLicenses(19)
			var seen []string
			path := "/v1/accounts/demo/licenses?page[cursor]=&page[size]=5"
			sizes := []int{}
			for range 4 {
				a := s.expect(get(path, c.asOwner), want{status: 200})
				seen = append(seen, a.ids()...)
				sizes = append(sizes, len(a.ids()))
				path = a.text("links", "next")
			}
			assert.Equal(s.t, []int{5, 5, 5, 4}, sizes)
			assert.Empty(s.t, path, "no more")
			assert.Equal(s.t, ids, seen)
		}},
		{name: "78 by number", run: func(s *scene) {
			c, ids := s.manyLicenses(15)
			a := s.expect(get("licenses?page[number]=1", c.asOwner), want{status: 200})
			assert.Equal(s.t, ids[:10], a.ids())
			assert.Equal(s.t, map[string]any{"pages": 2.0, "count": 15.0}, a.at("links", "meta"))
			assert.Contains(s.t, a.at("links"), "prev")
			assert.Nil(s.t, a.at("links", "prev"))
			a = s.expect(get(a.text("links", "next"), c.asOwner), want{status: 200})
			assert.Equal(s.t, ids[10:], a.ids())
		}},
		{name: "79 wrong pages", run: func(s *scene) {
			c := s.crowd()
			for query, parameter := range map[string]string{
				"page[size]=250&page[cursor]=": "page[size]", "page[number]=0": "page[number]", "page[number]=101": "page[number]",
				"page[cursor]=foo": "page[cursor]", "page[size]=5": "page",
			} {
				for _, list := range []string{"licenses", "machines", "users", "components", "processes", "entitlements"} {
					s.expect(get(list+"?"+query, c.asOwner), want{status: 400, parameter: parameter})
				}
			}
		}},
		{name: "29 cancelled account", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
			u := s.AddUser("gone", keygentest.User{Email: "eve@example.com"})
			_, auth := s.signIn(u)
			for _, path := range []string{
				"licenses", "licenses/x", "licenses/x/machines", "licenses/x/actions/validate", "machines", "machines/x", "users",
				"users/" + u.ID + "/licenses", "entitlements", "policies", "products", "components", "processes",
			} {
				s.expect(get("/v1/accounts/gone/"+path, auth), inactive(acc))
			}
			for _, path := range []string{
				"licenses", "licenses/actions/validate-key", "licenses/x/actions/check-out", "machines", "machines/x/actions/ping",
				"components", "processes", "processes/x/actions/ping",
			} {
				s.expect(post("/v1/accounts/gone/"+path, auth, ""), inactive(acc))
			}
		}},
	})
}

// manyLicenses gives the owner of a crowd n licenses and returns their ids, newest first.
func (s *scene) manyLicenses(n int) (*crowd, []string) {
	s.t.Helper()
	c := s.crowd()
	ids := make([]string, n)
	for i := range n {
		ids[n-1-i] = c.license(keygentest.Policy{}, keygentest.License{}).ID
	}
	return c, ids
}

func TestLicenseFilters(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	plain := keygentest.Policy{Duration: 100 * day}
	active := c.license(plain, keygentest.License{Metadata: map[string]any{"customer_id": 5, "plan": "gold", "beta": true}})
	expiring := c.license(plain, keygentest.License{Expiry: noon.Add(2 * day)})
	expired := c.license(plain, keygentest.License{Expiry: noon.Add(-day)})
	suspended := c.license(plain, keygentest.License{Suspended: true, Metadata: map[string]any{"plan": "tin"}})
	s.AddMachine(keygentest.Machine{License: active.ID})
	m := s.AddMachine(keygentest.Machine{License: active.ID})
	product := s.expect(get("licenses/"+expiring.ID, c.asOwner), want{status: 200}).text("data", "relationships", "product", "data", "id")
	other := s.AddLicense("demo", keygentest.License{Policy: active.Policy, Owner: c.member.ID})

	all := []string{suspended.ID, expired.ID, expiring.ID, active.ID}
	for query, ids := range map[string][]string{
		"":                        all,
		"unknown=x":               all,
		"policy=" + active.Policy: {active.ID},
		"product=" + product:      {expiring.ID},
		"owner=" + c.owner.ID:     all,
		"owner=owner@example.com": all,
		"owner=" + c.member.ID:    {},
		"user=" + c.member.ID:     all,
		"user=member@example.com&policy=" + product: {},
		"user=" + c.stranger.ID:                     {},
		"machine=" + m.ID:                           {active.ID},
		"machine=" + product:                        {},
		"group=" + product:                          {},
		"status=ACTIVE":                             all,
		"status=active":                             all,
		"status=":                                   all,
		"status=INACTIVE":                           {},
		"expires[within]=2d":                        {expiring.ID},
		"expires[within]=P2D":                       {expiring.ID},
		"expires[before]=2026-10-08T13:00:00Z":      {expiring.ID},
		"expires[after]=2026-10-08T12:00:00Z":       {suspended.ID, active.ID},
		"status=EXPIRING":                           {expiring.ID},
		"status=EXPIRED":                            {expired.ID},
		"status=SUSPENDED":                          {suspended.ID},
		"status=BANNED":                             {},
		"suspended=true":                            {suspended.ID},
		"suspended=false":                           {expired.ID, expiring.ID, active.ID},
		"expiring=true":                             {expiring.ID},
		"expired=1":                                 {expired.ID},
		"expired=false&suspended=0":                 {expiring.ID, active.ID},
		"assigned=true":                             all,
		"unassigned=true":                           {},
		"activated=true":                            {active.ID},
		"activated=false&limit=1":                   {suspended.ID},
		"activations[eq]=2":                         {active.ID},
		"activations[gt]=1":                         {active.ID},
		"activations[gte]=3":                        {},
		"activations[lt]=1":                         {suspended.ID, expired.ID, expiring.ID},
		"activations[lte]=2":                        all,
		"metadata[customerId]=5":                    {active.ID},
		"metadata[customer_id]=6":                   {},
		"metadata[plan]=tin":                        {suspended.ID},
		"metadata[plan]=gold&metadata[beta]=true":   {active.ID},
		"metadata[plan]=gold&metadata[beta]=false":  {},
		"metadata[nothing]=":                        {},
	} {
		got := s.expect(get(strings.TrimSuffix("licenses?"+query, "?"), c.asOwner), want{status: 200}).ids()
		assert.Equal(t, ids, got, query)
	}
	assert.NotContains(t, s.expect(get("licenses?user="+c.member.ID, c.asOwner), want{status: 200}).ids(), other.ID,
		"filters do not show what is hidden")
}

func newLicense(attributes, policy, owner string) string {
	relationships := `"policy":{"data":{"type":"policies","id":"` + policy + `"}}`
	if owner != "" {
		relationships += `,"owner":{"data":{"type":"users","id":"` + owner + `"}}`
	}
	return `{"data":{"type":"licenses","attributes":` + attributes + `,"relationships":{` + relationships + `}}}`
}

const nobody = "6f0a1b52-0000-4000-8000-000000000000"

func TestCreateLicense(t *testing.T) {
	runRows(t, []row{
		{name: "80 create", run: func(s *scene) {
			c := s.crowd()
			p := s.AddPolicy("demo", keygentest.Policy{Duration: 30 * day})
			body := newLicense(`{"name":"Trial","metadata":{"customer_id":1}}`, p.ID, c.owner.ID)
			a := s.expect(post("licenses", c.asOwner, body), want{status: 201})
			assert.Equal(s.t, "Trial", a.text("data", "attributes", "name"))
			assert.Equal(s.t, "2026-11-05T12:00:00.000Z", a.text("data", "attributes", "expiry"))
			assert.Regexp(s.t, "^([0-9A-F]{6}-){5}V3$", a.text("data", "attributes", "key"))
			assert.Equal(s.t, c.owner.ID, a.text("data", "relationships", "owner", "data", "id"))
			assert.Equal(s.t, map[string]any{"customerId": 1.0}, a.at("data", "attributes", "metadata"))
			assert.Equal(s.t, s.URL+a.text("data", "links", "self"), a.header.Get("Location"))
			assert.Equal(s.t, []string{a.text("data", "id")}, s.expect(get("licenses", c.asOwner), want{status: 200}).ids())

			spelt := strings.Replace(newLicense(`{"key":"MY-KEY"}`, p.ID, c.owner.ID), `"owner"`, `"user"`, 1)
			a = s.expect(post("licenses", c.asOwner, spelt), want{status: 201})
			assert.Equal(s.t, "MY-KEY", a.text("data", "attributes", "key"))
			s.expect(get("licenses/MY-KEY", c.asOwner), want{status: 200})
		}},
		{name: "80 expiry counts from a later event", run: func(s *scene) {
			c := s.crowd()
			p := s.AddPolicy("demo", keygentest.Policy{Duration: 30 * day, ExpirationBasis: "FROM_FIRST_VALIDATION"})
			a := s.expect(post("licenses", c.asOwner, newLicense(`{}`, p.ID, c.owner.ID)), want{status: 201})
			assert.Nil(s.t, a.at("data", "attributes", "expiry"))
		}},
		{name: "81 not for oneself, or protected", run: func(s *scene) {
			c := s.crowd()
			open := s.AddPolicy("demo", keygentest.Policy{})
			closed := s.AddPolicy("demo", keygentest.Policy{Protected: new(true)})
			for _, body := range []string{
				newLicense(`{}`, closed.ID, c.owner.ID), newLicense(`{}`, open.ID, ""), newLicense(`{}`, open.ID, c.member.ID),
				newLicense(`{}`, open.ID, nobody), newLicense(`{}`, nobody, ""), newLicense(`{}`, nobody, c.member.ID),
				strings.Replace(newLicense(`{}`, open.ID, c.owner.ID), `{"type":"users","id":"`+c.owner.ID+`"}`, "null", 1),
			} {
				s.expect(post("licenses", c.asOwner, body), denied())
			}
			assert.Empty(s.t, s.expect(get("licenses", c.asOwner), want{status: 200}).ids())
		}},
		{name: "81 policies of a protected account", run: func(s *scene) {
			acc := s.AddAccount(keygentest.Account{Slug: "closed", Protected: true})
			u := s.AddUser("closed", keygentest.User{Email: "eve@example.com"})
			_, auth := s.signIn(u)
			w := denied()
			w.account = acc
			p := s.AddPolicy("closed", keygentest.Policy{})
			s.expect(post("/v1/accounts/closed/licenses", auth, newLicense(`{}`, p.ID, u.ID)), w)
			p = s.AddPolicy("closed", keygentest.Policy{Protected: new(false)})
			s.expect(post("/v1/accounts/closed/licenses", auth, newLicense(`{}`, p.ID, u.ID)), want{status: 201, account: acc})
		}},
		{name: "82 what users may not set", run: func(s *scene) {
			c := s.crowd()
			p := s.AddPolicy("demo", keygentest.Policy{Protected: new(true)})
			for _, name := range []string{"maxMachines", "expiry", "protected", "suspended", "permissions", "maxUses"} {
				s.expect(post("licenses", c.asOwner, newLicense(`{"`+name+`":1}`, p.ID, "")), notPermitted("/data/attributes/"+name))
			}
			body := newLicense(`{}`, p.ID, "")
			s.expect(post("licenses", c.asOwner, strings.Replace(body, `"attributes"`, `"id":"x","attributes"`, 1)), notPermitted("/data/id"))
			s.expect(post("licenses", c.asOwner, strings.Replace(body, `"policy"`, `"group":{},"policy"`, 1)), notPermitted("/data/relationships/group"))
			s.expect(post("licenses", c.asOwner, `{"data":{"type":"licenses"}}`), want{status: 400, pointer: "/data/relationships", detail: "is missing"})
			s.expect(post("licenses", c.asOwner, newLicense(`{}`, "trial", "")), want{status: 400, pointer: "/data/relationships/policy/data/id"})
			s.expect(post("licenses", c.asOwner, newLicense(`{"key":""}`, p.ID, "")), want{status: 400, pointer: "/data/attributes/key"})
			deep := newLicense(`{"metadata":{"a":{"b":{"c":1}}}}`, p.ID, "")
			s.expect(post("licenses", c.asOwner, deep), want{status: 400, pointer: "/data/attributes/metadata", detail: "maximum depth of 2 exceeded"})
			s.expect(post("licenses", c.asOwner, newLicense(`{"metadata":[]}`, p.ID, "")),
				want{status: 400, pointer: "/data/attributes/metadata", detail: "type mismatch (received array expected object)"})
			s.expect(post("licenses", c.asOwner, newLicense(`{"metadata":{"a":["\u0000"]}}`, p.ID, "")), want{status: 400, code: "ENCODING_INVALID"})
		}},
		{name: "83 unknown policy, and other values", run: func(s *scene) {
			c := s.crowd()
			p := s.AddPolicy("demo", keygentest.Policy{})
			taken := c.license(keygentest.Policy{}, keygentest.License{Key: "TAKEN-KEY"})
			other := s.AddAccount(keygentest.Account{Slug: "other"})
			foreign := s.AddPolicy(other.ID, keygentest.Policy{})
			pool := s.AddPolicy("demo", keygentest.Policy{Pooled: true, Pool: []string{"POOL-1"}})
			const key, policy = "/data/attributes/key", "/data/relationships/policy"
			noPolicy := invalid("POLICY_NOT_FOUND", policy)
			noPolicy.also = []string{"PRODUCT_NOT_FOUND"}
			s.expect(post("licenses", c.asOwner, newLicense(`{}`, nobody, c.owner.ID)), noPolicy)
			s.expect(post("licenses", c.asOwner, newLicense(`{}`, foreign.ID, c.owner.ID)), noPolicy)
			for attributes, w := range map[string]want{
				`{"key":"TAKEN-KEY"}`:                          invalid("KEY_TAKEN", key),
				`{"key":"` + taken.ID + `"}`:                   invalid("KEY_CONFLICT", key),
				`{"key":"12345"}`:                              invalid("KEY_TOO_SHORT", key),
				`{"key":"actions"}`:                            invalid("KEY_NOT_ALLOWED", key),
				`{"name":"` + strings.Repeat("ä", 1025) + `"}`: invalid("NAME_TOO_LONG", "/data/attributes/name"),
				`{"metadata":` + manyKeys(65) + `}`:            invalid("METADATA_TOO_LONG", "/data/attributes/metadata"),
			} {
				s.expect(post("licenses", c.asOwner, newLicense(attributes, p.ID, c.owner.ID)), w)
			}
			a := s.expect(post("licenses", c.asOwner, newLicense(`{}`, pool.ID, c.owner.ID)), want{status: 201})
			assert.Equal(s.t, "POOL-1", a.text("data", "attributes", "key"))
			s.expect(post("licenses", c.asOwner, newLicense(`{}`, pool.ID, c.owner.ID)), invalid("POLICY_POOL_EMPTY", policy))
			s.expect(post("licenses", c.asOwner, newLicense(`{"name":"`+strings.Repeat("ä", 1024)+`"}`, p.ID, c.owner.ID)), want{status: 201})
		}},
		{name: "84 anonymous", run: func(s *scene) {
			s.expect(post("licenses", "", `{"foo":1}`), want{status: 401, code: "TOKEN_MISSING"})
		}},
	})
}
