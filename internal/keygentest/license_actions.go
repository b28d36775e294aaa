package keygentest

import "net/http"

func checkIn(x *exchange, l *license) (*reply, error) {
	if !l.policy.RequireCheckIn {
		return nil, impossible("", "cannot be checked in because the policy does not require it")
	}
	l.lastCheckIn, l.updated = x.now, x.now
	return x.show(l), nil
}

// renew counts from the expiry, also if that is past.
func renew(x *exchange, l *license) (*reply, error) {
	switch {
	case l.policy.Duration == 0:
		return nil, impossible("", "cannot be renewed because the policy does not have a duration")
	case l.expiry.IsZero():
		// The service finds nothing wrong with the license, and says so.
		return nil, &problem{status: http.StatusUnprocessableEntity, errors: []apiError{}}
	}
	l.expiry, l.updated = l.expiry.Add(l.policy.Duration), x.now
	return x.show(l), nil
}

func incrementUsage(x *exchange, l *license) (*reply, error) {
	if err := x.validate([]field{metaField(field{name: "increment", kind: kindInteger})}); err != nil {
		return nil, err
	}
	uses := l.uses + 1
	if sent, found := x.body.get("meta", "increment"); found {
		uses = l.uses + integer(sent)
	}
	var f findings
	if uses < 0 {
		f.add("USES_INVALID", "must be greater than or equal to 0", "/data/attributes/uses")
	}
	if !l.policy.allows(uses, l.limits().MaxUses) {
		f.add("USES_LIMIT_EXCEEDED", "usage exceeds maximum allowed by license", "/data/attributes/uses")
	}
	if err := f.refusal(); err != nil {
		return nil, err
	}
	l.uses, l.updated = uses, x.now
	return x.show(l), nil
}

// changePolicy moves a license to another policy of the same product.
func changePolicy(x *exchange, l *license) (*reply, error) {
	data := linkField("data", "policy", "policies").fields[0]
	if err := x.validate([]field{data}); err != nil {
		return nil, err
	}
	const pointer = "/data/relationships/policy"
	id, _ := x.body.get("data", "id")
	p := x.api.policies[id.(string)]
	switch {
	case p == nil || !x.holds(&p.entry):
		return nil, unprocessable("POLICY_NOT_FOUND", "must exist", pointer)
	case p.isProtected() && !x.user.isStaff():
		return nil, x.deny()
	case p.Product != l.policy.Product || p.Pooled != l.policy.Pooled:
		return nil, unprocessable("POLICY_NOT_COMPATIBLE", "cannot change to an incompatible policy", pointer)
	}
	l.policy, l.updated = p, x.now
	return x.show(l), nil
}

func listEntitlementsOfLicense(x *exchange, l *license) (*reply, error) {
	return list(x, newest(x.api.entitlements, l.grants))
}

func showEntitlementOfLicense(x *exchange, l *license) (*reply, error) {
	return x.showEntitlementIf("entitlement.read", l.grants)
}

func listMachinesOfLicense(x *exchange, l *license) (*reply, error) {
	return list(x, x.api.machinesOf(l))
}

func showMachineOfLicense(x *exchange, l *license) (*reply, error) {
	for _, m := range x.api.machinesOf(l) {
		if m.named(x.params["machine"]) {
			return x.show(m), nil
		}
	}
	return nil, notFound("machine", x.params["machine"])
}

func listUsersOfLicense(x *exchange, l *license) (*reply, error) { return list(x, l.everyone()) }

func showUserOfLicense(x *exchange, l *license) (*reply, error) {
	for _, u := range l.everyone() {
		if u.goesBy(x.params["user"]) {
			return x.show(u), nil
		}
	}
	return nil, notFound("user", x.params["user"])
}

func showOwnerOfLicense(x *exchange, l *license) (*reply, error) {
	return x.showPerson(l.owner)
}

// showUserOfOldLicense is what the owner was called before version 1.6.
func showUserOfOldLicense(x *exchange, l *license) (*reply, error) {
	if x.version > 5 {
		return nil, x.unroutable()
	}
	return x.showPerson(l.owner)
}

// showPerson answers with a user, who may be nil.
func (x *exchange) showPerson(u *user) (*reply, error) {
	if u == nil {
		return nobody(), nil
	}
	return x.show(u), nil
}

// nobody answers with the record that there might be, and is not.
func nobody() *reply { return document(http.StatusOK, map[string]any{"data": nil}) }

func noGroupOfLicense(*exchange, *license) (*reply, error) { return nil, noGroup() }

func showPolicyOfLicense(x *exchange, l *license) (*reply, error) { return x.show(l.policy), nil }
