package keygentest_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// validateKey is an anonymous validation.
func validateKey(key, more string) call {
	return post("licenses/actions/validate-key", "", `{"meta":{"key":"`+key+`"`+more+`}}`)
}

// verdict checks the answer to a validation.
func (s *scene) verdict(c call, valid bool, code string) answer {
	s.t.Helper()
	a := s.expect(c, want{status: 200})
	assert.Equal(s.t, valid, a.at("meta", "valid"), "%s", a.body)
	assert.Equal(s.t, code, a.text("meta", "code"), "%s", a.body)
	assert.NotEmpty(s.t, a.text("meta", "detail"))
	return a
}

func TestValidation(t *testing.T) {
	runRows(t, []row{
		{name: "85 by key", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{Key: "A-LICENSE-KEY"})
			s.clock.add(1e9)
			a := s.verdict(validateKey(l.Key, ""), true, "VALID")
			assert.Equal(s.t, l.ID, a.text("data", "id"))
			assert.Equal(s.t, "2026-10-06T12:00:01.000Z", a.text("data", "attributes", "lastValidated"))
			assert.Contains(s.t, string(a.body), `"meta":{"ts":"2026-10-06T12:00:01.000Z","valid":true,"detail":"is valid","code":"VALID"}}`)
			assert.Equal(s.t, a.at("data"), s.expect(get("licenses/"+l.ID, c.asOwner), want{status: 200}).at("data"))

			a = s.expect(validateKey("unknown", ""), want{status: 200})
			assert.Equal(s.t, `{"data":null,"meta":{"ts":"2026-10-06T12:00:01.000Z","valid":false,"detail":"does not exist","code":"NOT_FOUND"}}`, string(a.body))
			s.verdict(validateKey(l.ID, ""), false, "NOT_FOUND")
			for body, pointer := range map[string]string{
				``: "/meta", `{"meta":{}}`: "/meta/key", `{"meta":{"key":""}}`: "/meta/key", `{"meta":{"key":" "}}`: "/meta/key",
				`{"meta":{"key":null}}`: "/meta/key", `{"meta":{"key":1}}`: "/meta/key", `{"meta":{"key":"x","foo":1}}`: "/meta/foo",
				`{"meta":{"key":"x","nonce":"1"}}`:                          "/meta/nonce",
				`{"meta":{"key":"x","scope":{"components":[1]}}}`:           "/meta/scope/components/0",
				`{"meta":{"key":"x","scope":{"hostname":"x"}}}`:             "/meta/scope/hostname",
				`{"meta":{"key":"x","scope":{"fingerprint":["x"]}}}`:        "/meta/scope/fingerprint",
				`{"meta":{"key":"x","encrypted":"no","legacyEncrypted":1}}`: "/meta/encrypted",
			} {
				s.expect(post("licenses/actions/validate-key", "", body), want{status: 400, pointer: pointer})
			}
		}},
		{name: "85 by key, with a token", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{})
			request := validateKey(l.Key, `,"encrypted":false`)
			for _, auth := range []string{c.asOwner, c.asMember} {
				request.auth = auth
				s.verdict(request, true, "VALID")
			}
			request.auth = c.asStranger
			s.expect(request, denied())
			s.expect(request.with(`{"meta":{}}`), want{status: 400, pointer: "/meta/key"})
			s.verdict(request.with(`{"meta":{"key":"unknown"}}`), false, "NOT_FOUND")
			request.auth = "Bearer stale"
			s.expect(request, want{status: 401, code: "TOKEN_INVALID"})
		}},
		{name: "86 expired, with a nonce", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{}, keygentest.License{Expiry: noon})
			a := s.verdict(validateKey(l.Key, `,"nonce":1574265297,"scope":{"user":null}`), false, "EXPIRED")
			assert.Equal(s.t, 1574265297.0, a.at("meta", "nonce"))
			assert.Contains(s.t, string(a.body), `"nonce":1574265297,"scope":{"user":null}}}`)
			assert.Equal(s.t, l.ID, a.text("data", "id"))
			assert.NotContains(s.t, s.verdict(validateKey(l.Key, ""), false, "EXPIRED").at("meta"), "nonce")
		}},
		{name: "87 product", run: func(s *scene) {
			c := s.crowd()
			l := c.license(keygentest.Policy{RequireProductScope: true}, keygentest.License{})
			product := s.productOf(c, l)
			path := "licenses/" + l.ID + "/actions/validate"
			s.verdict(post(path, c.asOwner, ""), false, "PRODUCT_SCOPE_REQUIRED")
			s.verdict(post(path, c.asOwner, `{"meta":{"scope":{"product":"`+nobody+`"}}}`), false, "PRODUCT_SCOPE_MISMATCH")
			s.verdict(post(path, c.asMember, `{"meta":{"scope":{"product":"`+product+`"}}}`), true, "VALID")
			s.verdict(get(path, c.asMember), true, "VALID") // looks at no scope
			s.verdict(validateKey(l.Key, ""), false, "PRODUCT_SCOPE_REQUIRED")
		}},
		{name: "88 more machines than allowed, and tolerated", run: func(s *scene) {
			c := s.crowd()
			for strategy, most := range map[string]int{
				"NO_OVERAGE": 4, "ALLOW_1_25X_OVERAGE": 5, "ALLOW_1_5X_OVERAGE": 6, "ALLOW_2X_OVERAGE": 8, "ALWAYS_ALLOW_OVERAGE": 9,
			} {
				l := c.license(keygentest.Policy{Floating: true, Strict: true, OverageStrategy: strategy, Limits: keygentest.Limits{MaxMachines: 4}},
					keygentest.License{})
				for n := 1; n <= 9; n++ {
					s.AddMachine(keygentest.Machine{License: l.ID})
					code := "VALID"
					if n > 4 {
						code = "TOO_MANY_MACHINES"
					}
					s.verdict(validateKey(l.Key, ""), n <= most, code)
					s.verdict(get("licenses/"+l.ID+"/actions/validate", c.asOwner), n <= most, code)
				}
			}
		}},
		{name: "89 as version 1.1 told it", run: func(s *scene) {
			c := s.crowd()
			for _, v := range []struct {
				policy   keygentest.Policy
				license  keygentest.License
				machines int
				code     string
				new, old bool
			}{
				{keygentest.Policy{}, keygentest.License{}, 0, "VALID", true, true},
				{keygentest.Policy{ExpirationStrategy: "ALLOW_ACCESS"}, keygentest.License{Expiry: noon}, 0, "EXPIRED", true, true},
				{keygentest.Policy{}, keygentest.License{Expiry: noon}, 0, "EXPIRED", false, false},
				{keygentest.Policy{Strict: true, OverageStrategy: "ALWAYS_ALLOW_OVERAGE"}, keygentest.License{}, 2, "TOO_MANY_MACHINES", true, false},
			} {
				l := c.license(v.policy, v.license)
				for range v.machines {
					s.AddMachine(keygentest.Machine{License: l.ID})
				}
				s.verdict(validateKey(l.Key, "").under("Keygen-Version", "1.2"), v.new, v.code)
				a := s.expect(validateKey(l.Key, "").under("Keygen-Version", "1.1"), want{status: 200})
				assert.Equal(s.t, v.code, a.text("meta", "constant"))
				assert.NotContains(s.t, a.at("meta"), "code")
				assert.Equal(s.t, v.old, a.at("meta", "valid"))
			}
			a := s.expect(validateKey("unknown", "").under("Keygen-Version", "1.0"), want{status: 200})
			assert.Equal(s.t, "NOT_FOUND", a.text("meta", "constant"))
		}},
	})
}

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
	s.AddEntitlement("demo", keygentest.Entitlement{Code: "HELD"})
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

