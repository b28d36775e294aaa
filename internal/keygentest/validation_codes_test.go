package keygentest_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// trial is what a test of validation starts from.
type trial struct {
	*crowd
	policy  keygentest.Policy
	license keygentest.License
	machine []keygentest.Machine
	scope   string
	after   time.Duration
	parts   []string // fingerprints of components of the first machine
	pids    int
	ban     bool
}

// Each check on its own; TestOrderOfValidation has more than one fail.
func TestValidationCodes(t *testing.T) {
	fingerprint := func(names ...string) string { return `"fingerprints":["` + strings.Join(names, `","`) + `"]` }
	machines := func(names ...string) []keygentest.Machine {
		var out []keygentest.Machine
		for _, name := range names {
			out = append(out, keygentest.Machine{Fingerprint: name})
		}
		return out
	}
	fromFirstPing := keygentest.Policy{RequireHeartbeat: true, HeartbeatBasis: "FROM_FIRST_PING"}
	keepDead := keygentest.Policy{HeartbeatCullStrategy: "KEEP_DEAD"}
	died := []keygentest.Machine{{Fingerprint: "a", ID: nobody, LastHeartbeat: noon.Add(-11 * time.Minute)}}
	floating := func(strategy string) keygentest.Policy {
		return keygentest.Policy{Floating: true, MachineMatchingStrategy: strategy, ComponentMatchingStrategy: strategy}
	}
	strict := func(l keygentest.Limits) keygentest.Policy {
		return keygentest.Policy{Floating: true, Strict: true, Limits: l}
	}
	const yes, no = true, false
	for _, c := range []struct {
		name  string
		t     trial
		valid bool
		code  string
	}{
		{"owner banned", trial{ban: true}, no, "BANNED"},
		{"suspended", trial{license: keygentest.License{Suspended: true}}, no, "SUSPENDED"},
		{"expired, revoke", trial{policy: keygentest.Policy{ExpirationStrategy: "REVOKE_ACCESS"}, license: keygentest.License{Expiry: noon}}, no, "EXPIRED"},
		{"expired, restrict", trial{license: keygentest.License{Expiry: noon}}, no, "EXPIRED"},
		{"expired, maintain", trial{policy: keygentest.Policy{ExpirationStrategy: "MAINTAIN_ACCESS"}, license: keygentest.License{Expiry: noon}}, yes, "EXPIRED"},
		{"expired, allow", trial{policy: keygentest.Policy{ExpirationStrategy: "ALLOW_ACCESS"}, license: keygentest.License{Expiry: noon}}, yes, "EXPIRED"},
		{"expired, allow, strict", trial{
			policy:  keygentest.Policy{ExpirationStrategy: "ALLOW_ACCESS", Strict: true},
			license: keygentest.License{Expiry: noon}, machine: machines("a"),
		}, yes, "EXPIRED"},
		{"a moment before the end", trial{license: keygentest.License{Expiry: noon.Add(1)}}, yes, "VALID"},
		{"check-in due", trial{policy: keygentest.Policy{RequireCheckIn: true}, after: day}, yes, "VALID"},
		{"check-in overdue", trial{policy: keygentest.Policy{RequireCheckIn: true}, after: day + 1}, no, "OVERDUE"},

		{"environment of a global license", trial{scope: `"environment":"x"`}, no, "ENVIRONMENT_SCOPE_MISMATCH"},
		{"environment required", trial{policy: keygentest.Policy{RequireEnvironmentScope: true}}, no, "ENVIRONMENT_SCOPE_REQUIRED"},
		{"policy mismatch", trial{scope: `"policy":"x"`}, no, "POLICY_SCOPE_MISMATCH"},
		{"policy required", trial{policy: keygentest.Policy{RequirePolicyScope: true}}, no, "POLICY_SCOPE_REQUIRED"},
		{"user is owner", trial{scope: `"user":"owner@example.com"`}, yes, "VALID"},
		{"user is member", trial{scope: `"user":"member@example.com"`}, yes, "VALID"},
		{"user mismatch", trial{scope: `"user":"stranger@example.com"`}, no, "USER_SCOPE_MISMATCH"},
		{"user required", trial{policy: keygentest.Policy{RequireUserScope: true}}, no, "USER_SCOPE_REQUIRED"},
		{"user required, null", trial{policy: keygentest.Policy{RequireUserScope: true}, scope: `"user":null`}, no, "USER_SCOPE_REQUIRED"},
		{"entitlements empty", trial{scope: `"entitlements":[]`}, no, "ENTITLEMENTS_SCOPE_EMPTY"},
		{"entitlements held", trial{scope: `"entitlements":["HELD"]`}, yes, "VALID"},
		{"entitlements missing", trial{scope: `"entitlements":["HELD","OTHER"]`}, no, "ENTITLEMENTS_MISSING"},
		{"entitlements by id", trial{scope: `"entitlements":["` + nobody + `"]`}, no, "ENTITLEMENTS_MISSING"},
		{"entitlements unknown", trial{scope: `"entitlements":["NONE"]`}, no, "ENTITLEMENTS_MISSING"},

		{"machine required", trial{policy: keygentest.Policy{RequireMachineScope: true}, machine: machines("a")}, no, "MACHINE_SCOPE_REQUIRED"},
		{"machine of none, node-locked", trial{scope: `"machine":"x"`}, no, "NO_MACHINE"},
		{"machine of none, floating", trial{policy: floating(""), scope: `"machine":"x"`}, no, "NO_MACHINES"},
		{"machine mismatch", trial{scope: `"machine":"x"`, machine: machines("a")}, no, "MACHINE_SCOPE_MISMATCH"},
		{"machine without heartbeat", trial{policy: fromFirstPing, scope: `"machine":"` + nobody + `"`, machine: []keygentest.Machine{{ID: nobody}}}, no, "HEARTBEAT_NOT_STARTED"},
		{"machine dead", trial{policy: keepDead, scope: `"machine":"` + nobody + `"`, machine: died}, no, "HEARTBEAT_DEAD"},
		{"machine", trial{scope: `"machine":"` + nobody + `"`, machine: []keygentest.Machine{{ID: nobody}}}, yes, "VALID"},

		{"fingerprint required", trial{policy: keygentest.Policy{RequireFingerprintScope: true}, machine: machines("a")}, no, "FINGERPRINT_SCOPE_REQUIRED"},
		{"fingerprints empty", trial{scope: `"fingerprints":[]`}, no, "FINGERPRINT_SCOPE_EMPTY"},
		{"fingerprint of none, node-locked", trial{scope: `"fingerprint":"a"`}, no, "NO_MACHINE"},
		{"fingerprint of none, floating", trial{policy: floating(""), scope: `"fingerprint":"a"`}, no, "NO_MACHINES"},
		{"fingerprint dead", trial{policy: keepDead, scope: `"fingerprint":"a"`, machine: died}, no, "HEARTBEAT_DEAD"},
		{"fingerprint mismatch", trial{scope: `"fingerprint":"b"`, machine: machines("a")}, no, "FINGERPRINT_SCOPE_MISMATCH"},
		{"fingerprint without heartbeat", trial{policy: fromFirstPing, scope: `"fingerprint":"a"`, machine: machines("a")}, no, "HEARTBEAT_NOT_STARTED"},
		{"fingerprint", trial{scope: `"fingerprint":"a"`, machine: machines("a")}, yes, "VALID"},
		{"any of two", trial{policy: floating("MATCH_ANY"), scope: fingerprint("a", "x"), machine: machines("a", "b")}, yes, "VALID"},
		{"two of three, one", trial{policy: floating("MATCH_TWO"), scope: fingerprint("a", "x", "y"), machine: machines("a", "b")}, no, "FINGERPRINT_SCOPE_MISMATCH"},
		{"two of three, two", trial{policy: floating("MATCH_TWO"), scope: fingerprint("a", "x", "b"), machine: machines("a", "b")}, yes, "VALID"},
		{"most of three, one", trial{policy: floating("MATCH_MOST"), scope: fingerprint("a", "x", "y"), machine: machines("a", "b")}, no, "FINGERPRINT_SCOPE_MISMATCH"},
		{"most of three, two", trial{policy: floating("MATCH_MOST"), scope: fingerprint("a", "b", "x"), machine: machines("a", "b")}, yes, "VALID"},
		{"half of two", trial{policy: floating("MATCH_MOST"), scope: fingerprint("a", "x"), machine: machines("a", "b")}, yes, "VALID"},
		{"all, one missing", trial{policy: floating("MATCH_ALL"), scope: fingerprint("a", "b", "x"), machine: machines("a", "b")}, no, "FINGERPRINT_SCOPE_MISMATCH"},
		{"all", trial{policy: floating("MATCH_ALL"), scope: fingerprint("a", "b"), machine: machines("a", "b", "c")}, yes, "VALID"},
		{"all, the same twice", trial{policy: floating("MATCH_ALL"), scope: fingerprint("a", "a") + `,"fingerprint":"a"`, machine: machines("a")}, yes, "VALID"},
		{"one alive, one dead", trial{
			policy: keygentest.Policy{Floating: true, HeartbeatCullStrategy: "KEEP_DEAD", MachineMatchingStrategy: "MATCH_ALL"},
			scope:  fingerprint("a", "b"), machine: append(machines("b"), died...),
		}, no, "FINGERPRINT_SCOPE_MISMATCH"},

		{"components required", trial{policy: keygentest.Policy{RequireComponentsScope: true}, machine: machines("a")}, no, "COMPONENTS_SCOPE_REQUIRED"},
		{"components without fingerprint", trial{scope: `"components":["p"]`, machine: machines("a")}, no, "FINGERPRINT_SCOPE_REQUIRED"},
		{"components empty", trial{scope: `"fingerprint":"a","components":[]`, machine: machines("a")}, no, "COMPONENTS_SCOPE_EMPTY"},
		{"components mismatch", trial{scope: `"fingerprint":"a","components":["q"]`, machine: machines("a"), parts: []string{"p"}}, no, "COMPONENTS_SCOPE_MISMATCH"},
		{"components", trial{scope: `"fingerprint":"a","components":["q","p"]`, machine: machines("a"), parts: []string{"p"}}, yes, "VALID"},
		{"all components, one missing", trial{policy: floating("MATCH_ALL"), scope: `"fingerprint":"a","components":["q","p"]`, machine: machines("a"), parts: []string{"p"}}, no, "COMPONENTS_SCOPE_MISMATCH"},

		{"checksum required", trial{policy: keygentest.Policy{RequireChecksumScope: true}}, no, "CHECKSUM_SCOPE_REQUIRED"},
		{"checksum mismatch", trial{scope: `"checksum":"abc"`}, no, "CHECKSUM_SCOPE_MISMATCH"},
		{"checksum", trial{policy: keygentest.Policy{Checksums: []string{"abc"}}, scope: `"checksum":"abc"`}, yes, "VALID"},
		{"version required", trial{policy: keygentest.Policy{RequireVersionScope: true}}, no, "VERSION_SCOPE_REQUIRED"},
		{"version mismatch", trial{scope: `"version":"1.0"`}, no, "VERSION_SCOPE_MISMATCH"},

		{"too many users", trial{policy: keygentest.Policy{Limits: keygentest.Limits{MaxUsers: 1}}}, no, "TOO_MANY_USERS"},
		{"too many users, tolerated", trial{policy: keygentest.Policy{OverageStrategy: "ALLOW_2X_OVERAGE", Limits: keygentest.Limits{MaxUsers: 1}}}, yes, "TOO_MANY_USERS"},
		{"many machines, not strict", trial{machine: machines("a", "b")}, yes, "VALID"},
		{"no machine, strict", trial{policy: keygentest.Policy{Strict: true}}, no, "NO_MACHINE"},
		{"no machine, strict and floating", trial{policy: strict(keygentest.Limits{})}, no, "NO_MACHINES"},
		{"two machines, node-locked", trial{policy: keygentest.Policy{Strict: true}, machine: machines("a", "b")}, no, "TOO_MANY_MACHINES"},
		{"too many cores", trial{policy: strict(keygentest.Limits{MaxCores: 7}), machine: []keygentest.Machine{{Cores: 4}, {Cores: 4}}}, no, "TOO_MANY_CORES"},
		{"enough cores", trial{policy: strict(keygentest.Limits{MaxCores: 8}), machine: []keygentest.Machine{{Cores: 4}, {Cores: 4}}}, yes, "VALID"},
		{"too much memory", trial{policy: strict(keygentest.Limits{MaxMemory: 7}), machine: []keygentest.Machine{{Memory: 8}}}, no, "TOO_MUCH_MEMORY"},
		{"too much disk", trial{policy: strict(keygentest.Limits{MaxDisk: 7}), machine: []keygentest.Machine{{Disk: 8}}}, no, "TOO_MUCH_DISK"},
		{"too many processes", trial{policy: strict(keygentest.Limits{MaxProcesses: 1}), machine: machines("a"), pids: 2}, no, "TOO_MANY_PROCESSES"},
		{"enough processes", trial{policy: strict(keygentest.Limits{MaxProcesses: 2}), machine: machines("a"), pids: 2}, yes, "VALID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, keygentest.Options{})
			a := c.t.run(s)
			assert.Equal(t, c.code, a.text("meta", "code"), "%s", a.body)
			assert.Equal(t, c.valid, a.at("meta", "valid"))
		})
	}
}

// run sets the stage and validates by key.
func (c trial) run(s *scene) answer {
	s.t.Helper()
	c.crowd = s.crowd()
	s.AddEntitlement("demo", keygentest.Entitlement{Code: "HELD", ID: nobody})
	s.AddEntitlement("demo", keygentest.Entitlement{Code: "OTHER"})
	c.license.Entitlements = []string{"HELD"}
	l := c.crowd.license(c.policy, c.license)
	for i, m := range c.machine {
		m.License = l.ID
		m = s.AddMachine(m)
		if i > 0 {
			continue
		}
		for _, part := range c.parts {
			s.AddComponent(keygentest.Component{Machine: m.ID, Fingerprint: part})
		}
		for pid := range c.pids {
			s.AddProcess(keygentest.Process{Machine: m.ID, PID: strconv.Itoa(pid)})
		}
	}
	if c.ban {
		s.SetBanned(c.owner.ID, true)
	}
	s.clock.add(c.after)
	more := ""
	if c.scope != "" {
		more = `,"scope":{` + c.scope + `}`
	}
	return s.expect(validateKey(l.Key, more), want{status: 200})
}
