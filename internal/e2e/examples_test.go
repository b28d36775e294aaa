package e2e

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	more     map[string]string // files that only the test needs
	scripts  []string          // of npm, or commands of its packages, that make what is served
	built    string            // folder of what is served
	page     string
	policies []string // what its framework needs beyond the policy: old, new, ...
}

var examples = map[string]example{
	"react":  {built: "dist"},
	"vue":    {built: "dist", policies: []string{"trusted-types 'none'", "trusted-types vue"}},
	"svelte": {built: "dist", policies: []string{"trusted-types 'none'", "trusted-types svelte-trusted-html"}},
	"turbo": {built: ".", policies: []string{
		"; require-trusted-types-for 'script'; trusted-types 'none'", "", "style-src 'self'", "style-src 'self' 'unsafe-inline'"}},
}

// workshop is a folder with copies of the examples and of the packages that they need, signing in to an API.
type workshop struct {
	t        *testing.T
	dir      string
	api      *keygentest.API
	demo     keygentest.Demo
	apiURL   string
	released string // the package
}

// run runs a program in a folder of the workshop.
func (w *workshop) run(folder, name string, args ...string) {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), name, args...)
	cmd.Dir = filepath.Join(w.dir, folder)
	out, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s %q: %s", name, args, out)
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
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(content), exampleAPI, w.apiURL)), 0o600))
	}
	released, err := release.Write(root, filepath.Join(root, "dist"), w.dir)
	require.NoError(t, err)
	names := slices.Sorted(maps.Keys(examples))
	all := `{ "private": true, "workspaces": ["` + strings.Join(names, `", "`) + `"] }`
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "package.json"), []byte(all), 0o600))
	w.run("", npm, "install", "--no-audit", "--no-fund", "--prefer-offline", "./"+released[0])
	return w
}
