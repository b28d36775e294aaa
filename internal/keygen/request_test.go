package keygen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

const media = "application/vnd.api+json"

var ada = keygen.Credentials{Email: "ada@example.com", Password: "secret"}

func TestCreateTokenRequest(t *testing.T) {
	attributes := func(attributes map[string]any) map[string]any {
		return map[string]any{"type": "tokens", "attributes": attributes}
	}
	withOTP := ada
	withOTP.OTP = "123456"
	tests := []struct {
		name        string
		credentials keygen.Credentials
		options     keygen.TokenOptions
		body        map[string]any
	}{
		{"nothing to say", ada, keygen.TokenOptions{}, nil},
		{"a code", withOTP, keygen.TokenOptions{}, map[string]any{"meta": map[string]any{"otp": "123456"}}},
		{"a name", ada, keygen.TokenOptions{Name: "Website"}, map[string]any{"data": attributes(map[string]any{"name": "Website"})}},
		{"an expiry", ada, keygen.TokenOptions{Expiry: "2030-01-01T00:00:00.000Z"},
			map[string]any{"data": attributes(map[string]any{"expiry": "2030-01-01T00:00:00.000Z"})}},
		{"all", withOTP, keygen.TokenOptions{Name: "Website", Expiry: "2030-01-01T00:00:00.000Z"}, map[string]any{
			"data": attributes(map[string]any{"name": "Website", "expiry": "2030-01-01T00:00:00.000Z"}),
			"meta": map[string]any{"otp": "123456"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			transport := &canned{status: 201, body: tokenDocument}
			_, err := client(transport).CreateToken(test.credentials, test.options)
			require.NoError(t, err)
			headers := map[string]string{
				"Accept": media, "Keygen-Version": "1.8", "Authorization": "Basic YWRhQGV4YW1wbGUuY29tOnNlY3JldA==",
			}
			if test.body != nil {
				headers["Content-Type"] = media
			}
			assert.Equal(t, keygen.Request{
				Method: "POST", URL: "https://api.example.com/v1/accounts/demo/tokens", Headers: headers, Body: test.body,
			}, transport.sent)
		})
	}
}

func TestRequestsWithToken(t *testing.T) {
	headers := map[string]string{"Accept": media, "Keygen-Version": "1.8", "Authorization": "Bearer user-secret-v3"}

	transport := &canned{status: 200, body: `{"data":{"id":"u1"}}`}
	_, err := client(transport).Me(token)
	require.NoError(t, err)
	assert.Equal(t, keygen.Request{Method: "GET", URL: "https://api.example.com/v1/accounts/demo/me", Headers: headers}, transport.sent)

	transport = &canned{status: 200, body: strings.Replace(tokenDocument, "user-secret-v3", "user-another-v3", 1)}
	_, err = client(transport).RenewToken(token)
	require.NoError(t, err)
	assert.Equal(t, keygen.Request{Method: "PUT", URL: "https://api.example.com/v1/accounts/demo/tokens/t1", Headers: headers}, transport.sent)

	transport = &canned{status: 204}
	require.NoError(t, client(transport).RevokeToken(token))
	assert.Equal(t, keygen.Request{
		Method: "DELETE", URL: "https://api.example.com/v1/accounts/demo/tokens/t1", Headers: headers, KeepAlive: true,
	}, transport.sent)
}

func TestBaseAndEnvironment(t *testing.T) {
	transport := &canned{status: 200, body: `{"data":{"id":"u1"}}`}
	api := client(transport)
	api.Account, api.Environment = "", "sandbox"
	_, err := api.Me(keygen.Token{Value: "v"})
	require.NoError(t, err)
	assert.Equal(t, "https://api.example.com/v1/me", transport.sent.URL, "a server of one account")
	assert.Equal(t, "sandbox", transport.sent.Headers["Keygen-Environment"])
}

func TestTokenAndUser(t *testing.T) {
	token, err := client(&canned{status: 201, body: tokenDocument}).CreateToken(ada, keygen.TokenOptions{})
	require.NoError(t, err)
	assert.Equal(t, keygen.Token{
		Value: "user-secret-v3", ID: "t1", UserID: "u1", Kind: "user-token", Expiry: "2030-01-02T03:04:05.000Z",
	}, token)

	forever := `{"data":{"id":"t2","attributes":{"kind":"admin-token","token":"v","expiry":null}}}`
	token, err = client(&canned{status: 201, body: forever}).CreateToken(ada, keygen.TokenOptions{})
	require.NoError(t, err)
	assert.Equal(t, keygen.Token{Value: "v", ID: "t2", Kind: "admin-token"}, token, "null is never")

	user, err := client(&canned{status: 200, body: `{"data":{"id":"u1","attributes":{"email":"ada@example.com",
		"fullName":null,"firstName":"Ada","lastName":null,"role":"user"}}}`}).Me(token)
	require.NoError(t, err)
	assert.Equal(t, keygen.User{ID: "u1", Email: "ada@example.com", FirstName: "Ada", Role: "user"}, user)
}
