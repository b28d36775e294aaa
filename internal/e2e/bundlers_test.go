package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/release"
	"keygenauth/internal/site"
)

// needsPage is what start() says where there is none.
const needsPage = "keygen-auth: start() needs a page: on a server, only import the module and call start() in the browser"

// A project is an app of a developer who has installed the released package: a folder of testdata/bundlers, copied to one
// that keeps its packages from npm until other versions are wanted.
type project struct {
	t    *testing.T
	dir  string
	path string // where programs are looked for
}

// newProject returns the project of that name with its packages, or skips the test where there is no npm.
func newProject(t *testing.T, name string) project {
	t.Helper()
	if os.Getenv(requireVariable) == "" {
		t.Skip("needs packages from npm: make hosts runs it")
	}
	node := installed(t, "node", os.Getenv("PATH")) // the one of a system is too old for some
	p := installed(t, name, filepath.Join(node.dir, "node_modules", ".bin")+":"+os.Getenv("PATH"))
	p.use()
	return p
}

// installed returns a project with the packages that it names, and nothing that was built.
func installed(t *testing.T, name, path string) project {
	t.Helper()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	p := project{t, filepath.Join(cache, "keygen-auth", "bundlers", name), path}
	source := filepath.Join("testdata", "bundlers", name)
	wanted, err := os.ReadFile(filepath.Join(source, "package.json"))
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(p.dir, 0o755))
	entries, err := os.ReadDir(p.dir)
	require.NoError(t, err)
	for _, entry := range entries {
		if name := entry.Name(); name != "node_modules" && name != "installed.json" {
			require.NoError(t, os.RemoveAll(filepath.Join(p.dir, name)))
		}
	}
	require.NoError(t, os.CopyFS(p.dir, os.DirFS(source)))
	stamp := filepath.Join(p.dir, "installed.json")
	if has, err := os.ReadFile(stamp); err != nil || string(has) != string(wanted) {
		p.run(10*time.Minute, tool(t, "npm"), "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline")
		require.NoError(t, os.WriteFile(stamp, wanted, 0o600))
	}
	return p
}

// use puts the released package into the project.
func (p project) use() {
	p.t.Helper()
	dir := p.t.TempDir()
	released, err := release.Write(root, filepath.Join(root, "dist"), dir)
	require.NoError(p.t, err)
	target := filepath.Join(p.dir, "node_modules", "keygen-auth")
	require.NoError(p.t, os.RemoveAll(target))
	require.NoError(p.t, os.MkdirAll(target, 0o755))
	p.run(time.Minute, "tar", "-xzf", filepath.Join(dir, released[0]), "-C", target, "--strip-components", "1")
}

// run runs a program in the project and returns what it printed. It ends with all that it started.
func (p project) run(limit time.Duration, name string, args ...string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), limit)
	defer cancel()
	out, err := p.command(ctx, name, args...).CombinedOutput()
	require.NoError(p.t, err, "%s %q: %s", name, args, out)
	return string(out)
}

func (p project) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "env", append([]string{name}, args...)...) // which looks in the path below
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(p.dir, "node_modules", ".bin")+":"+p.path, "NEXT_TELEMETRY_DISABLED=1",
		"NUXT_TELEMETRY_DISABLED=1", "ASTRO_TELEMETRY_DISABLED=1", "WRANGLER_SEND_METRICS=false", "NG_CLI_ANALYTICS=false", "NO_COLOR=1")
	cmd.WaitDelay = time.Second
	return cmd
}

