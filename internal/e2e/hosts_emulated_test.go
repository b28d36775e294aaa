package e2e

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/site"
)

// pages serves a publication as Cloudflare Pages does.
func (p publication) pages(t *testing.T) string {
	wrangler := newProject(t, "wrangler")
	content, err := os.ReadFile(filepath.Join(p.dir, "_headers"))
	require.NoError(t, err)
	p.write(t, "_headers", strings.ReplaceAll(string(content), site.DefaultAPI, p.apiURL))
	p.write(t, "404.html", "<!doctype html>\n<title>There is no such page</title>\n")
	addr := freeAddr(t)
	return serveBy(t, addr, wrangler.command(context.WithoutCancel(t.Context()), "wrangler", "pages", "dev", p.dir, "--ip", "127.0.0.1",
		"--port", portOf(t, addr), "--inspector-port", "0", "--compatibility-date", "2026-07-01"))
}

// firebase serves a publication as Firebase Hosting does.
func (p publication) firebase(t *testing.T) string {
	tools := newProject(t, "firebase")
	dir, addr := t.TempDir(), freeAddr(t)
	emulators := `"emulators": {"hosting": {"host": "127.0.0.1", "port": ` + portOf(t, addr) + `}, "hub": {"port": ` + portOf(t, freeAddr(t)) + `}, "logging": {"port": ` +
		portOf(t, freeAddr(t)) + `}},`
	configured, err := os.ReadFile(p.configuration(t, "firebase.json", `"hosting": {=>`+emulators+` "hosting": {`))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "firebase.json"), configured, 0o600))
	require.NoError(t, os.Symlink(p.dir, filepath.Join(dir, "public")))
	cmd := tools.command(context.WithoutCancel(t.Context()), "firebase", "emulators:start", "--only", "hosting", "--project", "demo-keygen")
	cmd.Dir = dir
	return serveBy(t, addr, cmd)
}

// azure serves a publication as Azure Static Web Apps do.
func (p publication) azure(t *testing.T) string {
	tools := newProject(t, "azure")
	configured, err := os.ReadFile(p.configuration(t, "staticwebapp.config.json"))
	require.NoError(t, err)
	p.write(t, "staticwebapp.config.json", string(configured))
	addr := freeAddr(t)
	cmd := tools.command(context.WithoutCancel(t.Context()), "swa", "start", p.dir, "--host", "127.0.0.1", "--port", portOf(t, addr))
	cmd.Dir = p.dir // where it looks for the configuration
	return serveBy(t, addr, cmd)
}

// portOf returns the port of an address.
func portOf(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	return port
}

// checkEmulated checks what a vendor's own emulator of its hosting, which compresses by itself on the way, says of each file.
func (p publication) checkEmulated(t *testing.T, origin string) {
	for _, f := range p.manifest.Files {
		for name, cache := range map[string]string{f.Name: "no-cache", f.Hashed: "public, max-age=31536000, immutable"} {
			answer := ask(t, origin+"/"+name)
			assert.Equal(t, http.StatusOK, answer.StatusCode, name)
			assert.Equal(t, []string{cache}, answer.Header.Values("Cache-Control"), name)
			p.checkPolicy(t, answer, false)
		}
	}
	p.checkPolicy(t, ask(t, origin+"/"), true)
	missing := ask(t, origin+"/keygen-auth.00000000.wasm")
	assert.Equal(t, http.StatusNotFound, missing.StatusCode)
	assert.NotContains(t, missing.Header.Get("Cache-Control"), "immutable")
}
