package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/release"
	"keygenauth/internal/site"
)

// exampleAPI is the API's address in the examples.
const exampleAPI = "http://localhost:8081"

// An example is a folder of web/examples that needs packages from npm.
type example struct {
	more  map[string]string // files that only the tests need
	built string            // folder of what is served
	// What its framework needs beyond the policy that the module does with: old, new, ...
	policy []string
}

var examples = map[string]example{
	"react":  {built: "dist", more: hydrating},
	"vue":    {built: "dist", policy: []string{"trusted-types 'none'", "trusted-types vue"}},
	"svelte": {built: "dist", policy: []string{"trusted-types 'none'", "trusted-types svelte-trusted-html"}},
	"turbo":  {built: ".", policy: []string{"; require-trusted-types-for 'script'; trusted-types 'none'", "", "style-src 'self'", "style-src 'self' 'unsafe-inline'"}},
}

// workshop is a folder with copies of the examples and of the packages that they need, signing in to an API.
type workshop struct {
	t      *testing.T
	dir    string
	api    *keygentest.API
	demo   keygentest.Demo
	apiURL string
}

// run runs a program in a folder of the workshop.
func (w *workshop) run(folder, name string, args ...string) (out string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), name, args...)
	cmd.Dir = filepath.Join(w.dir, folder)
	var failure strings.Builder
	cmd.Stderr = &failure
	printed, err := cmd.Output()
	require.NoError(w.t, err, "%s %q: %s%s", name, args, printed, failure.String())
	return string(printed)
}

// newWorkshop installs what all examples need, once: npm finds it in the folder around them.
func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	npm := tool(t, "npm")
	w := &workshop{t: t, dir: t.TempDir(), api: keygentest.New(keygentest.Options{})}
	w.demo = keygentest.Seed(w.api)
	emulator := httptest.NewServer(w.api)
	t.Cleanup(emulator.Close)
	w.apiURL = emulator.URL
	for name, example := range examples {
		files := os.DirFS(filepath.Join(root, "web", "examples", name))
		require.NoError(t, os.CopyFS(filepath.Join(w.dir, name), files))
		for file, content := range example.more {
			require.NoError(t, os.WriteFile(filepath.Join(w.dir, name, file), []byte(content), 0o600))
		}
	}
	found, err := filepath.Glob(filepath.Join(w.dir, "*", "*"))
	require.NoError(t, err)
	for _, file := range found {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		changed := strings.ReplaceAll(string(content), exampleAPI, w.apiURL)
		// Each also is a page whose form stays after a sign-in.
		changed = strings.ReplaceAll(changed, "keygenAuth.session", `(location.search !== "?stays" && keygenAuth.session)`)
		require.NoError(t, os.WriteFile(file, []byte(changed), 0o600))
	}
	released, err := release.Write(root, filepath.Join(root, "dist"), w.dir)
	require.NoError(t, err)
	names := slices.Sorted(maps.Keys(examples))
	all := `{ "private": true, "workspaces": ["` + strings.Join(names, `", "`) + `"] }`
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "package.json"), []byte(all), 0o600))
	w.run("", npm, "install", "--no-audit", "--no-fund", "--prefer-offline", "./"+released[0])
	return w
}

// stage builds an example and serves it.
func (w *workshop) stage(t *testing.T, name string) *stage {
	t.Helper()
	example := examples[name]
	_ = os.Symlink(filepath.Join("..", "node_modules"), filepath.Join(w.dir, name, "node_modules")) // as if it stood alone
	w.run(name, tool(t, "npm"), "run", "build")
	policy := strings.NewReplacer(example.policy...).Replace(site.Policy(w.apiURL, ""))
	pages, module := os.DirFS(filepath.Join(w.dir, name, example.built)), os.DirFS(filepath.Join(root, "dist"))
	s := &stage{api: w.api, demo: w.demo, apiURL: w.apiURL}
	host := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Security-Policy", policy)
		if s.intercepted(rw, r) {
			return
		}
		if file := strings.TrimPrefix(r.URL.Path, "/"); strings.HasPrefix(file, "keygen-auth.") {
			http.ServeFileFS(rw, r, module, file)
			return
		}
		http.FileServerFS(pages).ServeHTTP(rw, r)
	}))
	t.Cleanup(host.Close)
	s.url = host.URL
	s.tab = newTab(t, newProfile(t), s.url)
	w.api.ResetThrottles()
	w.api.ResetRequests()
	return s
}

// TestExamples builds the examples and uses each of them as visitors do.
func TestExamples(t *testing.T) {
	if os.Getenv(requireVariable) == "" {
		t.Skip("needs packages from npm: make hosts runs it")
	}
	w := newWorkshop(t)
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		t.Run(name, func(t *testing.T) {
			s := w.stage(t, name)
			if name == "react" {
				w.render(s)
			}
			for title, visit := range visitsOf(name) {
				t.Run(title, func(t *testing.T) {
					defer func(t *testing.T) { s.t = t }(s.t)
					s.t = t
					s.serve(nil)
					s.api.ResetThrottles()
					s.api.ResetRequests()
					s.open("/account.html") // which need not be there
					s.do("localStorage.clear(); sessionStorage.clear()")
					visit(t, s)
				})
			}
		})
	}
}

