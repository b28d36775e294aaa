package keygentest

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A throttle limits requests of one kind, in windows aligned to the epoch. Its key tells what is counted together,
// apart from account and address; ok is false for requests that it does not count.
type throttle struct {
	name   string
	limit  int
	period time.Duration
	key    func(x *exchange, path string) (key string, ok bool)
}

var throttles = []throttle{
	{"auth", 5, time.Minute, (*exchange).loginKey},
	{"rstpwd", 5, time.Hour, (*exchange).resetKey},
	{"mutpwd", 5, 10 * time.Minute, (*exchange).passwordKey},
	{"mutmfa", 5, 10 * time.Minute, (*exchange).factorKey},
}

// A window counts the requests of one key since start, in Unix seconds.
type window struct {
	start int64
	count int
}

// ResetThrottles forgets all counted requests.
func (a *API) ResetThrottles() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.throttles)
}

// throttle counts before anything else is looked at, so successful requests and unknown accounts count too. Paths
// without an account are not counted. The account counts as written: id, slug and escaped forms have counters of their
// own.
func (x *exchange) throttle() error {
	path := x.req.URL.EscapedPath()
	rest, inAccount := strings.CutPrefix(path, "/v1/accounts/")
	account, _, _ := strings.Cut(rest, "/")
	if !inAccount || account == "" {
		return nil
	}
	for _, t := range throttles {
		key, ok := t.key(x, path)
		if !ok {
			continue
		}
		counter := url.Values{t.name: {account, x.address(), strings.ToLower(key)}}.Encode()
		if err := x.count(t, counter); err != nil {
			return err
		}
	}
	return nil
}

func (x *exchange) count(t throttle, counter string) error {
	period := int64(t.period / time.Second)
	start := x.now.Unix() - x.now.Unix()%period
	w := x.api.throttles[counter]
	if w == nil || w.start != start {
		w = &window{start: start}
		x.api.throttles[counter] = w
	}
	w.count++
	if w.count <= t.limit {
		return nil
	}
	return tooMany(t.name, w.count, t.limit, start+period, x.now)
}

func (x *exchange) address() string {
	address, _, err := net.SplitHostPort(x.req.RemoteAddr)
	if err != nil {
		return x.req.RemoteAddr
	}
	return address
}

// loginKey is the email of a login. Logins with an empty password are probes for single sign-on and not counted.
func (x *exchange) loginKey(path string) (string, bool) {
	value, basic := strings.CutPrefix(x.req.Header.Get("Authorization"), "Basic ")
	if x.req.Method != http.MethodPost || !strings.HasSuffix(path, "/tokens") || !basic {
		return "", false
	}
	email, password, _ := decodeBasic(value)
	return email, strings.Contains(email, "@") && password != ""
}

// resetKey is the email that asks for a reset of its password.
func (x *exchange) resetKey(path string) (string, bool) {
	if x.req.Method != http.MethodPost || !strings.HasSuffix(path, "/passwords") {
		return "", false
	}
	document, _ := parseDocument(x.raw) // what is wrong with it shows later
	body, _ := document.(*object)
	value, _ := body.get("meta", "email")
	email, ok := value.(string)
	return email, ok
}

// passwordKey is the user whose password is set, with the old one or by a reset.
func (x *exchange) passwordKey(path string) (string, bool) {
	ends := strings.HasSuffix(path, "/update-password") || strings.HasSuffix(path, "/reset-password")
	return userSegment(path), x.req.Method == http.MethodPost && ends
}

// factorKey is the user whose second factor is changed.
func (x *exchange) factorKey(path string) (string, bool) {
	switch x.req.Method {
	case http.MethodPost:
		return userSegment(path), strings.HasSuffix(path, "/second-factors")
	case http.MethodPatch, http.MethodPut, http.MethodDelete:
		return userSegment(path), strings.Contains(path, "/second-factors/")
	}
	return "", false
}

// userSegment is how the path names its user.
func userSegment(path string) string {
	_, rest, _ := strings.Cut(path, "/users/")
	segment, _, _ := strings.Cut(rest, "/")
	return segment
}

// tooMany is the 429 of a throttle. Of the wait it tells, scripts can read X-RateLimit-Reset only.
func tooMany(name string, count, limit int, reset int64, now time.Time) *problem {
	h := http.Header{}
	h.Set("X-RateLimit-Window", name)
	h.Set("X-RateLimit-Count", strconv.Itoa(count))
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset", strconv.FormatInt(reset, 10))
	h.Set("Retry-After", strconv.FormatInt(reset-now.Unix(), 10))
	return &problem{status: http.StatusTooManyRequests, outside: true, header: h, errors: []apiError{{
		Title:  "Too many requests",
		Detail: fmt.Sprintf("Throttle limit has been reached for your address: wait before trying again. See %serrors/", docs),
		Code:   "TOO_MANY_REQUESTS",
	}}}
}
