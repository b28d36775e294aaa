package session

import (
	"keygenauth/internal/keygen"
)

// Outcome is a row of the failure matrix: what a failed request with the
// session's token means for the session.
type Outcome struct {
	Name   string
	Status int    // of the answer; 0 for none, 400 and 500 for the rest of these
	Code   string // "" for any
	Reason string // why the session ends; "" when it stays
}

// Matrix is the failure matrix. The first row that fits decides; what no row
// fits leaves the session alone. Codes are those of a presented token
// (https://keygen.sh/docs/api/authentication/): a 401 or 403 without one is
// about something else, such as a wrong old password or a single action.
var Matrix = []Outcome{
	{"token unknown, revoked or replaced", 401, "TOKEN_INVALID", Invalid},
	{"token expired", 401, "TOKEN_EXPIRED", Expired},
	{"token malformed", 401, "TOKEN_FORMAT_INVALID", Invalid},
	{"user banned", 403, "USER_BANNED", Banned},
	{"header lost on the way", 401, "TOKEN_MISSING", ""},
	{"401 without a code", 401, "HTTP_401", ""},
	{"over the plan's quota", 402, "HTTP_402", ""},
	{"not permitted", 403, "HTTP_403", ""},
	{"not found", 404, "NOT_FOUND", ""},
	{"in conflict", 409, "HTTP_409", ""},
	{"not valid", 422, "", ""},
	{"too many requests", 429, "TOO_MANY_REQUESTS", ""},
	{"refused otherwise", 400, "", ""},
	{"server error", 500, keygen.CodeResponse, ""},
	{"a page in place of an answer", 200, keygen.CodeResponse, ""},
	{"an answer that the account did not sign", 200, keygen.CodeSignature, ""},
	{"no network", 0, keygen.CodeNetwork, ""},
	{"no answer in time", 0, keygen.CodeTimeout, ""},
}

// verdict returns the reason why a failure ends the session, "" when it stays.
func verdict(failure *keygen.Error) (reason string) {
	for _, row := range Matrix {
		if row.fits(failure) {
			return row.Reason
		}
	}
	return ""
}

func (o Outcome) fits(failure *keygen.Error) bool {
	status := failure.Status
	if status != o.Status && o.Status%100 == 0 && status/100 == o.Status/100 {
		status = o.Status
	}
	return status == o.Status && (o.Code == "" || o.Code == failure.Code)
}

// nobody is why a call that needs a session fails without one.
func nobody() error { return &keygen.Error{Code: "TOKEN_MISSING", Detail: "nobody is signed in"} }

// Use runs a request with the current token and applies the matrix to what
// comes of it. A token that was replaced meanwhile, by another tab, is no news
// to the page: the request runs once more with the new one, which is safe, for
// the first was refused before it did anything. Without a session Use fails with
// TOKEN_MISSING, and otherwise with what the request failed with.
func (s *Session) Use(request func(keygen.Token) error) error {
	token := s.current()
	if token.Value == "" {
		return nobody()
	}
	err := request(token)
	if err == nil || verdict(keygen.AsError(err)) == "" {
		return err
	}
	if newer, ok := s.successor(token); ok {
		if err = request(newer); err == nil {
			return nil
		}
		token = newer
	}
	if reason := verdict(keygen.AsError(err)); reason != "" {
		s.end(token, reason)
	}
	return err
}

// successor returns the token that took the place of one that was refused, if
// another tab brought one. It waits for a renewal that is under way: the server
// has put an end to the old value then, and the new one may not be here yet.
func (s *Session) successor(refused keygen.Token) (newer keygen.Token, ok bool) {
	_ = s.config.Exclusive(func() {})
	for waited := 0; ; waited += lag / 5 {
		s.Reread()
		s.mu.Lock()
		newer = s.record.Token
		s.mu.Unlock()
		if newer.Value != refused.Value || waited == lag {
			return newer, newer.Value != "" && newer.Value != refused.Value
		}
		s.wait(lag / 5)
	}
}
