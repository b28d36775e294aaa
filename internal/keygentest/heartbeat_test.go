package keygentest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// When the clock of heartbeats starts.
func TestFirstHeartbeat(t *testing.T) {
	for _, c := range []struct {
		name             string
		policy           keygentest.Policy
		version          string
		status           string
		last, next       any
		requireHeartbeat bool
	}{
		{"not required", keygentest.Policy{}, "1.8", "NOT_STARTED", nil, nil, false},
		{"required", keygentest.Policy{RequireHeartbeat: true}, "1.8", "ALIVE", "2026-10-06T12:00:00.000Z", "2026-10-06T12:10:00.000Z", true},
		{"required, 1.3", keygentest.Policy{RequireHeartbeat: true}, "1.3", "ALIVE", "2026-10-06T12:00:00.000Z", "2026-10-06T12:10:00.000Z", true},
		{"required, 1.2", keygentest.Policy{RequireHeartbeat: true}, "1.2", "NOT_STARTED", nil, "2026-10-06T12:10:00.000Z", true},
		{"required from the first ping", keygentest.Policy{RequireHeartbeat: true, HeartbeatBasis: "FROM_FIRST_PING"}, "1.8", "NOT_STARTED", nil, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			people := s.crowd()
			l := people.license(c.policy, keygentest.License{})
			body := newMachine(`{"fingerprint":"a"}`, l.ID)
			a := s.expect(post("machines", people.asOwner, body).under("Keygen-Version", c.version), want{status: 201})
			for name, value := range map[string]any{
				"heartbeatStatus": c.status, "lastHeartbeat": c.last, "nextHeartbeat": c.next,
				"requireHeartbeat": c.requireHeartbeat, "heartbeatDuration": 600.0,
			} {
				assert.Equal(t, value, a.at("data", "attributes", name), name)
			}
			// Of old versions only the answer to the creation differs.
			shown := s.expect(get("machines/a", people.asOwner).under("Keygen-Version", c.version), want{status: 200})
			if c.version == "1.2" {
				assert.Equal(t, "ALIVE", shown.text("data", "attributes", "heartbeatStatus"))
			}
		})
	}
}

// What becomes of machines and processes that give no sign of life.
func TestDeath(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct {
		name          string
		cull, revival string
		after         time.Duration // since the last ping; they die after 10 minutes
		seen          string        // "" means gone
		pinged        string        // "" means refused
	}{
		{"in time", "DEACTIVATE_DEAD", "NO_REVIVE", 10 * minute, "ALIVE", "ALIVE"},
		{"too late", "DEACTIVATE_DEAD", "NO_REVIVE", 10*minute + 1, "", ""},
		{"too late, kept", "KEEP_DEAD", "NO_REVIVE", 10*minute + 1, "DEAD", ""},
		{"revived", "DEACTIVATE_DEAD", "5_MINUTE_REVIVE", 15 * minute, "DEAD", "RESURRECTED"},
		{"too late to revive", "DEACTIVATE_DEAD", "5_MINUTE_REVIVE", 15*minute + 1, "", ""},
		{"too late to revive, kept", "KEEP_DEAD", "15_MINUTE_REVIVE", 25*minute + 1, "DEAD", ""},
		{"revived at any time", "DEACTIVATE_DEAD", "ALWAYS_REVIVE", 1000 * time.Hour, "DEAD", "RESURRECTED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			people := s.crowd()
			p := keygentest.Policy{Floating: true, HeartbeatCullStrategy: c.cull, HeartbeatResurrectionStrategy: c.revival}
			l := people.license(p, keygentest.License{})
			m := s.AddMachine(keygentest.Machine{License: l.ID, LastHeartbeat: noon})
			host := s.AddMachine(keygentest.Machine{License: l.ID}) // which never started
			proc := s.AddProcess(keygentest.Process{Machine: host.ID, LastHeartbeat: noon})
			s.clock.add(c.after)
			for _, of := range []struct{ path, status, code string }{
				{"machines/" + m.ID, "heartbeatStatus", "MACHINE_HEARTBEAT_DEAD"},
				{"processes/" + proc.ID, "status", "PROCESS_HEARTBEAT_DEAD"},
			} {
				if c.seen == "" {
					s.expect(get(of.path, people.asOwner), missing)
					s.expect(post(of.path+"/actions/ping", people.asOwner, ""), missing)
					continue
				}
				a := s.expect(get(of.path, people.asOwner), want{status: 200})
				assert.Equal(t, c.seen, a.text("data", "attributes", of.status))
				if c.pinged == "" {
					s.expect(post(of.path+"/actions/ping", people.asOwner, ""), want{status: 422, code: of.code, title: "Unprocessable entity"})
					continue
				}
				a = s.expect(post(of.path+"/actions/ping", people.asOwner, ""), want{status: 200})
				assert.Equal(t, c.pinged, a.text("data", "attributes", of.status))
				a = s.expect(get(of.path, people.asOwner), want{status: 200})
				assert.Equal(t, "ALIVE", a.text("data", "attributes", of.status), "only the ping tells of the resurrection")
			}
			assert.Contains(t, s.expect(get("machines", people.asOwner), want{status: 200}).ids(), host.ID)
		})
	}
}

// A dead machine frees its seat, and takes along what was on it.
func TestCullingFreesSeats(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{RequireHeartbeat: true, Strict: true}, keygentest.License{})
	s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"a"}`, l.ID, machineParts("p"))), want{status: 201})
	s.clock.add(10*time.Minute + 1)
	s.verdict(validateKey(l.Key, ""), false, "NO_MACHINE")
	assert.Empty(t, s.expect(get("components", c.asOwner), want{status: 200}).ids())
	s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"a"}`, l.ID)), want{status: 201})
}

// A license that starts to run with its first machine.
func TestActivationStartsTheClock(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{Floating: true, Duration: day, ExpirationBasis: "FROM_FIRST_ACTIVATION"}, keygentest.License{})
	for i, fingerprint := range []string{"a", "b"} {
		s.clock.set(noon.Add(time.Duration(i) * time.Hour))
		s.expect(post("machines", c.asOwner, newMachine(`{"fingerprint":"`+fingerprint+`"}`, l.ID)), want{status: 201})
		a := s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200})
		assert.Equal(t, "2026-10-07T12:00:00.000Z", a.text("data", "attributes", "expiry"))
	}
}
