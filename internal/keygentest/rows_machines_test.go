package keygentest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// How much a license lets be activated.
func TestMachineLimits(t *testing.T) {
	t.Run("machines and overage", func(t *testing.T) {
		for strategy, most := range map[string]int{
			"NO_OVERAGE": 4, "ALLOW_1_25X_OVERAGE": 5, "ALLOW_1_5X_OVERAGE": 6, "ALLOW_2X_OVERAGE": 8, "ALWAYS_ALLOW_OVERAGE": 9,
		} {
			s := open(t, keygentest.Options{})
			c := s.crowd()
			l := c.license(keygentest.Policy{Floating: true, OverageStrategy: strategy}, keygentest.License{Limits: keygentest.Limits{MaxMachines: 4}})
			for n := 1; n <= 9; n++ {
				w := want{status: 201}
				if n > most {
					w = invalid("MACHINE_LIMIT_EXCEEDED", "/data")
				}
				s.expect(post("machines", c.asOwner, newMachine(fmt.Sprintf(`{"fingerprint":"%d"}`, n), l.ID)), w)
			}
		}
	})
	t.Run("per user", func(t *testing.T) {
		s := open(t, keygentest.Options{})
		c := s.crowd()
		l := c.license(keygentest.Policy{Floating: true, MachineLeasingStrategy: "PER_USER", Limits: keygentest.Limits{MaxMachines: 1}}, keygentest.License{})
		for i, owner := range []string{"", machineOwner(c.owner.ID), machineOwner(c.member.ID)} {
			s.expect(post("machines", c.asOwner, newMachine(fmt.Sprintf(`{"fingerprint":"a%d"}`, i), l.ID, owner)), want{status: 201})
			s.expect(post("machines", c.asOwner, newMachine(fmt.Sprintf(`{"fingerprint":"b%d"}`, i), l.ID, owner)), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
		}
	})
	t.Run("sizes", func(t *testing.T) {
		s := open(t, keygentest.Options{})
		c := s.crowd()
		l := c.license(anyMachines, keygentest.License{Limits: keygentest.Limits{MaxCores: 8, MaxMemory: 8, MaxDisk: 8}})
		s.AddMachine(keygentest.Machine{License: l.ID, Cores: 4, Memory: 4, Disk: 4})
		for name, code := range map[string]string{"cores": "CORE", "memory": "MEMORY", "disk": "DISK"} {
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"`+name+`","`+name+`":5}`, l.ID)), invalid("MACHINE_"+code+"_LIMIT_EXCEEDED", "/data"))
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"`+name+`","`+name+`":4}`, l.ID)), want{status: 201})
		}
	})
	t.Run("uniqueness", func(t *testing.T) {
		for strategy, taken := range map[string]string{
			"UNIQUE_PER_LICENSE": "same", "UNIQUE_PER_POLICY": "same policy", "UNIQUE_PER_PRODUCT": "same policy product",
			"UNIQUE_PER_ACCOUNT": "same policy product account",
		} {
			s := open(t, keygentest.Options{})
			c := s.crowd()
			p := keygentest.Policy{Floating: true, MachineUniquenessStrategy: strategy, ComponentUniquenessStrategy: strategy, Product: nobody}
			l := c.license(p, keygentest.License{})
			policy := s.AddLicense("demo", keygentest.License{Policy: l.Policy, Owner: c.owner.ID})
			product := c.license(p, keygentest.License{})
			p.Product = ""
			account := c.license(p, keygentest.License{})
			for name, other := range map[string]keygentest.License{"same": l, "policy": policy, "product": product, "account": account} {
				m := s.AddMachine(keygentest.Machine{License: other.ID, Fingerprint: name})
				s.AddComponent(keygentest.Component{Machine: m.ID, Fingerprint: name})
				body := newMachine(`{"fingerprint":"`+name+`"}`, l.ID, machineParts(name))
				if strings.Contains(taken, name) {
					s.expectAll(post("machines", c.asOwner, body), "FINGERPRINT_TAKEN "+fingerprintAt,
						"COMPONENTS_FINGERPRINT_TAKEN /data/relationships/components/data/0/attributes/fingerprint")
				} else {
					s.expect(post("machines", c.asOwner, body), want{status: 201})
				}
			}
		}
	})
}

