package keygentest

import "encoding/json"

// licensePermissions stands for what a license may do as a bearer itself, which the emulator does not play.
var licensePermissions = []string{"license.read", "license.validate", "machine.create", "machine.delete", "machine.read"}

type licenseAttributes struct {
	Name             *string         `json:"name"`
	Key              string          `json:"key"`
	Expiry           *string         `json:"expiry"`
	Status           string          `json:"status"`
	Uses             int             `json:"uses"`
	Suspended        bool            `json:"suspended"`
	Scheme           *string         `json:"scheme"`
	Encrypted        bool            `json:"encrypted"`
	Strict           bool            `json:"strict"`
	Floating         bool            `json:"floating"`
	Protected        bool            `json:"protected"`
	Version          *string         `json:"version"`
	MaxMachines      *int            `json:"maxMachines"`
	MaxProcesses     *int            `json:"maxProcesses"`
	MaxUsers         *int            `json:"maxUsers"`
	MaxCores         *int            `json:"maxCores"`
	MaxMemory        *int            `json:"maxMemory"`
	MaxDisk          *int            `json:"maxDisk"`
	MaxUses          *int            `json:"maxUses"`
	RequireHeartbeat bool            `json:"requireHeartbeat"`
	RequireCheckIn   bool            `json:"requireCheckIn"`
	LastValidated    *string         `json:"lastValidated"`
	LastCheckIn      *string         `json:"lastCheckIn"`
	NextCheckIn      *string         `json:"nextCheckIn"`
	LastCheckOut     *string         `json:"lastCheckOut"`
	Permissions      *[]string       `json:"permissions,omitempty"`
	Metadata         json.RawMessage `json:"metadata"`
	Created          string          `json:"created"`
	Updated          string          `json:"updated"`
}

// licenseRelationships have either an owner or, before version 1.6, a user.
type licenseRelationships struct {
	Account      relationship        `json:"account"`
	Environment  *relationship       `json:"environment,omitempty"`
	Product      relationship        `json:"product"`
	Policy       relationship        `json:"policy"`
	Group        relationship        `json:"group"`
	Owner        *relationship       `json:"owner,omitempty"`
	User         *relationship       `json:"user,omitempty"`
	Users        relationshipCount   `json:"users"`
	Machines     relationshipMachine `json:"machines"`
	Tokens       relationshipLink    `json:"tokens"`
	Entitlements relationshipLink    `json:"entitlements"`
}

type relationshipCount struct {
	Links related   `json:"links"`
	Meta  countMeta `json:"meta"`
}

type countMeta struct {
	Count int `json:"count"`
}

type relationshipMachine struct {
	Links related     `json:"links"`
	Meta  machineSums `json:"meta"`
}

// machineSums tell how much of what licenses may limit is in use.
type machineSums struct {
	Cores  int `json:"cores"`
	Memory int `json:"memory"`
	Disk   int `json:"disk"`
	Count  int `json:"count"`
}

func (l *license) link() string { return l.account.base() + "/licenses/" + l.id }

func (l *license) resource(x *exchange) any {
	limits := l.limits()
	r := resource{
		ID:   l.id,
		Type: "licenses",
		Attributes: licenseAttributes{
			Name:             l.name,
			Key:              l.key,
			Expiry:           optionalStamp(l.expiry),
			Status:           l.status(x.now),
			Uses:             l.uses,
			Suspended:        l.suspended,
			Scheme:           optional(l.policy.Scheme),
			Strict:           l.policy.Strict,
			Floating:         l.policy.Floating,
			Protected:        l.isProtected(),
			Version:          l.version,
			MaxMachines:      limit(limits.MaxMachines),
			MaxProcesses:     limit(limits.MaxProcesses),
			MaxUsers:         limit(limits.MaxUsers),
			MaxCores:         limit(limits.MaxCores),
			MaxMemory:        limit(limits.MaxMemory),
			MaxDisk:          limit(limits.MaxDisk),
			MaxUses:          limit(limits.MaxUses),
			RequireHeartbeat: l.policy.RequireHeartbeat,
			RequireCheckIn:   l.policy.RequireCheckIn,
			LastValidated:    optionalStamp(l.lastValidated),
			LastCheckIn:      optionalStamp(l.lastCheckIn),
			NextCheckIn:      optionalStamp(l.nextCheckIn()),
			LastCheckOut:     optionalStamp(l.lastCheckOut),
			Permissions:      x.licensed(licensePermissions),
			Metadata:         x.metadata(l.metadata),
			Created:          stamp(l.created),
			Updated:          stamp(l.updated),
		},
		Links: map[string]string{"self": l.link()},
	}
	relationships := licenseRelationships{
		Account:      l.account.relationship(),
		Environment:  x.environmentOf(l.account, l.environment),
		Product:      to(l.link()+"/product", "products", l.policy.Product),
		Policy:       to(l.link()+"/policy", "policies", l.policy.id),
		Group:        to(l.link()+"/group", "groups", ""),
		Users:        relationshipCount{related{new(l.link() + "/users")}, countMeta{len(l.everyone())}},
		Machines:     relationshipMachine{related{new(l.link() + "/machines")}, sumOf(x.api.machinesOf(l))},
		Tokens:       collection(l.link() + "/tokens"),
		Entitlements: collection(l.link() + "/entitlements"),
	}
	relationships.Owner, relationships.User = x.ownerOrUser(l.link(), l.owner, l.owner)
	r.Relationships = relationships
	return r
}

// ownerOrUser relates to the owner of a record or, for clients before version 1.6, to its user.
func (x *exchange) ownerOrUser(link string, owner, user *user) (toOwner, toUser *relationship) {
	if x.version <= 5 {
		return nil, new(to(link+"/user", "users", idOf(user)))
	}
	return new(to(link+"/owner", "users", idOf(owner))), nil
}

func idOf(u *user) string {
	if u == nil {
		return ""
	}
	return u.ID
}

// limit is null for no limit.
func limit(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
