package keygentest

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

const (
	passwordMin = 6 // characters
	passwordMax = 72
)

func userRoutes() []route {
	token := (*exchange).requireToken
	return []route{
		{method: http.MethodPost, path: "users", sub: true, auth: (*exchange).optionalToken, handle: signUp},
		forUsers(http.MethodGet, "users", listUsers),
		{method: http.MethodGet, path: "users/{user}", auth: token, handle: showUser},
		{method: http.MethodPatch, path: "users/{user}", auth: token, handle: updateUser},
		forUsers(http.MethodDelete, "users/{user}", withUser("user.delete", denyUser)),
		forUsers(http.MethodGet, "users/{user}/licenses", withUser("license.read", licensesOfUser)),
		forUsers(http.MethodGet, "users/{user}/machines", withUser("machine.read", machinesOfUser)),
		forUsers(http.MethodGet, "users/{user}/group", withUser("group.read", noGroupOfUser)),
		forUsers(http.MethodGet, "users/{user}/products", withUser("product.read", denyUser)),
	}
}

// signUp is for anonymous visitors of accounts that are open.
func signUp(x *exchange) (*reply, error) {
	if err := x.validate([]field{dataField([]string{"user", "users"}, []field{
		{name: "email", kind: kindString, required: true},
		{name: "password", kind: kindString, nullable: true},
		{name: "first_name", kind: kindString, blank: true},
		{name: "last_name", kind: kindString, blank: true},
		{name: "metadata", kind: kindMetadata},
	}, nil)}); err != nil {
		return nil, err
	}
	if x.user != nil {
		if err := x.allow("user.create"); err != nil {
			return nil, err
		}
	}
	if x.account.Protected {
		return nil, x.deny()
	}
	added := User{
		ID:          uuid.NewString(),
		Email:       storedEmail(x.attributeText("email")),
		Password:    x.attributeText("password"),
		FirstName:   x.attributeText("first_name"),
		LastName:    x.attributeText("last_name"),
		Role:        "user",
		Environment: x.environment,
	}
	var f findings
	x.judgeUser(&f, nil, added)
	if added.Password != "" {
		judgeNewPassword(&f, added.Password)
	}
	stored := x.judgeMetadata(&f)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	u := x.api.newUser(x.account, added)
	u.metadata = stored
	return x.created(u), nil
}

func storedEmail(sent string) string { return strings.ToLower(strings.TrimSpace(sent)) }

// judgeUser looks at what users may set themselves. self is nil for a new one.
func (x *exchange) judgeUser(f *findings, self *user, wanted User) {
	const email = "/data/attributes/email"
	other := x.api.userNamed(x.account, x.environment, wanted.Email)
	switch {
	case !emailSyntax.MatchString(wanted.Email):
		f.add("EMAIL_INVALID", "is invalid", email)
	case other != nil && other != self:
		f.add("EMAIL_TAKEN", "has already been taken", email)
	}
	f.tooLong("EMAIL_TOO_LONG", wanted.Email, nameMax, email)
	f.tooLong("FIRST_NAME_TOO_LONG", wanted.FirstName, nameMax, "/data/attributes/firstName")
	f.tooLong("LAST_NAME_TOO_LONG", wanted.LastName, nameMax, "/data/attributes/lastName")
}

// judgeNewPassword points to the attribute, also where the password came in meta.
func judgeNewPassword(f *findings, password string) {
	const pointer = "/data/attributes/password"
	if utf8.RuneCountInString(password) < passwordMin {
		f.add("PASSWORD_TOO_SHORT", "is too short (minimum is 6 characters)", pointer)
	}
	f.tooLong("PASSWORD_TOO_LONG", password, passwordMax, pointer)
}

func listUsers(x *exchange) (*reply, error) {
	if err := x.allow("user.read"); err != nil {
		return nil, err
	}
	return list(x, newest(x.api.users, x.seesUser))
}

// showUser takes emails in any case, as updateUser does; the other endpoints take them as stored.
func showUser(x *exchange) (*reply, error) {
	u, err := x.visibleUser(strings.ToLower(x.params["user"]))
	if err != nil {
		return nil, err
	}
	if err := x.allow("user.read"); err != nil {
		return nil, err
	}
	return x.show(u), nil
}

// updateUser leaves tokens valid, also when the email changes.
func updateUser(x *exchange) (*reply, error) {
	x.params["user"] = strings.ToLower(x.params["user"])
	u, err := x.userFor("user.update")
	if err != nil {
		return nil, err
	}
	if err := x.validate([]field{dataField([]string{"user", "users"}, []field{
		{name: "email", kind: kindString},
		{name: "first_name", kind: kindString, blank: true},
		{name: "last_name", kind: kindString, blank: true},
	}, nil)}); err != nil {
		return nil, err
	}
	wanted := u.User
	for name, value := range map[string]*string{
		"email": &wanted.Email, "first_name": &wanted.FirstName, "last_name": &wanted.LastName,
	} {
		if _, sent := x.attribute(name); sent {
			*value = x.attributeText(name)
		}
	}
	wanted.Email = storedEmail(wanted.Email)
	var f findings
	x.judgeUser(&f, u, wanted)
	if err := f.refusal(); err != nil {
		return nil, err
	}
	u.User, u.updated = wanted, x.now
	return x.show(u), nil
}

// visibleUser returns the user with that id or email, if the bearer may know of them.
func (x *exchange) visibleUser(name string) (*user, error) {
	u := x.api.userNamed(x.account, x.environment, name)
	if u == nil || !x.seesUser(u) {
		return nil, notFound("user", name)
	}
	return u, nil
}

// seesUser reports whether the bearer may know of a user: users of themselves and of teammates, with whom they share
// a license, staff of all.
func (x *exchange) seesUser(u *user) bool {
	if u.account != x.account || u.Environment != x.environment {
		return false
	}
	if u == x.user || x.user.isStaff() {
		return true
	}
	for _, l := range x.api.licenses {
		if l.has(u) && l.has(x.user) {
			return true
		}
	}
	return false
}

// userFor returns the user of the path for something that only they may do, or staff.
func (x *exchange) userFor(permission string) (*user, error) {
	u, err := x.visibleUser(x.params["user"])
	if err != nil {
		return nil, err
	}
	if err := x.allow(permission); err != nil {
		return nil, err
	}
	if u != x.user && !x.user.isStaff() {
		return nil, x.deny()
	}
	return u, nil
}

// selfFor is userFor without staff.
func (x *exchange) selfFor(permission string) (*user, error) {
	u, err := x.userFor(permission)
	if err == nil && u != x.user {
		return nil, x.deny()
	}
	return u, err
}

// withUser returns a handler of something that users may do for themselves.
func withUser(permission string, do func(*exchange, *user) (*reply, error)) func(*exchange) (*reply, error) {
	return func(x *exchange) (*reply, error) {
		u, err := x.userFor(permission)
		if err != nil {
			return nil, err
		}
		return do(x, u)
	}
}

func denyUser(x *exchange, _ *user) (*reply, error) { return nil, x.deny() }

func licensesOfUser(x *exchange, u *user) (*reply, error) {
	return list(x, newest(x.api.licenses, func(l *license) bool { return x.seesLicense(l) && l.has(u) }))
}

func machinesOfUser(x *exchange, u *user) (*reply, error) {
	return list(x, newest(x.api.machines, func(m *machine) bool { return x.seesMachine(m) && m.concerns(u) }))
}

// noGroupOfUser is so because groups are none of the emulator's business.
func noGroupOfUser(*exchange, *user) (*reply, error) { return nobody(), nil }

func noGroup() error { return missing("The requested group was not found") }
