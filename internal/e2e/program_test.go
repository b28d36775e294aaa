package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// file returns a file of the site.
func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

// isWasm says whether a request is for the program.
func isWasm(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, ".wasm") && !isRest(r) }

// isRest says whether a request is for the rest of the program.
func isRest(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/keygen-auth.rest.") }

// holdWasm keeps the program from the page until the function that it returns is called, which may be more than once.
func (s *stage) holdWasm() (letGo func()) {
	held := make(chan struct{})
	var once sync.Once
	letGo = func() { once.Do(func() { close(held) }) }
	s.t.Cleanup(letGo)
	s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
		if isWasm(r) {
			select {
			case <-held:
			case <-r.Context().Done():
			}
		}
		return false
	})
	return letGo
}

// untilAttached waits until the program listens to the form.
func (s *stage) untilAttached() {
	s.t.Helper()
	s.until(`document.querySelector("form").getAttribute("method") === "dialog"`)
}

// hung is a request that waits for its answer.
type hung struct {
	s       *stage
	end     string
	before  int // requests of earlier steps
	release func()
}

// hang makes requests to paths with this end wait.
func (s *stage) hang(end string) hung {
	before := len(s.requests(http.MethodPost, end))
	return hung{s, end, before, s.api.AddFault(keygentest.Fault{Path: end, Delay: time.Hour})}
}

// await waits until there is such a request.
func (h hung) await() {
	h.s.t.Helper()
	require.Eventually(h.s.t, func() bool { return len(h.s.requests(http.MethodPost, h.end)) > h.before }, patience, poll)
}

// replay sends an answer of the API that was kept back.
func replay(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}
