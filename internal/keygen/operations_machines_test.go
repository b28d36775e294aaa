//go:build !js

package keygen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

const fingerprintAt = "/data/attributes/fingerprint"

var floating = keygentest.Policy{Floating: true}

func TestOperationsOfMachines(t *testing.T) {
	s := enter(t)
	l := s.license(floating, keygentest.License{Key: "A-LICENSE-KEY"})
	m := s.AddMachine(keygentest.Machine{License: l.ID, Fingerprint: "4d:Eq/UV", Name: "Laptop", Hostname: "ada"})
	locked := s.AddMachine(keygentest.Machine{License: s.license(closed, keygentest.License{}).ID, Owner: s.owner.User.ID})
	for _, who := range []keygen.Token{s.owner.Token, s.member.Token} {
		assert.Equal(t, []string{locked.ID, m.ID}, s.does(who, keygen.ListMachines(nil)).ids())
		assert.Equal(t, []string{m.ID}, s.does(who, keygen.ListMachines(where("key", l.Key, "status", "ALIVE", "hostname", "ada"))).ids())
		for _, name := range []string{m.ID, m.Fingerprint} {
			shown := s.does(who, keygen.ShowMachine(name))
			assert.Equal(t, m.ID, shown.id())
			assert.Equal(t, "Laptop", shown.attribute("name"))
			assert.Equal(t, l.ID, shown.related("license"))
		}
		file := s.does(who, keygen.CheckOutMachine(m.ID, keygen.Attributes{"ttl": 3600, "encrypt": true, "include": []any{"license"}}))
		assert.Equal(t, "machine-files", file.at("data", "type"))
		assert.Equal(t, m.ID, file.related("machine"))
		assert.Equal(t, "aes-256-gcm+ed25519", file.attribute("algorithm"))
		assert.Equal(t, 3600.0, file.attribute("ttl"))
	}
	assert.Empty(t, s.does(s.stranger.Token, keygen.ListMachines(nil)).ids())
	ttl := refusal{400, "CHECKOUT_TTL_INVALID", byParameter("ttl")}
	s.refuses(s.owner.Token, keygen.CheckOutMachine(m.ID, keygen.Attributes{"ttl": 60}), ttl)

	rename := keygen.Attributes{"name": "Desktop", "ip": "10.0.0.1", "hostname": "grace", "platform": "Linux"}
	changed := s.does(s.owner.Token, keygen.UpdateMachine(m.Fingerprint, rename))
	for name, value := range rename {
		assert.Equal(t, value, changed.attribute(name), name)
	}
	for _, name := range []string{"fingerprint", "cores", "metadata"} {
		s.refuses(s.owner.Token, keygen.UpdateMachine(m.ID, keygen.Attributes{name: "x"}), malformed("/data/attributes/"+name))
	}
	long := keygen.Attributes{"name": strings.Repeat("x", 256)}
	s.refuses(s.owner.Token, keygen.UpdateMachine(m.ID, long), invalid("NAME_TOO_LONG", "/data/attributes/name"))

	pinged := s.does(s.owner.Token, keygen.PingMachine(m.ID))
	assert.Equal(t, "ALIVE", pinged.attribute("heartbeatStatus"))
	assert.Equal(t, "2026-10-06T12:10:00.000Z", pinged.attribute("nextHeartbeat"))

	for name, action := range map[string]func(id string) keygen.Call{
		"update": func(id string) keygen.Call { return keygen.UpdateMachine(id, rename) },
		"ping":   keygen.PingMachine, "delete": keygen.DeleteMachine,
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.refuses(s.member.Token, action(m.ID), denied)
			s.refuses(s.owner.Token, action(locked.ID), denied)
			s.refuses(s.stranger.Token, action(m.ID), missing)
			s.refuses(s.owner.Token, action(nobody), missing)
		})
	}
	s.t = t
	s.refuses(s.owner.Token, keygen.CheckOutMachine(locked.ID, nil), denied)
	s.refuses(s.stranger.Token, keygen.CheckOutMachine(m.ID, nil), missing)
	s.refuses(s.stranger.Token, keygen.ShowMachine(m.ID), missing)
	s.empties(s.owner.Token, keygen.DeleteMachine(m.ID))
	s.refuses(s.owner.Token, keygen.ShowMachine(m.ID), missing)
}

