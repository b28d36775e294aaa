package keygentest

import (
	"net/http"
	"slices"
	"unicode/utf8"
)

const (
	licenseNameMax = 1024 // characters
	keyMin         = 6
)

// reserved are words that stand for something else in paths, so that no key or fingerprint may be one.
var reserved = []string{"actions", "action"}

func licenseRoutes() []route {
	read := demand{permission: "license.read"}
	deny := func(method, path, permission string) route {
		return forUsers(method, "licenses/{license}/"+path, withLicense(demand{permission: permission}, denyLicense))
	}
	return []route{
		forUsers(http.MethodGet, "licenses", listLicenses),
		forUsers(http.MethodPost, "licenses", createLicense),
		forUsers(http.MethodGet, "licenses/{license}", withLicense(read, showLicense)),
		forUsers(http.MethodPatch, "licenses/{license}", withLicense(demand{permission: "license.update"}, denyLicense)),
		forUsers(http.MethodDelete, "licenses/{license}",
			withLicense(demand{"license.delete", true, (*license).policyIsProtected}, deleteLicense)),
		forUsers(http.MethodDelete, "licenses/{license}/actions/revoke",
			withLicense(demand{"license.revoke", true, (*license).policyIsProtected}, deleteLicense)),

		forUsers(http.MethodPost, "licenses/{license}/actions/check-in",
			withLicense(demand{"license.check-in", true, (*license).isProtected}, checkIn)),
		forUsers(http.MethodPost, "licenses/{license}/actions/renew",
			withLicense(demand{"license.renew", true, (*license).policyIsProtected}, renew)),
		forUsers(http.MethodPost, "licenses/{license}/actions/increment-usage",
			withLicense(demand{"license.usage.increment", true, (*license).isProtected}, incrementUsage)),
		forUsers(http.MethodPut, "licenses/{license}/policy",
			withLicense(demand{"license.policy.update", true, (*license).isProtected}, changePolicy)),
		deny(http.MethodPost, "actions/decrement-usage", "license.usage.decrement"),
		deny(http.MethodPost, "actions/reset-usage", "license.usage.reset"),
		deny(http.MethodPost, "actions/suspend", "license.suspend"),
		deny(http.MethodPost, "actions/reinstate", "license.reinstate"),

		forUsers(http.MethodGet, "licenses/{license}/entitlements",
			withLicense(demand{permission: "entitlement.read"}, listEntitlementsOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/entitlements/{entitlement}",
			withLicense(demand{permission: "entitlement.read"}, showEntitlementOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/machines", withLicense(demand{permission: "machine.read"}, listMachinesOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/machines/{machine}",
			withLicense(demand{permission: "machine.read"}, showMachineOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/users", withLicense(demand{permission: "user.read"}, listUsersOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/users/{user}", withLicense(demand{permission: "user.read"}, showUserOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/owner", withLicense(demand{permission: "user.read"}, showOwnerOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/user", withLicense(demand{permission: "user.read"}, showUserOfOldLicense)),
		forUsers(http.MethodGet, "licenses/{license}/group", withLicense(demand{permission: "group.read"}, noGroupOfLicense)),
		forUsers(http.MethodGet, "licenses/{license}/policy", withLicense(demand{permission: "policy.read"}, showPolicyOfLicense)),
		deny(http.MethodGet, "product", "product.read"),
		deny(http.MethodPut, "owner", "license.owner.update"),
		deny(http.MethodPut, "user", "license.owner.update"),
		deny(http.MethodPut, "group", "license.group.update"),
		deny(http.MethodGet, "tokens", "license.tokens.read"),
		deny(http.MethodPost, "tokens", "license.tokens.generate"),
		deny(http.MethodPost, "users", "license.users.attach"),
		deny(http.MethodDelete, "users", "license.users.detach"),
		deny(http.MethodPost, "entitlements", "license.entitlements.attach"),
		deny(http.MethodDelete, "entitlements", "license.entitlements.detach"),
	}
}

func listLicenses(x *exchange) (*reply, error) {
	if err := x.allow("license.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.licenses, func(l *license) bool { return x.seesLicense(l) && x.matchesLicense(l) }))
}

// matchesLicense applies the filters of the query. They narrow what is visible and never widen it.
func (x *exchange) matchesLicense(l *license) bool {
	machines := len(x.api.machinesOf(l))
	assigned := len(l.everyone()) > 0
	return x.filter("product", l.policy.Product) && x.filter("policy", l.policy.id) &&
		x.filterUsers("owner", l.owner) && x.filterUsers("user", l.everyone()...) &&
		(!x.query.Has("machine") || x.api.hasMachine(l, x.query.Get("machine"))) && x.filter("group") &&
		x.filterStatus(l) && x.filterTime("expires", l.expiry) && x.filterFlag("suspended", l.suspended) &&
		x.filterFlag("expiring", l.expiring(x.now)) && x.filterFlag("expired", l.expired(x.now)) &&
		x.filterFlag("assigned", assigned) && x.filterFlag("unassigned", !assigned) &&
		x.filterFlag("activated", machines > 0) && x.filterCount("activations", machines) &&
		x.matchesMetadata(l.metadata)
}

func showLicense(x *exchange, l *license) (*reply, error) { return x.show(l), nil }

func denyLicense(x *exchange, _ *license) (*reply, error) { return nil, x.deny() }

// createLicense makes a license for the bearer, by a policy that lets users do that.
func createLicense(x *exchange) (*reply, error) {
	if err := x.validate([]field{dataField([]string{"license", "licenses"}, []field{
		{name: "name", kind: kindString, nullable: true},
		{name: "key", kind: kindString},
		{name: "metadata", kind: kindMetadata},
	}, []field{
		needed(linkField("policy", "policy", "policies")),
		severable(linkField("owner", "user", "users")),
		severable(linkField("user", "user", "users")),
	})}); err != nil {
		return nil, err
	}
	if err := x.allow("license.create"); err != nil {
		return nil, err
	}
	p := x.api.policies[x.relationshipID("policy")]
	if p != nil && !x.holds(&p.entry) {
		p = nil
	}
	owner := x.relationshipID("owner")
	if owner == "" {
		owner = x.relationshipID("user")
	}
	if owner != x.user.ID || p != nil && p.isProtected() {
		return nil, x.deny()
	}
	var f findings
	key := x.wantedKey(&f, p)
	f.tooLong("NAME_TOO_LONG", x.attributeText("name"), licenseNameMax, "/data/attributes/name")
	stored := x.judgeMetadata(&f)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	if p.Pooled {
		p.Pool = p.Pool[1:]
	}
	l := x.api.newLicense(p, x.user, key, "")
	l.name, l.metadata = optional(x.attributeText("name")), stored
	return x.created(l), nil
}

// wantedKey returns the key of a new license: from the pool of the policy, else as sent, else a new one.
func (x *exchange) wantedKey(f *findings, p *policy) string {
	const pointer = "/data/attributes/key"
	if p == nil {
		f.add("POLICY_NOT_FOUND", "must exist", "/data/relationships/policy")
		f.add("PRODUCT_NOT_FOUND", "must exist", "/data/relationships/product")
	}
	if p != nil && p.Pooled {
		if len(p.Pool) == 0 {
			f.add("POLICY_POOL_EMPTY", "pool is empty", "/data/relationships/policy")
			return ""
		}
		return p.Pool[0]
	}
	key := x.attributeText("key")
	if key == "" {
		return newLicenseKey()
	}
	other := x.api.licenseNamed(x.account, key)
	switch {
	case slices.Contains(reserved, key):
		f.add("KEY_NOT_ALLOWED", "is reserved", pointer)
	case other != nil && other.key == key:
		f.add("KEY_TAKEN", "is already taken", pointer)
	case other != nil:
		f.add("KEY_CONFLICT", "must not conflict with another license's identifier", pointer)
	}
	if utf8.RuneCountInString(key) < keyMin {
		f.add("KEY_TOO_SHORT", "is too short (minimum is 6 characters)", pointer)
	}
	return key
}

// deleteLicense takes the machines along.
func deleteLicense(x *exchange, l *license) (*reply, error) {
	for _, m := range x.api.machinesOf(l) {
		x.api.deleteMachine(m)
	}
	delete(x.api.licenses, l.id)
	return newReply(http.StatusNoContent), nil
}
