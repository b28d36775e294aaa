package page

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
	"keygenauth/web/messages"
)

// code stands for a message, so that tests see which one was asked for.
func code(code string) string { return "<" + code + ">" }

func TestAdvise(t *testing.T) {
	both := []string{fieldPassword, fieldEmail}
	email, password, otp := []string{fieldEmail}, []string{fieldPassword}, []string{fieldOTP}
	tests := []struct {
		code         string
		plain, after Advice // an attempt without, and one with a one-time code
	}{
		{"EMAIL_REQUIRED", Advice{Fields: email}, Advice{Fields: email}},
		{"EMAIL_COLON", Advice{Fields: email}, Advice{Fields: email}},
		{"EMAIL_INVALID", Advice{Fields: both}, Advice{Fields: both, SpentOTP: true}},
		{"PASSWORD_INVALID", Advice{Fields: both}, Advice{Fields: both, SpentOTP: true}},
		{"CREDENTIALS_INVALID", Advice{Fields: both}, Advice{Fields: both, SpentOTP: true}},
		{"PASSWORD_REQUIRED", Advice{Fields: password}, Advice{Fields: password}},
		{"PASSWORD_NOT_SUPPORTED", Advice{Fields: password}, Advice{Fields: password}},
		{"OTP_REQUIRED", Advice{Fields: otp, AskOTP: true, Notice: true}, Advice{Fields: otp, AskOTP: true, Notice: true}},
		{"OTP_INVALID", Advice{Fields: otp, AskOTP: true, SpentOTP: true}, Advice{Fields: otp, AskOTP: true, SpentOTP: true}},
		{"SSO_REQUIRED", Advice{}, Advice{}},
		{"SSO_NOT_SUPPORTED", Advice{}, Advice{}},
		{"TOKEN_KIND_NOT_ALLOWED", Advice{}, Advice{}},
		{"NETWORK_ERROR", Advice{}, Advice{}},
		{"TIMEOUT", Advice{}, Advice{}},
		{"BAD_RESPONSE", Advice{}, Advice{}},
		{"INTERNAL_ERROR", Advice{}, Advice{}},
		{"HTTP_403", Advice{}, Advice{}},
		{"NOT_FOUND", Advice{}, Advice{}},
		{"SOMETHING_NEW", Advice{}, Advice{}},
	}
	for _, test := range tests {
		t.Run(test.code, func(t *testing.T) {
			test.plain.Message = code(test.code)
			test.after.Message = code(test.code)
			if slices.Equal(test.after.Fields, both) {
				test.after.Message += " <OTP_SPENT>"
			}
			assert.Equal(t, test.plain, Advise(&keygen.Error{Code: test.code}, false, code))
			assert.Equal(t, test.after, Advise(&keygen.Error{Code: test.code}, true, code))
		})
	}
}

func TestAdviseByTheAnswer(t *testing.T) {
	wait := Advise(&keygen.Error{Code: keygen.CodeTooManyRequests, RetryAfter: 37}, false, code)
	assert.Equal(t, Advice{Message: "<TOO_MANY_REQUESTS>", Wait: 37}, wait)

	link := "https://sso.example.com/"
	assert.Equal(t, link, Advise(&keygen.Error{Code: keygen.CodeSSORequired, Link: link}, false, code).Link)

	for source, field := range map[string]string{"": fieldEmail, fieldPassword: fieldPassword, fieldOTP: fieldOTP} {
		failure := &keygen.Error{Code: keygen.CodeEncoding, Source: keygen.Source{Parameter: source}}
		assert.Equal(t, []string{field}, Advise(failure, false, code).Fields)
	}
}

// english is the table of texts that comes with the module.
var english = func() (texts map[string]string) {
	if err := json.Unmarshal([]byte(messages.English), &texts); err != nil {
		panic(err)
	}
	return texts
}()

func inEnglish(code string) string { return english[code] }

// said is what a page without texts of its own says.
func said(code string) string { return message(code, inEnglish) }

