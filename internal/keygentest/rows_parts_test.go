package keygentest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// newPart is the document of a component or process.
func newPart(kind, attributes, machine string) string {
	return `{"data":{"type":"` + kind + `","attributes":` + attributes +
		`,"relationships":{"machine":{"data":{"type":"machines","id":"` + machine + `"}}}}}`
}

func TestComponents(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(anyMachines, keygentest.License{})
	m := s.AddMachine(keygentest.Machine{License: l.ID})
	own := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID})
	closed := s.AddMachine(keygentest.Machine{License: c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{}).ID})
	cpu := newPart("components", `{"fingerprint":"cpu","name":"CPU","metadata":{"socket_type":"x"}}`, m.ID)

	a := s.expect(post("components", c.asOwner, cpu), want{status: 201})
	id := a.text("data", "id")
	assert.Equal(t, s.URL+a.text("data", "links", "self"), a.header.Get("Location"))
	assert.Equal(t, map[string]any{"socketType": "x"}, a.at("data", "attributes", "metadata"))
	s.expect(post("components", c.asOwner, cpu), invalid("FINGERPRINT_TAKEN", fingerprintAt))
	s.expect(post("components", c.asMember, newPart("components", `{"fingerprint":"cpu","name":"CPU"}`, own.ID)), want{status: 201})
	for _, w := range []struct {
		auth, body string
		want       want
	}{
		{c.asMember, newPart("components", `{"fingerprint":"b","name":"B"}`, m.ID), denied()},
		{c.asStranger, newPart("components", `{"fingerprint":"b","name":"B"}`, m.ID), denied()},
		{c.asOwner, newPart("components", `{"fingerprint":"b","name":"B"}`, closed.ID), denied()},
		{c.asOwner, newPart("components", `{"fingerprint":"b","name":"B"}`, nobody), denied()},
		{c.asOwner, newPart("components", `{"fingerprint":"","name":"B"}`, nobody), want{status: 400, pointer: fingerprintAt}},
		{c.asOwner, newPart("components", `{"name":"B"}`, nobody), want{status: 400, pointer: fingerprintAt}},
		{c.asOwner, newPart("components", `{"fingerprint":"b"}`, nobody), want{status: 400, pointer: "/data/attributes/name"}},
		{c.asOwner, `{"data":{"type":"components","attributes":{"fingerprint":"b","name":"B"}}}`, want{status: 400, pointer: "/data/relationships"}},
		{c.asOwner, newPart("components", `{"fingerprint":"b","name":"`+strings.Repeat("x", 256)+`"}`, m.ID), invalid("NAME_TOO_LONG", "/data/attributes/name")},
		{"", `{}`, want{status: 401, code: "TOKEN_MISSING"}},
	} {
		s.expect(post("components", w.auth, w.body), w.want)
	}

	path := "components/" + id
	rename := `{"data":{"type":"components","attributes":{"name":"Processor"}}}`
	for _, auth := range []string{c.asOwner, c.asMember} {
		assert.Len(t, s.expect(get("components", auth), want{status: 200}).ids(), 2)
		assert.Equal(t, "CPU", s.expect(get(path, auth), want{status: 200}).text("data", "attributes", "name"))
	}
	assert.Empty(t, s.expect(get("components", c.asStranger), want{status: 200}).ids())
	assert.Equal(t, "Processor", s.expect(patch(path, c.asOwner, rename), want{status: 200}).text("data", "attributes", "name"))
	s.expect(patch(path, c.asOwner, strings.Replace(rename, "name", "fingerprint", 1)), notPermitted(fingerprintAt))
	for _, request := range []call{get(path, ""), patch(path, "", `{"foo":1}`), remove(path, "")} {
		request.auth = c.asStranger
		s.expect(request, missing)
		request.auth = c.asMember
		if request.method != "GET" {
			s.expect(request, denied())
		}
	}
	hidden := s.AddComponent(keygentest.Component{Machine: closed.ID})
	s.expect(patch("components/"+hidden.ID, c.asOwner, rename), denied())
	s.expect(remove("components/"+hidden.ID, c.asOwner), denied())
	s.expect(get("components/"+hidden.ID, c.asOwner), want{status: 200})
	assert.Empty(t, s.expect(remove(path, c.asOwner), want{status: 204}).body)
	s.expect(get(path, c.asOwner), missing)
}

