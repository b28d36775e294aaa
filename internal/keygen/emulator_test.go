//go:build !js

package keygen_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

// native is the Transport of a program outside the browser.
type native struct{ timeout time.Duration }

func (n native) Send(request keygen.Request) (*keygen.Response, error) {
	var body io.Reader
	if request.Body != nil {
		encoded, err := json.Marshal(request.Body)
		if err != nil {
			return nil, &keygen.Error{Code: keygen.CodeInternal}
		}
		body = bytes.NewReader(encoded)
	}
	sent, err := http.NewRequest(request.Method, request.URL, body)
	if err != nil {
		return nil, &keygen.Error{Code: keygen.CodeInternal}
	}
	for name, value := range request.Headers {
		sent.Header.Set(name, value)
	}
	answer, err := (&http.Client{Timeout: n.timeout}).Do(sent)
	if err != nil {
		return nil, &keygen.Error{Code: keygen.CodeNetwork}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, &keygen.Error{Code: keygen.CodeNetwork}
	}
	return &keygen.Response{Status: answer.StatusCode, Header: answer.Header.Get, Raw: text, Body: parse(string(text))}, nil
}

// emulator starts a server with the demo data and a client of it.
func emulator(t *testing.T, options keygentest.Options) (*keygentest.Server, keygentest.Demo, *keygen.Client) {
	t.Helper()
	server := keygentest.NewServer(options)
	t.Cleanup(server.Close)
	api := client(native{10 * time.Second})
	api.Host = server.URL
	return server, keygentest.Seed(server.API), api
}

func login(u keygentest.User) keygen.Credentials {
	return keygen.Credentials{Email: u.Email, Password: u.Password}
}

func TestEmulatorSignsIn(t *testing.T) {
	server, _, api := emulator(t, keygentest.Options{})
	for _, password := range []string{
		"pä:ß wörd", "密码🔑", "trailing blank ", " leading", strings.Repeat("ü", 72), ":", "a\tb", "~~~???>>>", "\ufeffmark",
	} {
		t.Run(password, func(t *testing.T) {
			user := server.AddUser("demo", keygentest.User{
				Email: localPart(password) + "@example.com", Password: password, FirstName: "Zoë", LastName: "Ω",
			})
			token, err := api.CreateToken(login(user), keygen.TokenOptions{Name: "Website"})
			require.NoError(t, err)
			assert.Equal(t, keygen.KindUser, token.Kind)
			assert.Equal(t, user.ID, token.UserID)
			expiry, ok := parseTime(token.Expiry)
			require.True(t, ok, token.Expiry)
			assert.InDelta(t, time.Now().AddDate(0, 0, 14).UnixMilli(), expiry, 60_000)

			me, err := api.Me(token)
			require.NoError(t, err)
			assert.Equal(t, keygen.User{
				ID: user.ID, Email: user.Email, FullName: "Zoë Ω", FirstName: "Zoë", LastName: "Ω", Role: "user",
			}, me)
			require.NoError(t, api.RevokeToken(token))
			assert.Equal(t, "TOKEN_INVALID", failure(api.RevokeToken(token)).Code, "it is revoked")
		})
	}
}

// localPart makes an email's local part of any text.
func localPart(text string) string {
	var name strings.Builder
	for _, b := range []byte(text) {
		name.WriteByte('a' + b%26)
	}
	return name.String()
}

func TestEmulatorSecondFactor(t *testing.T) {
	now := time.Now()
	server, demo, api := emulator(t, keygentest.Options{Now: func() time.Time { return now }})
	credentials := login(demo.TwoFactor)

	_, err := api.CreateToken(credentials, keygen.TokenOptions{})
	assert.Equal(t, "OTP_REQUIRED", failure(err).Code)
	assert.Equal(t, keygen.Source{Pointer: "/meta/otp"}, failure(err).Source)

	credentials.OTP = "000000"
	if server.TOTP(demo.TwoFactor.ID) == credentials.OTP {
		credentials.OTP = "000001"
	}
	_, err = api.CreateToken(credentials, keygen.TokenOptions{})
	assert.Equal(t, "OTP_INVALID", failure(err).Code)

	credentials.OTP = server.TOTP(demo.TwoFactor.ID)
	wrong := credentials
	wrong.Password = "wrong"
	_, err = api.CreateToken(wrong, keygen.TokenOptions{})
	assert.Equal(t, "PASSWORD_INVALID", failure(err).Code)
	_, err = api.CreateToken(credentials, keygen.TokenOptions{})
	assert.Equal(t, "OTP_INVALID", failure(err).Code, "the wrong password has spent the code")

	now = now.Add(30 * time.Second)
	credentials.OTP = server.TOTP(demo.TwoFactor.ID)
	server.ResetThrottles()
	token, err := api.CreateToken(credentials, keygen.TokenOptions{Expiry: now.Add(time.Hour).UTC().Format(time.RFC3339)})
	require.NoError(t, err)
	expiry, _ := parseTime(token.Expiry)
	assert.Equal(t, now.Add(time.Hour).Unix(), expiry/1000)

	now = now.Add(2 * time.Hour)
	_, err = api.Me(token)
	assert.Equal(t, "TOKEN_EXPIRED", failure(err).Code)
}

