package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// An operation is a call of the module, and what comes of it.
type operation struct {
	call    string // below keygenAuth; the names are those of newLedger, and a code or reset token is written {otp}, {reset}
	holds   string // true of the result, r
	refused string // "status code source", "-" for no source
	account string // goes to this account of the API instead
	late    bool   // more than a day after what was before
	often   bool   // for the sixth time in a row
}

// A ledger is a page that calls the operations one after the other: Ada's, who owns the license "mine" without
// protection and "locked" with it, shares "shared" and knows nothing of "foreign".
type ledger struct {
	*stage
	clock time.Time
	reset map[string]string // users by account, for reset tokens
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	l := &ledger{stage: s, clock: time.Now(), reset: map[string]string{"": s.demo.TwoFactor.ID}}
	s.stopClock(l.clock)
	ada, add := s.demo.Plain.ID, s.api.AddLicense
	policy := func(p keygentest.Policy) string {
		p.Product, p.Floating = s.demo.Trial.Product, true
		return s.api.AddPolicy("demo", p).ID
	}
	machine := func(license, fingerprint string) string {
		return s.api.AddMachine(keygentest.Machine{License: license, Fingerprint: fingerprint}).ID
	}
	month := 30 * 24 * time.Hour
	open := policy(keygentest.Policy{Duration: month, RequireCheckIn: true, CheckInInterval: "week", Entitlements: []string{"EXPORT"}})
	mine := add("demo", keygentest.License{Policy: open, Owner: ada, Key: "MINE-MINE", Limits: keygentest.Limits{
		MaxMachines: 3, MaxUses: 2, MaxProcesses: 2, MaxCores: 8, MaxMemory: 1000, MaxDisk: 1000}}).ID
	shared := add("demo", keygentest.License{Policy: open, Owner: s.demo.Mate.ID, Users: []string{ada}}).ID
	locked := add("demo", keygentest.License{Policy: s.demo.Pro.ID, Owner: ada}).ID
	foreign := s.demo.Licenses.Fleet.ID
	dead := policy(keygentest.Policy{RequireHeartbeat: true, HeartbeatCullStrategy: "KEEP_DEAD"})
	deadLicense := add("demo", keygentest.License{Policy: dead, Owner: ada}).ID
	deadMachine := s.api.AddMachine(keygentest.Machine{License: deadLicense, LastHeartbeat: l.clock.Add(-time.Hour)}).ID
	mineMachine, otherMachine := machine(mine, "mine-machine"), machine(foreign, "foreign-machine")
	s.api.AddAccount(keygentest.Account{Slug: "protected", Protected: true})
	l.reset["protected"] = s.api.AddUser("protected", keygentest.User{Email: "never@example.com"}).ID
	s.api.AddAccount(keygentest.Account{Slug: "gone", Cancelled: true})
	token, _ := s.api.AddToken(ada, time.Time{})
	foreignToken, _ := s.api.AddToken(s.demo.Many.ID, time.Time{})

	v := s.plant(s.demo.Plain, time.Time{})
	s.open("/form.html")
	s.untilVerified(1)
	for name, value := range map[string]string{
		"ada": ada, "mate": s.demo.Mate.ID, "stranger": s.demo.Many.ID, "grace": l.reset[""], "never": l.reset["protected"],
		"adasPassword": s.demo.Plain.Password, "nobody": "00000000-0000-4000-8000-000000000000",
		"own": v.id, "token": token, "foreignToken": foreignToken,
		"mine": mine, "shared": shared, "locked": locked, "foreign": foreign, "deadLicense": deadLicense,
		"eternal":  add("demo", keygentest.License{Policy: policy(keygentest.Policy{}), Owner: ada}).ID,
		"unbegun":  add("demo", keygentest.License{Policy: policy(keygentest.Policy{Duration: month, ExpirationBasis: "FROM_FIRST_ACTIVATION"}), Owner: ada}).ID,
		"openPlan": policy(keygentest.Policy{}), "proPlan": s.demo.Pro.ID, "pooled": policy(keygentest.Policy{Pooled: true}),
		"elsewhere":   s.api.AddPolicy("demo", keygentest.Policy{}).ID,
		"mineMachine": mineMachine, "mateMachine": machine(shared, ""), "lockedMachine": machine(locked, ""),
		"foreignMachine": otherMachine, "deadMachine": deadMachine,
		"mateComponent":    s.api.AddComponent(keygentest.Component{Machine: machine(shared, ""), Fingerprint: "a", Name: "A"}).ID,
		"lockedComponent":  s.api.AddComponent(keygentest.Component{Machine: machine(locked, ""), Fingerprint: "a", Name: "A"}).ID,
		"foreignComponent": s.api.AddComponent(keygentest.Component{Machine: otherMachine, Fingerprint: "a", Name: "A"}).ID,
		"mateProcess":      s.api.AddProcess(keygentest.Process{Machine: machine(shared, "")}).ID,
		"lockedProcess":    s.api.AddProcess(keygentest.Process{Machine: machine(locked, "")}).ID,
		"foreignProcess":   s.api.AddProcess(keygentest.Process{Machine: otherMachine}).ID,
		"deadProcess":      s.api.AddProcess(keygentest.Process{Machine: deadMachine, LastHeartbeat: l.clock.Add(-time.Hour)}).ID,
	} {
		s.do("window." + name + " = " + quote(value))
	}
	return l
}

