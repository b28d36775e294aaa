package page

import (
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// texts returns what [data-keygen-text] may show, by path.
func texts(state *session.State, user keygen.User) map[string]string {
	if state == nil {
		return nil
	}
	return map[string]string{
		"session.expiry": state.Expiry,
		"user.id":        state.UserID,
		"user.email":     user.Email,
		"user.fullName":  user.FullName,
		"user.firstName": user.FirstName,
		"user.lastName":  user.LastName,
	}
}
