package keygentest

import "net/http"

func checkoutRoutes() []route {
	ofLicense := withLicense(demand{permission: "license.check-out", protected: (*license).isProtected}, checkOutLicense)
	ofMachine := withMachine(demand{permission: "machine.check-out", protected: (*license).isProtected}, checkOutMachine)
	return []route{
		forUsers(http.MethodPost, "licenses/{license}/actions/check-out", ofLicense),
		forUsers(http.MethodGet, "licenses/{license}/actions/check-out", ofLicense),
		forUsers(http.MethodPost, "machines/{machine}/actions/check-out", ofMachine),
		forUsers(http.MethodGet, "machines/{machine}/actions/check-out", ofMachine),
	}
}

func checkOutLicense(x *exchange, l *license) (*reply, error) {
	return x.checkOut(checkout{
		at:       &l.lastCheckOut,
		noun:     "license",
		record:   l,
		secret:   l.key,
		scheme:   l.policy.Scheme,
		includes: x.licenseInclusions(l),
		related: checkoutRelationships{
			Account:     l.account.relationship(),
			Environment: x.environmentOf(l.account, l.environment),
			License:     to(l.link(), "licenses", l.id),
		},
	})
}

func checkOutMachine(x *exchange, m *machine) (*reply, error) {
	includes := map[string]inclusion{
		"license":     {records: func() []any { return []any{m.license.resource(x)} }},
		"components":  {records: func() []any { return resourcesOf(x, x.api.componentsOf(m)) }},
		"environment": {permission: "environment.read"},
		"group":       {records: nothing},
		"owner":       {records: func() []any { return people(x, m.owner) }},
	}
	ofLicense := x.licenseInclusions(m.license)
	for _, name := range []string{"entitlements", "product", "policy", "owner", "users"} {
		includes["license."+name] = ofLicense[name]
	}
	return x.checkOut(checkout{
		at:       &m.lastCheckOut,
		noun:     "machine",
		record:   m,
		secret:   m.license.key + m.fingerprint,
		scheme:   m.license.policy.Scheme,
		includes: includes,
		related: checkoutRelationships{
			Account:     m.account.relationship(),
			Environment: x.environmentOf(m.account, m.environment),
			License:     to(m.license.link(), "licenses", m.license.id),
			Machine:     new(to(m.link(), "machines", m.id)),
		},
	})
}

// licenseInclusions are what the file of a license may carry along. Products and environments are not for users.
func (x *exchange) licenseInclusions(l *license) map[string]inclusion {
	return map[string]inclusion{
		"entitlements": {records: func() []any { return resourcesOf(x, newest(x.api.entitlements, l.grants)) }},
		"environment":  {permission: "environment.read"},
		"product":      {permission: "product.read", records: nothing},
		"policy":       {permission: "policy.read", records: func() []any { return []any{l.policy.resource(x)} }},
		"group":        {records: nothing},
		"owner":        {records: func() []any { return people(x, l.owner) }},
		"users":        {records: func() []any { return resourcesOf(x, l.everyone()) }},
	}
}

func resourcesOf[R record](x *exchange, records []R) []any {
	out := []any{}
	for _, r := range records {
		out = append(out, r.resource(x))
	}
	return out
}

func people(x *exchange, u *user) []any {
	if u == nil {
		return nil
	}
	return []any{u.resource(x)}
}

func nothing() []any { return nil }
