package keygentest

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// expiringPeriod is how long before its expiry a license counts as expiring.
const expiringPeriod = 3 * 24 * time.Hour

// License lets its owner, and users attached to it, use a product on machines.
type License struct {
	ID           string // UUID
	Policy       string // id
	Owner        string // id of a user; "" means none
	Users        []string
	Name         string
	Key          string    // made up if ""
	Expiry       time.Time // zero: as the policy says
	Suspended    bool
	Protected    *bool // nil means as the policy is
	Uses         int
	Limits       // zero: those of the policy
	Entitlements []string
	Metadata     map[string]any
}

type license struct {
	entry
	policy       *policy
	owner        *user
	users        []*user // attached, the owner not among them
	name         *string
	key          string
	expiry       time.Time // zero: never, or not yet
	suspended    bool
	protected    *bool
	uses         int
	own          Limits
	entitlements []*entitlement
	metadata     *object
	version      *string

	lastValidated time.Time
	lastCheckIn   time.Time
	lastCheckOut  time.Time
}

// AddLicense stores a license and returns it with ID, Key and Expiry filled in. It panics when account, policy, a user
// or an entitlement is unknown, or when ID or key are taken.
func (a *API) AddLicense(account string, l License) License {
	a.mu.Lock()
	defer a.mu.Unlock()
	acc := a.mustAccount(account)
	p := a.policies[l.Policy]
	if p == nil {
		panic(fmt.Sprintf("keygentest: no policy %q", l.Policy))
	}
	l.ID, l.Key = cmp.Or(l.ID, uuid.NewString()), cmp.Or(l.Key, newLicenseKey())
	if a.licenseNamed(acc, l.ID) != nil || a.licenseNamed(acc, l.Key) != nil {
		panic(fmt.Sprintf("keygentest: license %s (%s) exists", l.Key, l.ID))
	}
	var owner *user
	if l.Owner != "" {
		owner = a.mustUser(l.Owner)
	}
	added := a.newLicense(p, owner, l.Key, l.ID)
	for _, id := range l.Users {
		added.users = append(added.users, a.mustUser(id))
	}
	if l.Expiry.IsZero() {
		l.Expiry = added.expiry
	}
	added.name, added.expiry, added.suspended, added.protected = optional(l.Name), l.Expiry, l.Suspended, l.Protected
	added.uses, added.own = l.Uses, l.Limits
	added.entitlements = a.mustEntitlements(acc, l.Entitlements)
	added.metadata = storedMetadata(l.Metadata)
	return l
}

func (a *API) newLicense(p *policy, owner *user, key, id string) *license {
	l := &license{entry: a.newEntry(p.account, p.environment, id), policy: p, owner: owner, key: key}
	if p.RequireCheckIn {
		l.lastCheckIn = l.created
	}
	l.begin("FROM_CREATION", l.created)
	a.licenses[l.id] = l
	return l
}

// begin sets the expiry once the event happens from which the policy counts.
func (l *license) begin(basis string, now time.Time) {
	if l.expiry.IsZero() && l.policy.ExpirationBasis == basis && l.policy.Duration > 0 {
		l.expiry = now.Add(l.policy.Duration)
	}
}

func newLicenseKey() string {
	raw := make([]byte, 15)
	_, _ = rand.Read(raw) // never fails
	digits := strings.ToUpper(hex.EncodeToString(raw))
	var groups []string
	for group := range slices.Chunk([]byte(digits), 6) {
		groups = append(groups, string(group))
	}
	return strings.Join(append(groups, "V3"), "-")
}

// licenseNamed returns the license with that id or key, or nil.
func (a *API) licenseNamed(acc *account, name string) *license {
	for _, l := range a.licenses {
		if l.account == acc && (l.id == name || l.key == name) {
			return l
		}
	}
	return nil
}

// has reports whether a user is the owner of a license or attached to it.
func (l *license) has(u *user) bool {
	return u != nil && (l.owner == u || slices.Contains(l.users, u))
}

// everyone returns the owner and the attached users, newest first.
func (l *license) everyone() []*user {
	all := slices.Clone(l.users)
	if l.owner != nil && !slices.Contains(all, l.owner) {
		all = append(all, l.owner)
	}
	slices.SortFunc(all, func(u, v *user) int { return v.serial - u.serial })
	return all
}

// isProtected reports whether users have to leave the license alone.
func (l *license) isProtected() bool {
	if l.protected == nil {
		return l.policy.isProtected()
	}
	return *l.protected
}

// limits are the license's own, else those of the policy.
func (l *license) limits() Limits {
	own, p := l.own, l.policy.Limits
	return Limits{
		MaxMachines:  cmp.Or(own.MaxMachines, p.MaxMachines),
		MaxProcesses: cmp.Or(own.MaxProcesses, p.MaxProcesses),
		MaxUsers:     cmp.Or(own.MaxUsers, p.MaxUsers),
		MaxCores:     cmp.Or(own.MaxCores, p.MaxCores),
		MaxMemory:    cmp.Or(own.MaxMemory, p.MaxMemory),
		MaxDisk:      cmp.Or(own.MaxDisk, p.MaxDisk),
		MaxUses:      cmp.Or(own.MaxUses, p.MaxUses),
	}
}

// grants reports whether a license carries an entitlement, itself or by its policy.
func (l *license) grants(e *entitlement) bool {
	return slices.Contains(l.entitlements, e) || slices.Contains(l.policy.entitlements, e)
}

func (l *license) expired(now time.Time) bool { return !l.expiry.IsZero() && !now.Before(l.expiry) }

func (l *license) expiring(now time.Time) bool {
	return !l.expiry.IsZero() && !l.expired(now) && l.expiry.Sub(now) < expiringPeriod
}

// nextCheckIn is zero when the policy does not ask for any.
func (l *license) nextCheckIn() time.Time {
	if !l.policy.RequireCheckIn {
		return time.Time{}
	}
	return l.policy.checkInAfter(l.lastCheckIn)
}

// activity is when the license was made or used last.
func (l *license) activity() time.Time {
	return slices.MaxFunc([]time.Time{l.created, l.lastValidated, l.lastCheckIn, l.lastCheckOut}, time.Time.Compare)
}

func (l *license) status(now time.Time) string {
	switch {
	case l.owner != nil && l.owner.Banned:
		return "BANNED"
	case l.suspended:
		return "SUSPENDED"
	case l.expired(now):
		return "EXPIRED"
	case l.expiring(now):
		return "EXPIRING"
	case now.Sub(l.activity()) >= activePeriod:
		return "INACTIVE"
	}
	return "ACTIVE"
}
