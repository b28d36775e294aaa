package keygentest

import (
	"net/http"
	"strings"
)

// A route is one endpoint. Each resource has a file of its own with a function that returns its routes; [New] puts
// them together.
type route struct {
	method string
	path   string // below the account, "{name}" stands for one segment: "tokens/{id}"
	global bool   // lives below /v1 itself and needs no account
	outer  bool   // lives below /v1 itself and names an account
	sub    bool   // needs an active subscription
	auth   func(*exchange) error
	handle func(*exchange) (*reply, error)
}

// findRoute finds the endpoint of the request, without and with the account in the path.
func (x *exchange) findRoute() error {
	path := strings.Trim(strings.TrimSuffix(x.req.URL.EscapedPath(), x.pathExt), "/")
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	if len(segments) == 0 || segments[0] != "v1" {
		return x.unroutable()
	}
	segments = segments[1:]

	inAccount := len(segments) > 2 && segments[0] == "accounts"
	rest := segments
	if inAccount {
		rest = segments[2:]
	}
	method := x.req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range x.api.routes {
		rt := &x.api.routes[i]
		if rt.method != method || (rt.global || rt.outer) && inAccount {
			continue
		}
		if params, ok := rt.match(rest); ok {
			x.route, x.params = rt, params
			if inAccount {
				x.params["account"] = unescape(segments[1])
			}
			return nil
		}
	}
	return x.unroutable()
}

func (x *exchange) unroutable() error {
	p := missing("The requested endpoint was not found")
	p.unroutable = true
	return p
}

func (rt *route) match(segments []string) (map[string]string, bool) {
	pattern := strings.Split(rt.path, "/")
	if len(pattern) != len(segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, want := range pattern {
		switch {
		case strings.HasPrefix(want, "{") && segments[i] != "":
			params[strings.Trim(want, "{}")] = unescape(segments[i])
		case want != segments[i]:
			return nil, false
		}
	}
	return params, true
}

// forUsers returns a route for bearers of a token with everything that most have in common.
func forUsers(method, path string, handle func(*exchange) (*reply, error)) route {
	return route{method: method, path: path, sub: true, auth: (*exchange).requireToken, handle: handle}
}

// healthRoutes are the endpoints that say whether the server is up.
func healthRoutes() []route {
	alive := func(status int) func(*exchange) (*reply, error) {
		return func(*exchange) (*reply, error) {
			rep := newReply(status)
			if status == http.StatusOK {
				rep.body = []byte(" ")
				rep.header.Set("Content-Type", "text/plain; charset=utf-8")
			}
			return rep, nil
		}
	}
	return []route{
		{method: http.MethodGet, path: "ping", global: true, handle: alive(http.StatusOK)},
		{method: http.MethodGet, path: "health", global: true, handle: alive(http.StatusNoContent)},
	}
}
