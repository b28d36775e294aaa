package keygentest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// newMachine is the document of a machine. more are further relationships, each with a leading comma.
func newMachine(attributes, license string, more ...string) string {
	return `{"data":{"type":"machines","attributes":` + attributes + `,"relationships":{"license":{"data":{"type":"licenses","id":"` +
		license + `"}}` + strings.Join(more, "") + `}}}`
}

func machineOwner(id string) string {
	return `,"owner":{"data":{"type":"users","id":"` + id + `"}}`
}

func machineParts(fingerprints ...string) string {
	var items []string
	for _, f := range fingerprints {
		items = append(items, `{"type":"components","attributes":{"fingerprint":"`+f+`","name":"Part"}}`)
	}
	return `,"components":{"data":[` + strings.Join(items, ",") + `]}`
}

const fingerprintAt = "/data/attributes/fingerprint"

// anyMachines are the options of a policy for many machines.
var anyMachines = keygentest.Policy{Floating: true}

func TestActivate(t *testing.T) {
	runRows(t, []row{
		{name: "98 activate", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			a := s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"4d:Eq:UV","name":"Laptop","platform":"Linux",
				"hostname":"ada","ip":"10.0.0.1","cores":8,"memory":17179869184,"disk":512110190592,"metadata":{"asset_tag":1}}`, l.ID)), want{status: 201})
			for name, value := range map[string]any{
				"fingerprint": "4d:Eq:UV", "name": "Laptop", "platform": "Linux", "hostname": "ada", "ip": "10.0.0.1", "cores": 8.0,
				"memory": 17179869184.0, "disk": 512110190592.0, "metadata": map[string]any{"assetTag": 1.0},
				"heartbeatStatus": "NOT_STARTED", "requireHeartbeat": false, "lastHeartbeat": nil,
			} {
				assert.Equal(s.t, value, a.at("data", "attributes", name), name)
			}
			assert.Nil(s.t, a.at("data", "relationships", "owner", "data"))
			assert.Equal(s.t, s.URL+a.text("data", "links", "self"), a.header.Get("Location"))
			shown := s.expect(get("machines/4d%3AEq%3AUV", c.asMember), want{status: 200})
			assert.Equal(s.t, a.at("data"), shown.at("data"))
			sums := s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200}).at("data", "relationships", "machines", "meta")
			assert.Equal(s.t, map[string]any{"cores": 8.0, "memory": 17179869184.0, "disk": 512110190592.0, "count": 1.0}, sums)

			s.expect(post("machines", c.asMember, newMachine(`{"fingerprint":"b"}`, l.ID)), denied())
			s.expect(post("machines", c.asMember, newMachine(`{"fingerprint":"b"}`, l.ID, machineOwner(c.owner.ID))), denied())
			s.expect(post("machines", c.asMember, newMachine(`{"fingerprint":"b"}`, l.ID, `,"owner":{"data":null}`)), denied())
			a = s.expect(post("machines", c.asMember, newMachine(`{"fingerprint":"b"}`, l.ID, machineOwner(c.member.ID))), want{status: 201})
			assert.Equal(s.t, c.member.ID, a.text("data", "relationships", "owner", "data", "id"))
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"c"}`, l.ID, machineOwner(c.member.ID))), want{status: 201})
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"d"}`, l.ID, `,"owner":{"data":null}`)), want{status: 201})
		}},
		{name: "98 with id and components", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			body := newMachine(`{"fingerprint":"a"}`, l.ID, machineParts("p", "q"))
			body = strings.Replace(body, `"attributes"`, `"id":"`+nobody+`","attributes"`, 1)
			a := s.expect(post("machines", c.asOwner, body), want{status: 201})
			assert.Equal(s.t, nobody, a.text("data", "id"))
			a = s.expect(get("machines/"+nobody+"/components?order=asc", c.asMember), want{status: 200})
			assert.Equal(s.t, "p", a.text("data", 0, "attributes", "fingerprint"))
			assert.Equal(s.t, "q", a.text("data", 1, "attributes", "fingerprint"))
			body = strings.Replace(body, `"a"`, `"b"`, 1)
			s.expect(post("machines", c.asOwner, body), invalid("ID_CONFLICT", "/data/id"))
		}},
		{name: "98 not a license for this", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			closed := c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{})
			s.expect(post("machines", c.asStranger, newMachine(`{"fingerprint":"a"}`, l.ID, machineOwner(c.stranger.ID))), denied())
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"a"}`, nobody)), denied())
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"a"}`, closed.ID)), denied())
			s.expect(post("machines", c.asMember, newMachine(`{"fingerprint":"a"}`, closed.ID, machineOwner(c.member.ID))), denied())
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"actions","cores":0}`, closed.ID)), denied()) // 403 before 422
			s.expect(post("machines", c.asOwner, newMachine(`{"foo":1}`, nobody)), notPermitted("/data/attributes/foo"))  // 400 before 403
			s.expect(post("machines", "", newMachine(`{"foo":1}`, nobody)), want{status: 401, code: "TOKEN_MISSING"})
		}},
		{name: "99 duplicate fingerprint, over the limit", run: func(s *scene) {
			c := s.crowd()
			p := anyMachines
			p.MaxMachines = 2
			l := c.license(p, keygentest.License{})
			activate := func(fingerprint string) call {
				return post("machines", c.asOwner, newMachine(`{"fingerprint":"`+fingerprint+`"}`, l.ID))
			}
			s.expect(activate("a"), want{status: 201})
			s.expect(activate("a"), invalid("FINGERPRINT_TAKEN", fingerprintAt))
			s.expect(activate("b"), want{status: 201})
			s.expect(activate("c"), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
			s.expectAll(activate("b"), "FINGERPRINT_TAKEN "+fingerprintAt, "MACHINE_LIMIT_EXCEEDED /data")
			locked := c.license(keygentest.Policy{}, keygentest.License{})
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"a"}`, locked.ID)), want{status: 201}) // unique per license
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"b"}`, locked.ID)), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
		}},
		{name: "100 wrong documents", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			for _, w := range []struct{ attributes, detail string }{
				{`{"fingerprint":""}`, "cannot be blank"}, {`{"fingerprint":" "}`, "cannot be blank"}, {`{}`, "is missing"},
				{`{"fingerprint":null}`, "cannot be null"}, {`{"fingerprint":1}`, "type mismatch (received integer expected string)"},
			} {
				s.expect(post("machines", c.asOwner, newMachine(w.attributes, l.ID)), want{status: 400, pointer: fingerprintAt, detail: w.detail})
			}
			for body, pointer := range map[string]string{
				`{"data":{"type":"machines","attributes":{"fingerprint":"a"}}}`:                                                                     "/data/relationships",
				`{"data":{"type":"machines","attributes":{"fingerprint":"a"},"relationships":{}}}`:                                                  "/data/relationships/license",
				newMachine(`{"fingerprint":"a"}`, "key"):                                                                                            "/data/relationships/license/data/id",
				newMachine(`{"fingerprint":"a","cores":"8"}`, l.ID):                                                                                 "/data/attributes/cores",
				newMachine(`{"fingerprint":"a","cores":1.5}`, l.ID):                                                                                 "/data/attributes/cores",
				newMachine(`{"fingerprint":"a","maxProcesses":1}`, l.ID):                                                                            "/data/attributes/maxProcesses",
				newMachine(`{"fingerprint":"a"}`, l.ID, `,"group":{"data":null}`):                                                                   "/data/relationships/group",
				newMachine(`{"fingerprint":"a"}`, l.ID, `,"components":{"data":[]}`):                                                                "/data/relationships/components/data",
				newMachine(`{"fingerprint":"a"}`, l.ID, machineParts(strings.Split("abcdefghijklmnopqrstu", "")...)):                                "/data/relationships/components/data",
				newMachine(`{"fingerprint":"a"}`, l.ID, machineParts("p", "")):                                                                      "/data/relationships/components/data/1/attributes/fingerprint",
				newMachine(`{"fingerprint":"a"}`, l.ID, `,"components":{"data":[{"type":"machines","attributes":{"fingerprint":"p","name":"x"}}]}`): "/data/relationships/components/data/0/type",
				strings.Replace(newMachine(`{"fingerprint":"a"}`, l.ID), `"attributes"`, `"id":"x","attributes"`, 1):                                "/data/id",
			} {
				s.expect(post("machines", c.asOwner, body), want{status: 400, pointer: pointer})
			}
			assert.Empty(s.t, s.expect(get("machines", c.asOwner), want{status: 200}).ids())
		}},
		{name: "99 other values", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID})
			const owner, part = "/data/relationships/owner", "/data/relationships/components/data/1/attributes/fingerprint"
			for body, w := range map[string]want{
				newMachine(`{"fingerprint":"actions"}`, l.ID):                                 invalid("FINGERPRINT_NOT_ALLOWED", fingerprintAt),
				newMachine(`{"fingerprint":"action"}`, l.ID):                                  invalid("FINGERPRINT_NOT_ALLOWED", fingerprintAt),
				newMachine(`{"fingerprint":"`+m.ID+`"}`, l.ID):                                invalid("FINGERPRINT_CONFLICT", fingerprintAt),
				newMachine(`{"fingerprint":"a","cores":0}`, l.ID):                             invalid("CORES_INVALID", "/data/attributes/cores"),
				newMachine(`{"fingerprint":"a","memory":-1}`, l.ID):                           invalid("MEMORY_INVALID", "/data/attributes/memory"),
				newMachine(`{"fingerprint":"a","disk":0}`, l.ID):                              invalid("DISK_INVALID", "/data/attributes/disk"),
				newMachine(`{"fingerprint":"a","name":"`+strings.Repeat("x", 256)+`"}`, l.ID): invalid("NAME_TOO_LONG", "/data/attributes/name"),
				newMachine(`{"fingerprint":"a","metadata":`+manyKeys(65)+`}`, l.ID):           invalid("METADATA_TOO_LONG", "/data/attributes/metadata"),
				newMachine(`{"fingerprint":"a"}`, l.ID, machineOwner(nobody)):                 invalid("OWNER_NOT_FOUND", owner),
				newMachine(`{"fingerprint":"a"}`, l.ID, machineOwner(c.stranger.ID)):          invalid("OWNER_INVALID", owner),
				newMachine(`{"fingerprint":"a"}`, l.ID, machineParts("p", "p")):               invalid("COMPONENTS_FINGERPRINT_CONFLICT", part),
			} {
				s.expect(post("machines", c.asOwner, body), w)
			}
			old := post("machines", c.asOwner, newMachine(`{"fingerprint":"a"}`, l.ID, machineOwner(nobody))).under("Keygen-Version", "1.5")
			s.expect(old, invalid("USER_NOT_FOUND", "/data/relationships/user"))
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"a","name":null,"cores":null,"ip":""}`, l.ID)), want{status: 201})
		}},
	})
}
