package keygentest

import (
	"encoding/json"
	"net/http"
	"time"
)

func policyRoutes() []route {
	return []route{
		forUsers(http.MethodGet, "policies", listPolicies),
		forUsers(http.MethodGet, "policies/{policy}", showPolicy),
		forUsers(http.MethodGet, "products", denyAll("product.read")),
		forUsers(http.MethodGet, "products/{product}", denyAll("product.read")),
		forUsers(http.MethodGet, "webhook-endpoints", denyAll("webhook-endpoint.read")),
		forUsers(http.MethodPost, "search", denyAll("account.read")),
		forUsers(http.MethodGet, "groups", emptyList("group.read")),
		{method: http.MethodGet, path: "accounts/{account}", outer: true, auth: (*exchange).requireToken, handle: denyAll("account.read")},
	}
}

// denyAll is for what the emulator does not keep, because users are not shown it.
func denyAll(permission string) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		if err := x.allow(permission); err != nil {
			return nil, err
		}
		return nil, x.deny()
	}
}

// emptyList is for what the emulator does not keep, though users may read it.
func emptyList(permission string) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		if err := x.allow(permission); err != nil {
			return nil, err
		}
		return list(x, []*license{})
	}
}

func listPolicies(x *exchange) (*reply, error) {
	if err := x.allow("policy.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.policies, func(p *policy) bool { return x.holds(&p.entry) }))
}

func showPolicy(x *exchange) (*reply, error) {
	p := x.api.policies[x.params["policy"]]
	if p == nil || !x.holds(&p.entry) {
		return nil, notFound("policy", x.params["policy"])
	}
	if err := x.allow("policy.read"); err != nil {
		return nil, err
	}
	return x.show(p), nil
}

// policyAttributes name the leasing of processes as version 1.7 or as earlier ones do.
type policyAttributes struct {
	Name                          *string         `json:"name"`
	Duration                      *int            `json:"duration"`
	Strict                        bool            `json:"strict"`
	Floating                      bool            `json:"floating"`
	Protected                     bool            `json:"protected"`
	RequireProductScope           bool            `json:"requireProductScope"`
	RequirePolicyScope            bool            `json:"requirePolicyScope"`
	RequireMachineScope           bool            `json:"requireMachineScope"`
	RequireFingerprintScope       bool            `json:"requireFingerprintScope"`
	RequireComponentsScope        bool            `json:"requireComponentsScope"`
	RequireUserScope              bool            `json:"requireUserScope"`
	RequireChecksumScope          bool            `json:"requireChecksumScope"`
	RequireVersionScope           bool            `json:"requireVersionScope"`
	RequireCheckIn                bool            `json:"requireCheckIn"`
	CheckInInterval               *string         `json:"checkInInterval"`
	CheckInIntervalCount          *int            `json:"checkInIntervalCount"`
	UsePool                       bool            `json:"usePool"`
	MaxMachines                   *int            `json:"maxMachines"`
	MaxProcesses                  *int            `json:"maxProcesses"`
	MaxUsers                      *int            `json:"maxUsers"`
	MaxCores                      *int            `json:"maxCores"`
	MaxMemory                     *int            `json:"maxMemory"`
	MaxDisk                       *int            `json:"maxDisk"`
	MaxUses                       *int            `json:"maxUses"`
	RequireHeartbeat              bool            `json:"requireHeartbeat"`
	HeartbeatDuration             int             `json:"heartbeatDuration"`
	HeartbeatCullStrategy         string          `json:"heartbeatCullStrategy"`
	HeartbeatResurrectionStrategy string          `json:"heartbeatResurrectionStrategy"`
	HeartbeatBasis                string          `json:"heartbeatBasis"`
	MachineUniquenessStrategy     string          `json:"machineUniquenessStrategy"`
	MachineMatchingStrategy       string          `json:"machineMatchingStrategy"`
	ComponentUniquenessStrategy   string          `json:"componentUniquenessStrategy"`
	ComponentMatchingStrategy     string          `json:"componentMatchingStrategy"`
	ExpirationStrategy            string          `json:"expirationStrategy"`
	ExpirationBasis               string          `json:"expirationBasis"`
	MachineLeasingStrategy        string          `json:"machineLeasingStrategy"`
	ProcessLeasingStrategy        string          `json:"processLeasingStrategy,omitempty"`
	LeasingStrategy               string          `json:"leasingStrategy,omitempty"`
	OverageStrategy               string          `json:"overageStrategy"`
	Metadata                      json.RawMessage `json:"metadata"`
	Created                       string          `json:"created"`
	Updated                       string          `json:"updated"`
}

type policyRelationships struct {
	Account      relationship     `json:"account"`
	Environment  *relationship    `json:"environment,omitempty"`
	Product      relationship     `json:"product"`
	Licenses     relationshipLink `json:"licenses"`
	Entitlements relationshipLink `json:"entitlements"`
}

func (p *policy) recordID() string { return p.id }

func (p *policy) link() string { return p.account.base() + "/policies/" + p.id }

func (p *policy) resource(x *exchange) any {
	attributes := policyAttributes{
		Name:                          optional(p.Name),
		Duration:                      limit(int(p.Duration / time.Second)),
		Strict:                        p.Strict,
		Floating:                      p.Floating,
		Protected:                     p.isProtected(),
		RequireProductScope:           p.RequireProductScope,
		RequirePolicyScope:            p.RequirePolicyScope,
		RequireMachineScope:           p.RequireMachineScope,
		RequireFingerprintScope:       p.RequireFingerprintScope,
		RequireComponentsScope:        p.RequireComponentsScope,
		RequireUserScope:              p.RequireUserScope,
		RequireChecksumScope:          p.RequireChecksumScope,
		RequireVersionScope:           p.RequireVersionScope,
		RequireCheckIn:                p.RequireCheckIn,
		UsePool:                       p.Pooled,
		MaxMachines:                   limit(p.MaxMachines),
		MaxProcesses:                  limit(p.MaxProcesses),
		MaxUsers:                      limit(p.MaxUsers),
		MaxCores:                      limit(p.MaxCores),
		MaxMemory:                     limit(p.MaxMemory),
		MaxDisk:                       limit(p.MaxDisk),
		MaxUses:                       limit(p.MaxUses),
		RequireHeartbeat:              p.RequireHeartbeat,
		HeartbeatDuration:             int(p.HeartbeatDuration / time.Second),
		HeartbeatCullStrategy:         p.HeartbeatCullStrategy,
		HeartbeatResurrectionStrategy: p.HeartbeatResurrectionStrategy,
		HeartbeatBasis:                p.HeartbeatBasis,
		MachineUniquenessStrategy:     p.MachineUniquenessStrategy,
		MachineMatchingStrategy:       p.MachineMatchingStrategy,
		ComponentUniquenessStrategy:   p.ComponentUniquenessStrategy,
		ComponentMatchingStrategy:     p.ComponentMatchingStrategy,
		ExpirationStrategy:            p.ExpirationStrategy,
		ExpirationBasis:               p.ExpirationBasis,
		MachineLeasingStrategy:        p.MachineLeasingStrategy,
		ProcessLeasingStrategy:        p.ProcessLeasingStrategy,
		OverageStrategy:               p.OverageStrategy,
		Metadata:                      x.metadata(p.metadata),
		Created:                       stamp(p.created),
		Updated:                       stamp(p.updated),
	}
	if p.RequireCheckIn {
		attributes.CheckInInterval, attributes.CheckInIntervalCount = &p.CheckInInterval, &p.CheckInIntervalCount
	}
	if x.version <= 6 {
		attributes.LeasingStrategy, attributes.ProcessLeasingStrategy = p.ProcessLeasingStrategy, ""
	}
	return resource{
		ID:         p.id,
		Type:       "policies",
		Attributes: attributes,
		Relationships: policyRelationships{
			Account:      p.account.relationship(),
			Environment:  x.environmentOf(p.account, p.environment),
			Product:      to(p.link()+"/product", "products", p.Product),
			Licenses:     collection(p.link() + "/licenses"),
			Entitlements: collection(p.link() + "/entitlements"),
		},
		Links: map[string]string{"self": p.link()},
	}
}
