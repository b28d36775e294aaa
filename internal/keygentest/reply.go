package keygentest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// revision is the git hash the emulator claims to be built from.
const revision = "a6d4e1f0c2b39785"

// A reply is a whole answer before it is written, so that faults can spoil it.
type reply struct {
	status  int
	header  http.Header
	body    []byte
	outside bool // made in front of the application: no Keygen headers
	cut     bool // write half of the body, then drop the connection
}

func newReply(status int) *reply {
	return &reply{status: status, header: http.Header{}}
}

// document returns a reply with v as its JSON body.
func document(status int, v any) *reply {
	rep := newReply(status)
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own types get here
	}
	rep.body = body
	return rep
}

// finish adds the headers that do not depend on the endpoint, and the signature last.
func (x *exchange) finish(rep *reply) {
	h := rep.header
	h.Set("Date", x.date.UTC().Format(http.TimeFormat))
	if rep.body != nil && h.Get("Content-Type") == "" {
		h.Set("Content-Type", x.mediaType+"; charset=utf-8")
	}
	if rep.outside {
		return
	}

	h.Set("X-Request-Id", x.id)
	h.Set("Cache-Control", "no-transform, no-store, max-age=0")
	h.Set("Keygen-Version", x.version.String())
	h.Set("Keygen-Revision", revision)
	h.Set("Keygen-Mode", "multiplayer")
	if x.api.opts.Single {
		h.Set("Keygen-Mode", "singleplayer")
	}
	h.Set("Keygen-Edition", "CE")
	if !x.api.opts.Community {
		h.Set("Keygen-Edition", "EE")
		h.Set("Keygen-License", `id="0d1a4a6e-6f0e-4a7b-9a53-6d1f0e3b8c11", iss="2026-01-01T00:00:00.000Z", exp="2099-01-01T00:00:00.000Z"`)
	}
	if x.account != nil {
		h.Set(x.version.idHeader("Keygen-Account"), x.account.ID)
	}
	if x.environment != "" {
		h.Set("Keygen-Environment", x.environment)
	}
	if x.user != nil {
		h.Set(x.version.idHeader("Keygen-Bearer"), x.user.ID)
	}
	if x.token != nil {
		h.Set(x.version.idHeader("Keygen-Token"), x.token.id)
	}
	if rep.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", x.challenge())
	}
	if x.signed {
		x.sign(rep)
	}
}

// challenge repeats the scheme the client tried, which makes a failed password login answer Basic.
func (x *exchange) challenge() string {
	scheme, _, _ := strings.Cut(x.req.Header.Get("Authorization"), " ")
	if scheme == "" {
		scheme = "Bearer"
	}
	letters := []rune(strings.ToLower(scheme))
	letters[0] = unicode.ToUpper(letters[0])
	return string(letters) + ` realm="keygen"`
}

func (rep *reply) write(w http.ResponseWriter) {
	for name, values := range rep.header {
		w.Header()[name] = values
	}
	if rep.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(rep.body)))
	}
	w.WriteHeader(rep.status)
	if !rep.cut {
		_, _ = w.Write(rep.body) // the client may be gone, which is its own business
		return
	}
	_, _ = w.Write(rep.body[:len(rep.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