// visitsOf returns what visitors do with an example.
func visitsOf(name string) map[string]func(t *testing.T, s *stage) {
	visits := map[string]func(t *testing.T, s *stage){"a member": aMember, "a form that stays": aFormThatStays, "a second factor": aSecondFactor}
	switch name {
	case "react":
		maps.Copy(visits, hydrations)
	case "turbo":
		delete(visits, "a form that stays")
		maps.Copy(visits, turns)
	}
	return visits
}

const (
	theForm     = `document.querySelector("#login")`
	thePassword = `document.querySelector("#password").value`
	theEmail    = `document.querySelector("#email").value`
	signOut     = place(`[...document.querySelectorAll("button")].find((button) => button.textContent === "Sign out" && button.checkVisibility())`)
)

// untilForm waits until the form is to be seen, or is not.
func (s *stage) untilForm(seen bool) {
	s.t.Helper()
	s.until(fmt.Sprintf(`(%s?.checkVisibility() ?? false) === %v`, theForm, seen))
	s.untilPainted()
}

// pressesAgain presses Enter in the field for the password, which must be empty: that signs nobody in.
func (s *stage) pressesAgain(t *testing.T) {
	t.Helper()
	assert.Empty(t, eval[string](s.tab, thePassword))
	assert.False(t, eval[bool](s.tab, `document.querySelector("#login button").disabled`))
	logins := len(s.logins())
	s.do(`document.querySelector("#password").focus()`)
	s.press("\r")
	s.until(`document.querySelector("[data-keygen-error]:not([hidden])")?.textContent`)
	assert.LessOrEqual(t, len(s.logins()), logins+1)
	assert.True(t, eval[bool](s.tab, `keygenAuth.session === null`))
}

// aMember mistypes the password, signs in, comes back, and signs out.
func aMember(t *testing.T, s *stage) {
	ada := s.demo.Plain
	s.open("/")
	s.signIn(ada.Email, "wrong")
	s.untilSays(saysWrong)
	assert.Equal(t, saysWrong, s.announced())
	assert.Equal(t, ada.Email, eval[string](s.tab, theEmail))
	assert.Equal(t, "wrong", eval[string](s.tab, thePassword))
	s.signIn(ada.Email, ada.Password)
	s.untilForm(false)
	s.untilShows(ada)

	s.open("/?again")
	s.untilForm(false)
	s.untilShows(ada)
	s.hit(signOut)
	s.untilForm(true)
	assert.NotContains(t, eval[string](s.tab, `document.body.innerText`), ada.Email)

	s.signIn(ada.Email, ada.Password)
	s.untilShows(ada)
	s.hit(signOut)
	s.untilForm(true)
	s.pressesAgain(t)

	s.signIn(ada.Email, ada.Password)
	s.untilShows(ada)
	eval[any](s.tab, `keygenAuth.renew()`)
	s.untilShows(ada)
	other := s.sibling()
	other.open("/")
	other.until(string(signOut))
	other.hit(signOut)
	s.untilForm(true)
	s.pressesAgain(t)
}

// untilShows waits until the page names who is signed in, and the form is not to be seen.
func (s *stage) untilShows(user keygentest.User) {
	s.t.Helper()
	s.until(`document.body.innerText.includes(` + quote(user.Email) + `) && !` + theForm + `?.checkVisibility()`)
}

// aFormThatStays is one that is there also while somebody is signed in: nothing that is rendered again may bring the password
// back.
func aFormThatStays(t *testing.T, s *stage) {
	ada := s.demo.Plain
	s.open("/?stays")
	s.signIn(ada.Email, ada.Password)
	s.untilSignedIn()
	s.until(thePassword + ` === ""`)
	s.write("#email", "ada@example.org") // which renders all fields anew
	s.untilPainted()
	assert.Empty(t, eval[string](s.tab, thePassword))
	eval[any](s.tab, `keygenAuth.signOut()`)
	s.pressesAgain(t)
	assert.Equal(t, "ada@example.org", eval[string](s.tab, theEmail))
}

// minutes are how far the examples' clock has been put forward, for no code counts twice.
var minutes int

// aSecondFactor asks for a code, in a field that the framework does not know.
func aSecondFactor(t *testing.T, s *stage) {
	grace := s.demo.TwoFactor
	defer s.api.SetNow(time.Now)
	for range 2 {
		minutes++
		s.stopClock(time.Now().Add(time.Duration(minutes) * time.Minute))
		s.api.ResetThrottles()
		s.open("/")
		s.signIn(grace.Email, grace.Password)
		s.untilSays(saysCode)
		s.press(s.code(grace, false))
		s.press("\r")
		s.untilSays(saysBadCode)
		s.write("#password", grace.Password) // which renders the form
		s.untilPainted()
		s.write("[name=otp]", s.code(grace, true))
		s.press("\r")
		s.untilForm(false)
		s.untilShows(grace)
		s.hit(signOut)
		s.untilForm(true)
		assert.False(t, eval[bool](s.tab, `Boolean(document.querySelector("[name=otp]"))`))
		s.pressesAgain(t)
	}
}
