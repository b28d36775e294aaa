package keygentest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
)

// activePeriod is how long users and licenses count as active after something happened to them.
const activePeriod = 90 * 24 * time.Hour

// User is a person who signs in to an account.
type User struct {
	ID          string // UUID
	Email       string
	Password    string // "" means none is set
	FirstName   string
	LastName    string
	Role        string // user, admin, developer, sales-agent, support-agent or read-only; "" means user
	TOTPSecret  string // base32, of an enabled second factor; "" means none
	Environment string // code; "" means global
	Banned      bool
	Permissions []string // nil means those of the role
	Metadata    map[string]any
}

type user struct {
	User     // as it is now, TOTPSecret and Metadata excepted
	account  *account
	metadata *object
	factor   *factor // nil when there is none
	reset    resetToken
	created  time.Time
	updated  time.Time
	serial   int
}

// AddUser stores a user and returns it with ID and Role filled in and Email in lower case. account is an id or slug.
// It panics when the account, role or environment is unknown, when ID or email are taken, or when TOTPSecret is not
// base32.
func (a *API) AddUser(account string, u User) User {
	u.ID = cmp.Or(u.ID, uuid.NewString())
	u.Role = cmp.Or(u.Role, "user")
	u.Email = strings.ToLower(u.Email)
	if _, ok := roles[u.Role]; !ok {
		panic(fmt.Sprintf("keygentest: no role %q", u.Role))
	}
	if u.TOTPSecret != "" {
		if _, err := totp.GenerateCode(u.TOTPSecret, time.Time{}); err != nil {
			panic(fmt.Sprintf("keygentest: TOTP secret of %s: %v", u.Email, err))
		}
	}

	a.mu.Lock()
	defer a.mu.Unlock()
	acc := a.mustAccount(account)
	if u.Environment != "" && !slices.Contains(acc.Environments, u.Environment) {
		panic(fmt.Sprintf("keygentest: no environment %q", u.Environment))
	}
	if a.users[u.ID] != nil || a.userNamed(acc, u.Environment, u.Email) != nil {
		panic(fmt.Sprintf("keygentest: user %s (%s) exists", u.Email, u.ID))
	}
	added := a.newUser(acc, u)
	added.metadata = storedMetadata(u.Metadata)
	if u.TOTPSecret != "" {
		added.factor = a.newFactor(added, factorID(u), u.TOTPSecret)
		added.factor.enabled = true
	}
	return u
}

func (a *API) newUser(acc *account, u User) *user {
	a.serial++
	now := a.now()
	added := &user{User: u, account: acc, created: now, updated: now, serial: a.serial}
	a.users[u.ID] = added
	return added
}

// SetBanned bans a user or lifts the ban. Tokens stay, and work again afterwards. It panics on an unknown user.
func (a *API) SetBanned(userID string, banned bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.mustUser(userID).Banned = banned
}

func (a *API) mustUser(id string) *user {
	u := a.users[id]
	if u == nil {
		panic(fmt.Sprintf("keygentest: no user %q", id))
	}
	return u
}

// userNamed returns the user with that id or email as seen from an environment, or nil. Emails are in lower case.
func (a *API) userNamed(acc *account, environment, name string) *user {
	for _, u := range a.users {
		if u.account == acc && u.Environment == environment && u.goesBy(name) {
			return u
		}
	}
	return nil
}

// goesBy reports whether a name is the id or email of a user.
func (u *user) goesBy(name string) bool { return u.ID == name || u.Email == name }

func (u *user) order() int { return u.serial }

func (u *user) isStaff() bool { return u.Role != "user" }

// fullName is nil unless both names are known.
func (u *user) fullName() *string {
	if u.FirstName == "" || u.LastName == "" {
		return nil
	}
	name := u.FirstName + " " + u.LastName
	return &name
}

// userStatus looks at the activity of licenses, too.
func (x *exchange) userStatus(u *user) string {
	if u.Banned {
		return "BANNED"
	}
	last := u.created
	for _, l := range x.api.licenses {
		if l.has(u) && l.activity().After(last) {
			last = l.activity()
		}
	}
	if x.now.Sub(last) < activePeriod {
		return "ACTIVE"
	}
	return "INACTIVE"
}
