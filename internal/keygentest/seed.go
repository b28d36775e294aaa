package keygentest

import (
	"crypto/ed25519"
	"encoding/hex"
)

// seedKey is the private seed of the demo account's key. It signs nothing of value.
const seedKey = "692d8a79f70deb8969ac71eaa53b24719aacc2bf8fdcf784e97eb1b89a0dcdc0"

// Demo is the account that [Seed] adds, with one user for each way a login can go, and two more for licenses. Passwords
// are filled in, so that a demo page can print them.
type Demo struct {
	Account    Account
	Plain      User // signs in with email and password
	TwoFactor  User // also needs a one-time code
	Banned     User
	SSO        User // belongs to a domain that signs in elsewhere
	Staff      User // an admin; the account has single sign-on, so a password is refused
	NoPassword User
	Mate       User // shares a license with Plain
	Many       User // has more licenses and machines than one page holds

	Trial    Policy // users may make licenses by this one themselves
	Pro      Policy // protected
	Licenses DemoLicenses
}

// Seed adds the account "demo" and its users. Ids, passwords, the second factor and the signing key are the same on
// every run; when licenses expire counts from now. It panics when called twice on one API.
func Seed(a *API) Demo {
	seed, err := hex.DecodeString(seedKey)
	if err != nil {
		panic(err)
	}
	account := a.AddAccount(Account{
		ID:          "6f0a1b52-7c1e-4d0b-9a34-2f5f1c7d8e90",
		Slug:        "demo",
		SSODomains:  []string{"sso.example.com"},
		SSORedirect: "https://sso.example.com/authorize?state=demo",
		Key:         ed25519.NewKeyFromSeed(seed),
	})
	add := func(u User) User { return a.AddUser(account.ID, u) }
	demo := Demo{
		Account: account,
		Plain: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000001", Email: "ada@example.com",
			Password: "correct horse battery", FirstName: "Ada", LastName: "Lovelace",
		}),
		TwoFactor: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000002", Email: "grace@example.com",
			Password: "nanoseconds of wire", FirstName: "Grace", LastName: "Hopper",
			TOTPSecret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
		}),
		Banned: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000003", Email: "mallory@example.com",
			Password: "man in the middle", FirstName: "Mallory", LastName: "Malicious", Banned: true,
		}),
		SSO: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000004", Email: "sam@sso.example.com",
			Password: "never asked for", FirstName: "Sam", LastName: "Single",
		}),
		Staff: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000005", Email: "root@example.com",
			Password: "keys to the kingdom", FirstName: "Root", LastName: "Admin", Role: "admin",
		}),
		NoPassword: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000006", Email: "nopass@example.com",
			FirstName: "Nolan", LastName: "Pass",
		}),
		Mate: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000007", Email: "charles@example.com",
			Password: "difference engine", FirstName: "Charles", LastName: "Babbage",
		}),
		Many: add(User{
			ID: "1c0a5c2e-0f5d-4b7e-8a11-000000000008", Email: "katherine@example.com",
			Password: "orbital mechanics", FirstName: "Katherine", LastName: "Johnson",
		}),
	}
	seedLicenses(a, &demo)
	seedReleases(a, &demo)
	return demo
}
