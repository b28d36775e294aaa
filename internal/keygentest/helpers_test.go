package keygentest_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// noon is when tests begin: the start of a throttle window and of a step of one-time codes.
var noon = time.Date(2026, 10, 6, 12, 0, 0, 0, time.UTC)

// clock is a clock that moves only when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

func (c *clock) add(d time.Duration) { c.set(c.Now().Add(d)) }

// scene is a server with the demo account, the time and the test it serves.
type scene struct {
	*keygentest.Server
	t     *testing.T
	demo  keygentest.Demo
	clock *clock
}

// open starts a server at noon, to be closed with the test.
func open(t *testing.T, options keygentest.Options) *scene {
	t.Helper()
	s := &scene{t: t, clock: &clock{now: noon}}
	options.Now = s.clock.Now
	s.Server = keygentest.NewServer(options)
	t.Cleanup(s.Close)
	s.demo = keygentest.Seed(s.API)
	return s
}

// call is one request. Paths are below the demo account unless they start with a slash.
type call struct {
	method string
	path   string
	auth   string
	body   string
	header map[string]string
}

// want is the answer to expect. A refusal has exactly this code and source, "" meaning that there is none.
type want struct {
	status    int
	code      string
	title     string // not judged if ""
	detail    string // likewise
	pointer   string
	parameter string
	inHeader  string
	also      []string           // codes of further errors
	account   keygentest.Account // whose it is; the demo's unless named
	unsigned  bool
	outside   bool // answered in front of the application: no meta, no Keygen headers, unsigned
}

// answer is what came back.
type answer struct {
	t      *testing.T
	req    *http.Request
	status int
	header http.Header
	body   []byte
	doc    map[string]any // nil unless the body is a JSON object
}

