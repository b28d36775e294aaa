package session

import "keygenauth/internal/keygen"

// verdict returns the reason why a failed request with the session's token ends
// the session, "" when it stays, as after whatever is not known here. The codes
// are those of a presented token (https://keygen.sh/docs/api/authentication/): a
// 401 or 403 without one is about something else, such as a wrong old password or
// a single action.
func verdict(failure *keygen.Error) (reason string) {
	switch {
	case failure.Status == 401 && (failure.Code == "TOKEN_INVALID" || failure.Code == "TOKEN_FORMAT_INVALID"):
		return Invalid
	case failure.Status == 401 && failure.Code == "TOKEN_EXPIRED":
		return Expired
	case failure.Status == 403 && failure.Code == "USER_BANNED":
		return Banned
	}
	return ""
}

// CodeNobody is the code of a call that needs a session, and has none.
const CodeNobody = "TOKEN_MISSING"

// nobody is why a call that needs a session fails without one.
func nobody() error { return &keygen.Error{Code: CodeNobody, Detail: "nobody is signed in"} }

// lag is how long a browser may take, in milliseconds, to show one tab what
// another one has stored: each has a process of its own.
const lag = second / 4

// Use runs a request with the current token and draws the verdict on what
// comes of it. A token that was replaced meanwhile, by another tab, is no news
// to the page: the request runs once more with the new one, which is safe, for
// the first was refused before it did anything. Without a session Use fails with
// TOKEN_MISSING, and otherwise with what the request failed with.
func (s *Session) Use(request func(keygen.Token) error) error {
	record := s.current()
	if record == nil {
		return nobody()
	}
	err := request(record.Token)
	if err == nil || verdict(keygen.AsError(err)) == "" {
		return err
	}
	if newer := s.successor(record); newer != nil {
		record = newer
		err = request(newer.Token)
	}
	if err != nil {
		if reason := verdict(keygen.AsError(err)); reason != "" {
			s.end(record, reason)
		}
	}
	return err
}

// successor returns the session of the same user that took the place of one whose
// token was refused, if another tab has stored one, else nil.
func (s *Session) successor(refused *Record) *Record {
	for waited := 0; ; waited += lag / 5 {
		s.Reread()
		s.mu.Lock()
		newer := s.record
		s.mu.Unlock()
		if newer.value() != refused.value() {
			if sameUser(newer, refused) {
				return newer
			}
			return nil
		}
		if waited == lag {
			return nil
		}
		s.wait(lag / 5)
	}
}
