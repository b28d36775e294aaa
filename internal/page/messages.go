package page

import (
	"strconv"
	"strings"

	"keygenauth/internal/keygen"
)

// Codes of texts that are no error's. All texts stand in web/messages.
const (
	textOTPLabel  = "OTP_LABEL"
	textOTPSpent  = "OTP_SPENT"
	textSSOLink   = "SSO_LINK"
	textCountdown = "RETRY_AFTER"
	textRetryNow  = "RETRY_NOW"
	textNoFile    = "DOWNLOAD_NOT_FOUND"
	textSuspended = "DOWNLOAD_SUSPENDED"
)

// setupFix returns what is wrong where only the site's owner can mend it, "" for
// all other failures of a sign-in. One text does for all of them on the page;
// this is for the console.
func setupFix(failure *keygen.Error) string {
	switch failure.Code {
	case keygen.CodeConfig:
		if failure.Status == 0 { // ours
			return failure.Detail
		}
	case "NOT_FOUND", keygen.CodeAddress:
		return "the API knows no such account: check data-account and data-host"
	case "ENVIRONMENT_INVALID", "ENVIRONMENT_NOT_SUPPORTED":
		return "the account has no such environment: check data-environment"
	case "NAME_TOO_LONG":
		return "the API refused the token's name: check data-token-name"
	case "PERMISSIONS_NOT_ALLOWED", "INVALID_API_VERSION", "HTTP_400":
		return "the API refused the request, whoever signs in: check data-host, and the account's settings"
	}
	return ""
}

// message returns the text for a code from the first table that has one. Codes
// are an open list: one that no table knows is the service's trouble.
func message(code string, tables ...func(code string) string) string {
	find := func(code string) string {
		for _, table := range tables {
			if text := strings.TrimSpace(table(code)); text != "" {
				return text
			}
		}
		return ""
	}
	if text := find(code); text != "" {
		return text
	}
	if setupFix(&keygen.Error{Code: code}) != "" {
		return find(keygen.CodeConfig)
	}
	return find(keygen.CodeResponse)
}

// remaining fills the seconds into the text of a countdown.
func remaining(text string, seconds int) string {
	return strings.ReplaceAll(text, "{seconds}", strconv.Itoa(seconds))
}
