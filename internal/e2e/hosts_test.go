package e2e

import (
	"io"
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

	"keygenauth/internal/dist"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
)

// requireVariable is the environment variable under which none of the tests that make hosts runs is skipped for want of a tool.
const requireVariable = "KEYGEN_AUTH_HOSTS"

// tool returns the path of a program that not every developer has.
func tool(t *testing.T, name string) string {
	t.Helper()
	for _, name := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv(requireVariable) != "" {
		require.Fail(t, name+" is missing")
	}
	t.Skipf("%s is missing: make hosts installs it", name)
	return ""
}

// A publication is a directory with the built files and a page, as they are uploaded to a host, and the API that the page
// signs in to.
type publication struct {
	dir      string
	manifest dist.Manifest
	apiURL   string
	demo     keygentest.Demo
}

// publish makes a publication. Its page is made from the manifest's tag.
func publish(t *testing.T) publication {
	t.Helper()
	api := keygentest.New(keygentest.Options{})
	emulator := httptest.NewServer(api)
	t.Cleanup(emulator.Close)
	p := publication{dir: t.TempDir(), apiURL: emulator.URL, demo: keygentest.Seed(api)}
	built := filepath.Join(root, "dist")
	require.NoError(t, os.CopyFS(p.dir, os.DirFS(built)))
	var err error
	p.manifest, err = dist.ReadManifest(built)
	require.NoError(t, err)
	p.write(t, "index.html", p.page(""))
	return p
}

// page returns a page with the tag that make dist prints.
func (p publication) page(head string) string {
	tag := strings.Replace(p.manifest.Tag, `data-account="your-account"`, `data-account="demo" data-host="`+p.apiURL+`"`, 1)
	return "<!doctype html>\n<html lang=\"en\">\n<title>Page</title>\n" + head + tag + "\n" + member
}

func (p publication) write(t *testing.T, name, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), []byte(content), 0o644))
}

// configuration returns the built configuration for a host, changed as its comments say: for this API, and more.
func (p publication) configuration(t *testing.T, name string, changes ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(p.dir, "hosts", name))
	require.NoError(t, err)
	changed := string(content)
	for _, change := range append(changes, site.DefaultAPI+"=>"+p.apiURL) {
		old, replacement, _ := strings.Cut(change, "=>")
		require.Contains(t, changed, old)
		changed = strings.ReplaceAll(changed, old, replacement)
	}
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(changed), 0o644))
	return file
}

// freeAddr returns an address that nobody listens on.
func freeAddr(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// serveBy starts a web server, which serves at addr, and returns its origin. It is stopped when the test ends.
func serveBy(t *testing.T, addr string, cmd *exec.Cmd) string {
	t.Helper()
	var printed strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &printed
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	require.NoError(t, cmd.Start())
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-exited
	})
	require.Eventually(t, func() bool {
		select {
		case err := <-exited:
			exited <- err
			return true
		default:
		}
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, patience, poll)
	select {
	case err := <-exited:
		exited <- err
		require.NoError(t, err, "%s ended: %s", cmd.Path, printed.String())
	default:
	}
	return "http://" + addr
}

// TestHosts serves the built files by web servers and by what vendors have for trying out their hosting, looks what they send,
// and signs in there.
func TestHosts(t *testing.T) {
	t.Run("nginx", func(t *testing.T) {
		t.Parallel()
		p := publish(t)
		origin := p.nginx(t, "")
		p.checkHeaders(t, origin, "gzip")
		p.checkSignIn(t, origin)
	})
	t.Run("nginx with brotli", func(t *testing.T) {
		t.Parallel()
		p := publish(t)
		origin := p.nginx(t, nginxBrotli(t))
		p.checkHeaders(t, origin, "br")
		p.checkSignIn(t, origin)
	})
	t.Run("Caddy", func(t *testing.T) {
		t.Parallel()
		p := publish(t)
		origin := p.caddy(t)
		p.checkHeaders(t, origin, "br")
		p.checkSignIn(t, origin)
	})
	t.Run("Apache", func(t *testing.T) {
		t.Parallel()
		p := publish(t)
		origin := p.apache(t)
		p.checkHeaders(t, origin, "br")
		p.checkSignIn(t, origin)
	})
	t.Run("Cloudflare Pages", func(t *testing.T) {
		p := publish(t)
		origin := p.pages(t)
		p.checkEmulated(t, origin)
		p.checkSignIn(t, origin)
	})
	t.Run("Firebase Hosting", func(t *testing.T) {
		p := publish(t)
		origin := p.firebase(t)
		p.checkEmulated(t, origin)
		p.checkSignIn(t, origin)
	})
	t.Run("Azure Static Web Apps", func(t *testing.T) {
		p := publish(t)
		origin := p.azure(t)
		p.checkEmulated(t, origin)
		p.checkSignIn(t, origin)
	})
	t.Run("one that sets no headers, with the policy on the page", func(t *testing.T) {
		t.Parallel()
		p := publish(t)
		policy := strings.Replace(site.Policy(p.apiURL, ""), "frame-ancestors 'self'; ", "", 1) // which counts in headers alone
		p.write(t, "index.html", p.page(`<meta http-equiv="Content-Security-Policy" content="`+policy+`">`+"\n"))
		p.checkSignIn(t, p.plain(t))
	})
	t.Run("a loader from before an upload, where the host keeps its program", func(t *testing.T) {
		t.Parallel()
		p := publish(t)
		p.write(t, dist.Wasm, "the next build's program")
		p.write(t, dist.Loader, "the next build's loader")
		p.checkSignIn(t, p.plain(t))
	})
}