// apiCodes are codes that POST tokens is known to answer with; no text names one.
var apiCodes = strings.Fields(`EMAIL_REQUIRED EMAIL_INVALID PASSWORD_REQUIRED PASSWORD_INVALID PASSWORD_NOT_SUPPORTED
	OTP_REQUIRED OTP_INVALID SSO_REQUIRED SSO_NOT_SUPPORTED CREDENTIALS_INVALID TOKEN_MISSING TOKEN_INVALID ENCODING_INVALID
	NAME_TOO_LONG PERMISSIONS_NOT_ALLOWED NOT_FOUND TOO_MANY_REQUESTS MIME_TYPE_INVALID JSON_INVALID INVALID_API_VERSION
	ENVIRONMENT_INVALID ENVIRONMENT_NOT_SUPPORTED USER_BANNED HTTP_400 HTTP_401 HTTP_402 HTTP_403 HTTP_404 HTTP_409 HTTP_429`)

func TestMessagesAreWords(t *testing.T) {
	for _, code := range slices.AppendSeq(apiCodes, maps.Keys(english)) {
		text := said(code)
		require.NotEmpty(t, text, code)
		assert.NotRegexp(t, `[A-Z]{2,}|_|[<>&]|\d`, text, code)
		assert.Equal(t, strings.TrimSpace(text), text, code)
	}
}

func TestMessagesDoNotTellWhoIsACustomer(t *testing.T) {
	assert.Equal(t, said("PASSWORD_INVALID"), said("EMAIL_INVALID"))
	for _, withOTP := range []bool{false, true} {
		assert.Equal(t,
			Advise(&keygen.Error{Code: "PASSWORD_INVALID"}, withOTP, said),
			Advise(&keygen.Error{Code: "EMAIL_INVALID"}, withOTP, said))
	}
}

func TestWrongPasswordAtOTPStepAsksForANewCode(t *testing.T) {
	advice := Advise(&keygen.Error{Code: "PASSWORD_INVALID"}, true, said)
	assert.Contains(t, advice.Message, "password")
	assert.Contains(t, advice.Message, "new")
	assert.True(t, advice.SpentOTP)
}

func TestMessageOverride(t *testing.T) {
	own := func(code string) string {
		return map[string]string{"TIMEOUT": "Zu langsam.", "NEW_ONE": "Neu.", "NETWORK_ERROR": " \n", "CONFIG_INVALID": "Kaputt."}[code]
	}
	assert.Equal(t, "Zu langsam.", message("TIMEOUT", own, inEnglish))
	assert.Equal(t, "Neu.", message("NEW_ONE", own, inEnglish), "also for a code we do not know")
	assert.Equal(t, english["NETWORK_ERROR"], message("NETWORK_ERROR", own, inEnglish), "a blank is none")
	assert.Equal(t, "Kaputt.", message("NAME_TOO_LONG", own, inEnglish), "of the codes that share a text")
	assert.Equal(t, english[keygen.CodeResponse], message("NEW_TOO", own, inEnglish))
}

func TestTooManyAttemptsAtTheEdge(t *testing.T) {
	assert.Equal(t, said("TOO_MANY_REQUESTS"), said("HTTP_429"), "in front of the API, too")
}

func TestRemaining(t *testing.T) {
	assert.Equal(t, "Seconds until you can try again: 7", remaining(said(textCountdown), 7))
	assert.Equal(t, "7 + 7", remaining("{seconds} + {seconds}", 7))
	assert.Equal(t, "wait", remaining("wait", 7))
}

func TestTexts(t *testing.T) {
	nobody := texts(nil, keygen.User{})
	assert.Len(t, nobody, 6)
	for path, text := range nobody {
		assert.Empty(t, text, path)
	}
	state := &session.State{TokenID: "t", UserID: "u", Kind: "user-token", Expiry: "2030-01-01T00:00:00Z"}
	assert.Equal(t, map[string]string{"session.expiry": "2030-01-01T00:00:00Z", "user.id": "u"}, texts(state, keygen.User{}),
		"what is not known yet is not empty")
	user := keygen.User{ID: "u", Email: "ada@example.com", FullName: "Ada Lovelace", FirstName: "Ada", LastName: "Lovelace"}
	assert.Equal(t, map[string]string{
		"session.expiry": "2030-01-01T00:00:00Z", "user.id": "u", "user.email": "ada@example.com",
		"user.fullName": "Ada Lovelace", "user.firstName": "Ada", "user.lastName": "Lovelace",
	}, texts(state, user))
	for path := range nobody {
		assert.Contains(t, paths, path)
	}
}

func TestSum(t *testing.T) {
	assert.Equal(t, "2166136261", sum(""))
	assert.Equal(t, "3826002220", sum("a"), "FNV-1a")
	assert.NotEqual(t, sum("ada@example.com"), sum("eve@example.com"))
}