func TestProcesses(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(anyMachines, keygentest.License{Limits: keygentest.Limits{MaxProcesses: 2}})
	m := s.AddMachine(keygentest.Machine{License: l.ID})
	own := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID})
	closed := s.AddMachine(keygentest.Machine{License: c.license(keygentest.Policy{Protected: new(true)}, keygentest.License{}).ID})
	start := func(pid, machine string) call {
		return post("processes", c.asOwner, newPart("processes", `{"pid":"`+pid+`"}`, machine))
	}
	const pid = "/data/attributes/pid"

	a := s.expect(start("1", m.ID), want{status: 201})
	id := a.text("data", "id")
	for name, value := range map[string]any{
		"pid": "1", "status": "ALIVE", "interval": 600.0, "lastHeartbeat": "2026-10-06T12:00:00.000Z", "nextHeartbeat": "2026-10-06T12:10:00.000Z",
	} {
		assert.Equal(t, value, a.at("data", "attributes", name), name)
	}
	assert.Equal(t, s.URL+a.text("data", "links", "self"), a.header.Get("Location"))
	s.expect(start("1", m.ID), invalid("PID_TAKEN", pid))
	s.expect(start("2", m.ID), want{status: 201})
	s.expect(start("3", m.ID), invalid("MACHINE_PROCESS_LIMIT_EXCEEDED", "/data"))
	s.expectAll(start("1", m.ID), "PID_TAKEN "+pid, "MACHINE_PROCESS_LIMIT_EXCEEDED /data")
	s.expect(start("1", own.ID), want{status: 201}) // another machine
	for _, w := range []struct {
		auth, body string
		want       want
	}{
		{c.asMember, newPart("processes", `{"pid":"9"}`, m.ID), denied()},
		{c.asMember, newPart("processes", `{"pid":"9"}`, own.ID), want{status: 201}},
		{c.asStranger, newPart("processes", `{"pid":"9"}`, m.ID), denied()},
		{c.asOwner, newPart("processes", `{"pid":"9"}`, closed.ID), denied()},
		{c.asOwner, newPart("processes", `{"pid":"9"}`, nobody), denied()},
		{c.asOwner, newPart("processes", `{"pid":9}`, nobody), want{status: 400, pointer: pid}},
		{c.asOwner, newPart("processes", `{"pid":""}`, nobody), want{status: 400, pointer: pid}},
		{c.asOwner, newPart("processes", `{"pid":"9","status":"ALIVE"}`, nobody), notPermitted("/data/attributes/status")},
	} {
		s.expect(post("processes", w.auth, w.body), w.want)
	}

	path := "processes/" + id
	s.clock.add(60e9)
	a = s.expect(post(path+"/actions/ping", c.asOwner, ""), want{status: 200})
	assert.Equal(t, "ALIVE", a.text("data", "attributes", "status"))
	assert.Equal(t, "2026-10-06T12:01:00.000Z", a.text("data", "attributes", "lastHeartbeat"))
	for _, request := range []call{get(path, ""), remove(path, ""), post(path+"/actions/ping", "", "")} {
		request.auth = c.asStranger
		s.expect(request, missing)
		request.auth = c.asMember
		if request.method != "GET" {
			s.expect(request, denied())
		} else {
			s.expect(request, want{status: 200})
		}
	}
	hidden := s.AddProcess(keygentest.Process{Machine: closed.ID})
	s.expect(post("processes/"+hidden.ID+"/actions/ping", c.asOwner, ""), denied())
	s.expect(remove("processes/"+hidden.ID, c.asOwner), denied())
	assert.Len(t, s.expect(get("processes", c.asMember), want{status: 200}).ids(), 5)
	assert.Empty(t, s.expect(get("processes", c.asStranger), want{status: 200}).ids())
	assert.Empty(t, s.expect(remove(path, c.asOwner), want{status: 204}).body)
	s.expect(get(path, c.asOwner), missing)
	s.expect(start("3", m.ID), want{status: 201}) // there is room again
}

// What is counted together when a license limits processes.
func TestProcessLeasing(t *testing.T) {
	for strategy, refused := range map[string][]string{
		"PER_MACHINE": {"same"}, "PER_USER": {"same", "user"}, "PER_LICENSE": {"same", "user", "license"},
	} {
		s := open(t, keygentest.Options{})
		c := s.crowd()
		p := keygentest.Policy{Floating: true, ProcessLeasingStrategy: strategy, Limits: keygentest.Limits{MaxProcesses: 1}}
		l := c.license(p, keygentest.License{})
		first := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.owner.ID})
		s.AddProcess(keygentest.Process{Machine: first.ID})
		machines := map[string]keygentest.Machine{
			"same": first, "user": s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.owner.ID}),
			"license": s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID}),
			"other":   s.AddMachine(keygentest.Machine{License: c.license(p, keygentest.License{}).ID, Owner: c.owner.ID}),
		}
		for i, name := range []string{"same", "user", "license", "other"} {
			w := want{status: 201}
			for _, r := range refused {
				if r == name {
					w = invalid("MACHINE_PROCESS_LIMIT_EXCEEDED", "/data")
				}
			}
			body := newPart("processes", fmt.Sprintf(`{"pid":"%d"}`, i), machines[name].ID)
			a := s.expect(post("processes", c.asOwner, body), w)
			if a.status == 201 {
				s.expect(remove("processes/"+a.text("data", "id"), c.asOwner), want{status: 204})
			}
		}
		// A machine may have a limit of its own, where each counts for itself.
		own := s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.stranger.ID, MaxProcesses: 2})
		assert.Equal(t, 2.0, s.expect(get("machines/"+own.ID, c.asOwner), want{status: 200}).at("data", "attributes", "maxProcesses"))
	}
}
