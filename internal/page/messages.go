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
)

// wrongSetup are codes that only the site's owner can mend: one text does for
// all of them, for the details are in the event.
var wrongSetup = []string{
	"NOT_FOUND", "INVALID_API_VERSION", "ENVIRONMENT_INVALID", "ENVIRONMENT_NOT_SUPPORTED",
	"PERMISSIONS_NOT_ALLOWED", "NAME_TOO_LONG", "HTTP_400",
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
	for _, wrong := range wrongSetup {
		if code == wrong {
			return find("CONFIG_INVALID")
		}
	}
	return find(keygen.CodeResponse)
}

// remaining fills the seconds into the text of a countdown.
func remaining(text string, seconds int) string {
	return strings.ReplaceAll(text, "{seconds}", strconv.Itoa(seconds))
}
