package keygentest

import "net/http"

func factorRoutes() []route {
	return []route{
		forUsers(http.MethodGet, "users/{user}/second-factors", listFactors),
		forUsers(http.MethodPost, "users/{user}/second-factors", createFactor),
		forUsers(http.MethodGet, "users/{user}/second-factors/{id}", showFactor),
		forUsers(http.MethodPatch, "users/{user}/second-factors/{id}", updateFactor),
		forUsers(http.MethodDelete, "users/{user}/second-factors/{id}", deleteFactor),
	}
}

var otpField = field{name: "otp", kind: kindString}

// listFactors is empty, rather than forbidden, for a teammate's.
func listFactors(x *exchange) (*reply, error) {
	u, err := x.visibleUser(x.params["user"])
	if err != nil {
		return nil, err
	}
	if err := x.allow("user.second-factors.read"); err != nil {
		return nil, err
	}
	var own []*factor
	if u == x.user && u.factor != nil {
		own = append(own, u.factor)
	}
	return list(x, own)
}

// createFactor takes the password, or a code once there is an enabled factor. There can be only one, so that the code
// leads no further than to a conflict.
func createFactor(x *exchange) (*reply, error) {
	u, err := x.selfFor("user.second-factors.create")
	if err != nil {
		return nil, err
	}
	meta := needed(metaField(field{name: "password", kind: kindString}, otpField))
	if err := x.validate([]field{meta}); err != nil {
		return nil, err
	}
	if u.asksCode() {
		err = x.spendSent(u.factor)
	} else {
		err = x.judgePassword(u)
	}
	switch {
	case err != nil:
		return nil, err
	case u.factor != nil:
		return nil, conflict("a second factor exists")
	}
	u.factor = x.api.newFactor(u, "", newTOTPSecret())
	return x.created(u.factor), nil
}

func (x *exchange) judgePassword(u *user) error {
	sent, _ := x.body.get("meta", "password")
	if password, _ := sent.(string); !u.hasPassword(password) {
		return unauthorized("PASSWORD_INVALID", "password must be valid", &source{Pointer: "/meta/password"})
	}
	return nil
}

func showFactor(x *exchange) (*reply, error) {
	f, err := x.factorFor("user.second-factors.read")
	if err != nil {
		return nil, err
	}
	return x.show(f), nil
}

// updateFactor enables or disables; both take a code.
func updateFactor(x *exchange) (*reply, error) {
	f, err := x.factorFor("user.second-factors.update")
	if err != nil {
		return nil, err
	}
	err = x.validate([]field{
		dataField([]string{"second-factor", "second-factors"}, []field{{name: "enabled", kind: kindBoolean, required: true}}, nil),
		needed(metaField(otpField)),
	})
	if err != nil {
		return nil, err
	}
	if err := x.spendSent(f); err != nil {
		return nil, err
	}
	enabled, _ := x.attribute("enabled")
	f.enabled, f.updated = enabled.(bool), x.now
	return x.show(f), nil
}

// deleteFactor takes a code only if the factor is enabled.
func deleteFactor(x *exchange) (*reply, error) {
	f, err := x.factorFor("user.second-factors.delete")
	if err != nil {
		return nil, err
	}
	if err := x.validate([]field{metaField(otpField)}); err != nil {
		return nil, err
	}
	if f.enabled {
		if err := x.spendSent(f); err != nil {
			return nil, err
		}
	}
	f.user.factor = nil
	return newReply(http.StatusNoContent), nil
}

// factorFor returns the factor of the path. Whatever the id, those of a teammate are forbidden.
func (x *exchange) factorFor(permission string) (*factor, error) {
	u, err := x.visibleUser(x.params["user"])
	switch {
	case err != nil:
		return nil, err
	case u == x.user && (u.factor == nil || u.factor.id != x.params["id"]):
		return nil, notFound("second factor", x.params["id"])
	}
	if u, err = x.selfFor(permission); err != nil {
		return nil, err
	}
	return u.factor, nil
}
