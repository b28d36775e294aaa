package keygentest

import (
	"slices"
	"strings"
)

// A verdict is the outcome of a validation. A license may be valid although the code tells of something else, which
// then is tolerated.
type verdict struct {
	valid  bool
	detail string
	code   string
}

// A validation judges a license, and where the client says it is used.
type validation struct {
	x       *exchange
	license *license
	scope   *object // nil when none was sent
	quick   bool    // looks at no scope
	matched []*machine
}

// judge returns the first objection in the order of the service.
func (v *validation) judge() verdict {
	checks := []func() *verdict{v.checkState}
	if !v.quick {
		checks = append(checks,
			v.checkEnvironment, v.checkProduct, v.checkPolicy, v.checkUser, v.checkEntitlements,
			v.checkMachine, v.checkFingerprints, v.checkComponents, v.checkChecksum, v.checkVersion)
	}
	checks = append(checks, v.checkUsers)
	if v.license.policy.Strict {
		checks = append(checks, v.checkMachines, v.checkResources)
	}
	checks = append(checks, v.checkExpiry)
	for _, check := range checks {
		if objection := check(); objection != nil {
			return *objection
		}
	}
	return verdict{true, "is valid", "VALID"}
}

func invalid(code, detail string) *verdict { return &verdict{false, detail, code} }

func (v *validation) checkState() *verdict {
	l := v.license
	overdue := l.nextCheckIn()
	switch {
	case l.owner != nil && l.owner.Banned:
		return invalid("BANNED", "is banned")
	case l.suspended:
		return invalid("SUSPENDED", "is suspended")
	case l.expired(v.x.now) && l.policy.ExpirationStrategy == "REVOKE_ACCESS":
		return invalid("EXPIRED", "is expired")
	case !overdue.IsZero() && v.x.now.After(overdue):
		return invalid("OVERDUE", "is overdue for check in")
	}
	return nil
}

// checkExpiry comes last: a license may be expired and valid.
func (v *validation) checkExpiry() *verdict {
	if !v.license.expired(v.x.now) {
		return nil
	}
	lenient := slices.Contains([]string{"ALLOW_ACCESS", "MAINTAIN_ACCESS"}, v.license.policy.ExpirationStrategy)
	return &verdict{lenient, "is expired", "EXPIRED"}
}

// text returns what the scope says under a name.
func (v *validation) text(name string) (string, bool) {
	value, _ := v.scope.get(name)
	s, ok := value.(string)
	return s, ok
}

// texts is text for lists; nil when there is none.
func (v *validation) texts(name string) []string {
	value, _ := v.scope.get(name)
	items, ok := value.([]any)
	if !ok {
		return nil
	}
	out := []string{}
	for _, item := range items {
		if s := item.(string); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// checkText judges one value of the scope: it has to match if sent, and to be sent if the policy requires it.
func (v *validation) checkText(name string, required bool, matches func(string) bool) *verdict {
	sent, ok := v.text(name)
	switch {
	case ok && !matches(sent):
		return mismatched(name)
	case !ok && required:
		return missingScope(name)
	}
	return nil
}

func mismatched(name string) *verdict {
	return invalid(strings.ToUpper(name)+"_SCOPE_MISMATCH", name+" scope does not match")
}

func missingScope(name string) *verdict {
	return invalid(strings.ToUpper(name)+"_SCOPE_REQUIRED", name+" scope is required")
}

func emptyScope(name string) *verdict {
	return invalid(strings.ToUpper(name)+"_SCOPE_EMPTY", name+" scope is empty")
}

func (v *validation) checkEnvironment() *verdict {
	l := v.license
	return v.checkText("environment", l.policy.RequireEnvironmentScope, func(sent string) bool {
		return l.environment != "" && (sent == l.environment || sent == l.account.environmentID(l.environment))
	})
}

func (v *validation) checkProduct() *verdict {
	p := v.license.policy
	return v.checkText("product", p.RequireProductScope, func(sent string) bool { return sent == p.Product })
}

func (v *validation) checkPolicy() *verdict {
	p := v.license.policy
	return v.checkText("policy", p.RequirePolicyScope, func(sent string) bool { return sent == p.id })
}

func (v *validation) checkUser() *verdict {
	return v.checkText("user", v.license.policy.RequireUserScope, func(sent string) bool {
		return slices.ContainsFunc(v.license.everyone(), func(u *user) bool { return u.goesBy(sent) })
	})
}

func (v *validation) checkEntitlements() *verdict {
	codes := v.texts("entitlements")
	if codes != nil && len(codes) == 0 {
		return emptyScope("entitlements")
	}
	for _, code := range codes {
		e := v.x.api.entitlementNamed(v.license.account, code)
		if e == nil || e.code != code || !v.license.grants(e) {
			return invalid("ENTITLEMENTS_MISSING", "is missing one or more required entitlements")
		}
	}
	return nil
}

func (v *validation) checkChecksum() *verdict {
	p := v.license.policy
	return v.checkText("checksum", p.RequireChecksumScope, func(sent string) bool { return slices.Contains(p.Checksums, sent) })
}

// checkVersion notes the version that the license was last used with.
func (v *validation) checkVersion() *verdict {
	p := v.license.policy
	objection := v.checkText("version", p.RequireVersionScope, func(sent string) bool { return slices.Contains(p.Versions, sent) })
	if sent, ok := v.text("version"); ok && objection == nil {
		v.license.version = &sent
	}
	return objection
}

func (v *validation) checkUsers() *verdict {
	return v.exceeds(len(v.license.everyone()), v.license.limits().MaxUsers, "TOO_MANY_USERS", "has too many associated users")
}

// exceeds objects to a count above max. The license stays valid if the policy stretches the limit that far.
func (v *validation) exceeds(count, max int, code, detail string) *verdict {
	if max == 0 || count <= max {
		return nil
	}
	return &verdict{v.license.policy.allows(count, max), detail, code}
}