// TestBundlers builds an app by each bundler and framework as docs/bundlers.md says, and signs in there: once the program is not
// there, which the console explains, then with a wrong password, of which a page in German speaks German, then with the right one.
func TestBundlers(t *testing.T) {
	for _, bundler := range []struct {
		name   string
		strict bool // what it builds runs under the policy
	}{
		{name: "vite", strict: true}, {name: "webpack", strict: true}, {name: "parcel", strict: true},
		{name: "esbuild", strict: true}, {name: "esbuild-iife", strict: true}, {name: "rollup", strict: true}, {name: "bun", strict: true},
		{name: "angular"}, {name: "next"}, {name: "nuxt"}, {name: "sveltekit"}, {name: "astro"},
	} {
		t.Run(bundler.name, func(t *testing.T) {
			p := newProject(t, bundler.name)
			api := keygentest.New(keygentest.Options{})
			demo := keygentest.Seed(api)
			emulator := httptest.NewServer(api)
			t.Cleanup(emulator.Close)
			settings := `export const settings = { account: "demo", host: ` + quote(emulator.URL) + " };\n"
			require.NoError(t, os.WriteFile(filepath.Join(p.dir, "settings.js"), []byte(settings), 0o600))
			p.run(10*time.Minute, "npm", "run", "build")

			built := filepath.Join(p.dir, "dist")
			page, err := os.ReadFile(filepath.Join(built, "index.html"))
			require.NoError(t, err)
			for _, link := range strings.Split(string(page), "<link")[1:] {
				link, _, _ = strings.Cut(link, ">")
				assert.NotRegexp(t, `\.wasm|keygen-auth\..*json`, link, "nothing is fetched before it is wanted")
			}
			static := http.FileServer(http.Dir(built))
			var there atomic.Bool // the program
			host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if isWasm(r) && !there.Load() {
					http.NotFound(w, r)
					return
				}
				if bundler.strict {
					w.Header().Set("Content-Security-Policy", site.Policy(emulator.URL, ""))
				}
				static.ServeHTTP(w, r)
			}))
			t.Cleanup(host.Close)
			tab := newTab(t, newProfile(t), host.URL)
			tab.open("/")
			tab.until(`window.keygenAuth`)
			tab.allow("keygen-auth") // the line of the module, and the browser's own
			tab.allow("status of 404")
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilSays(table(t, "de")["LOAD_FAILED"])
			said := regexp.MustCompile(`keygen-auth: ` + host.URL + `/\S*\.wasm is missing, .* \(status 404, text/plain; charset=utf-8\)\. Have your bundler copy`)
			require.Eventually(t, func() bool { return said.MatchString(strings.Join(tab.lines(), "\n")) }, patience, poll, "how to mend it")

			there.Store(true)
			tab.signIn(demo.Plain.Email, "wrong")
			tab.untilSays(table(t, "de")["EMAIL_INVALID"])
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilSignedIn()
			tab.untilNamed(demo.Plain)
		})
	}
}

// TestImports imports the package where there is no page: nothing happens, and start says what it needs.
func TestImports(t *testing.T) {
	t.Run("Node", func(t *testing.T) {
		p := newProject(t, "esbuild")
		for format, script := range map[string]string{"cjs": "dist/cjs.cjs", "esm": "dist/esm.mjs", "iife": "dist/iife.cjs"} {
			p.run(time.Minute, "esbuild", "import.js", "--bundle", "--log-level=error", "--format="+format, "--outfile="+script)
		}
		for _, script := range []string{"import.js", "require.cjs", "dist/cjs.cjs", "dist/esm.mjs", "dist/iife.cjs"} {
			assert.Equal(t, needsPage+"\n", p.run(time.Minute, "node", script), script)
		}
	})
	for _, runner := range []string{"jest", "vitest"} {
		t.Run(runner, func(t *testing.T) {
			p := newProject(t, runner)
			assert.Contains(t, p.run(5*time.Minute, "npm", "run", "build"), "1 passed")
		})
	}
	t.Run("workerd", func(t *testing.T) {
		p := newProject(t, "wrangler")
		addr := freeAddr(t)
		_, port, err := net.SplitHostPort(addr)
		require.NoError(t, err)
		origin := serveBy(t, addr, p.command(context.WithoutCancel(t.Context()), "wrangler", "dev", "--ip", "127.0.0.1", "--port", port, "--inspector-port", "0"))
		assert.Equal(t, needsPage, answerOf(t, origin+"/"))
	})
}

// answerOf returns what a GET is answered with.
func answerOf(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	var text strings.Builder
	_, err = io.Copy(&text, answer.Body)
	require.NoError(t, err)
	return text.String()
}
