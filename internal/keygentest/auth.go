package keygentest

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

var uuidSyntax = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// schemes hide whatever else a request presents.
var schemes = []string{"bearer", "token", "basic", "license"}

// A credential is a token or licence key as presented, whatever the scheme it came by.
type credential struct {
	value   string
	license bool
}

// authorization splits the header at its first blank.
func (x *exchange) authorization() (scheme, value string) {
	scheme, value, _ = strings.Cut(x.req.Header.Get("Authorization"), " ")
	return scheme, strings.TrimSpace(value)
}

// presented reads the credential of the request. Only one place is looked at: a known scheme hides the query. ok is
// false when there is none.
func (x *exchange) presented() (c credential, ok bool) {
	scheme, value := x.authorization()
	switch strings.ToLower(scheme) {
	case "bearer", "token":
		// The service compares these words with their usual capitals later on.
		exact := scheme == "Bearer" || scheme == "Token"
		return credential{value: value}, exact && value != ""
	case "basic":
		username, password, _ := decodeBasic(value)
		switch username {
		case "license":
			return credential{value: password, license: true}, true
		case "token":
			return credential{value: password}, true
		}
		return credential{value: username}, true
	case "license":
		return credential{value: value, license: true}, value != ""
	}
	return x.presentedInQuery()
}

func (x *exchange) presentedInQuery() (credential, bool) {
	if raw := x.query.Get("token"); raw != "" {
		return credential{value: raw}, true
	}
	auth := x.query.Get("auth")
	if key, ok := strings.CutPrefix(auth, "license:"); ok {
		return credential{value: key, license: true}, true
	}
	auth = strings.TrimPrefix(auth, "token:")
	return credential{value: auth}, auth != ""
}

// requireToken authenticates by token: format, then lookup, then expiry, then ban.
func (x *exchange) requireToken() error {
	c, ok := x.presented()
	switch {
	case !ok:
		return unauthorized("TOKEN_MISSING", mustAuthenticate, nil).about("authentication/")
	case c.license:
		return unauthorized("LICENSE_INVALID", "License key is invalid", nil).about("authentication/#license-authentication")
	case uuidSyntax.MatchString(c.value):
		return unauthorized("TOKEN_FORMAT_INVALID", "Token format is invalid: a token's id was given, not its value", nil).
			about("authentication/#token-authentication")
	}
	t := x.tokenOf(c.value)
	switch {
	case t == nil:
		return unauthorized("TOKEN_INVALID", mustAuthenticate, nil).about("authentication/#token-authentication")
	case t.expired(x.now):
		return unauthorized("TOKEN_EXPIRED", "Token is expired", nil)
	case t.user.Banned:
		return &problem{status: http.StatusForbidden, errors: []apiError{
			{Title: "Access denied", Detail: "User is banned", Code: "USER_BANNED"},
		}}
	}
	x.user, x.token = t.user, t
	return nil
}

// optionalToken lets anonymous visitors pass. A token that is presented has to be good, though.
func (x *exchange) optionalToken() error {
	scheme, _ := x.authorization()
	_, presented := x.presented()
	if !presented && !slices.Contains(schemes, strings.ToLower(scheme)) {
		return nil
	}
	return x.requireToken()
}

const mustAuthenticate = "You must be authenticated to complete the request"

// tokenOf returns the token with that raw value within account and environment, or nil.
func (x *exchange) tokenOf(raw string) *token {
	for _, t := range x.api.tokens {
		if t.raw == raw && t.user.account == x.account && t.user.Environment == x.environment {
			return t
		}
	}
	return nil
}

// decodeBasic splits at the first colon; without one everything is the user name.
func decodeBasic(value string) (username, password string, colon bool) {
	return strings.Cut(decodeLenient(value), ":")
}

// decodeLenient decodes base64 as the service does: characters outside the standard alphabet, the URL-safe ones
// included, are skipped, padding ends the text and may be missing.
func decodeLenient(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	clean := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] == '=' && len(clean)%4 >= 2 {
			break
		}
		if strings.IndexByte(alphabet, s[i]) >= 0 {
			clean = append(clean, s[i])
		}
	}
	if len(clean)%4 == 1 { // six bits make no byte
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(out, clean) // nothing is left that could be wrong
	return string(out[:n])
}
