package keygentest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

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
		validate(step.mismatch, step.wrong, `"fingerprints":[]`) // what comes later is not looked at
		if step.required == "USER_SCOPE_REQUIRED" {
			validate(step.required, `"entitlements":["NONE"]`)
		}
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

// Where each user has seats of their own, those of one are counted.
func TestSeatsPerUser(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(keygentest.Policy{
		Floating: true, Strict: true, MachineLeasingStrategy: "PER_USER", Limits: keygentest.Limits{MaxMachines: 1},
	}, keygentest.License{})
	s.AddMachine(keygentest.Machine{License: l.ID})
	s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.owner.ID})
	s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID})
	s.verdict(validateKey(l.Key, ""), true, "VALID")
	s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.owner.ID})
	s.verdict(validateKey(l.Key, ""), false, "TOO_MANY_MACHINES")
	s.verdict(validateKey(l.Key, `,"scope":{"user":"owner@example.com"}`), false, "TOO_MANY_MACHINES")
	s.verdict(validateKey(l.Key, `,"scope":{"user":"member@example.com"}`), true, "VALID")
}

// Of several machines that fit, one of the user's is enough.
func TestMachinesOfTheUserOfTheScope(t *testing.T) {
	s := open(t, keygentest.Options{})
	c := s.crowd()
	l := c.license(anyMachines, keygentest.License{})
	s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.owner.ID, Fingerprint: "a"})
	s.AddMachine(keygentest.Machine{License: l.ID, Owner: c.member.ID, Fingerprint: "b"})
	s.AddMachine(keygentest.Machine{License: l.ID, Fingerprint: "c"})
	for fingerprints, code := range map[string]string{
		`"a"`: "VALID", `"b"`: "USER_SCOPE_MISMATCH", `"a","b"`: "VALID", `"c"`: "VALID",
	} {
		s.verdict(validateKey(l.Key, `,"scope":{"user":"owner@example.com","fingerprints":[`+fingerprints+`]}`), code == "VALID", code)
	}
}
