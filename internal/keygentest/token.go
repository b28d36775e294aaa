package keygentest

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// tokenLifetime is how long tokens of role user live unless asked otherwise, and after each regeneration.
const tokenLifetime = 14 * 24 * time.Hour

// roles tells the prefix of raw tokens and their kind.
var roles = map[string]struct{ prefix, kind string }{
	"user":          {"user", "user-token"},
	"admin":         {"admin", "admin-token"},
	"developer":     {"dev", "developer-token"},
	"sales-agent":   {"sales", "sales-token"},
	"support-agent": {"spprt", "support-token"},
	"read-only":     {"read", "read-only-token"},
}

// Token is what tests may know about a token; its raw value is known to its bearer only.
type Token struct {
	ID     string
	Kind   string // user-token, admin-token, ...
	Name   string
	Expiry time.Time // zero: never
}

type token struct {
	id          string
	raw         string
	name        *string
	expiry      time.Time // zero: never
	permissions []string  // nil: those of the user
	user        *user
	created     time.Time
	updated     time.Time
	serial      int
}

// AddToken gives a user a token that expires at expiry, or never if that is zero. It returns the token's id and raw
// value, and panics on an unknown user.
func (a *API) AddToken(userID string, expiry time.Time) (id, raw string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.newToken(a.mustUser(userID), a.now())
	t.expiry = expiry
	return t.id, t.raw
}

// Tokens returns the tokens of a user that are neither revoked nor expired, oldest first. It panics on an unknown
// user.
func (a *API) Tokens(userID string) []Token {
	a.mu.Lock()
	defer a.mu.Unlock()
	u, now := a.mustUser(userID), a.now()
	var out []Token
	for _, t := range a.tokensWhere(func(t *token) bool { return t.user == u && !t.expired(now) }) {
		out = append(out, Token{ID: t.id, Kind: t.kind(), Name: text(t.name), Expiry: t.expiry})
	}
	slices.Reverse(out)
	return out
}

// newToken makes and stores a token that never expires.
func (a *API) newToken(u *user, now time.Time) *token {
	a.serial++
	t := &token{id: uuid.NewString(), user: u, created: now, updated: now, serial: a.serial}
	t.raw = t.newSecret()
	a.tokens[t.id] = t
	return t
}

// tokensWhere returns the tokens that match, newest first.
func (a *API) tokensWhere(match func(*token) bool) []*token { return newest(a.tokens, match) }

// revokeTokens removes all tokens of a user but one, which may be nil.
func (a *API) revokeTokens(u *user, but *token) {
	maps.DeleteFunc(a.tokens, func(_ string, t *token) bool { return t.user == u && t != but })
}

func (t *token) order() int { return t.serial }

func (t *token) newSecret() string {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return roles[t.user.Role].prefix + "-" + hex.EncodeToString(secret) + "v3"
}

// regenerate replaces the raw value. A token that expires gets a full lifetime, also if it had more left.
func (t *token) regenerate(now time.Time) {
	t.raw, t.updated = t.newSecret(), now
	if !t.expiry.IsZero() {
		t.expiry = now.Add(tokenLifetime)
	}
}

func (t *token) kind() string { return roles[t.user.Role].kind }

func (t *token) expired(now time.Time) bool {
	return !t.expiry.IsZero() && !now.Before(t.expiry)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
