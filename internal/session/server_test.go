package session

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"keygenauth/internal/keygen"
)

// server is a fake of the API: tokens by value, with delays and failures.
type server struct {
	mu      sync.Mutex
	tokens  map[string]keygen.Token // by value
	serial  int
	offline bool
	banned  bool
	role    string // of all users
	delay   func() time.Duration
	coarse  bool            // dates of answers are in whole seconds, as they really are
	lose    func() bool     // whether the answer gets lost after the server acted
	lost    map[string]bool // values of tokens in lost answers
	forbids bool            // users may make no tokens by a token
	calls   map[string]int
	trace   func(call string, err error) // nil for nobody
}

func newServer() *server {
	return &server{
		tokens: map[string]keygen.Token{}, calls: map[string]int{}, lost: map[string]bool{},
		delay: func() time.Duration { return 0 }, lose: func() bool { return false },
	}
}

// client is one page's connection to the server.
type client struct {
	*server
	dated func(now int64)
}

// Me is a request outside of any page.
func (s *server) Me(token keygen.Token) (keygen.User, error) {
	return (&client{s, func(int64) {}}).Me(token)
}

// roundTrip sends a request and its response, with their delays.
func (c *client) roundTrip(name string, do func() error) error {
	s := c.server
	time.Sleep(s.delay())
	s.mu.Lock()
	if s.offline {
		s.mu.Unlock()
		return &keygen.Error{Code: keygen.CodeNetwork}
	}
	s.calls[strings.Fields(name)[0]]++
	err := do()
	s.mu.Unlock()
	if s.trace != nil {
		s.trace(name, err)
	}
	now := time.Now()
	if s.coarse {
		now = now.Truncate(time.Second)
	}
	time.Sleep(s.delay())
	if s.lose() {
		return &keygen.Error{Code: keygen.CodeNetwork}
	}
	c.dated(now.UnixMilli())
	return err
}

// issues is a roundTrip that returns a token. The token goes to lost when the response is lost.
func (c *client) issues(name string, make func() (keygen.Token, error)) (token keygen.Token, err error) {
	err = c.roundTrip(name, func() (err error) {
		token, err = make()
		return err
	})
	if err != nil && token.Value != "" {
		c.server.mu.Lock()
		c.server.lost[token.Value] = true
		c.server.mu.Unlock()
		token = keygen.Token{}
	}
	return token, err
}

func (s *server) issue(user string, life time.Duration) keygen.Token {
	s.serial++
	token := keygen.Token{Value: "token-" + strconv.Itoa(s.serial), ID: "id-" + strconv.Itoa(s.serial), UserID: user, Kind: keygen.KindUser}
	if life != 0 {
		token.Expiry = iso(time.Now().Add(life))
	}
	s.tokens[token.Value] = token
	return token
}

// refused returns the API's error for a token, nil when it is valid. The caller holds mu.
func (s *server) refused(token keygen.Token) error {
	known, ok := s.tokens[token.Value]
	if !ok {
		return &keygen.Error{Code: "TOKEN_INVALID", Status: 401}
	}
	if expiry, err := time.Parse(time.RFC3339, known.Expiry); err == nil && !time.Now().Before(expiry) {
		return &keygen.Error{Code: "TOKEN_EXPIRED", Status: 401}
	}
	if s.banned {
		return &keygen.Error{Code: "USER_BANNED", Status: 403}
	}
	return nil
}

func (c *client) CreateToken(credentials keygen.Credentials, _ keygen.TokenOptions) (keygen.Token, error) {
	return c.issues("create", func() (keygen.Token, error) {
		if credentials.Password != "right" {
			return keygen.Token{}, &keygen.Error{Code: "PASSWORD_INVALID", Status: 401}
		}
		token := c.issue(credentials.Email, 2*7*24*time.Hour)
		if credentials.OTP == "staff" {
			token.Kind = "admin-token"
			c.tokens[token.Value] = token
		}
		return token, nil
	})
}

func (c *client) AddToken(old keygen.Token, options keygen.TokenOptions) (keygen.Token, error) {
	return c.issues("add", func() (keygen.Token, error) {
		if err := c.refused(old); err != nil {
			return keygen.Token{}, err
		}
		if c.forbids {
			return keygen.Token{}, &keygen.Error{Code: "HTTP_403", Status: 403}
		}
		life := 2 * 7 * 24 * time.Hour
		if at, err := time.Parse(time.RFC3339, options.Expiry); err == nil {
			life = time.Until(at)
		}
		return c.issue(old.UserID, life), nil
	})
}

func (c *client) RenewToken(old keygen.Token) (keygen.Token, error) {
	return c.issues("renew", func() (keygen.Token, error) {
		if err := c.refused(old); err != nil {
			return keygen.Token{}, err
		}
		token := c.issue(old.UserID, 2*7*24*time.Hour)
		delete(c.tokens, token.Value)
		token.ID = old.ID
		c.tokens[token.Value] = token
		delete(c.tokens, old.Value)
		return token, nil
	})
}

func (c *client) RevokeToken(token keygen.Token) error {
	return c.roundTrip("revoke "+token.ID, func() error {
		if err := c.refused(token); err != nil {
			return err
		}
		delete(c.tokens, token.Value)
		return nil
	})
}

func (c *client) Me(token keygen.Token) (user keygen.User, err error) {
	err = c.roundTrip("me", func() error {
		user = keygen.User{ID: token.UserID, Email: token.UserID, Role: c.role}
		return c.refused(token)
	})
	return user, err
}

// count returns how often a call reached the server.
func (s *server) count(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[name]
}

// live returns the number of valid tokens.
func (s *server) live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokens)
}