func TestDeadMachines(t *testing.T) {
	s := enter(t)
	last := s.now.Add(-time.Hour)
	on := func(p keygentest.Policy) string {
		p.Floating = true
		return s.AddMachine(keygentest.Machine{License: s.license(p, keygentest.License{}).ID, LastHeartbeat: last}).ID
	}
	kept := on(keygentest.Policy{HeartbeatCullStrategy: "KEEP_DEAD"})
	assert.Equal(t, "DEAD", s.does(s.owner.Token, keygen.ShowMachine(kept)).attribute("heartbeatStatus"))
	s.refuses(s.owner.Token, keygen.PingMachine(kept), refusal{status: 422, code: "MACHINE_HEARTBEAT_DEAD"})
	s.refuses(s.owner.Token, keygen.PingMachine(on(floating)), missing) // it is gone: activate it again
	revived := on(keygentest.Policy{HeartbeatResurrectionStrategy: "ALWAYS_REVIVE"})
	assert.Equal(t, "RESURRECTED", s.does(s.owner.Token, keygen.PingMachine(revived)).attribute("heartbeatStatus"))
}

func TestCreateMachine(t *testing.T) {
	s := enter(t)
	l := s.license(floating, keygentest.License{Limits: keygentest.Limits{MaxMachines: 4, MaxCores: 16, MaxMemory: 16, MaxDisk: 16}})
	fields := func(fingerprint any, more ...any) keygen.Attributes {
		all := keygen.Attributes{"license": l.ID, "fingerprint": fingerprint}
		for i := 0; i < len(more); i += 2 {
			all[more[i].(string)] = more[i+1]
		}
		return all
	}
	made := s.does(s.owner.Token, keygen.CreateMachine(fields("a", "name", "Laptop", "platform", "Linux", "hostname", "ada",
		"ip", "10.0.0.1", "cores", 8, "memory", 8, "disk", 8, "metadata", map[string]any{"room": "7"}, "owner", s.owner.User.ID)))
	for name, value := range map[string]any{
		"fingerprint": "a", "name": "Laptop", "platform": "Linux", "hostname": "ada", "ip": "10.0.0.1", "cores": 8.0, "memory": 8.0,
		"disk": 8.0, "metadata": map[string]any{"room": "7"}, "heartbeatStatus": "NOT_STARTED",
	} {
		assert.Equal(t, value, made.attribute(name), name)
	}
	assert.Equal(t, l.ID, made.related("license"))
	assert.Equal(t, s.owner.User.ID, made.related("owner"))
	assert.Nil(t, s.does(s.owner.Token, keygen.CreateMachine(fields("b"))).related("owner"))
	// A member may, for himself.
	s.refuses(s.member.Token, keygen.CreateMachine(fields("c")), denied)
	s.refuses(s.member.Token, keygen.CreateMachine(fields("c", "owner", s.owner.User.ID)), denied)
	s.does(s.member.Token, keygen.CreateMachine(fields("c", "owner", s.member.User.ID)))

	const ownerAt = "/data/relationships/owner"
	locked := s.license(closed, keygentest.License{})
	for _, test := range []struct {
		fields keygen.Attributes
		want   refusal
	}{
		{fields("d", "license", locked.ID), denied},
		{fields("d", "license", nobody), denied},
		{fields("d", "license", nil), malformed("/data/relationships")},
		{fields("d", "license", "key"), malformed("/data/relationships/license/data/id")},
		{fields("", "name", "x"), malformed(fingerprintAt)},
		{fields(nil), malformed(fingerprintAt)},
		{fields(7), malformed(fingerprintAt)},
		{keygen.Attributes{"license": l.ID}, malformed("/data/attributes")},
		{fields("a"), invalid("FINGERPRINT_TAKEN", fingerprintAt)},
		{fields("actions"), invalid("FINGERPRINT_NOT_ALLOWED", fingerprintAt)},
		{fields(made.id()), invalid("FINGERPRINT_CONFLICT", fingerprintAt)},
		{fields("d", "owner", s.stranger.User.ID), invalid("OWNER_INVALID", ownerAt)},
		{fields("d", "owner", nobody), invalid("OWNER_NOT_FOUND", ownerAt)},
		{fields("d", "cores", 0), invalid("CORES_INVALID", "/data/attributes/cores")},
		{fields("d", "memory", -1), invalid("MEMORY_INVALID", "/data/attributes/memory")},
		{fields("d", "disk", 0), invalid("DISK_INVALID", "/data/attributes/disk")},
		{fields("d", "cores", "8"), malformed("/data/attributes/cores")},
		{fields("d", "cores", 9), invalid("MACHINE_CORE_LIMIT_EXCEEDED", "/data")},
		{fields("d", "memory", 9), invalid("MACHINE_MEMORY_LIMIT_EXCEEDED", "/data")},
		{fields("d", "disk", 9), invalid("MACHINE_DISK_LIMIT_EXCEEDED", "/data")},
		{fields("d", "name", strings.Repeat("x", 256)), invalid("NAME_TOO_LONG", "/data/attributes/name")},
		{fields("d", "group", nobody), malformed("/data/attributes/group")},
	} {
		s.refuses(s.owner.Token, keygen.CreateMachine(test.fields), test.want)
	}
	s.refuses(s.stranger.Token, keygen.CreateMachine(fields("d", "owner", s.stranger.User.ID)), denied)
	s.does(s.owner.Token, keygen.CreateMachine(fields("d")))
	s.refuses(s.owner.Token, keygen.CreateMachine(fields("e")), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
	failed := s.refuses(s.owner.Token, keygen.CreateMachine(fields("a")), invalid("FINGERPRINT_TAKEN", fingerprintAt))
	assert.Equal(t, []string{"FINGERPRINT_TAKEN " + fingerprintAt, "MACHINE_LIMIT_EXCEEDED /data"}, codes(failed))
}

func TestOperationsOfComponents(t *testing.T) {
	s := enter(t)
	m := s.AddMachine(keygentest.Machine{License: s.license(floating, keygentest.License{}).ID})
	locked := s.AddMachine(keygentest.Machine{License: s.license(closed, keygentest.License{}).ID})
	fields := func(machine, fingerprint, name any) keygen.Attributes {
		return keygen.Attributes{"machine": machine, "fingerprint": fingerprint, "name": name}
	}
	with := fields(m.ID, "cpu", "CPU")
	with["metadata"] = map[string]any{"socket": "x"}
	made := s.does(s.owner.Token, keygen.CreateComponent(with))
	assert.Equal(t, "cpu", made.attribute("fingerprint"))
	assert.Equal(t, "CPU", made.attribute("name"))
	assert.Equal(t, map[string]any{"socket": "x"}, made.attribute("metadata"))
	assert.Equal(t, m.ID, made.related("machine"))
	for _, test := range []struct {
		who    keygen.Token
		fields keygen.Attributes
		want   refusal
	}{
		{s.owner.Token, fields(m.ID, "cpu", "CPU"), invalid("FINGERPRINT_TAKEN", fingerprintAt)},
		{s.owner.Token, fields(m.ID, "", "CPU"), malformed(fingerprintAt)},
		{s.owner.Token, fields(m.ID, "b", ""), malformed("/data/attributes/name")},
		{s.owner.Token, fields(m.ID, "b", strings.Repeat("x", 256)), invalid("NAME_TOO_LONG", "/data/attributes/name")},
		{s.owner.Token, fields(nil, "b", "B"), malformed("/data/relationships")},
		{s.owner.Token, fields(nobody, "b", "B"), denied},
		{s.owner.Token, fields(locked.ID, "b", "B"), denied},
		{s.member.Token, fields(m.ID, "b", "B"), denied},
		{s.stranger.Token, fields(m.ID, "b", "B"), denied},
	} {
		s.refuses(test.who, keygen.CreateComponent(test.fields), test.want)
	}
	for _, who := range []keygen.Token{s.owner.Token, s.member.Token} {
		assert.Equal(t, []string{made.id()}, s.does(who, keygen.ListComponents(nil)).ids())
		assert.Equal(t, made.id(), s.does(who, keygen.ShowComponent(made.id())).id())
	}
	s.partsAreKept(keygen.ShowComponent, keygen.DeleteComponent, made.id(), s.AddComponent(keygentest.Component{Machine: locked.ID}).ID)
}

func TestOperationsOfProcesses(t *testing.T) {
	s := enter(t)
	m := s.AddMachine(keygentest.Machine{License: s.license(floating, keygentest.License{Limits: keygentest.Limits{MaxProcesses: 2}}).ID})
	locked := s.AddMachine(keygentest.Machine{License: s.license(closed, keygentest.License{}).ID})
	fields := func(machine, pid any) keygen.Attributes { return keygen.Attributes{"machine": machine, "pid": pid} }
	made := s.does(s.owner.Token, keygen.CreateProcess(fields(m.ID, "1")))
	assert.Equal(t, "1", made.attribute("pid"))
	assert.Equal(t, "ALIVE", made.attribute("status"))
	assert.Equal(t, 600.0, made.attribute("interval"))
	assert.Equal(t, m.ID, made.related("machine"))
	const pidAt = "/data/attributes/pid"
	for _, test := range []struct {
		who    keygen.Token
		fields keygen.Attributes
		want   refusal
	}{
		{s.owner.Token, fields(m.ID, "1"), invalid("PID_TAKEN", pidAt)},
		{s.owner.Token, fields(m.ID, ""), malformed(pidAt)},
		{s.owner.Token, fields(m.ID, 7), malformed(pidAt)},
		{s.owner.Token, fields(nil, "2"), malformed("/data/relationships")},
		{s.owner.Token, fields(nobody, "2"), denied},
		{s.owner.Token, fields(locked.ID, "2"), denied},
		{s.member.Token, fields(m.ID, "2"), denied},
		{s.stranger.Token, fields(m.ID, "2"), denied},
	} {
		s.refuses(test.who, keygen.CreateProcess(test.fields), test.want)
	}
	second := s.does(s.owner.Token, keygen.CreateProcess(fields(m.ID, "2"))).id()
	s.refuses(s.owner.Token, keygen.CreateProcess(fields(m.ID, "3")), invalid("MACHINE_PROCESS_LIMIT_EXCEEDED", "/data"))
	for _, who := range []keygen.Token{s.owner.Token, s.member.Token} {
		assert.Equal(t, []string{second, made.id()}, s.does(who, keygen.ListProcesses(nil)).ids())
		assert.Equal(t, made.id(), s.does(who, keygen.ShowProcess(made.id())).id())
	}
	s.now = s.now.Add(time.Minute)
	assert.Equal(t, "2026-10-06T12:01:00.000Z", s.does(s.owner.Token, keygen.PingProcess(made.id())).attribute("lastHeartbeat"))
	hidden := s.AddProcess(keygentest.Process{Machine: locked.ID}).ID
	s.partsAreKept(keygen.ShowProcess, keygen.PingProcess, made.id(), hidden)
	s.partsAreKept(keygen.ShowProcess, keygen.DeleteProcess, made.id(), hidden)

	kept := s.AddMachine(keygentest.Machine{License: s.license(keygentest.Policy{HeartbeatCullStrategy: "KEEP_DEAD"}, keygentest.License{}).ID})
	dead := s.AddProcess(keygentest.Process{Machine: kept.ID, LastHeartbeat: s.now.Add(-time.Hour)}).ID
	s.refuses(s.owner.Token, keygen.PingProcess(dead), refusal{status: 422, code: "PROCESS_HEARTBEAT_DEAD"})
}

// partsAreKept from all but the owner of a machine, and from everybody where the
// license is protected. Then the owner acts.
func (s *stage) partsAreKept(show, act func(id string) keygen.Call, id, hidden string) {
	s.t.Helper()
	s.refuses(s.stranger.Token, show(id), missing)
	s.refuses(s.stranger.Token, act(id), missing)
	s.refuses(s.owner.Token, act(nobody), missing)
	s.refuses(s.member.Token, act(id), denied)
	s.refuses(s.owner.Token, act(hidden), denied)
	_, err := s.api.Do(s.owner.Token, act(id), nil)
	assert.NoError(s.t, err)
	if act(id).Empty {
		s.refuses(s.owner.Token, show(id), missing)
	}
}