// run returns what comes of a call: "" if what should hold does, how it was refused, or what else it resolved to.
func (l *ledger) run(o operation) string {
	l.t.Helper()
	l.api.ResetThrottles()
	call := o.call
	if strings.Contains(call, "{otp}") { // a code works once
		l.clock = l.clock.Add(time.Minute)
		l.stopClock(l.clock)
		call = strings.ReplaceAll(call, "{otp}", l.api.TOTP(l.demo.Plain.ID))
	}
	if strings.Contains(call, "{reset}") {
		call = strings.ReplaceAll(call, "{reset}", l.api.ResetToken(l.reset[o.account]))
	}
	if o.account != "" {
		l.bend(account(o.account))
		defer l.bend(nil)
	}
	if o.late {
		l.stopClock(l.clock.Add(25 * time.Hour))
		defer l.stopClock(l.clock)
	}
	repeated := 0
	if o.often {
		repeated = 5
	}
	return eval[string](l.tab, `(async () => {
		for (let n = 0; n < `+strconv.Itoa(repeated)+`; n++) await keygenAuth.`+call+`.catch(() => {});
		try {
			const r = await keygenAuth.`+call+`;
			return (`+o.holds+`) ? "" : "resolved to " + (JSON.stringify(r) ?? "nothing").slice(0, 300);
		} catch (e) {
			const {pointer, parameter, header} = e.source ?? {};
			return [e.status, e.code, pointer ?? parameter ?? header ?? "-"].join(" ");
		}
	})()`)
}

// TestOperations calls each operation for each outcome that the API documents.
func TestOperations(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	var called []string
	for _, o := range slices.Concat(licenseOperations, machineOperations, accountOperations, downloadOperations) {
		if o.holds == "" {
			o.holds = "false"
		}
		assert.Equal(t, o.refused, l.run(o), "keygenAuth.%s %s", o.call, o.account)
		called = append(called, regexp.MustCompile(`^\w+\.\w+`).FindString(o.call))
	}
	require.NotEmpty(t, l.saved(), "the session has outlived them all")

	for _, method := range methods(t) {
		assert.Contains(t, called, method, "is tested")
	}
}

// methods returns those of the groups of window.keygenAuth. The groups take any name: the module's own tables know which
// there are.
func methods(t *testing.T) (known []string) {
	t.Helper()
	for _, file := range []string{"operations_js.go", "jsapi_js.go"} {
		source, err := os.ReadFile(filepath.Join(root, "internal", "jsapi", file))
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`\n\tcase "(\w+\.\w+)":`).FindAllStringSubmatch(string(source), -1) {
			known = append(known, found[1])
		}
	}
	require.Greater(t, len(known), 40)
	return known
}