// Everything is wrong at first, then put right in the order in which the service looks.
func TestOrderOfValidation(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	policy := keygentest.Policy{
		RequireEnvironmentScope: true, RequireProductScope: true, RequirePolicyScope: true, RequireUserScope: true,
		RequireMachineScope: true, RequireFingerprintScope: true, RequireComponentsScope: true, RequireChecksumScope: true,
		RequireVersionScope: true, Strict: true, ExpirationStrategy: "ALLOW_ACCESS", Product: nobody,
		Limits:    keygentest.Limits{MaxUsers: 1, MaxCores: 1, MaxMemory: 1, MaxDisk: 1, MaxProcesses: 1},
		Checksums: []string{"abc"}, Versions: []string{"1.0"},
	}
	l := c.license(policy, keygentest.License{Expiry: noon})
	const machine = "6f0a1b52-0000-4000-8000-000000000001"
	scope := []string{}
	validate := func(code string, more ...string) {
		t.Helper()
		a := s.expect(validateKey(l.Key, `,"scope":{`+strings.Join(append(scope, more...), ",")+`}`), want{status: 200})
		assert.Equal(t, code, a.text("meta", "code"))
	}
	// An account of the emulator without environments has no license in one.
	validate("ENVIRONMENT_SCOPE_REQUIRED")

	acc := s.AddAccount(keygentest.Account{Slug: "lab", Environments: []string{"test"}})
	owner := s.AddUser("lab", keygentest.User{Email: "owner@example.com", Environment: "test"})
	other := s.AddUser("lab", keygentest.User{Email: "member@example.com", Environment: "test"})
	held := s.AddEntitlement("lab", keygentest.Entitlement{Code: "HELD", Environment: "test"})
	policy.Environment = "test"
	p := s.AddPolicy("lab", policy)
	l = s.AddLicense("lab", keygentest.License{
		Policy: p.ID, Owner: owner.ID, Users: []string{other.ID}, Expiry: noon, Entitlements: []string{held.ID},
	})
	validate = func(code string, more ...string) {
		t.Helper()
		request := validateKey(l.Key, `,"scope":{`+strings.Join(append(scope, more...), ",")+`}`).under("Keygen-Environment", "test")
		request.path = "/v1/accounts/lab/" + request.path
		a := s.expect(request, want{status: 200, account: acc})
		assert.Equal(t, code, a.text("meta", "code"))
	}
	for _, step := range []struct{ required, wrong, mismatch, right string }{
		{"ENVIRONMENT_SCOPE_REQUIRED", `"environment":"x"`, "ENVIRONMENT_SCOPE_MISMATCH", `"environment":"test"`},
		{"PRODUCT_SCOPE_REQUIRED", `"product":"x"`, "PRODUCT_SCOPE_MISMATCH", `"product":"` + nobody + `"`},
		{"POLICY_SCOPE_REQUIRED", `"policy":"x"`, "POLICY_SCOPE_MISMATCH", `"policy":"` + p.ID + `"`},
		{"USER_SCOPE_REQUIRED", `"user":"x"`, "USER_SCOPE_MISMATCH", `"user":"` + owner.ID + `"`},
		{"MACHINE_SCOPE_REQUIRED", `"entitlements":["NONE"]`, "ENTITLEMENTS_MISSING", `"entitlements":["HELD"]`},
		{"MACHINE_SCOPE_REQUIRED", `"machine":"x"`, "NO_MACHINE", ""},
	} {
		validate(step.required)
		validate(step.mismatch, step.wrong)
		if step.right != "" {
			scope = append(scope, step.right)
		}
	}
	m := s.AddMachine(keygentest.Machine{License: l.ID, ID: machine, Fingerprint: "a", Owner: other.ID, Cores: 2, Memory: 2, Disk: 2})
	validate("USER_SCOPE_MISMATCH", `"machine":"`+machine+`"`) // the machine belongs to another
	scope[3] = `"user":"` + other.ID + `"`
	for _, step := range []struct{ required, wrong, mismatch, right string }{
		{"MACHINE_SCOPE_REQUIRED", `"machine":"x"`, "MACHINE_SCOPE_MISMATCH", `"machine":"` + machine + `"`},
		{"FINGERPRINT_SCOPE_REQUIRED", `"fingerprint":"x"`, "FINGERPRINT_SCOPE_MISMATCH", `"fingerprint":"a"`},
		{"COMPONENTS_SCOPE_REQUIRED", `"components":["x"]`, "COMPONENTS_SCOPE_MISMATCH", `"components":["p"]`},
		{"", `"checksum":"x"`, "CHECKSUM_SCOPE_MISMATCH", `"checksum":"abc"`},
		{"VERSION_SCOPE_REQUIRED", `"version":"x"`, "VERSION_SCOPE_MISMATCH", `"version":"1.0"`},
	} {
		if step.required != "" {
			validate(step.required)
		}
		validate(step.mismatch, step.wrong)
		scope = append(scope, step.right)
		if step.mismatch == "FINGERPRINT_SCOPE_MISMATCH" {
			s.AddComponent(keygentest.Component{Machine: m.ID, Fingerprint: "p"})
		}
	}
	validate("TOO_MANY_USERS")
	request := get(fmt.Sprintf("/v1/accounts/lab/licenses/%s", l.ID), "").under("Keygen-Environment", "test")
	_, raw := s.AddToken(owner.ID, time.Time{})
	request.auth = bearer(raw)
	assert.Equal(t, "1.0", s.expect(request, want{status: 200, account: acc}).text("data", "attributes", "version"))
}

