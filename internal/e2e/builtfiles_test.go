package e2e

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBuiltFilesThatAreMissing reads what the console says where a host has no program, or no texts of the page's language,
// in each way that hosts say so.
func TestBuiltFilesThatAreMissing(t *testing.T) {
	t.Parallel()
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html><title>App</title>")
	}
	for _, test := range []struct {
		name, suffix string
		answer       http.HandlerFunc
		before, said string
	}{
		{"no program", ".wasm", http.NotFound, " is missing, blocked or of another build: ", " (status 404, text/plain; charset=utf-8)"},
		{"a page in its place", ".wasm", page, " is missing, blocked or of another build: ", " (status 200, text/html; charset=utf-8)"},
		{"no texts", ".de.json", http.NotFound, " has no texts", " (status 404, text/plain; charset=utf-8)"},
		{"a page in their place", ".de.json", page, " has no texts", " (status 200, text/html; charset=utf-8)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"form.html": inLanguage("de", `data-load="lazy"`, "")})
			s.allow("keygen-auth.")
			s.atStart(unhurried)
			s.serve(func(w http.ResponseWriter, r *http.Request) bool {
				missing := strings.HasSuffix(r.URL.Path, test.suffix) || test.suffix == ".de.json" && strings.Contains(r.URL.Path, ".de.") && strings.HasSuffix(r.URL.Path, ".json")
				if missing {
					test.answer(w, r)
				}
				return missing
			})
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, "wrong")
			s.until(says)
			var lines []string
			require.Eventually(t, func() bool {
				lines = nil
				for _, line := range s.lines() {
					if strings.Contains(line, "error: keygen-auth: ") {
						lines = append(lines, line)
					}
				}
				return len(lines) > 0
			}, patience, poll)
			lines = slices.Compact(lines) // one for each time that it is asked for
			require.Len(t, lines, 1)
			assert.Contains(t, lines[0], "error: keygen-auth: "+s.url+"/keygen-auth.")
			assert.Contains(t, lines[0], test.before)
			assert.True(t, strings.HasSuffix(lines[0], test.said), lines[0])
		})
	}
}
