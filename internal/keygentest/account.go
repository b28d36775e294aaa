package keygentest

import (
	"crypto/ed25519"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Account is a customer of Keygen: the owner of users, tokens and a signing key.
type Account struct {
	ID        string // UUID
	Slug      string
	Cancelled bool // its subscription has ended
	Protected bool // visitors may not sign up, and policies are protected unless they say otherwise

	SSODomains  []string // email domains that sign in elsewhere
	SSORedirect string   // where to; "" makes the server refuse single sign-on as unsupported

	Key          ed25519.PrivateKey // signs the answers
	Environments []string           // codes; every environment is isolated: it does not see global records
	Permissions  []string           // of role user; nil means the default set
}

type account struct {
	Account
	keys keys
}

// AddAccount stores an account and returns it with ID and Key filled in where they were zero. It panics when ID or
// slug are taken, or when a server of one account gets a second.
func (a *API) AddAccount(acc Account) Account {
	if acc.ID == "" {
		acc.ID = uuid.NewString()
	}
	if acc.Key == nil {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			panic(fmt.Sprintf("keygentest: key of account %s: %v", acc.ID, err))
		}
		acc.Key = key
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.opts.Single && len(a.accounts) > 0 {
		panic("keygentest: a single-account server takes one account")
	}
	for _, name := range []string{acc.ID, acc.Slug} {
		if name != "" && a.accountNamed(name) != nil {
			panic(fmt.Sprintf("keygentest: account %q exists", name))
		}
	}
	a.accounts = append(a.accounts, &account{Account: acc, keys: newKeys()})
	return acc
}

// accountNamed returns the account with that id or slug, matched case-sensitively, or nil.
func (a *API) accountNamed(name string) *account {
	for _, acc := range a.accounts {
		if name != "" && (acc.ID == name || acc.Slug == name) {
			return acc
		}
	}
	return nil
}

func (a *API) mustAccount(name string) *account {
	acc := a.accountNamed(name)
	if acc == nil {
		panic(fmt.Sprintf("keygentest: no account %q", name))
	}
	return acc
}

// findAccount resolves the account of the path. From here on answers are signed.
func (x *exchange) findAccount() error {
	if x.route.global {
		return nil
	}
	name, named := x.params["account"]
	acc := x.api.accountNamed(name)
	switch {
	case x.api.opts.Single && len(x.api.accounts) == 1:
		only := x.api.accounts[0]
		if named && acc != only {
			return missing("account is invalid (expected " + only.ID + ")")
		}
		acc = only
	case !named:
		return missing("account is required")
	case acc == nil:
		return notFound("account", name)
	}
	x.account, x.signed = acc, true
	return nil
}

// judgeSubscription refuses endpoints that a cancelled account has lost. Login, identity and revocation stay.
func (x *exchange) judgeSubscription() error {
	if x.account == nil || !x.account.Cancelled || !x.route.sub {
		return nil
	}
	return &problem{status: http.StatusForbidden, errors: []apiError{
		{Title: "Account does not have an active subscription", Detail: "must have an active subscription to access this resource"},
	}}
}

// findEnvironment takes the environment from the header, else from the query.
func (x *exchange) findEnvironment() error {
	if x.account == nil {
		return nil
	}
	inHeader := &source{Header: "Keygen-Environment"}
	asked, src := x.req.Header.Get("Keygen-Environment"), inHeader
	if asked == "" {
		asked, src = x.query.Get("environment"), &source{Parameter: "environment"}
	}
	if asked == "" {
		return nil
	}
	if x.api.opts.Community {
		return badRequest("ENVIRONMENT_NOT_SUPPORTED", "environments are not supported", src)
	}
	i := slices.IndexFunc(x.account.Environments, func(code string) bool {
		return code == asked || x.account.environmentID(code) == asked
	})
	if i < 0 {
		// The header is named even if the query asked.
		return badRequest("ENVIRONMENT_INVALID", "environment is invalid", inHeader)
	}
	x.environment = x.account.Environments[i]
	return nil
}

// environmentID derives the id of an environment from its code, "" for none.
func (acc *account) environmentID(code string) string {
	if code == "" {
		return ""
	}
	return uuid.NewSHA1(uuid.MustParse(acc.ID), []byte(code)).String()
}

// usesSSO reports whether email belongs to a domain that signs in elsewhere.
func (acc *account) usesSSO(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return slices.ContainsFunc(acc.SSODomains, func(d string) bool { return strings.EqualFold(d, domain) })
}
