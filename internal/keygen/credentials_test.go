package keygen_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
)

func TestCheckRefuses(t *testing.T) {
	tests := []struct {
		name        string
		credentials keygen.Credentials
		code, field string
	}{
		{"nothing typed", keygen.Credentials{}, "EMAIL_REQUIRED", "email"},
		{"a user name", keygen.Credentials{Email: "ada", Password: "x"}, "EMAIL_REQUIRED", "email"},
		{"a token's id", keygen.Credentials{Email: "0d9f2c1e-5b7a-4c3d-8e1f-2a4b6c8d0e1f"}, "EMAIL_REQUIRED", "email"},
		{"a colon", keygen.Credentials{Email: "a:da@example.com", Password: "x"}, "EMAIL_COLON", "email"},
		{"half a character in the password", keygen.Credentials{Email: "a@b.example", Password: "\ufffd", Malformed: "password"},
			"ENCODING_INVALID", "password"},
		{"half a character before anything else", keygen.Credentials{Malformed: "email"}, "ENCODING_INVALID", "email"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.credentials.Check()
			require.NotNil(t, err)
			assert.Equal(t, test.code, err.Code)
			assert.Equal(t, test.field, err.Source.Parameter)
			assert.Zero(t, err.Status, "no request was made")
		})
	}
}

func TestCheckHasNoOpinionOnPasswords(t *testing.T) {
	for _, password := range []string{
		"", " ", "a", ":", "pass:word", "trailing ", "\t\n", "\x00", "密码🔑", "\ufffd", strings.Repeat("x", 72), strings.Repeat("x", 5000),
	} {
		assert.Nil(t, keygen.Credentials{Email: "ada@example.com", Password: password}.Check(), "%q", password)
	}
}

func TestNormalize(t *testing.T) {
	tests := []struct {
		name       string
		typed, got keygen.Credentials
	}{
		{"blanks around the email", keygen.Credentials{Email: " \tada@example.com\u00a0\n"}, keygen.Credentials{Email: "ada@example.com"}},
		{"not inside the email", keygen.Credentials{Email: "ada love@example.com"}, keygen.Credentials{Email: "ada love@example.com"}},
		{"the email's case", keygen.Credentials{Email: "Ada@Example.COM"}, keygen.Credentials{Email: "Ada@Example.COM"}},
		{"blanks in the code", keygen.Credentials{OTP: " 123 456\u00a0"}, keygen.Credentials{OTP: "123456"}},
		{"hyphens in the code", keygen.Credentials{OTP: "123-456"}, keygen.Credentials{OTP: "123456"}},
		{"digits of a Japanese keyboard", keygen.Credentials{OTP: "０１２　７８９"}, keygen.Credentials{OTP: "012789"}},
		{"what is no code stays so", keygen.Credentials{OTP: "12345a"}, keygen.Credentials{OTP: "12345a"}},
		{"never the password", keygen.Credentials{Password: "  a-b１\u00a0"}, keygen.Credentials{Password: "  a-b１\u00a0"}},
		{"what was malformed stays so", keygen.Credentials{Malformed: "otp"}, keygen.Credentials{Malformed: "otp"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.got, test.typed.Normalize())
		})
	}
}

func TestAuthorizationIsUTF8InBase64(t *testing.T) {
	tests := []struct{ email, password, header string }{
		{"ada@example.com", "secret", "Basic YWRhQGV4YW1wbGUuY29tOnNlY3JldA=="},
		{"ada@example.com", "pä:ß wörd", "Basic YWRhQGV4YW1wbGUuY29tOnDDpDrDnyB3w7ZyZA=="},
		{"ada@example.com", "密码🔑", "Basic YWRhQGV4YW1wbGUuY29tOuWvhueggfCflJE="},
		{"ada@example.com", "trailing ", "Basic YWRhQGV4YW1wbGUuY29tOnRyYWlsaW5nIA=="},
		{"ada@example.com", "", "Basic YWRhQGV4YW1wbGUuY29tOg=="},
		{"ada@example.com", "~~~???", "Basic YWRhQGV4YW1wbGUuY29tOn5+fj8/Pw=="}, // "+" and "/", not "-" and "_"
		{"ada@example.com", strings.Repeat("ü", 72),
			"Basic " + base64.StdEncoding.EncodeToString([]byte("ada@example.com:"+strings.Repeat("\xc3\xbc", 72)))},
	}
	for _, test := range tests {
		t.Run(test.password, func(t *testing.T) {
			transport := &canned{status: 201, body: tokenDocument}
			_, err := client(transport).CreateToken(keygen.Credentials{Email: test.email, Password: test.password}, keygen.TokenOptions{})
			require.NoError(t, err)
			assert.Equal(t, test.header, transport.sent.Headers["Authorization"])
			assert.Nil(t, transport.sent.Body)
		})
	}
}
