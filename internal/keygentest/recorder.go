package keygentest

import (
	"bytes"
	"net/http"
	"strings"
)

// Request is what a client sent, and how it was answered.
type Request struct {
	Method string
	Path   string // with query, as written on the request line
	Header http.Header
	Body   []byte
	Status int // 0 until answered, and for good when a fault cut the connection
}

// Requests returns every request so far in order of arrival, preflights left out. The result is a copy.
func (a *API) Requests() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Request, len(a.requests))
	for i, r := range a.requests {
		out[i] = *r
		out[i].Header = r.Header.Clone()
		out[i].Body = bytes.Clone(r.Body)
	}
	return out
}

// ResetRequests forgets the requests so far.
func (a *API) ResetRequests() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = nil
}

// record notes a request on arrival. It returns nil for preflights, which a fault may bring this far.
func (a *API) record(r *http.Request, body []byte) *Request {
	if isPreflight(r) {
		return nil
	}
	entry := &Request{Method: r.Method, Path: requestTarget(r), Header: r.Header.Clone(), Body: body}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, entry)
	return entry
}

func (a *API) answered(entry *Request, status int) {
	if entry == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	entry.Status = status
}

// requestTarget returns path and query as the client wrote them, which the URL no longer tells after parsing. Of an
// absolute URI, as proxies send, the rest is left out.
func requestTarget(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	return r.URL.RequestURI()
}