func TestEmulatorRefusals(t *testing.T) {
	server, demo, api := emulator(t, keygentest.Options{})
	server.AddAccount(keygentest.Account{Slug: "nosso", SSODomains: []string{"sso.example.com"}})
	server.AddAccount(keygentest.Account{Slug: "locked", Permissions: []string{"user.read"}})
	locked := server.AddUser("locked", keygentest.User{Email: "ada@example.com", Password: "secret"})
	plain := login(demo.Plain)
	with := func(change func(*keygen.Credentials)) keygen.Credentials {
		changed := plain
		change(&changed)
		return changed
	}
	account := func(name string) func(*keygen.Client) { return func(c *keygen.Client) { c.Account = name } }
	inHeader, none := keygen.Source{Header: "Authorization"}, keygen.Source{}
	tests := []struct {
		name        string
		credentials keygen.Credentials
		change      func(*keygen.Client)
		status      int
		code        string
		source      keygen.Source
	}{
		{"bad email", with(func(c *keygen.Credentials) { c.Email = "ada@example" }), nil, 401, "EMAIL_REQUIRED", inHeader},
		{"unknown email", with(func(c *keygen.Credentials) { c.Email = "eve@example.com" }), nil, 401, "EMAIL_INVALID", inHeader},
		{"wrong password", with(func(c *keygen.Credentials) { c.Password = "wrong" }), nil, 401, "PASSWORD_INVALID", inHeader},
		{"no password", with(func(c *keygen.Credentials) { c.Password = "" }), nil, 401, "PASSWORD_REQUIRED", inHeader},
		{"a blank", with(func(c *keygen.Credentials) { c.Password = " " }), nil, 401, "PASSWORD_REQUIRED", inHeader},
		{"none set", with(func(c *keygen.Credentials) { c.Email = demo.NoPassword.Email }), nil, 401, "PASSWORD_NOT_SUPPORTED", inHeader},
		{"a user name", with(func(c *keygen.Credentials) { c.Email = "ada" }), nil, 401, "TOKEN_INVALID", none},
		{"bytes", with(func(c *keygen.Credentials) { c.Email = "\xff@example.com" }), nil, 400, "ENCODING_INVALID", none},
		{"SSO", login(demo.SSO), nil, 401, "SSO_REQUIRED", inHeader},
		{"SSO of staff", login(demo.Staff), nil, 401, "SSO_REQUIRED", inHeader},
		{"SSO without a place", login(demo.SSO), account("nosso"), 401, "SSO_NOT_SUPPORTED", inHeader},
		{"banned", login(demo.Banned), nil, 403, "HTTP_403", none},
		{"not permitted", login(locked), account("locked"), 403, "HTTP_403", none},
		{"no such account", plain, account("nobody"), 404, "NOT_FOUND", none},
		{"no account", plain, account(""), 404, "NOT_FOUND", none},
		{"environment", plain, func(c *keygen.Client) { c.Environment = "none" }, 400, "ENVIRONMENT_INVALID", keygen.Source{Header: "Keygen-Environment"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server.ResetThrottles()
			changed := *api
			if test.change != nil {
				test.change(&changed)
			}
			token, err := changed.CreateToken(test.credentials, keygen.TokenOptions{})
			failed := failure(err)
			assert.Equal(t, test.code, failed.Code)
			assert.Equal(t, test.status, failed.Status)
			assert.Equal(t, test.source, failed.Source)
			assert.NotEmpty(t, failed.RequestID)
			assert.Len(t, failed.Errors, 1)
			assert.Zero(t, token)
			if secret := test.credentials.Password; strings.TrimSpace(secret) != "" {
				assert.NotContains(t, failed.Error()+failed.Title, secret)
			}
			want := ""
			if test.code == "SSO_REQUIRED" {
				want = demo.Account.SSORedirect
			}
			assert.Equal(t, want, failed.Link)
		})
	}

	_, err := api.CreateToken(plain, keygen.TokenOptions{Name: strings.Repeat("n", 256)})
	assert.Equal(t, "NAME_TOO_LONG", failure(err).Code)
	assert.Equal(t, "/data/attributes/name", failure(err).Source.Pointer)
}
