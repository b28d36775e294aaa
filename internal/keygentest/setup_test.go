package keygentest_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

func TestSetupRefusesMistakes(t *testing.T) {
	for name, do := range map[string]func(api *keygentest.API){
		"seed twice":       func(api *keygentest.API) { keygentest.Seed(api) },
		"slug taken":       func(api *keygentest.API) { api.AddAccount(keygentest.Account{Slug: "demo"}) },
		"id taken as slug": func(api *keygentest.API) { api.AddAccount(keygentest.Account{ID: "demo"}) },
		"unknown account":  func(api *keygentest.API) { api.AddUser("nobody", keygentest.User{Email: "e@example.com"}) },
		"unknown role":     func(api *keygentest.API) { api.AddUser("demo", keygentest.User{Email: "e@example.com", Role: "root"}) },
		"unknown environment": func(api *keygentest.API) {
			api.AddUser("demo", keygentest.User{Email: "e@example.com", Environment: "x"})
		},
		"email taken": func(api *keygentest.API) { api.AddUser("demo", keygentest.User{Email: "ADA@example.com"}) },
		"secret is not base32": func(api *keygentest.API) {
			api.AddUser("demo", keygentest.User{Email: "e@example.com", TOTPSecret: "1!"})
		},
		"strategy": func(api *keygentest.API) {
			api.AddPolicy("demo", keygentest.Policy{OverageStrategy: "SOME_OVERAGE"})
		},
		"revival": func(api *keygentest.API) {
			api.AddPolicy("demo", keygentest.Policy{HeartbeatResurrectionStrategy: "3_MINUTE_REVIVE"})
		},
		"policy of an unknown account": func(api *keygentest.API) { api.AddPolicy("nobody", keygentest.Policy{}) },
		"policy of an unknown environment": func(api *keygentest.API) {
			api.AddPolicy("demo", keygentest.Policy{Environment: "x"})
		},
		"policy taken": func(api *keygentest.API) {
			id := api.AddPolicy("demo", keygentest.Policy{}).ID
			api.AddPolicy("demo", keygentest.Policy{ID: id})
		},
		"policy with an unknown entitlement": func(api *keygentest.API) {
			api.AddPolicy("demo", keygentest.Policy{Entitlements: []string{"NONE"}})
		},
		"entitlement taken": func(api *keygentest.API) { api.AddEntitlement("demo", keygentest.Entitlement{Code: "EXPORT"}) },
		"license of an unknown policy": func(api *keygentest.API) {
			api.AddLicense("demo", keygentest.License{Policy: nobody})
		},
		"license of an unknown owner": func(api *keygentest.API) {
			p := api.AddPolicy("demo", keygentest.Policy{})
			api.AddLicense("demo", keygentest.License{Policy: p.ID, Owner: nobody})
		},
		"license key taken": func(api *keygentest.API) {
			p := api.AddPolicy("demo", keygentest.Policy{})
			api.AddLicense("demo", keygentest.License{Policy: p.ID, Key: "DEC0DE-000000-000000-000000-000001-V3"})
		},
		"machine of an unknown license": func(api *keygentest.API) { api.AddMachine(keygentest.Machine{License: nobody}) },
		"component of an unknown machine": func(api *keygentest.API) {
			api.AddComponent(keygentest.Component{Machine: nobody})
		},
		"process of an unknown machine": func(api *keygentest.API) { api.AddProcess(keygentest.Process{Machine: nobody}) },
		"metadata that is no JSON": func(api *keygentest.API) {
			api.AddPolicy("demo", keygentest.Policy{Metadata: map[string]any{"f": func() {}}})
		},
		"ban of an unknown user": func(api *keygentest.API) { api.SetBanned("nobody", true) },
	} {
		t.Run(name, func(t *testing.T) {
			api := keygentest.New(keygentest.Options{})
			keygentest.Seed(api)
			assert.Panics(t, func() { do(api) })
		})
	}
	t.Run("second account of a single-account server", func(t *testing.T) {
		api := keygentest.New(keygentest.Options{Single: true})
		keygentest.Seed(api)
		assert.Panics(t, func() { api.AddAccount(keygentest.Account{Slug: "other"}) })
	})
}

func TestSetupFillsIn(t *testing.T) {
	api := keygentest.New(keygentest.Options{})
	acc := api.AddAccount(keygentest.Account{})
	assert.NotEmpty(t, acc.ID)
	assert.NotEmpty(t, acc.Key)
	p := api.AddPolicy(acc.ID, keygentest.Policy{})
	assert.NotEmpty(t, p.ID)
	assert.NotEmpty(t, p.Product)
	assert.Equal(t, 1, p.MaxMachines)
	assert.Equal(t, "NO_OVERAGE", p.OverageStrategy)
	l := api.AddLicense(acc.ID, keygentest.License{Policy: p.ID})
	assert.Regexp(t, "^([0-9A-F]{6}-){5}V3$", l.Key)
	m := api.AddMachine(keygentest.Machine{License: l.ID})
	assert.NotEmpty(t, m.ID)
	assert.NotEmpty(t, m.Fingerprint)
	assert.NotEmpty(t, api.AddComponent(keygentest.Component{Machine: m.ID}).Fingerprint)
	assert.NotEmpty(t, api.AddProcess(keygentest.Process{Machine: m.ID}).PID)
	u := api.AddUser(acc.ID, keygentest.User{Email: "Eve@Example.com"})
	assert.NotEmpty(t, u.ID)
	assert.Equal(t, "user", u.Role)
	assert.Equal(t, "eve@example.com", u.Email)
}

