package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// member is the body of a page that shows who is signed in, or the form.
const member = `<p id="in" data-keygen-show="signed-in">Signed in as <b data-keygen-text="user.email"></b></p>
<div id="out" data-keygen-show="signed-out">` + tutorialForm + `</div>`

// A visit is the session that an earlier one has left.
type visit struct {
	user   keygentest.User
	id     string // of the token
	token  string
	stored string // as JSON
}

// plant gives a user a token, and the tab's profile the stored session that goes with it. A zero expiry is never.
func (s *stage) plant(user keygentest.User, expiry time.Time) visit {
	s.t.Helper()
	v := visit{user: user}
	v.id, v.token = s.api.AddToken(user.ID, expiry)
	record := map[string]any{"v": 1, "token": v.token, "tokenId": v.id, "userId": user.ID, "kind": "user-token",
		"expiry": nil, "created": "2026-01-01T00:00:00.000Z"}
	if !expiry.IsZero() {
		record["expiry"] = expiry.UTC().Format("2006-01-02T15:04:05.000Z07:00")
	}
	text, err := json.Marshal(record)
	require.NoError(s.t, err)
	v.stored = string(text)
	s.elsewhere()
	s.do(`localStorage.setItem(` + quote(s.storageKey()) + `, ` + quote(v.stored) + `)`)
	return v
}

// elsewhere opens a page of the site that does not have the module.
func (s *stage) elsewhere() {
	s.t.Helper()
	if s.files["blank.html"] == nil {
		s.files["blank.html"] = file("<!doctype html><title>Blank</title>")
	}
	s.open("/blank.html")
}

// saved returns what storage holds of the session, "" for nothing.
func (s *stage) saved() string {
	s.t.Helper()
	return eval[string](s.tab, `localStorage.getItem(`+quote(s.storageKey())+`) ?? ""`)
}

// untilNamed waits until the API has said whose session it is.
func (p *tab) untilNamed(user keygentest.User) {
	p.t.Helper()
	p.until(`document.querySelector("b").textContent === ` + quote(user.Email))
}

// shows is all that a page tells about the state: the attribute, the parts that are visible, and the session's user.
func (p *tab) shows() string {
	p.t.Helper()
	return eval[string](p, `[document.documentElement.dataset.keygenState,
		...[...document.querySelectorAll("[data-keygen-show]")].filter((e) => e.checkVisibility()).map((e) => e.id),
		keygenAuth.session?.userId ?? "nobody"].join(" ")`)
}

const showsNobody = "signed-out out nobody"

func showsUser(user keygentest.User) string { return "signed-in in " + user.ID }

// happened returns the events that the page has heard, those of an end and of an error with their reason or code. It needs
// listening.
func (p *tab) happened() []string {
	p.t.Helper()
	return eval[[]string](p, `window.heard.map(({Name, Detail}) => {
		const {reason, code} = JSON.parse(Detail || "null") ?? {};
		return [Name, reason ?? code].filter(Boolean).join(" ");
	})`)
}

// forget makes the tab forget the events so far.
func (p *tab) forget() {
	p.t.Helper()
	p.do(`window.heard.length = 0`)
}

// ask calls keygenAuth.users.me(), or another expression of a promise, and returns what comes of it: "" or a code.
func (p *tab) ask(promise string) string {
	p.t.Helper()
	return eval[string](p, promise+`.then(() => "", (error) => error.code ?? String(error))`)
}

const me = `keygenAuth.users.me()`

// answered returns the number of requests to the API with this method that it has answered with this status.
func (s *stage) answered(method string, status int) (n int) {
	for _, r := range s.api.Requests() {
		if r.Method == method && r.Status == status {
			n++
		}
	}
	return n
}

// eventually waits until a condition of the API holds.
func (s *stage) eventually(condition func() bool, what string, args ...any) {
	s.t.Helper()
	require.Eventually(s.t, condition, patience, poll, fmt.Sprintf(what, args...))
}

// untilOne waits until a user has one token, with this id.
func (s *stage) untilOne(user keygentest.User, id string) {
	s.t.Helper()
	s.eventually(func() bool {
		tokens := s.api.Tokens(user.ID)
		return len(tokens) == 1 && tokens[0].ID == id
	}, "one token is left")
}

// untilNone waits until a user has no token.
func (s *stage) untilNone(user keygentest.User) {
	s.t.Helper()
	s.eventually(func() bool { return len(s.api.Tokens(user.ID)) == 0 }, "no token is left")
}

// untilRevoked waits until a user has no token, by one DELETE.
func (s *stage) untilRevoked(user keygentest.User) {
	s.t.Helper()
	s.eventually(func() bool { return len(s.api.Tokens(user.ID)) == 0 }, "the token is revoked")
	require.Equal(s.t, 1, len(s.requests(http.MethodDelete, "")))
}
