package session

import "keygenauth/internal/keygen"

// Codes of failures that are the session's own.
const (
	CodeKind      = "TOKEN_KIND_NOT_ALLOWED"
	CodeStorage   = "STORAGE_CORRUPT"
	CodeSignedOut = "SIGNED_OUT" // while a sign-in or a renewal was under way
	// CodeUnkept: storage does not keep a session that must outlive the page.
	CodeUnkept = "STORAGE_UNAVAILABLE"
)

// Names of events, as the page hears them.
const (
	Restored    = "keygen:restored"
	SignedIn    = "keygen:signed-in"
	Renewed     = "keygen:renewed"
	SignedOut   = "keygen:signed-out"
	OTPRequired = "keygen:otp-required"
	SSORequired = "keygen:sso-required"
	Failed      = "keygen:error"
)

// Reasons for the end of a session.
const (
	User     = "user"
	Expired  = "expired"
	Invalid  = "invalid"
	Banned   = "banned"
	OtherTab = "other-tab"
)

// Event is something the page may want to know.
type Event struct {
	Name   string
	State  *State        // of Restored, SignedIn and Renewed
	Reason string        // of SignedOut
	Err    *keygen.Error // of Failed and SSORequired
}
