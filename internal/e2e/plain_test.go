package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/dist"
	"keygenauth/internal/toolchain"
)

// unknownRelease is a Go release whose layout internal/postlink does not read.
const unknownRelease = "go1.26.8"

// TestUnknownToolchain builds with a Go that nobody here has seen: another layout of the program, and a support file in
// which other words stand. The build says so, and what it makes works, debuggable or not.
func TestUnknownToolchain(t *testing.T) {
	t.Parallel()
	goroot := unseen(t)
	for name, more := range map[string][]string{"for visitors": nil, "for developers": {"-debug"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			built, printed := buildBy(t, goroot, more...)
			manifest, err := dist.ReadManifest(built)
			require.NoError(t, err)
			assert.True(t, manifest.Plain)
			assert.Equal(t, unknownRelease, manifest.Toolchain)
			assert.Contains(t, printed, "dist: note: the runtime holds all of "+unknownRelease+"'s wasm_exec.js, which makes it larger: there is no ")
			if more == nil {
				assert.Contains(t, printed, "dist: note: the program is as "+unknownRelease+" linked it, larger and slower to start than that of a release: "+
					"shrink the program: the program has 0 function tables in the layout of Go 1.27, not one\n")
			}
			worksWith(t, built)
		})
	}
}

// TestDebugBuild signs in with the program that keeps names and lines, built by the toolchain of a release.
func TestDebugBuild(t *testing.T) {
	t.Parallel()
	built, printed := buildBy(t, toolchain.Pinned, "-debug")
	assert.NotContains(t, printed, "note:")
	worksWith(t, built)
}

// unseen returns the directory of a Go that differs from the known one in all that the build looks at.
func unseen(t *testing.T) string {
	t.Helper()
	known, err := toolchain.Find(t.Context(), unknownRelease)
	if err != nil {
		t.Skipf("%s is not to be had, so no other Go was tried: %v", unknownRelease, err)
	}
	goroot := t.TempDir()
	link := func(dir string, except string) {
		entries, err := os.ReadDir(filepath.Join(known.Root, dir))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(goroot, dir), 0o755))
		for _, entry := range entries {
			if entry.Name() != except {
				require.NoError(t, os.Symlink(filepath.Join(known.Root, dir, entry.Name()), filepath.Join(goroot, dir, entry.Name())))
			}
		}
	}
	link(".", "lib")
	link("lib", "wasm")
	link(filepath.Join("lib", "wasm"), "wasm_exec.js")
	script := filepath.Join("lib", "wasm", "wasm_exec.js")
	content, err := os.ReadFile(filepath.Join(known.Root, script))
	require.NoError(t, err)
	other := strings.Replace(string(content), "let offset = 4096;", "let offset = 0x1000;", 1)
	require.NotEqual(t, string(content), other)
	require.NoError(t, os.WriteFile(filepath.Join(goroot, script), []byte(other), 0o600))
	return goroot
}

// buildBy builds with a toolchain, and returns where the built files are and what the command printed. The command runs
// by itself, for the race detector would make compressing take minutes; and in a copy of the project, where it leaves
// the support file of this toolchain.
func buildBy(t *testing.T, tools string, more ...string) (built, printed string) {
	t.Helper()
	project, built := t.TempDir(), t.TempDir()
	for _, dir := range []string{"internal", "wasm", "web"} {
		require.NoError(t, os.CopyFS(filepath.Join(project, dir), os.DirFS(filepath.Join(root, dir))))
	}
	for _, name := range []string{"go.mod", "go.sum", dist.License} {
		content, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(project, name), content, 0o600))
	}
	build := exec.CommandContext(t.Context(), "go", append([]string{"run", "./internal/cmd/dist", "-toolchain", tools, "-root", project, "-out", built}, more...)...)
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return built, string(out)
}

// worksWith checks that a page works with what was built: sign-in, session, renewal, a call of the API, sign-out.
func worksWith(t *testing.T, built string) {
	t.Helper()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	handler := s.siteOf(t, built)
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		handler.ServeHTTP(w, r)
		return true
	})
	s.atStart(listening)
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	assert.Len(t, s.logins(), 1)
	eval[any](s.tab, `keygenAuth.signOut()`)
	s.until(`!localStorage.length`)

	old := s.plant(s.demo.Plain, time.Now().Add(3*day)) // a session from an earlier visit
	s.open("/form.html")
	assert.Equal(t, s.demo.Plain.ID, eval[string](s.tab, `keygenAuth.ready.then((session) => session.userId)`))
	assert.Equal(t, s.demo.Plain.Email, eval[string](s.tab, `keygenAuth.users.me().then(({ data }) => data.attributes.email)`))
	eval[any](s.tab, `keygenAuth.renew()`)
	assert.NotContains(t, s.saved(), old.token)
	assert.Contains(t, s.saved(), s.demo.Plain.ID)
}

// TestRenamedBuild signs in with files of another name, for which nobody asks by the usual one.
func TestRenamedBuild(t *testing.T) {
	t.Parallel()
	built, printed := buildBy(t, toolchain.Pinned, "-name", "signin")
	assert.Contains(t, printed, `<script src="signin.`)
	s := newStage(t, map[string]string{"form.html": strings.Replace(inLanguage("de", "", ""), "keygen-auth.js", "signin.js", 1)})
	var asked []string
	renamed := http.FileServer(http.Dir(built)) // the site knows the usual names alone
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		s.mu.Lock()
		asked = append(asked, r.URL.Path)
		s.mu.Unlock()
		if !strings.HasPrefix(r.URL.Path, "/signin.") {
			return false
		}
		renamed.ServeHTTP(w, r)
		return true
	})
	s.open("/form.html")
	s.wrong()
	s.untilSays(table(t, "de")["EMAIL_INVALID"])
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.mu.Lock()
	defer s.mu.Unlock()
	assert.NotContains(t, strings.Join(asked, " "), "keygen")
	assert.Contains(t, strings.Join(asked, " "), "/signin.runtime.")
}