// The limits that strict policies look at, in order, then the expiry.
func TestOrderOfLimits(t *testing.T) {
	limits := keygentest.Limits{MaxMachines: 1, MaxCores: 1, MaxMemory: 1, MaxDisk: 1, MaxProcesses: 1}
	for _, c := range []struct {
		code string
		put  func(*keygentest.Limits)
	}{
		{"TOO_MANY_MACHINES", func(*keygentest.Limits) {}},
		{"TOO_MANY_CORES", func(l *keygentest.Limits) { l.MaxMachines = 9 }},
		{"TOO_MUCH_MEMORY", func(l *keygentest.Limits) { l.MaxCores = 9 }},
		{"TOO_MUCH_DISK", func(l *keygentest.Limits) { l.MaxMemory = 9 }},
		{"TOO_MANY_PROCESSES", func(l *keygentest.Limits) { l.MaxDisk = 9 }},
		{"EXPIRED", func(l *keygentest.Limits) { l.MaxProcesses = 9 }},
	} {
		c.put(&limits)
		s := open(t, keygentest.Options{})
		a := trial{
			policy:  keygentest.Policy{Floating: true, Strict: true, Limits: limits},
			license: keygentest.License{Expiry: noon},
			machine: []keygentest.Machine{{Cores: 2, Memory: 2, Disk: 2}, {}},
			pids:    2,
		}.run(s)
		assert.Equal(t, c.code, a.text("meta", "code"))
	}
}

// A license that starts to run with its first validation runs from then on, if it was valid.
func TestValidationStartsTheClock(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{Duration: day, ExpirationBasis: "FROM_FIRST_VALIDATION", RequireProductScope: true}, keygentest.License{})
	s.clock.add(time.Hour)
	assert.Nil(t, s.verdict(validateKey(l.Key, ""), false, "PRODUCT_SCOPE_REQUIRED").at("data", "attributes", "expiry"))
	for range 2 {
		a := s.verdict(get("licenses/"+l.ID+"/actions/validate", c.asOwner), true, "VALID")
		assert.Equal(t, "2026-10-07T13:00:00.000Z", a.text("data", "attributes", "expiry"))
		s.clock.add(time.Hour)
	}
}
