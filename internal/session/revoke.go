package session

import (
	"slices"

	"keygenauth/internal/keygen"
)

// revocations are the tokens that shall be revoked but, for want of a network,
// are not yet. They are kept in this page's memory alone: who signs out on a
// shared computer must be able to rely on nothing being left there. The price is
// that a token outlives a page that is closed offline, until it expires.
type revocations struct {
	waiting []keygen.Token
}

// Revoke revokes a token that was signed out of before there was this program.
func (s *Session) Revoke(token keygen.Token) { s.revoke(token) }

// revoke revokes a token in the background. The request outlives the page. When
// it cannot be delivered it is tried again once the network is back.
func (s *Session) revoke(token keygen.Token) {
	s.config.Background(func() { s.discard(token) })
}

// discard revokes a token, waiting for the outcome.
func (s *Session) discard(token keygen.Token) {
	err := s.config.API.RevokeToken(token)
	if err == nil {
		return
	}
	failure := keygen.AsError(err)
	unheard := failure.Code == keygen.CodeSignature || failure.Code == keygen.CodeAddress || failure.Code == keygen.CodeResponse
	if status := failure.Status; unheard || status == 0 || status == 429 || status >= 500 {
		s.mu.Lock()
		s.revoking.waiting = append(s.revoking.waiting, token)
		s.mu.Unlock()
	}
}

// retryRevocations tries once more what could not be delivered.
func (s *Session) retryRevocations() {
	s.mu.Lock()
	waiting := slices.Clone(s.revoking.waiting)
	s.revoking.waiting = nil
	s.mu.Unlock()
	for _, token := range waiting {
		s.revoke(token)
	}
}
