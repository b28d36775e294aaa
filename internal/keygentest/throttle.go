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

// Password logins are throttled per account, address and email, in windows aligned to the epoch.
const (
	loginLimit  = 5
	loginPeriod = time.Minute
)

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

// throttleLogin counts before anything else is looked at, so successful logins and unknown accounts count too.
func (x *exchange) throttleLogin() error {
	key, ok := x.loginKey()
	if !ok {
		return nil
	}
	period := int64(loginPeriod / time.Second)
	start := x.now.Unix() - x.now.Unix()%period
	w := x.api.throttles[key]
	if w == nil || w.start != start {
		w = &window{start: start}
		x.api.throttles[key] = w
	}
	w.count++
	if w.count <= loginLimit {
		return nil
	}
	return tooMany("auth", w.count, loginLimit, start+period, x.now)
}

// loginKey returns the counter of a login. Logins with an empty password are probes for single sign-on and not
// counted, nor are paths without an account. The account counts as written: id, slug and escaped forms have counters
// of their own.
func (x *exchange) loginKey() (string, bool) {
	path := x.req.URL.EscapedPath()
	rest, inAccount := strings.CutPrefix(path, "/v1/accounts/")
	segment, _, _ := strings.Cut(rest, "/")
	if x.req.Method != http.MethodPost || !inAccount || segment == "" || !strings.HasSuffix(path, "/tokens") {
		return "", false
	}
	value, basic := strings.CutPrefix(x.req.Header.Get("Authorization"), "Basic ")
	if !basic {
		return "", false
	}
	email, password, _ := decodeBasic(value)
	if !strings.Contains(email, "@") || password == "" {
		return "", false
	}
	address, _, err := net.SplitHostPort(x.req.RemoteAddr)
	if err != nil {
		address = x.req.RemoteAddr
	}
	return url.Values{"auth": {segment, address, strings.ToLower(email)}}.Encode(), true
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
