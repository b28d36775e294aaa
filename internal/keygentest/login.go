package keygentest

import (
	"crypto/subtle"
	"regexp"
	"strings"
	"unicode/utf8"
)

// emailSyntax is what POST tokens takes for an email; anything else is EMAIL_REQUIRED. Nothing is trimmed.
var emailSyntax = regexp.MustCompile(`^[^\s\v@]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$`)

var inAuthorization = &source{Header: "Authorization"}

// login authenticates POST tokens: by password when the header holds an email, by token otherwise.
func (x *exchange) login() error {
	scheme, value := x.authorization()
	if strings.EqualFold(scheme, "Basic") {
		if email, password, colon := decodeBasic(value); colon && strings.Contains(email, "@") {
			return x.loginByPassword(email, password)
		}
	}
	return x.requireToken()
}

// loginByPassword checks in the order of the service. The one-time code comes before the password and is spent even
// if the password turns out wrong; a ban is not looked at here and shows only once the password is right.
func (x *exchange) loginByPassword(email, password string) error {
	if !utf8.ValidString(email) {
		return badRequest("ENCODING_INVALID", "The request contains an invalid byte sequence", nil)
	}
	if !emailSyntax.MatchString(email) {
		return unauthorized("EMAIL_REQUIRED", "email is required", inAuthorization)
	}
	if err := validText(email); err != nil {
		return err
	}
	if x.account.usesSSO(email) {
		return x.elsewhere()
	}
	u := x.api.userNamed(x.account, x.environment, strings.ToLower(email))
	switch {
	case u == nil:
		return unauthorized("EMAIL_INVALID", "email must be valid", inAuthorization)
	case u.isStaff() && len(x.account.SSODomains) > 0:
		return x.elsewhere()
	case u.Password == "":
		return unauthorized("PASSWORD_NOT_SUPPORTED", "password is unsupported", inAuthorization)
	case strings.TrimSpace(password) == "":
		return unauthorized("PASSWORD_REQUIRED", "password is required", inAuthorization)
	}
	if err := x.secondFactor(u); err != nil {
		return err
	}
	if !u.hasPassword(password) {
		return unauthorized("PASSWORD_INVALID", "password must be valid", inAuthorization)
	}
	x.user = u
	return nil
}

// elsewhere refuses a password because the user signs in at an identity provider.
func (x *exchange) elsewhere() error {
	if x.account.SSORedirect == "" || x.api.opts.Community {
		return unauthorized("SSO_NOT_SUPPORTED", "single sign on is unsupported", inAuthorization)
	}
	return unauthorized("SSO_REQUIRED", "single sign on is required", inAuthorization).
		link("redirect", x.account.SSORedirect)
}

// secondFactor judges meta.otp as sent, before the document as a whole is validated.
func (x *exchange) secondFactor(u *user) error {
	if !u.asksCode() {
		return nil
	}
	sent, _ := x.body.get("meta", "otp")
	if sent == nil {
		return unauthorized("OTP_REQUIRED", "second factor is required", &source{Pointer: "/meta/otp"})
	}
	return x.spendSent(u.factor)
}

// hasPassword is false of all passwords when none is set.
func (u *user) hasPassword(password string) bool {
	return u.Password != "" && !strings.Contains(password, "\x00") && subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) == 1
}