func TestMachines(t *testing.T) {
	name := `{"data":{"type":"machines","attributes":{"name":"Desktop"}}}`
	runRows(t, []row{
		{name: "101 update", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID, Name: "Laptop", IP: "10.0.0.1"})
			s.clock.add(1e9)
			a := s.expect(patch("machines/"+m.ID, c.asOwner, name), want{status: 200})
			assert.Equal(s.t, "Desktop", a.text("data", "attributes", "name"))
			assert.Equal(s.t, "10.0.0.1", a.text("data", "attributes", "ip"))
			assert.Equal(s.t, "2026-10-06T12:00:01.000Z", a.text("data", "attributes", "updated"))
			a = s.expect(patch("machines/"+m.Fingerprint, c.asOwner, `{"data":{"type":"machine","attributes":{"name":null,"ip":"","hostname":"h","platform":"p"}}}`), want{status: 200})
			assert.Nil(s.t, a.at("data", "attributes", "name"))
			assert.Equal(s.t, "h", a.text("data", "attributes", "hostname"))
			for _, key := range []string{"fingerprint", "cores", "memory", "disk", "metadata", "maxProcesses"} {
				s.expect(patch("machines/"+m.ID, c.asOwner, `{"data":{"type":"machines","attributes":{"`+key+`":"x"}}}`), notPermitted("/data/attributes/"+key))
			}
			s.expect(patch("machines/"+m.ID, c.asOwner, strings.Replace(name, "Desktop", strings.Repeat("x", 256), 1)), invalid("NAME_TOO_LONG", "/data/attributes/name"))
			closed := s.AddMachine(keygentest.Machine{License: c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{}).ID})
			s.expect(patch("machines/"+closed.ID, c.asOwner, `{"foo":1}`), denied())
			s.expect(patch("machines/"+m.ID, c.asMember, `{"foo":1}`), denied())
			s.expect(patch("machines/"+m.ID, c.asStranger, `{"foo":1}`), missing)
			own := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID})
			s.expect(patch("machines/"+own.ID, c.asMember, name), want{status: 200})
			s.expect(patch("machines/"+own.ID, c.asOwner, name), want{status: 200})
		}},
		{name: "102 deactivate", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID})
			s.AddComponent(keygentest.Component{Machine: m.ID})
			s.AddProcess(keygentest.Process{Machine: m.ID})
			a := s.expect(remove("machines/"+m.ID, c.asStranger), missing)
			assert.Equal(s.t, "The requested machine '"+m.ID+"' was not found", a.text("errors", 0, "detail"))
			s.expect(remove("machines/"+m.ID, c.asMember), denied())
			assert.Empty(s.t, s.expect(remove("machines/"+m.ID, c.asOwner), want{status: 204}).body)
			s.expect(remove("machines/"+m.ID, c.asOwner), missing)
			for _, list := range []string{"machines", "components", "processes"} {
				assert.Empty(s.t, s.expect(get(list, c.asOwner), want{status: 200}).ids())
			}
			closed := s.AddMachine(keygentest.Machine{License: c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{}).ID})
			s.expect(remove("machines/"+closed.ID, c.asOwner), denied())
			s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"`+m.Fingerprint+`"}`, l.ID)), want{status: 201}) // its seat is free
		}},
		{name: "103 ping", run: func(s *scene) {
			c := s.crowd()
			p := keygentest.Policy{Floating: true, HeartbeatCullStrategy: "KEEP_DEAD", HeartbeatDuration: time.Minute}
			m := s.AddMachine(keygentest.Machine{License: c.license(p, keygentest.License{}).ID})
			p.Protected = new(true)
			closed := s.AddMachine(keygentest.Machine{License: c.license(p, keygentest.License{}).ID})
			for _, action := range []string{"ping", "ping-heartbeat"} {
				path := "machines/" + m.ID + "/actions/" + action
				a := s.expect(post(path, c.asOwner, ""), want{status: 200})
				for name, value := range map[string]any{
					"heartbeatStatus": "ALIVE", "requireHeartbeat": true, "heartbeatDuration": 60.0,
					"lastHeartbeat": "2026-10-06T12:00:00.000Z", "nextHeartbeat": "2026-10-06T12:01:00.000Z",
				} {
					assert.Equal(s.t, value, a.at("data", "attributes", name), name)
				}
				s.expect(post(path, c.asMember, ""), denied())
				s.expect(post(path, c.asStranger, ""), missing)
				s.expect(post("machines/"+closed.ID+"/actions/"+action, c.asOwner, ""), denied())
			}
			s.clock.set(noon.Add(time.Minute))
			s.expect(post("machines/"+m.ID+"/actions/ping", c.asOwner, ""), want{status: 200})
			s.clock.set(noon.Add(2*time.Minute + 1))
			a := s.expect(get("machines/"+m.ID, c.asOwner), want{status: 200})
			assert.Equal(s.t, "DEAD", a.text("data", "attributes", "heartbeatStatus"))
			s.expect(post("machines/"+m.ID+"/actions/ping", c.asOwner, ""),
				want{status: 422, code: "MACHINE_HEARTBEAT_DEAD", title: "Unprocessable entity", detail: "is dead"})
		}},
		{name: "104 reset", run: func(s *scene) {
			c := s.crowd()
			m := s.AddMachine(keygentest.Machine{License: c.license(anyMachines, keygentest.License{}).ID, Owner: c.member.ID})
			for _, action := range []string{"reset", "reset-heartbeat"} {
				for _, auth := range []string{c.asOwner, c.asMember} {
					s.expect(post("machines/"+m.ID+"/actions/"+action, auth, ""), denied())
				}
				s.expect(post("machines/"+m.ID+"/actions/"+action, c.asStranger, ""), missing)
			}
		}},
		{name: "104 the rest of a machine", run: func(s *scene) {
			c := s.crowd()
			l := c.license(anyMachines, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID})
			orphan := s.AddMachine(keygentest.Machine{License: l.ID})
			part := s.AddComponent(keygentest.Component{Machine: m.ID})
			p := s.AddProcess(keygentest.Process{Machine: m.ID})
			path := "machines/" + m.ID
			for _, auth := range []string{c.asOwner, c.asMember} {
				assert.Equal(s.t, []string{orphan.ID, m.ID}, s.expect(get("machines", auth), want{status: 200}).ids())
				assert.Equal(s.t, l.ID, s.expect(get(path+"/license", auth), want{status: 200}).text("data", "id"))
				assert.Equal(s.t, c.member.ID, s.expect(get(path+"/owner", auth), want{status: 200}).text("data", "id"))
				s.expect(get("machines/"+orphan.ID+"/owner", auth), missing)
				assert.Equal(s.t, []string{part.ID}, s.expect(get(path+"/components", auth), want{status: 200}).ids())
				assert.Equal(s.t, []string{p.ID}, s.expect(get(path+"/processes", auth), want{status: 200}).ids())
				s.expect(get(path+"/group", auth), missing)
				s.expect(get(path+"/product", auth), denied())
				s.expect(put(path+"/owner", auth, `{"foo":1}`), denied())
				s.expect(put(path+"/group", auth, `{"foo":1}`), denied())
			}
			for _, name := range []string{"", "/license", "/owner", "/components", "/processes", "/group", "/product"} {
				s.expect(get(path+name, c.asStranger), missing)
				s.expect(get(path+name, ""), want{status: 401, code: "TOKEN_MISSING"})
			}
			assert.Empty(s.t, s.expect(get("machines", c.asStranger), want{status: 200}).ids())
		}},
	})
}

func TestMachineFilters(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{Floating: true, HeartbeatCullStrategy: "KEEP_DEAD"}, keygentest.License{Key: "FIRST-KEY"})
	other := c.license(anyMachines, keygentest.License{})
	first := s.AddMachine(keygentest.Machine{License: l.ID, Fingerprint: "a", IP: "10.0.0.1", Owner: c.owner.ID, LastHeartbeat: noon.Add(-day)})
	second := s.AddMachine(keygentest.Machine{License: l.ID, Fingerprint: "b", Hostname: "h", LastHeartbeat: noon})
	third := s.AddMachine(keygentest.Machine{License: other.ID, Fingerprint: "a", Metadata: map[string]any{"room": 7}})
	all := []string{third.ID, second.ID, first.ID}
	for query, ids := range map[string][]string{
		"unknown=x": all, "fingerprint=a": {third.ID, first.ID}, "fingerprint=x": {}, "ip=10.0.0.1": {first.ID}, "hostname=h": {second.ID},
		"status=ALIVE": {third.ID, second.ID}, "status=DEAD": {first.ID}, "license=" + l.ID: {second.ID, first.ID},
		"policy=" + other.Policy: {third.ID}, "product=" + s.productOf(c, other): {third.ID}, "key=FIRST-KEY&fingerprint=a": {first.ID},
		"owner=" + c.owner.ID: {first.ID}, "owner=member@example.com": {}, "user=member@example.com": all, "user=" + c.stranger.ID: {},
		"group=" + nobody: {}, "metadata[room]=7": {third.ID}, "limit=1": {third.ID},
	} {
		assert.Equal(t, ids, s.expect(get("machines?"+query, c.asOwner), want{status: 200}).ids(), query)
	}
	// Of two machines of that name the newer one is meant.
	assert.Equal(t, third.ID, s.expect(get("machines/a", c.asOwner), want{status: 200}).text("data", "id"))
}
