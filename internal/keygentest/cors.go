package keygentest

import (
	"net/http"
	"strings"
)

// exposed lists what a script of another origin may read, in the order of the service. Retry-After, Location and
// WWW-Authenticate are not among them.
var exposed = strings.Join([]string{
	"keygen-accept-signature", "keygen-signature", "keygen-date", "keygen-digest", "keygen-account-id",
	"keygen-bearer-id", "keygen-token-id", "keygen-account", "keygen-bearer", "keygen-token", "keygen-environment",
	"keygen-license", "keygen-edition", "keygen-mode", "keygen-revision", "keygen-version", "x-ratelimit-window",
	"x-ratelimit-count", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "x-request-id",
	"x-signature", "date", "digest",
}, ", ")

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" &&
		r.Header.Get("Access-Control-Request-Method") != ""
}

// answerPreflight lets any origin send any header, to any path: no application is asked.
func answerPreflight(r *http.Request) *reply {
	rep := newReply(http.StatusOK)
	shareWithAll(rep.header)
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		rep.header.Set("Access-Control-Allow-Headers", asked)
	}
	return rep
}

// allowOrigin opens an answer to scripts. Requests that name no origin get no CORS headers, as no script made them
// from elsewhere.
func allowOrigin(h http.Header, r *http.Request) {
	h.Set("Vary", "Origin")
	if r.Header.Get("Origin") != "" {
		shareWithAll(h)
	}
}

func shareWithAll(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	h.Set("Access-Control-Expose-Headers", exposed)
	h.Set("Access-Control-Max-Age", "86400")
}

// hideFromScripts undoes allowOrigin: the browser then keeps the answer from the page.
func hideFromScripts(h http.Header) {
	for name := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			h.Del(name)
		}
	}
}
