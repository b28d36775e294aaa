package keygen

import (
	"encoding/base64"
	"strings"
	"unicode"
)

// Credentials are what a user types to sign in.
type Credentials struct {
	Email, Password string
	OTP             string // one-time code; none when empty
	// Malformed names the field ("email", "password", "otp") that holds half a
	// character (a lone surrogate), if any: it has already become another text.
	Malformed string
	// Abort ends the request early; as in Request. None when nil.
	Abort any
}

// Codes and sources of credentials that are refused before they are sent.
// EMAIL_REQUIRED is the API's own answer to what is no email address.
const (
	CodeEmailRequired = "EMAIL_REQUIRED"
	CodeEmailColon    = "EMAIL_COLON"
	CodeEncoding      = "ENCODING_INVALID"
)

// Normalize returns the credentials as they are sent: blanks around the email
// (which the API refuses) are dropped, and blanks and hyphens inside the code
// (which people type to read it); its digits may be those of a Japanese
// keyboard. The password is never touched.
func (c Credentials) Normalize() Credentials {
	c.Email = strings.TrimSpace(c.Email)
	c.OTP = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '-' || unicode.IsSpace(r):
			return -1
		}
		return r
	}, c.OTP)
	return c
}

// Check returns an error for what can never work, else nil. It has no opinion
// on passwords. Without an "@", POST tokens would take the name for a token;
// and it splits at the first colon, so one in the email would cut it there.
func (c Credentials) Check() *Error {
	refuse := func(code, field, detail string) *Error {
		return &Error{Code: code, Title: "Invalid credentials", Detail: detail, Source: Source{Parameter: field}}
	}
	switch {
	case c.Malformed != "":
		return refuse(CodeEncoding, c.Malformed, "the "+c.Malformed+" contains a lone surrogate, which has no UTF-8 form")
	case !strings.Contains(c.Email, "@"):
		return refuse(CodeEmailRequired, "email", "the email has no @")
	case strings.Contains(c.Email, ":"):
		return refuse(CodeEmailColon, "email", "the email contains a colon")
	}
	return nil
}

// authorization returns the header that signs in: UTF-8, then base64.
func (c Credentials) authorization() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.Email+":"+c.Password))
}
