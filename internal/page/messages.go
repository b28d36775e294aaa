package page

import (
	"strconv"
	"strings"

	"keygenauth/internal/keygen"
)

// Codes of texts that are no error's.
const (
	textOTPLabel  = "OTP_LABEL"
	textOTPSpent  = "OTP_SPENT"
	textSSOLink   = "SSO_LINK"
	textCountdown = "RETRY_AFTER"
	textRetryNow  = "RETRY_NOW"
)

// Texts of several codes. A wrong email and a wrong password share one: a form
// should not tell strangers who is a customer. What only the site's owner can
// mend needs no more than one, either.
const (
	tooMany          = "Too many attempts. Wait a moment before you try again."
	wrongCredentials = "The email or password is not right."
	wrongSetup       = "Sign-in is not set up correctly on this page. Please tell the owner of this site."
)

// messages are the texts of a form, by code, in plain words.
var messages = map[string]string{
	keygen.CodeEmailRequired: "Enter your full email address, such as name@example.com.",
	keygen.CodeEmailColon:    "An email address cannot contain a colon (:). Check what you typed.",
	keygen.CodeEncoding:      "This contains a character that cannot be sent, often half of an emoji. Type it again.",

	"EMAIL_INVALID":          wrongCredentials,
	"PASSWORD_INVALID":       wrongCredentials,
	"CREDENTIALS_INVALID":    wrongCredentials,
	"PASSWORD_REQUIRED":      "Enter your password.",
	"PASSWORD_NOT_SUPPORTED": "This account has no password yet. Set one with the link for forgotten passwords, or ask support.",

	keygen.CodeOTPRequired: "Enter the code from your authenticator app.",
	"OTP_INVALID":          "That code is not right, or was used before. Enter a new code from your authenticator app.",
	textOTPSpent:           "The code you entered is used up: enter a new one, too.",
	textOTPLabel:           "One-time code",

	keygen.CodeSSORequired: "This account signs in through your organization, not here.",
	"SSO_NOT_SUPPORTED":    "This account signs in through your organization, not here. Ask your administrator how.",
	textSSOLink:            "Sign in with your organization",

	"TOKEN_KIND_NOT_ALLOWED": "This page is for customers. A staff account cannot sign in here.",
	"HTTP_403":               "This account is not allowed to sign in. Please ask support.",

	keygen.CodeTooManyRequests: tooMany,
	"HTTP_429":                 tooMany, // of something in front of the API
	textCountdown:              "You can try again in {seconds} s.",
	textRetryNow:               "You can try again now.",

	keygen.CodeNetwork:  "The sign-in service could not be reached. Check your connection and try again.",
	keygen.CodeTimeout:  "The sign-in service took too long to answer. Try again.",
	keygen.CodeResponse: "The sign-in service is having trouble. Try again in a few minutes.",
	keygen.CodeInternal: "Something went wrong. Try again.",

	"CONFIG_INVALID":            wrongSetup,
	"NOT_FOUND":                 wrongSetup,
	"INVALID_API_VERSION":       wrongSetup,
	"ENVIRONMENT_INVALID":       wrongSetup,
	"ENVIRONMENT_NOT_SUPPORTED": wrongSetup,
	"PERMISSIONS_NOT_ALLOWED":   wrongSetup,
	"NAME_TOO_LONG":             wrongSetup,
	"HTTP_400":                  wrongSetup,
}

// message returns the text for a code, the page's own where it has one. Codes
// are an open list: one we do not know is the service's trouble.
func message(code string, own func(code string) string) string {
	if text := strings.TrimSpace(own(code)); text != "" {
		return text
	}
	if text, ok := messages[code]; ok {
		return text
	}
	return messages[keygen.CodeResponse]
}

// remaining fills the seconds into the text of a countdown.
func remaining(text string, seconds int) string {
	return strings.ReplaceAll(text, "{seconds}", strconv.Itoa(seconds))
}
