package keygentest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// heartbeatDuration is how long machines and processes live without a ping unless their policy says otherwise.
const heartbeatDuration = 10 * time.Minute

// Limits bound what a license allows. Zero sets no limit.
type Limits struct {
	MaxMachines  int
	MaxProcesses int
	MaxUsers     int
	MaxCores     int
	MaxMemory    int
	MaxDisk      int
	MaxUses      int
}

// Policy is the rules of a kind of license. Strategies are named as the API names them; "" means the default, which is
// the first of those listed.
type Policy struct {
	ID          string // UUID
	Name        string
	Product     string // UUID, made up if ""
	Environment string // code; "" means global

	Duration        time.Duration // of a license; 0 means that it does not expire
	ExpirationBasis string        // FROM_CREATION, FROM_FIRST_VALIDATION or FROM_FIRST_ACTIVATION
	Protected       *bool         // users may not manage their licenses themselves; nil means as the account is
	Floating        bool          // more than one machine
	Strict          bool          // validation looks at limits, too
	Scheme          string        // of keys, ED25519_SIGN for example; "" for keys that are only a word
	Limits
	OverageStrategy    string // NO_OVERAGE, ALLOW_1_25X_OVERAGE, ALLOW_1_5X_OVERAGE, ALLOW_2X_OVERAGE, ALWAYS_ALLOW_OVERAGE
	ExpirationStrategy string // RESTRICT_ACCESS, REVOKE_ACCESS, MAINTAIN_ACCESS, ALLOW_ACCESS

	RequireCheckIn       bool
	CheckInInterval      string // day, week, month or year
	CheckInIntervalCount int    // 0 means 1

	RequireHeartbeat              bool
	HeartbeatDuration             time.Duration // 0 means ten minutes
	HeartbeatBasis                string        // FROM_CREATION, FROM_FIRST_PING
	HeartbeatCullStrategy         string        // DEACTIVATE_DEAD, KEEP_DEAD
	HeartbeatResurrectionStrategy string        // NO_REVIVE, 1_MINUTE_REVIVE, 2_, 5_, 10_, 15_MINUTE_REVIVE, ALWAYS_REVIVE

	MachineUniquenessStrategy   string // UNIQUE_PER_LICENSE, UNIQUE_PER_POLICY, UNIQUE_PER_PRODUCT, UNIQUE_PER_ACCOUNT
	MachineMatchingStrategy     string // MATCH_ANY, MATCH_TWO, MATCH_MOST, MATCH_ALL
	MachineLeasingStrategy      string // PER_LICENSE, PER_USER
	ComponentUniquenessStrategy string // UNIQUE_PER_MACHINE, then as for machines
	ComponentMatchingStrategy   string // as for machines
	ProcessLeasingStrategy      string // PER_MACHINE, PER_LICENSE, PER_USER

	RequireProductScope     bool
	RequirePolicyScope      bool
	RequireMachineScope     bool
	RequireFingerprintScope bool
	RequireComponentsScope  bool
	RequireUserScope        bool
	RequireChecksumScope    bool
	RequireVersionScope     bool
	RequireEnvironmentScope bool

	Pooled       bool     // licenses take their key from Pool
	Pool         []string // keys, the next one first
	Versions     []string // of releases that licenses give access to
	Checksums    []string // of their artifacts
	Entitlements []string // ids or codes
	Metadata     map[string]any
}

type policy struct {
	Policy // IDs, entitlements and metadata are below
	entry
	metadata     *object
	entitlements []*entitlement
}

// strategies are the values that documents know, the default first.
var (
	overages     = []string{"NO_OVERAGE", "ALLOW_1_25X_OVERAGE", "ALLOW_1_5X_OVERAGE", "ALLOW_2X_OVERAGE", "ALWAYS_ALLOW_OVERAGE"}
	expirations  = []string{"RESTRICT_ACCESS", "REVOKE_ACCESS", "MAINTAIN_ACCESS", "ALLOW_ACCESS"}
	bases        = []string{"FROM_CREATION", "FROM_FIRST_VALIDATION", "FROM_FIRST_ACTIVATION"}
	intervals    = []string{"day", "week", "month", "year"}
	beats        = []string{"FROM_CREATION", "FROM_FIRST_PING"}
	culls        = []string{"DEACTIVATE_DEAD", "KEEP_DEAD"}
	revivals     = []string{"NO_REVIVE", "1_MINUTE_REVIVE", "2_MINUTE_REVIVE", "5_MINUTE_REVIVE", "10_MINUTE_REVIVE", "15_MINUTE_REVIVE", "ALWAYS_REVIVE"}
	uniqueness   = []string{"UNIQUE_PER_LICENSE", "UNIQUE_PER_POLICY", "UNIQUE_PER_PRODUCT", "UNIQUE_PER_ACCOUNT"}
	uniqueParts  = append([]string{"UNIQUE_PER_MACHINE"}, uniqueness...)
	matchings    = []string{"MATCH_ANY", "MATCH_TWO", "MATCH_MOST", "MATCH_ALL"}
	machineLease = []string{"PER_LICENSE", "PER_USER"}
	processLease = []string{"PER_MACHINE", "PER_LICENSE", "PER_USER"}
)

