package keygentest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

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
				s.expect(get("machines/"+orphan.ID+"/owner", auth), want{status: 200})
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
