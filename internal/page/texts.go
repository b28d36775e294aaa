package page

import (
	"strconv"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// texts returns what [data-keygen-text] shall show, by path: nothing of nobody.
// Of a user who is still to be asked for it has no more than the session says.
func texts(state *session.State, user keygen.User) map[string]string {
	texts := map[string]string{}
	if state == nil {
		state = &session.State{}
	}
	if state.UserID == "" || user.ID != "" {
		texts["user.email"] = user.Email
		texts["user.fullName"] = user.FullName
		texts["user.firstName"] = user.FirstName
		texts["user.lastName"] = user.LastName
	}
	texts["session.expiry"] = state.Expiry
	texts["user.id"] = state.UserID
	return texts
}

// sum returns what the mark says of a text (FNV-1a, 32 bits).
func sum(text string) string {
	hash := uint32(2166136261)
	for i := range len(text) {
		hash = (hash ^ uint32(text[i])) * 16777619
	}
	return strconv.Itoa(int(hash))
}
