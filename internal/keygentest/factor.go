package keygentest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
)

const (
	otpPeriod = 30 // seconds
	otpGrace  = 10 // seconds by which a code may be late
)

// A factor is the second factor of a user. Signing in asks for it only while it is enabled.
type factor struct {
	entry
	user    *user
	secret  string // base32
	enabled bool
	used    map[int64]bool // time steps whose one-time code is spent
}

func (a *API) newFactor(u *user, id, secret string) *factor {
	return &factor{
		entry:  a.newEntry(u.account, u.Environment, id),
		user:   u,
		secret: secret,
		used:   map[int64]bool{},
	}
}

// factorID makes the id of a user's first factor the same on every run.
func factorID(u User) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("second factor of "+u.ID)).String()
}

func newTOTPSecret() string {
	raw := make([]byte, 20)
	_, _ = rand.Read(raw) // never fails
	return base32.StdEncoding.EncodeToString(raw)
}

// asksCode reports whether signing in takes a one-time code.
func (u *user) asksCode() bool { return u.factor != nil && u.factor.enabled }

// spend reports whether code is the one of the current time step, or of the last one if that ended just now, and was
// not used before.
func (f *factor) spend(code string, now time.Time) bool {
	current, late := step(now), step(now.Add(-otpGrace*time.Second))
	for s := late; s <= current; s++ {
		if !f.used[s] && subtle.ConstantTimeCompare([]byte(f.codeOf(s)), []byte(code)) == 1 {
			f.used[s] = true
			return true
		}
	}
	return false
}

func (f *factor) codeOf(step int64) string {
	code, err := totp.GenerateCode(f.secret, time.Unix(step*otpPeriod, 0))
	if err != nil {
		panic(err) // AddUser has tried the secret
	}
	return code
}

func step(t time.Time) int64 { return t.Unix() / otpPeriod }

// TOTP returns the six digits of the user's second factor that are valid now by the API's clock, also of one that is
// not enabled yet. They are refused if this time step was used before. It panics when the user is unknown or has no
// second factor.
func (a *API) TOTP(userID string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.mustUser(userID)
	if u.factor == nil {
		panic("keygentest: " + u.Email + " has no second factor")
	}
	return u.factor.codeOf(step(a.now()))
}

// spendSent judges meta.otp, which may be absent.
func (x *exchange) spendSent(f *factor) error {
	sent, _ := x.body.get("meta", "otp")
	if code, _ := sent.(string); !f.spend(code, x.now) {
		return unauthorized("OTP_INVALID", "second factor must be valid", &source{Pointer: "/meta/otp"})
	}
	return nil
}

type factorAttributes struct {
	URI     string `json:"uri,omitempty"`
	Secret  string `json:"secret,omitempty"`
	Enabled bool   `json:"enabled"`
	Created string `json:"created"`
	Updated string `json:"updated"`
}

type factorRelationships struct {
	Account     relationship  `json:"account"`
	Environment *relationship `json:"environment,omitempty"`
	User        relationship  `json:"user"`
}

func (f *factor) link() string { return f.user.link() + "/second-factors/" + f.id }

// resource tells the secret only until the factor is enabled.
func (f *factor) resource(x *exchange) any {
	attributes := factorAttributes{Enabled: f.enabled, Created: stamp(f.created), Updated: stamp(f.updated)}
	if !f.enabled {
		attributes.URI, attributes.Secret = f.uri(), f.secret
	}
	return resource{
		ID:         f.id,
		Type:       "second-factors",
		Attributes: attributes,
		Relationships: factorRelationships{
			Account:     f.account.relationship(),
			Environment: x.environmentOf(f.account, f.environment),
			User:        to(f.user.link(), "users", f.user.ID),
		},
		Links: map[string]string{"self": f.link()},
	}
}

func (f *factor) uri() string {
	return "otpauth://totp/Keygen:" + url.QueryEscape(f.user.Email) + "?secret=" + f.secret +
		"&image=https%3A%2F%2Fkeygen.sh%2Fimages%2Flogomark.png&issuer=Keygen"
}

func conflict(detail string) *problem {
	return &problem{status: http.StatusConflict, errors: []apiError{{Title: "Conflict", Detail: detail}}}
}
