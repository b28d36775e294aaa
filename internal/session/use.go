package session

import "keygenauth/internal/keygen"

// endReason returns the reason why a failed request with the session's token ends
// the session, "" when the session goes on, as after any unknown error. The codes
// are those of an invalid token (https://keygen.sh/docs/api/authentication/). A 401
// or 403 with another code is about something else, such as a wrong old password
// or a missing permission.
func endReason(failure *keygen.Error) (reason string) {
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

// errNoSession is the error of a call that needs a session when there is none.
func errNoSession() error {
	return &keygen.Error{Code: CodeMissing, Detail: "nobody is signed in"}
}

// storageLag is how many milliseconds a browser may take to show one tab what
// another one has stored: each tab has its own process.
const storageLag = second / 4

// Use runs a request with the current token, and ends the session if the API
// refuses the token. If another tab has replaced the token meanwhile, the request
// runs once more with the new one. That is safe, because the API did nothing for
// the refused one. Use fails with CodeMissing when signed out, else with the
// request's error.
func (s *Session) Use(request func(keygen.Token) error) error {
	record := s.current()
	if record == nil {
		return errNoSession()
	}
	err := request(record.Token)
	if err == nil || endReason(keygen.AsError(err)) == "" {
		return err
	}
	if newer := s.successor(record); newer != nil {
		record = newer
		err = request(newer.Token)
	}
	if err != nil {
		if reason := endReason(keygen.AsError(err)); reason != "" {
			s.end(record, reason)
		}
	}
	return err
}

// successor returns the session by which another tab has replaced one whose token
// was refused, nil when there is none of the same user. It waits for storageLag at
// most.
func (s *Session) successor(refused *Record) *Record {
	for waited := 0; ; waited += storageLag / 5 {
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
		if waited == storageLag {
			return nil
		}
		s.wait(storageLag / 5)
	}
}
