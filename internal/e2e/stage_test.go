package e2e

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
	"keygenauth/internal/webdriver"
)

// configuration is the part of a page's script tag that the site replaces by the stage's own.
const configuration = `data-account="demo" data-host="http://localhost:8081"`

// tutorialForm is the login form of the tutorial that the module replaces the script of, as it stands there.
const tutorialForm = `<form id="login">
  <label for="email">Email</label><br>
  <input type="email" name="email" id="email"><br>
  <label for="password">Password</label><br>
  <input type="password" name="password" id="password"><br><br>
  <button type="submit">Login</button>
</form>`

// short is a limit for requests and the program that a test can wait for, and that a busy machine keeps all the same.
const (
	short   = `data-timeout="10"`
	shortly = 10 * time.Second
)

// document returns a page with the module, further attributes on its script tag, and a body.
func document(attributes, body string) string {
	return "<!doctype html>\n<html lang=\"en\">\n<title>Page</title>\n" +
		`<script src="keygen-auth.js" ` + configuration + ` ` + attributes + `></script>` + "\n" + body
}

// A stage is what one test plays on: an emulated API with the demo's users, a site on another origin that serves the
// built module under the strict policy, and a tab of a browser profile of its own.
type stage struct {
	*tab
	api    *keygentest.API
	demo   keygentest.Demo
	apiURL string // origin of the API
	url    string // origin of the site
	files  fstest.MapFS
	site   http.Handler // the site without what a test puts in its way

	spoken      int // bytes of what Orca has said so far
	starts      startScripts
	mu          sync.Mutex
	reports     []string // violations of the policy
	intercept   func(w http.ResponseWriter, r *http.Request) bool
	bent        func(w http.ResponseWriter, r *http.Request) bool
	connections connections // to the API
}

// newStage returns a stage whose site also has these pages, by name. The page of the demo are there, too.
func newStage(t *testing.T, pages map[string]string) *stage {
	return newStageWith(t, keygentest.Options{}, pages)
}

func newStageWith(t *testing.T, options keygentest.Options, pages map[string]string) *stage {
	t.Helper()
	return newStageIn(t, newProfile(t), options, pages)
}

// newStageIn returns a stage whose tab is in this profile.
func newStageIn(t *testing.T, profile webdriver.Profile, options keygentest.Options, pages map[string]string) *stage {
	t.Helper()
	api := keygentest.New(options)
	s := &stage{api: api, demo: keygentest.Seed(api), files: fstest.MapFS{}}
	emulator := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		bent := s.bent
		s.mu.Unlock()
		if bent == nil || r.Method == http.MethodOptions || !bent(w, r) {
			api.ServeHTTP(w, r)
		}
	}))
	emulator.Config.ConnState = s.connections.note
	emulator.Start()
	t.Cleanup(func() {
		api.ClearFaults() // which lets hanging requests go
		emulator.Close()
	})
	s.apiURL = emulator.URL
	demo := os.DirFS(filepath.Join(root, "web", "demo"))
	require.NoError(t, fs.WalkDir(demo, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(demo, name)
		s.files[name] = &fstest.MapFile{Data: content}
		return err
	}))
	for name, content := range pages {
		s.files[name] = &fstest.MapFile{Data: []byte(content)}
	}

	handler := s.siteOf(t, filepath.Join(root, "dist"))
	s.site = handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/reports":
			report, _ := io.ReadAll(r.Body)
			if engine == "webkit" && strings.Contains(string(report), `"effective-directive":"style-src-attr"`) {
				return // its own page around a plain text has a style
			}
			s.mu.Lock()
			s.reports = append(s.reports, string(report))
			s.mu.Unlock()
		case r.URL.Path == "/printed":
			line, _ := io.ReadAll(r.Body)
			s.tab.print(string(line))
		case r.URL.Path == calledPath:
			flags, _ := io.ReadAll(r.Body)
			called.add(flags)
		case s.intercepted(w, r), s.restInTrouble(w, r):
		default:
			s.starts.serve(s.site, w, r)
		}
	}))
	t.Cleanup(server.Close)
	s.url = server.URL

	s.tab = newTab(t, profile, s.url)
	s.tab.serveAtStart = s.starts.add
	if engine == "webkit" { // which does not tell
		s.starts.add(printing)
	}
	t.Cleanup(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		assert.Empty(t, s.reports, "violations of the policy")
	})
	return s
}

// siteOf returns the site with what was built into a directory.
func (s *stage) siteOf(t *testing.T, built string) http.Handler {
	t.Helper()
	handler, err := site.New(site.Config{
		Dist:      os.DirFS(built).(fs.ReadDirFS),
		Pages:     s.files,
		API:       s.apiURL,
		Account:   s.demo.Account.Slug,
		ReportURI: "/reports",
	})
	require.NoError(t, err)
	return handler
}

// serve lets a function answer requests to the site in its place; it returns false for those that it leaves to the
// site. Nil ends that.
func (s *stage) serve(intercept func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercept = intercept
}

// bend lets a function change requests to the API on their way, or answer them in its place and return true. Preflights
// are not among them. Nil ends that.
func (s *stage) bend(bent func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bent = bent
}

func (s *stage) intercepted(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	intercept := s.intercept
	s.mu.Unlock()
	return intercept != nil && intercept(w, r)
}

// logins returns the requests that carried credentials to POST tokens.
func (s *stage) logins() []keygentest.Request { return s.tokenRequests("Basic ") }

// renewals returns the requests that asked POST tokens for another token, by one.
func (s *stage) renewals() []keygentest.Request { return s.tokenRequests("Bearer ") }

func (s *stage) tokenRequests(scheme string) (found []keygentest.Request) {
	for _, r := range s.requests(http.MethodPost, "/tokens") {
		if strings.HasPrefix(r.Header.Get("Authorization"), scheme) {
			found = append(found, r)
		}
	}
	return found
}

// isRenewal says whether a request asks for another token, by one.
func isRenewal(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/tokens") && strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// requests returns the requests to the API with this method and end of path.
func (s *stage) requests(method, end string) []keygentest.Request {
	var found []keygentest.Request
	for _, r := range s.api.Requests() {
		if r.Method == method && len(r.Path) >= len(end) && r.Path[len(r.Path)-len(end):] == end {
			found = append(found, r)
		}
	}
	return found
}

// asked returns what the API was asked, as "METHOD path".
func (s *stage) asked() []string {
	var all []string
	for _, r := range s.api.Requests() {
		all = append(all, r.Method+" "+r.Path)
	}
	return all
}

// storageKey is where the module keeps the session.
func (s *stage) storageKey() string { return "keygen-auth:" + s.apiURL[len("http://"):] + ":demo" }
