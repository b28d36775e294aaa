package session

import (
	"slices"

	"keygenauth/internal/keygen"
)

// revocations are tokens whose revocation has not reached the API. They are in
// this page's memory alone: after a sign-out on a shared computer no token may be
// left in storage. So a token stays valid until its expiry when the page is closed
// without a network.
type revocations struct {
	tokens []keygen.Token
}

// Revoke revokes a token whose user has signed out before the program ran.
func (s *Session) Revoke(token keygen.Token) { s.revoke(token) }

// revoke revokes a token in the background (DELETE /tokens/{id}). The request
// survives the page. When it fails for want of a network or by the server's fault,
// Wake sends it again.
func (s *Session) revoke(token keygen.Token) {
	s.config.Background(func() { s.revokeAndWait(token) })
}

// revokeAndWait revokes a token and waits for the response.
func (s *Session) revokeAndWait(token keygen.Token) {
	err := s.config.API.RevokeToken(token)
	if err == nil {
		return
	}
	failure := keygen.AsError(err)
	notFromAPI := failure.Code == keygen.CodeSignature || failure.Code == keygen.CodeAddress || failure.Code == keygen.CodeResponse
	if status := failure.Status; notFromAPI || status == 0 || status == 429 || status >= 500 {
		s.mu.Lock()
		s.unrevoked.tokens = append(s.unrevoked.tokens, token)
		s.mu.Unlock()
	}
}

// retryRevocations sends the failed revocations again.
func (s *Session) retryRevocations() {
	s.mu.Lock()
	tokens := slices.Clone(s.unrevoked.tokens)
	s.unrevoked.tokens = nil
	s.mu.Unlock()
	for _, token := range tokens {
		s.revoke(token)
	}
}
