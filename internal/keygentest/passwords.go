package keygentest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// resetLifetime is how long a reset token is good.
const resetLifetime = 24 * time.Hour

// A resetToken lets someone set a new password who has forgotten the old one. The newest replaces all before.
type resetToken struct {
	raw     string // "" when there is none
	created time.Time
}

func passwordRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "passwords", handle: requestReset},
		{method: http.MethodPost, path: "users/{user}/actions/update-password", auth: (*exchange).requireToken, handle: updatePassword},
		{method: http.MethodPost, path: "users/{user}/actions/reset-password", handle: resetPassword},
	}
}

// ResetToken returns what the user who asked for a reset of the password was mailed last, "" if that is used up. It
// panics on an unknown user.
func (a *API) ResetToken(userID string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mustUser(userID).reset.raw
}

// requestReset does not tell whether there is such a user.
func requestReset(x *exchange) (*reply, error) {
	if err := x.validate([]field{metaField(
		field{name: "email", kind: kindString, required: true},
		field{name: "deliver", kind: kindBoolean},
	)}); err != nil {
		return nil, err
	}
	sent, _ := x.body.get("meta", "email")
	if u := x.api.userNamed(x.account, x.environment, strings.ToLower(sent.(string))); u != nil {
		raw := make([]byte, 24)
		_, _ = rand.Read(raw) // never fails
		u.reset = resetToken{hex.EncodeToString(raw) + "v3", x.now}
		if mail := x.api.opts.Mail; mail != nil {
			mail(u.User, u.reset.raw)
		}
	}
	return newReply(http.StatusNoContent), nil
}

// updatePassword keeps the token in use and revokes the others.
func updatePassword(x *exchange) (*reply, error) {
	u, err := x.selfFor("user.password.update")
	if err != nil {
		return nil, err
	}
	if err := x.validate([]field{metaField(
		field{name: "old_password", kind: kindString, required: true},
		field{name: "new_password", kind: kindString, required: true},
	)}); err != nil {
		return nil, err
	}
	sent, _ := x.body.get("meta", "old_password")
	if !u.hasPassword(sent.(string)) {
		return nil, unauthorized("", "is not valid", &source{Pointer: "/meta/oldPassword"})
	}
	return x.setPassword(u, x.token)
}

// resetPassword takes no notice of a token of the API: who has one may be someone else.
func resetPassword(x *exchange) (*reply, error) {
	name := x.params["user"]
	u := x.api.userNamed(x.account, x.environment, name)
	switch {
	case u == nil:
		return nil, notFound("user", name)
	case x.account.Protected && u.Password == "":
		return nil, x.deny()
	}
	if err := x.validate([]field{metaField(
		field{name: "password_reset_token", kind: kindString, required: true},
		field{name: "new_password", kind: kindString, required: true},
	)}); err != nil {
		return nil, err
	}
	sent, _ := x.body.get("meta", "password_reset_token")
	switch {
	case u.reset.raw == "" || subtle.ConstantTimeCompare([]byte(u.reset.raw), []byte(sent.(string))) == 0:
		return nil, notFound("user", name)
	case x.now.Sub(u.reset.created) > resetLifetime:
		return nil, unauthorized("", "is expired", &source{Pointer: "/meta/passwordResetToken"})
	}
	rep, err := x.setPassword(u, nil)
	if err == nil {
		u.reset = resetToken{}
	}
	return rep, err
}

// setPassword revokes all tokens but one, which may be nil.
func (x *exchange) setPassword(u *user, keep *token) (*reply, error) {
	sent, _ := x.body.get("meta", "new_password")
	var f findings
	judgeNewPassword(&f, sent.(string))
	if err := f.refusal(); err != nil {
		return nil, err
	}
	u.Password, u.updated = sent.(string), x.now
	x.api.revokeTokens(u, keep)
	return x.show(u), nil
}
