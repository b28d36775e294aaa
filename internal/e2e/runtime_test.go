package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/site"
)

// isRuntime says whether a request is for what runs the program.
func isRuntime(r *http.Request) bool { return strings.Contains(r.URL.Path, "/keygen-auth.runtime.") }

// TestRuntimeThatIsRefused has the host answer for the runtime with something else, which must not run. The console names
// the file, the form is free, and once the host is right the next submit signs in.
func TestRuntimeThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, said string
		answer     func(s *stage, w http.ResponseWriter, r *http.Request)
	}{
		{"missing", " (status 404, text/plain; charset=utf-8)", func(_ *stage, w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }},
		{"a page in its place", " (status 200, text/html; charset=utf-8)", func(_ *stage, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<!doctype html><title>App</title>")
		}},
		{"other bytes", " (status 200, text/javascript; charset=utf-8)", func(s *stage, w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(append([]byte("window.tampered = true;\n"), s.original(s.t, r)...))
		}},
		{"no answer", "", func(*stage, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		for form, page := range map[string]string{
			"tag":               document(`data-load="lazy"`, tutorialForm),
			"tag with a folder": document(`data-load="lazy" data-assets="/"`, tutorialForm),
		} {
			t.Run(test.name+", "+form, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, map[string]string{"form.html": page})
				s.allow("keygen-auth")
				s.allow("integrity") // the browser's own words, as the next
				s.allow("Fetch API cannot load")
				s.allow("Failed to load module script")
				s.serve(func(w http.ResponseWriter, r *http.Request) bool {
					if isRuntime(r) {
						test.answer(s, w, r)
					}
					return isRuntime(r)
				})
				s.open("/form.html")
				s.until(`window.keygenAuth`)
				ours := func() (lines []string) {
					for _, line := range s.lines() {
						if strings.Contains(line, "error: keygen-auth: ") {
							lines = append(lines, line)
						}
					}
					return slices.Compact(lines) // one for each time that it is asked for
				}
				s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
				s.untilSays(notLoaded)
				s.eventually(func() bool { return len(ours()) > 0 }, "a line on the console")
				require.Len(t, ours(), 1)
				assert.Contains(t, ours()[0], "error: keygen-auth: "+s.url+"/keygen-auth.runtime.")
				assert.Contains(t, ours()[0], " is missing, blocked or of another build: ")
				assert.True(t, strings.HasSuffix(ours()[0], test.said), ours()[0])
				assert.False(t, eval[bool](s.tab, `document.querySelector("form").hasAttribute("aria-busy") || document.querySelector("button:not([type=button])").disabled`))
				assert.False(t, eval[bool](s.tab, `"tampered" in window`))

				s.serve(nil)
				s.press("\r") // in the field where the first was pressed
				s.untilSignedIn()
				assert.Len(t, s.logins(), 1)
				assert.Zero(t, eval[int](s.tab, `document.querySelectorAll("link").length`), "nothing is left in the page")
			})
		}
	}
}

// TestRuntimeComesBesideTheProgram holds back either file until the other was asked for, and looks what is left of it.
func TestRuntimeComesBesideTheProgram(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, tutorialForm)})
	asked := map[bool]chan struct{}{true: make(chan struct{}), false: make(chan struct{})}
	ask := map[bool]func(){}
	for which, first := range asked {
		ask[which] = sync.OnceFunc(func() { close(first) })
	}
	var count atomic.Int32
	s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
		if isRuntime(r) || isWasm(r) {
			count.Add(1)
			ask[isRuntime(r)]()
			select {
			case <-asked[!isRuntime(r)]:
			case <-r.Context().Done():
			}
		}
		return false
	})
	s.open("/form.html")
	before := eval[[]string](s.tab, `Object.keys(window)`)
	assert.Zero(t, count.Load(), "nothing before it is wanted")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	if engine == "webkit" { // which is asked for the runtime before it imports it
		assert.LessOrEqual(t, count.Load(), int32(3))
	} else {
		assert.Equal(t, int32(2), count.Load())
	}
	assert.Equal(t, before, eval[[]string](s.tab, `Object.keys(window)`), "no global")
	assert.Zero(t, eval[int](s.tab, `document.querySelectorAll("link").length`))
}

// TestPoliciesWithNonces signs in under policies that name scripts by a nonce, with all files on another origin. (All
// other tests run under the strict one.)
func TestPoliciesWithNonces(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]string{
		"nonce":                     `'nonce-bm9uY2U=' 'wasm-unsafe-eval'`,
		"nonce and strict-dynamic":  `'nonce-bm9uY2U=' 'strict-dynamic' 'wasm-unsafe-eval'`,
		"nonce, while types matter": `'nonce-bm9uY2U=' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'`,
	} {
		for kind, attributes := range map[string]string{"script": "", "module": ` type="module"`} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, nil)
				cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Access-Control-Allow-Origin", "*")
					s.site.ServeHTTP(w, r)
				}))
				t.Cleanup(cdn.Close)
				s.files["form.html"] = file("<!doctype html>\n<html lang=\"en\">\n<title>Page</title>\n<script" + attributes + ` nonce="bm9uY2U=" src="` + cdn.URL +
					`/keygen-auth.js" crossorigin="anonymous" ` + configuration + "></script>\n" + tutorialForm)
				s.serve(func(w http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path != "/form.html" {
						return false
					}
					answer := httptest.NewRecorder()
					s.starts.serve(s.site, answer, r)
					policy := strings.Replace(site.Policy(s.apiURL, "/reports"), "script-src 'self' 'wasm-unsafe-eval'", "script-src "+scripts, 1)
					policy = strings.Replace(policy, "; require-trusted-types-for 'script'; trusted-types 'none'; report", "; report", 1)
					answer.Header().Set("Content-Security-Policy", strings.Replace(policy, "connect-src 'self'", "connect-src 'self' "+cdn.URL, 1))
					page := strings.Replace(answer.Body.String(), `src="/at-start.js"`, `nonce="bm9uY2U=" src="/at-start.js"`, 1) // of the tests themselves
					answer.Header().Del("Content-Length")
					answer.Body.Reset()
					answer.Body.WriteString(page)
					replay(w, answer)
					return true
				})
				s.open("/form.html")
				s.until(`window.keygenAuth`)
				s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
				s.untilSignedIn()
				assert.Len(t, s.logins(), 1)
			})
		}
	}
}
