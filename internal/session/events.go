package session

import "keygenauth/internal/keygen"

// Error codes of the session itself.
const (
	// CodeKind: the token's kind is not allowed on this page.
	CodeKind = "TOKEN_KIND_NOT_ALLOWED"
	// CodeStorageCorrupt: the stored text is not a session.
	CodeStorageCorrupt = "STORAGE_CORRUPT"
	// CodeStorageUnavailable: storage did not save a session that must outlive the page.
	CodeStorageUnavailable = "STORAGE_UNAVAILABLE"
	// CodeSignedOut: the user signed out during a sign-in or a renewal.
	CodeSignedOut = "SIGNED_OUT"
	// CodeMissing: a call needs a session, and there is none. The API's own code for a request without a token.
	CodeMissing = "TOKEN_MISSING"
)

// Names of the page's events (docs/use.md).
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

// Event is an event for the page.
type Event struct {
	Name   string
	State  *State        // of Restored, SignedIn and Renewed
	Reason string        // of SignedOut
	Err    *keygen.Error // of Failed and SSORequired
}
