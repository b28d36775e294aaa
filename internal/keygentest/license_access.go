package keygentest

// A demand is what an endpoint wants of its bearer before it does something with a license or machine.
type demand struct {
	permission string
	owner      bool                // members of the license may see it, but not do this
	protected  func(*license) bool // nobody may do this if it returns true; may be nil
}

// withLicense returns a handler of the license of the path: it is missing for those who may not know of it, and
// forbidden for those who do not meet the demand.
func withLicense(d demand, do func(*exchange, *license) (*reply, error)) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		l, err := x.visibleLicense(x.params["license"])
		if err != nil {
			return nil, err
		}
		if err := x.meets(d, l, l.owner == x.user); err != nil {
			return nil, err
		}
		return do(x, l)
	}
}

// meets judges a demand; owns tells whether the bearer is on the owner's side.
func (x *exchange) meets(d demand, l *license, owns bool) error {
	if err := x.allow(d.permission); err != nil {
		return err
	}
	if x.user.isStaff() {
		return nil
	}
	if d.owner && !owns || d.protected != nil && d.protected(l) {
		return x.deny()
	}
	return nil
}

// visibleLicense returns the license with that id or key, if the bearer may know of it.
func (x *exchange) visibleLicense(name string) (*license, error) {
	l := x.api.licenseNamed(x.account, name)
	if l == nil || !x.seesLicense(l) {
		return nil, notFound("license", name)
	}
	return l, nil
}

// seesLicense reports whether the bearer may know of a license: its owner, those attached to it and staff.
func (x *exchange) seesLicense(l *license) bool {
	return x.holds(&l.entry) && (l.has(x.user) || x.user != nil && x.user.isStaff())
}

func (l *license) policyIsProtected() bool { return l.policy.isProtected() }
