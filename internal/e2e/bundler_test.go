package e2e

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/release"
	"keygenauth/internal/site"
)

// The tools from npm that an app is built with. This Vite is the last that still runs on the Node.js of Debian 12.
var appTools = []string{"vite@6.4.6", "typescript@5.9.3"}

// app is a minimal app of a developer who has installed the package.
var app = map[string]string{
	"package.json": `{ "name": "app", "private": true, "type": "module" }`,
	"tsconfig.json": `{
  "compilerOptions": { "noEmit": true, "strict": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler",
    "lib": ["es2022", "dom"], "types": [] },
  "files": ["main.ts"]
}`,
	"tsconfig.node.json": `{ "extends": "./tsconfig.json", "compilerOptions": { "module": "node16", "moduleResolution": "node16" } }`,
	// Without this, the server of Vite for development moves the module away from the files that it loads.
	"vite.config.js": `export default { optimizeDeps: { exclude: ["keygen-auth"] } };`,
	"index.html":     "<!doctype html>\n<html lang=\"de\">\n<title>App</title>\n" + member + `<script type="module" src="/main.ts"></script>`,
	"render.js":      `import { start } from "keygen-auth"; if (typeof start !== "function") process.exit(1);`,
}

// TestBundler installs the released package into an app that is built by Vite, and signs in there.
func TestBundler(t *testing.T) {
	if os.Getenv(requireVariable) == "" {
		t.Skipf("needs packages from npm: make hosts runs it")
	}
	npm := tool(t, "npm")
	dir := t.TempDir()
	inApp := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		var failure strings.Builder
		cmd.Stderr = &failure
		out, err := cmd.Output()
		require.NoError(t, err, "%s %q: %s%s", name, args, out, failure.String())
		return string(out)
	}

	api := keygentest.New(keygentest.Options{})
	demo := keygentest.Seed(api)
	emulator := httptest.NewServer(api)
	t.Cleanup(emulator.Close)
	files := maps.Clone(app)
	files["main.ts"] = `import { start, type KeygenAuth, type Session } from "keygen-auth";
const auth: KeygenAuth = start({ account: "demo", host: ` + quote(emulator.URL) + ` });
auth.on("signed-in", (session: Session) => document.body.setAttribute("data-user", session.userId));
`
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	released, err := release.Write(root, filepath.Join(root, "dist"), dir)
	require.NoError(t, err)
	inApp(npm, append([]string{"install", "--no-audit", "--no-fund", "--prefer-offline", "./" + released[0]}, appTools...)...)

	inApp("node_modules/.bin/tsc", "--project", ".")
	inApp("node_modules/.bin/tsc", "--project", "tsconfig.node.json")
	inApp(tool(t, "node"), "render.js") // as servers that render pages do
	inApp("node_modules/.bin/vite", "build")

	wasm, err := filepath.Glob(filepath.Join(dir, "dist", "assets", "*.wasm"))
	require.NoError(t, err)
	require.Len(t, wasm, 2, "the program and its rest are among what Vite built")
	static := http.FileServer(http.Dir(filepath.Join(dir, "dist")))
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", site.Policy(emulator.URL, ""))
		static.ServeHTTP(w, r)
	}))
	t.Cleanup(host.Close)

	addr := freeAddr(t)
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	vite := exec.CommandContext(context.WithoutCancel(t.Context()), "node_modules/.bin/vite", "--host", "127.0.0.1", "--port", port, "--strictPort")
	vite.Dir = dir
	for name, origin := range map[string]string{"built": host.URL, "served while it is developed": serveBy(t, addr, vite)} {
		t.Run(name, func(t *testing.T) {
			tab := newTab(t, newProfile(t), origin)
			tab.allow("debug: [vite]")
			tab.open("/")
			tab.signIn(demo.Plain.Email, "wrong")
			tab.untilSays(table(t, "de")["EMAIL_INVALID"])
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilSignedIn()
			tab.untilNamed(demo.Plain)
			assert.Equal(t, demo.Plain.ID, eval[string](tab, `document.body.dataset.user`))
		})
	}
}