// checkSignIn signs in on the publication's page.
func (p publication) checkSignIn(t *testing.T, origin string) {
	tab := newTab(t, newProfile(t), origin)
	tab.open("/")
	tab.signIn(p.demo.Plain.Email, p.demo.Plain.Password)
	tab.untilSignedIn()
	tab.untilNamed(p.demo.Plain)
}

// checkHeaders checks what a configured host says of each file. best is the smallest form that it has for browsers.
func (p publication) checkHeaders(t *testing.T, origin, best string) {
	types := map[string]string{".js": "javascript", ".mjs": "javascript", ".wasm": "application/wasm", ".json": "application/json"}
	for _, f := range p.manifest.Files {
		for _, name := range []string{f.Name, f.Hashed} {
			whole := ask(t, origin+"/"+name)
			assert.Contains(t, whole.Header.Get("Content-Type"), types[filepath.Ext(name)], name)
			cache := "no-cache"
			if name == f.Hashed {
				cache = "public, max-age=31536000, immutable"
			}
			assert.Equal(t, cache, whole.Header.Get("Cache-Control"), name)
			p.checkPolicy(t, whole, false)
			assert.Empty(t, whole.Header.Get("Content-Encoding"), name)
			assert.Equal(t, f.Size.Raw, whole.ContentLength, name)

			for accept, want := range map[string]string{"gzip": "gzip", "gzip, deflate, br, zstd": best, "identity": ""} {
				packed := ask(t, origin+"/"+name, "Accept-Encoding", accept)
				size := map[string]int64{"": f.Size.Raw, "gzip": f.Size.Gzip, "br": f.Size.Brotli}[want]
				assert.Equal(t, want, packed.Header.Get("Content-Encoding"), "%s for %s", name, accept)
				assert.Equal(t, size, packed.ContentLength, "%s for %s: the file that was built", name, accept)
				assert.Equal(t, whole.Header.Get("Content-Type"), packed.Header.Get("Content-Type"), name)
				assert.Equal(t, cache, packed.Header.Get("Cache-Control"), name)
				assert.Contains(t, packed.Header.Values("Vary"), "Accept-Encoding", name)

				again := ask(t, origin+"/"+name, "Accept-Encoding", accept, "If-None-Match", packed.Header.Get("ETag"))
				assert.Equal(t, http.StatusNotModified, again.StatusCode, "%s for %s, asked for again", name, accept)
				assert.Equal(t, cache, again.Header.Get("Cache-Control"), name)
			}
		}
	}
	page := ask(t, origin+"/")
	assert.Contains(t, page.Header.Get("Content-Type"), "text/html")
	assert.Equal(t, "no-cache", page.Header.Get("Cache-Control"))
	p.checkPolicy(t, page, true)
	for _, name := range []string{"/missing.html", "/keygen-auth.00000000.wasm"} {
		missing := ask(t, origin+name)
		assert.Equal(t, http.StatusNotFound, missing.StatusCode)
		assert.NotContains(t, missing.Header.Get("Cache-Control"), "immutable", name)
		p.checkPolicy(t, missing, false)
	}
}

// checkPolicy checks the headers for safety, of which some are for the pages with the form alone.
func (p publication) checkPolicy(t *testing.T, answer *http.Response, form bool) {
	name := answer.Request.URL.Path
	assert.Equal(t, []string{"nosniff"}, answer.Header.Values("X-Content-Type-Options"), name)
	if form {
		assert.Equal(t, []string{site.Policy(p.apiURL, "")}, answer.Header.Values("Content-Security-Policy"), name)
		assert.Equal(t, []string{"no-referrer"}, answer.Header.Values("Referrer-Policy"), name)
	} else {
		assert.Empty(t, answer.Header.Values("Content-Security-Policy"), name)
		assert.NotEqual(t, "no-referrer", answer.Header.Get("Referrer-Policy"), name)
	}
}

// ask sends a GET with exactly these headers and returns the answer, the body of which is read but not decoded.
func ask(t *testing.T, url string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	size, err := io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	if answer.StatusCode == http.StatusOK {
		answer.ContentLength = size
	}
	return answer
}