// AddPolicy stores a policy and returns it with ID, Product and defaults filled in. account is an id or slug. It panics
// when the account, environment, an entitlement or a strategy is unknown, or when ID is taken.
func (a *API) AddPolicy(account string, p Policy) Policy {
	p.ID = cmp.Or(p.ID, uuid.NewString())
	p.Product = cmp.Or(p.Product, uuid.NewString())
	for _, s := range []struct {
		value *string
		known []string
	}{
		{&p.OverageStrategy, overages}, {&p.ExpirationStrategy, expirations}, {&p.ExpirationBasis, bases},
		{&p.CheckInInterval, intervals}, {&p.HeartbeatBasis, beats}, {&p.HeartbeatCullStrategy, culls},
		{&p.HeartbeatResurrectionStrategy, revivals}, {&p.MachineUniquenessStrategy, uniqueness},
		{&p.MachineMatchingStrategy, matchings}, {&p.MachineLeasingStrategy, machineLease},
		{&p.ComponentUniquenessStrategy, uniqueParts}, {&p.ComponentMatchingStrategy, matchings},
		{&p.ProcessLeasingStrategy, processLease},
	} {
		*s.value = cmp.Or(*s.value, s.known[0])
		if !slices.Contains(s.known, *s.value) {
			panic(fmt.Sprintf("keygentest: no strategy %q", *s.value))
		}
	}
	if !p.Floating {
		p.MaxMachines = 1
	}
	p.CheckInIntervalCount = cmp.Or(p.CheckInIntervalCount, 1)
	p.HeartbeatDuration = cmp.Or(p.HeartbeatDuration, heartbeatDuration)

	a.mu.Lock()
	defer a.mu.Unlock()
	acc := a.mustAccount(account)
	acc.mustKnow(p.Environment)
	if a.policies[p.ID] != nil {
		panic(fmt.Sprintf("keygentest: policy %s exists", p.ID))
	}
	a.policies[p.ID] = &policy{
		Policy:       p,
		entry:        a.newEntry(acc, p.Environment, p.ID),
		metadata:     storedMetadata(p.Metadata),
		entitlements: a.mustEntitlements(acc, p.Entitlements),
	}
	return p
}

// mustKnow panics on an unknown environment.
func (acc *account) mustKnow(environment string) {
	if environment != "" && !slices.Contains(acc.Environments, environment) {
		panic(fmt.Sprintf("keygentest: no environment %q", environment))
	}
}

func (p *policy) isProtected() bool {
	if p.Protected == nil {
		return p.account.Protected
	}
	return *p.Protected
}

// allows reports whether count is within max, where 0 is no limit, as far as the overage strategy stretches it.
func (p *policy) allows(count, max int) bool {
	switch {
	case max == 0:
		return true
	case p.OverageStrategy == "ALWAYS_ALLOW_OVERAGE":
		return true
	case p.OverageStrategy == "ALLOW_1_25X_OVERAGE":
		return 4*count <= 5*max
	case p.OverageStrategy == "ALLOW_1_5X_OVERAGE":
		return 2*count <= 3*max
	case p.OverageStrategy == "ALLOW_2X_OVERAGE":
		return count <= 2*max
	}
	return count <= max
}

// checkInAfter returns when a license that was checked in at that time has to be checked in again.
func (p *policy) checkInAfter(at time.Time) time.Time {
	n := p.CheckInIntervalCount
	switch p.CheckInInterval {
	case "week":
		return at.AddDate(0, 0, 7*n)
	case "month":
		return at.AddDate(0, n, 0)
	case "year":
		return at.AddDate(n, 0, 0)
	}
	return at.AddDate(0, 0, n)
}

// revival is how long after its death something may be revived.
func (p *policy) revival() (d time.Duration, always bool) {
	var minutes int
	_, _ = fmt.Sscanf(p.HeartbeatResurrectionStrategy, "%d_MINUTE", &minutes) // 0 if it does not start with a number
	return time.Duration(minutes) * time.Minute, p.HeartbeatResurrectionStrategy == "ALWAYS_REVIVE"
}

// enough is how many of n things have to match by a matching strategy.
func enough(strategy string, n int) int {
	switch strategy {
	case "MATCH_TWO":
		return min(2, n)
	case "MATCH_MOST":
		return (n + 1) / 2
	case "MATCH_ALL":
		return n
	}
	return 1
}
