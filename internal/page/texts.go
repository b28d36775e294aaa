package page

import (
	"strings"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// texts returns what [data-keygen-text] may show, by path.
func texts(state *session.State, user keygen.User) map[string]string {
	if state == nil {
		return nil
	}
	texts := map[string]string{
		"session.expiry": state.Expiry,
		"user.id":        state.UserID,
		"user.email":     user.Email,
		"user.fullName":  user.FullName,
		"user.firstName": user.FirstName,
		"user.lastName":  user.LastName,
	}
	for path, text := range texts {
		// A mark at the start gets lost on its way to the page: the element would
		// differ from its text for ever.
		texts[path] = strings.TrimLeft(text, "\ufeff")
	}
	return texts
}
