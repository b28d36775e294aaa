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
	u := api.AddUser(acc.ID, keygentest.User{Email: "Eve@Example.com"})
	assert.NotEmpty(t, u.ID)
	assert.Equal(t, "user", u.Role)
	assert.Equal(t, "eve@example.com", u.Email)
}

func TestSeedIsTheSameEveryTime(t *testing.T) {
	assert.Equal(t, keygentest.Seed(keygentest.New(keygentest.Options{})), keygentest.Seed(keygentest.New(keygentest.Options{})))
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
