package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/site"
)

// An elsewhere is another origin with the built files in a folder.
type elsewhere struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string
	closed bool                               // sends nothing that lets other origins read
	bend   func(name string, b []byte) []byte // what it makes of a file
}

func newElsewhere(t *testing.T) *elsewhere {
	e := &elsewhere{bend: func(_ string, b []byte) []byte { return b }}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		name, in := strings.CutPrefix(r.URL.Path, "/sign-in/")
		content, err := os.ReadFile(filepath.Join(root, "dist", name))
		if !in || err != nil {
			http.NotFound(w, r)
			return
		}
		e.asked = append(e.asked, name)
		if !e.closed {
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		types := map[string]string{".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
		w.Header().Set("Content-Type", types[filepath.Ext(name)])
		_, _ = w.Write(e.bend(name, content))
	}))
	t.Cleanup(e.Close)
	return e
}

// set changes what it answers.
func (e *elsewhere) set(closed bool, bend func(name string, b []byte) []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed, e.bend = closed, bend
}

func (e *elsewhere) names() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.asked...)
}

// under serves the pages of the stage under a policy that also names another origin for scripts and what is fetched.
func (s *stage) under(origin string) {
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, ".html") {
			return false
		}
		answer := httptest.NewRecorder()
		s.starts.serve(s.site, answer, r)
		policy := site.Policy(s.apiURL, "/reports")
		for _, directive := range []string{"script-src 'self'", "connect-src 'self'"} {
			policy = strings.Replace(policy, directive, directive+" "+origin, 1)
		}
		answer.Header().Set("Content-Security-Policy", policy)
		replay(w, answer)
		return true
	})
}

// TestAssetsElsewhere has all but the loader on another origin: there each file is checked against its hash as at home, and
// what is refused is told by its URL.
func TestAssetsElsewhere(t *testing.T) {
	t.Parallel()
	as := func(suffix string) func(name string, b []byte) []byte {
		return func(name string, b []byte) []byte {
			if !strings.HasSuffix(name, suffix) || suffix == ".js" && !strings.Contains(name, ".runtime.") {
				return b
			}
			if suffix == ".js" {
				return append([]byte("window.tampered = true;\n"), b...)
			}
			return append(b[:len(b)-1:len(b)-1], b[len(b)-1]^1)
		}
	}
	asIs := func(_ string, b []byte) []byte { return b }
	for _, form := range []string{"tag", "module"} {
		for _, test := range []struct {
			name   string
			closed bool
			bend   func(name string, b []byte) []byte
			said   string // "" where it works at once
		}{
			{name: "as built", bend: asIs},
			{name: "another script", bend: as(".js"), said: "/sign-in/keygen-auth.runtime."},
			{name: "another program", bend: as(".wasm"), said: "/sign-in/keygen-auth."},
			{name: "not for other origins", closed: true, bend: asIs, said: "/sign-in/keygen-auth."},
		} {
			if form == "module" && test.name == "another script" {
				continue // it has that inside
			}
			t.Run(form+", "+test.name, func(t *testing.T) {
				t.Parallel()
				e := newElsewhere(t)
				e.set(test.closed, test.bend)
				folder := e.URL + "/sign-in"
				s := moduleSite(t, "null")
				if form == "tag" {
					s.files["form.html"] = file(inLanguage("de", `data-load="lazy" data-assets="`+folder+`"`, ""))
				} else {
					s.files["settings.js"] = file(`document.documentElement.lang = "de"; export const settings = ` +
						s.connected(`, load: "lazy", assets: `+quote(folder)))
					s.files["form.html"] = s.files["module.html"]
				}
				s.under(e.URL)
				s.open("/form.html")
				s.until(`window.keygenAuth`)
				if test.said != "" {
					s.allow("keygen-auth")
					s.allow("integrity") // the browser's own words, as the next
					s.allow("Fetch API cannot load")
					s.allow("Cross-Origin")
					s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
					s.until(says)
					s.eventually(func() bool { return strings.Contains(strings.Join(s.lines(), "\n"), "keygen-auth: "+e.URL+test.said) }, "the file's URL on the console")
					assert.False(t, eval[bool](s.tab, `"tampered" in window`))
					assert.Empty(t, s.logins())
					e.set(false, asIs)
				}
				s.signIn(s.demo.Plain.Email, "wrong")
				s.untilSays(table(t, "de")["EMAIL_INVALID"])
				s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
				s.untilSignedIn()
				for _, kind := range []string{".runtime.", ".wasm", ".de."} {
					asked := strings.Contains(strings.Join(e.names(), " "), kind)
					assert.Equal(t, form == "tag" || kind != ".runtime.", asked, "%s from the other origin", kind)
				}
			})
		}
	}
}