func TestSeedIsTheSameEveryTime(t *testing.T) {
	assert.Equal(t, keygentest.Seed(keygentest.New(keygentest.Options{})), keygentest.Seed(keygentest.New(keygentest.Options{})))
}

// What the demo shows. Pages link to some of it, so that ids stay.
func TestSeed(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.Plain)
	list := s.expect(get("licenses?order=asc", auth), want{status: 200})
	var statuses []string
	for i := range list.ids() {
		statuses = append(statuses, list.text("data", i, "attributes", "status"))
	}
	assert.Equal(t, []string{"ACTIVE", "EXPIRING", "EXPIRED", "SUSPENDED", "ACTIVE"}, statuses)
	licenses := s.demo.Licenses
	assert.Equal(t, []string{licenses.Active.ID, licenses.Expiring.ID, licenses.Expired.ID, licenses.Suspended.ID, licenses.Shared.ID}, list.ids())
	assert.Equal(t, 3.0, list.at("data", 0, "attributes", "maxMachines"))
	assert.Equal(t, fortnight, list.text("data", 0, "attributes", "expiry"))
	assert.Equal(t, 2.0, list.at("data", 0, "relationships", "machines", "meta", "count"))
	assert.Equal(t, s.demo.Mate.ID, list.text("data", 4, "relationships", "owner", "data", "id"))

	s.expect(post("licenses", auth, newLicense(`{}`, s.demo.Trial.ID, s.demo.Plain.ID)), want{status: 201})
	s.expect(post("licenses", auth, newLicense(`{}`, s.demo.Pro.ID, s.demo.Plain.ID)), denied())
	third := post("machines", auth, newMachine(`{"fingerprint":"third"}`, licenses.Active.ID))
	s.expect(third, want{status: 201})
	s.expect(third.with(newMachine(`{"fingerprint":"fourth"}`, licenses.Active.ID)), invalid("MACHINE_LIMIT_EXCEEDED", "/data"))
	s.expect(get("users/"+s.demo.Mate.ID, auth), want{status: 200})
	s.verdict(validateKey(licenses.Active.Key, ""), true, "VALID")
	s.verdict(validateKey(licenses.Suspended.Key, ""), false, "SUSPENDED")
	assert.Len(t, s.expect(get("entitlements", auth), want{status: 200}).ids(), 2)

	s.clock.add(time.Hour)
	dead := s.expect(get("machines?status=DEAD", auth), want{status: 200})
	assert.Equal(t, "Laptop", dead.text("data", 0, "attributes", "name"), "kept, so that the demo shows one")

	_, auth = s.signIn(s.demo.Many)
	for _, name := range []string{"licenses", "machines"} {
		assert.Len(t, s.expect(get(name, auth), want{status: 200}).ids(), 10)
		assert.Equal(t, 2.0, s.expect(get(name+"?page[number]=1", auth), want{status: 200}).at("links", "meta", "pages"))
	}
	s.verdict(validateKey(licenses.Fleet.Key, ""), true, "VALID")
	for _, u := range []keygentest.User{s.demo.Mate, s.demo.Many} {
		s.expect(login(u.Email, u.Password), want{status: 201})
	}
}

func TestSetNow(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.SetNow(func() time.Time { return noon.AddDate(1, 0, 0) })
	assert.Equal(t, "Wed, 06 Oct 2027 12:00:00 GMT", s.send(get("me", "")).header.Get("Date"))
	s.SetNow(nil)
	date, err := http.ParseTime(s.send(get("me", "")).header.Get("Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), date, time.Minute)
}

func TestRequestsAreRecorded(t *testing.T) {
	s := open(t, keygentest.Options{})
	s.send(login("ada@example.com", "x").with("{"))
	s.send(get("tokens?page[size]=1&q=%7e", "Bearer x").under("X-Test", "yes"))
	got := s.Requests()
	require.Len(t, got, 2)
	assert.Equal(t, "POST", got[0].Method)
	assert.Equal(t, "{", string(got[0].Body))
	assert.Equal(t, 400, got[0].Status)
	assert.Equal(t, "/v1/accounts/demo/tokens?page[size]=1&q=%7e", got[1].Path)
	assert.Equal(t, "yes", got[1].Header.Get("X-Test"))

	got[0].Body[0] = 'x'
	got[1].Header.Set("X-Test", "no")
	assert.Equal(t, "{", string(s.Requests()[0].Body), "a copy")
	assert.Equal(t, "yes", s.Requests()[1].Header.Get("X-Test"), "a copy")
	s.ResetRequests()
	assert.Empty(t, s.Requests())
}

// Meant for the race detector.
func TestConcurrentUse(t *testing.T) {
	s := open(t, keygentest.Options{})
	_, auth := s.signIn(s.demo.Plain)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			res, err := http.DefaultClient.Do(s.request(call{method: "POST", path: "tokens", auth: auth}))
			if assert.NoError(t, err) {
				assert.Equal(t, 201, res.StatusCode)
				assert.NoError(t, res.Body.Close())
			}
			s.Tokens(s.demo.Plain.ID)
			s.Requests()
			s.AddFault(keygentest.Fault{Path: "/nowhere"})()
			s.TOTP(s.demo.TwoFactor.ID)
			s.SetBanned(s.demo.Banned.ID, true)
		})
	}
	all.Wait()
	assert.Len(t, s.Tokens(s.demo.Plain.ID), 9)
}