// send makes the request as a script of another origin would.
func (s *scene) send(c call) answer {
	s.t.Helper()
	res, err := http.DefaultClient.Do(s.request(c))
	require.NoError(s.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	a := answer{t: s.t, req: res.Request, status: res.StatusCode, header: res.Header, body: body}
	_ = json.Unmarshal(body, &a.doc) // not every body is a document
	return a
}

func (s *scene) request(c call) *http.Request {
	s.t.Helper()
	path := c.path
	if !strings.HasPrefix(path, "/") {
		path = "/v1/accounts/demo/" + path
	}
	req, err := http.NewRequestWithContext(s.t.Context(), c.method, s.URL+path, strings.NewReader(c.body))
	require.NoError(s.t, err)
	req.Header.Set("Origin", "https://shop.example")
	if c.auth != "" {
		req.Header.Set("Authorization", c.auth)
	}
	req.Header.Set("Accept", "application/vnd.api+json")
	for name, value := range c.header {
		req.Header.Set(name, value)
		if value == "" {
			req.Header.Del(name)
		}
	}
	return req
}

// expect sends a request and checks its answer, with all that every answer has in common.
func (s *scene) expect(c call, w want) answer {
	s.t.Helper()
	a := s.send(c)
	require.Equal(s.t, w.status, a.status, "status of %s %s: %s", c.method, c.path, a.body)
	assert.Equal(s.t, "*", a.header.Get("Access-Control-Allow-Origin"))
	assert.Equal(s.t, "Origin", a.header.Get("Vary"))
	assert.Empty(s.t, a.header.Values("Set-Cookie"))
	if a.status >= 400 {
		a.refused(w)
	}
	if w.outside {
		for name := range a.header {
			assert.NotRegexp(s.t, "^(Keygen-|Digest|X-Request-Id|Cache-Control)", name)
		}
		return a
	}
	assert.Equal(s.t, "no-transform, no-store, max-age=0", a.header.Get("Cache-Control"))
	assert.Regexp(s.t, uuid7, a.header.Get("X-Request-Id"))
	if w.unsigned {
		assert.Empty(s.t, a.header.Get("Keygen-Signature"))
	} else {
		assert.NoError(s.t, verify(a, w.signer(s.demo.Account)))
	}
	return a
}

// signer is the account whose key signs: the demo's unless the test names another.
func (w want) signer(demo keygentest.Account) keygentest.Account {
	if w.account.ID != "" {
		return w.account
	}
	return demo
}

const uuid7 = `^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`

// refused checks the error document.
func (a answer) refused(w want) {
	a.t.Helper()
	list, ok := a.doc["errors"].([]any)
	require.True(a.t, ok, "no errors in %s", a.body)
	require.Len(a.t, list, 1+len(w.also))
	for i, code := range w.also {
		assert.Equal(a.t, code, a.text("errors", i+1, "code"))
	}
	assert.NotEmpty(a.t, a.text("errors", 0, "title"))
	assert.NotEmpty(a.t, a.text("errors", 0, "detail"))
	assert.Equal(a.t, w.code, a.text("errors", 0, "code"))
	if w.title != "" {
		assert.Equal(a.t, w.title, a.text("errors", 0, "title"))
	}
	if w.detail != "" {
		assert.Equal(a.t, w.detail, a.text("errors", 0, "detail"))
	}
	source := map[string]any{}
	for name, value := range map[string]string{"pointer": w.pointer, "parameter": w.parameter, "header": w.inHeader} {
		if value != "" {
			source[name] = value
		}
	}
	if len(source) == 0 {
		assert.Nil(a.t, a.at("errors", 0, "source"), "source")
	} else {
		assert.Equal(a.t, any(source), a.at("errors", 0, "source"), "source")
	}
	if w.outside {
		assert.NotContains(a.t, a.doc, "meta")
	} else {
		assert.Equal(a.t, a.header.Get("X-Request-Id"), a.text("meta", "id"))
	}
	if a.status == http.StatusUnauthorized {
		assert.Equal(a.t, "Unauthorized", a.text("errors", 0, "title"))
		assert.Regexp(a.t, `^[A-Z][a-z]* realm="keygen"$`, a.header.Get("WWW-Authenticate"))
	}
}

// at follows member names and indices into the document. It returns nil for what is not there.
func (a answer) at(path ...any) any {
	var value any = a.doc
	for _, step := range path {
		switch step := step.(type) {
		case string:
			members, _ := value.(map[string]any)
			value = members[step]
		case int:
			items, _ := value.([]any)
			if step >= len(items) {
				return nil
			}
			value = items[step]
		}
	}
	return value
}

func (a answer) text(path ...any) string {
	s, _ := a.at(path...).(string)
	return s
}

// ids returns the ids of a collection.
func (a answer) ids() []string {
	a.t.Helper()
	list, ok := a.at("data").([]any)
	require.True(a.t, ok, "no collection in %s", a.body)
	ids := []string{}
	for i := range list {
		ids = append(ids, a.text("data", i, "id"))
	}
	return ids
}

// login is POST tokens with email and password.
func login(email, password string) call {
	return call{method: "POST", path: "tokens", auth: basic(email + ":" + password)}
}

// with returns the call with another body.
func (c call) with(body string) call {
	c.body = body
	return c
}

// under returns the call with one more header.
func (c call) under(name, value string) call {
	header := map[string]string{name: value}
	for n, v := range c.header {
		header[n] = v
	}
	c.header = header
	return c
}

func get(path, auth string) call { return call{method: "GET", path: path, auth: auth} }

func basic(credentials string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
}

func bearer(raw string) string { return "Bearer " + raw }

// signIn gives a user a token that never expires.
func (s *scene) signIn(u keygentest.User) (id, auth string) {
	s.t.Helper()
	id, raw := s.AddToken(u.ID, time.Time{})
	return id, bearer(raw)
}

func publicKey(acc keygentest.Account) ed25519.PublicKey {
	return acc.Key.Public().(ed25519.PublicKey)
}

// expectAll sends a request that is refused for several values at once, each told as "CODE /pointer".
func (s *scene) expectAll(c call, problems ...string) {
	s.t.Helper()
	a := s.send(c)
	require.Equal(s.t, 422, a.status, "%s", a.body)
	list, _ := a.at("errors").([]any)
	var got []string
	for i := range list {
		assert.Equal(s.t, "Unprocessable resource", a.text("errors", i, "title"))
		assert.NotEmpty(s.t, a.text("errors", i, "detail"))
		got = append(got, a.text("errors", i, "code")+" "+a.text("errors", i, "source", "pointer"))
	}
	assert.ElementsMatch(s.t, problems, got)
	assert.Equal(s.t, a.header.Get("X-Request-Id"), a.text("meta", "id"))
	assert.NoError(s.t, verify(a, s.demo.Account))
}
