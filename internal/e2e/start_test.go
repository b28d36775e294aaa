package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// startScripts are scripts that a site's pages run before any of their own, for browsers that cannot be told to.
type startScripts struct {
	mu      sync.Mutex
	scripts []string
}

// add adds a script, once however often it is asked for.
func (s *startScripts) add(script string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.scripts, script) {
		s.scripts = append(s.scripts, script)
	}
}

var doctype = regexp.MustCompile(`(?i)^(<!doctype[^>]*>)?`)

// printing tells the site what the page prints on the console, and of exceptions that nobody catches. The lines of all
// tabs of a stage are those of its first; they come in any order, and the last ones of a page perhaps after its test.
const printing = `
	const tell = (line) => navigator.sendBeacon("/printed", line);
	for (const [method, kind] of Object.entries({error: "error", warn: "warning", info: "info", log: "log", debug: "debug"})) {
		const original = console[method];
		console[method] = (...words) => {
			tell(kind + ": " + words.join(" "));
			original.apply(console, words);
		};
	}
	addEventListener("error", ({error}) => error && tell("uncaught: " + error));
	addEventListener("unhandledrejection", ({reason}) => tell("uncaught: " + reason));
`

// serve serves the site of a handler, with the scripts in its pages.
func (s *startScripts) serve(site http.Handler, w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	scripts := s.scripts
	s.mu.Unlock()
	switch {
	case len(scripts) > 0 && r.URL.Path == "/at-start.js":
		w.Header().Set("Content-Type", "text/javascript")
		w.Header().Set("Cache-Control", "no-store") // there may be more later
		_, _ = io.WriteString(w, "{"+strings.Join(scripts, "}\n{")+"}")
	case len(scripts) > 0 && strings.HasPrefix(r.Header.Get("Accept"), "text/html"):
		r.Header.Del("Accept-Encoding")
		r.Header.Del("If-None-Match")
		r.Header.Del("If-Modified-Since")
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		page := doctype.ReplaceAllString(answer.Body.String(), `$0<script src="/at-start.js"></script>`)
		answer.Header().Del("Content-Length")
		answer.Body.Reset()
		answer.Body.WriteString(page)
		replay(w, answer)
	default:
		site.ServeHTTP(w, r)
	}
}
