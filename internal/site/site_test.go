package site_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/site"
)

const script = `<script src="keygen-auth.js" data-account="demo" data-host="http://localhost:8081"></script>`

// policy is the policy that the module is promised to run under, for the API of config.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self' http://localhost:8081; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"

// config returns a site with one file of each kind.
func config() site.Config {
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	packed := func(suffix, content string) *fstest.MapFile {
		var b strings.Builder
		var w io.WriteCloser = gzip.NewWriter(&b)
		if suffix == ".br" {
			w = brotli.NewWriter(&b)
		}
		_, _ = io.WriteString(w, content)
		_ = w.Close()
		return file(b.String())
	}
	loader, wasm := strings.Repeat("loader();", 100), strings.Repeat("\x00asm", 100)
	return site.Config{
		Dist: fstest.MapFS{
			"keygen-auth.js":      file(loader),
			"keygen-auth.js.gz":   packed(".gz", loader),
			"keygen-auth.js.br":   packed(".br", loader),
			"keygen-auth.wasm":    file(wasm),
			"keygen-auth.wasm.gz": packed(".gz", wasm),
			"keygen-auth.wasm.br": packed(".br", wasm),
		},
		Pages: fstest.MapFS{
			"index.html":       file("<h1>Start</h1>" + script),
			"tutorial.html":    file("<h1>Tutorial</h1>" + script),
			"plain.html":       file("<h1>Plain</h1>"),
			"other.html":       file(`<script src="keygen-auth.js" data-account="mine"></script>`),
			"sub/index.html":   file("<h1>Sub</h1>"),
			"style.css":        file("body { margin: 0 }"),
			"keygen-auth.d.ts": file("export {};"),
		},
		API:     "http://localhost:8081",
		Account: "demo",
	}
}

// get asks a site for a path, with an Accept-Encoding header if encoding is not empty.
func get(t *testing.T, c site.Config, path, encoding string) *http.Response {
	handler, err := site.New(c)
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(content)
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		path, contentType, contains string
		status                      int
	}{
		{"/", "text/html; charset=utf-8", "<h1>Start</h1>", 200},
		{"/tutorial.html", "text/html; charset=utf-8", "<h1>Tutorial</h1>", 200},
		{"/plain.html", "text/html; charset=utf-8", "<h1>Plain</h1>", 200},
		{"/sub/", "text/html; charset=utf-8", "<h1>Sub</h1>", 200},
		{"/style.css", "text/css; charset=utf-8", "body { margin: 0 }", 200},
		{"/keygen-auth.js", "application/javascript", "loader();", 200},
		{"/keygen-auth.wasm", "application/wasm", "\x00asm", 200},
		{"/index.html", "", "", 301},
		{"/other.html", "text/plain; charset=utf-8", "other.html cannot be configured", 500},
		{"/missing.html", "text/plain; charset=utf-8", "404", 404},
		{"/missing.js", "text/plain; charset=utf-8", "404", 404},
		{"/missing/", "text/plain; charset=utf-8", "404", 404},
		{"/report", "text/plain; charset=utf-8", "404", 404},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			answer := get(t, config(), test.path, "")
			assert.Equal(t, test.status, answer.StatusCode)
			assert.Equal(t, test.contentType, answer.Header.Get("Content-Type"))
			assert.Contains(t, body(t, answer.Body), test.contains)

			assert.Equal(t, policy, answer.Header.Get("Content-Security-Policy"))
			assert.Equal(t, "nosniff", answer.Header.Get("X-Content-Type-Options"))
			assert.Equal(t, "no-referrer", answer.Header.Get("Referrer-Policy"))
			if test.status == http.StatusOK {
				assert.Equal(t, "no-cache", answer.Header.Get("Cache-Control"))
			}
		})
	}
}

func TestPrecompressed(t *testing.T) {
	tests := []struct{ accept, want string }{
		{"", ""},
		{"identity", ""},
		{"gzip", "gzip"},
		{"gzip, deflate, br, zstd", "br"},
	}
	for _, path := range []string{"/keygen-auth.js", "/keygen-auth.wasm"} {
		want := body(t, get(t, config(), path, "").Body)
		for _, test := range tests {
			t.Run(path+" for "+test.accept, func(t *testing.T) {
				answer := get(t, config(), path, test.accept)
				assert.Equal(t, test.want, answer.Header.Get("Content-Encoding"))
				assert.Equal(t, "Accept-Encoding", answer.Header.Get("Vary"))
				var content io.Reader = answer.Body
				switch test.want {
				case "br":
					content = brotli.NewReader(content)
				case "gzip":
					unzip, err := gzip.NewReader(content)
					require.NoError(t, err)
					content = unzip
				}
				assert.Equal(t, want, body(t, content))
			})
		}
	}
}

func TestRebuild(t *testing.T) {
	c := config()
	handler, err := site.New(c)
	require.NoError(t, err)
	load := func() string {
		r := httptest.NewRequest(http.MethodGet, "/keygen-auth.js", nil)
		r.Header.Set("Accept-Encoding", "br")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		assert.Equal(t, strconv.Itoa(w.Body.Len()), w.Header().Get("Content-Length"))
		return body(t, brotli.NewReader(w.Body))
	}
	require.Contains(t, load(), "loader();")

	dist := c.Dist.(fstest.MapFS)
	var packed strings.Builder
	w := brotli.NewWriter(&packed)
	_, _ = io.WriteString(w, strings.Repeat("rebuilt, and longer than before;", 200))
	require.NoError(t, w.Close())
	dist["keygen-auth.js.br"] = &fstest.MapFile{Data: []byte(packed.String()), ModTime: time.Now()}
	assert.Contains(t, load(), "rebuilt")
}

// What is removed while the site is served is said to be missing.
func TestBuiltFilesAreGone(t *testing.T) {
	c := config()
	c.Dist = os.DirFS(filepath.Join(t.TempDir(), "dist")).(fs.ReadDirFS)
	answer := get(t, c, "/keygen-auth.js", "")
	assert.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	assert.Contains(t, body(t, answer.Body), "run make dist")
	assert.Equal(t, http.StatusOK, get(t, c, "/tutorial.html", "").StatusCode)
}

func TestAttributes(t *testing.T) {
	tests := []struct {
		name                      string
		api, account, environment string
		want                      string
	}{
		{"the demo's own", "http://localhost:8081", "demo", "", `data-account="demo" data-host="http://localhost:8081"`},
		{"the default API is not named", site.DefaultAPI, "acme", "", `data-account="acme"`},
		{"nor when it is left out", "", "acme", "", `data-account="acme"`},
		{"an environment", "", "acme", "test", `data-account="acme" data-environment="test"`},
		{"no account on a custom domain", "https://api.example.com", "", "", `data-host="https://api.example.com"`},
		{"markup stays text", "", `a"><b>&`, `'x`, `data-account="a&#34;&gt;&lt;b&gt;&amp;" data-environment="&#39;x"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := config()
			c.API, c.Account, c.Environment = test.api, test.account, test.environment
			page := body(t, get(t, c, "/", "").Body)
			assert.Equal(t, `<h1>Start</h1><script src="keygen-auth.js" `+test.want+`></script>`, page)
		})
	}
}

func TestOnlyReads(t *testing.T) {
	handler, err := site.New(config())
	require.NoError(t, err)
	for _, path := range []string{"/", "/tutorial.html", "/keygen-auth.wasm"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader("password=canary")))
		assert.Equal(t, http.StatusMethodNotAllowed, w.Code, path)
	}
}

func TestPolicyReports(t *testing.T) {
	c := config()
	c.ReportURI = "/reports"
	assert.Equal(t, policy+"; report-uri /reports", get(t, c, "/", "").Header.Get("Content-Security-Policy"))
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*site.Config)
		want   string
	}{
		{"no dist", func(c *site.Config) { c.Dist = nil }, "Dist"},
		{"no pages", func(c *site.Config) { c.Pages = nil }, "Pages"},
		{"no account", func(c *site.Config) { c.API, c.Account = "", "" }, "Account"},
		{"a path", func(c *site.Config) { c.API = "https://example.com/v1" }, "not an origin"},
		{"a final slash", func(c *site.Config) { c.API = "https://example.com/" }, "not an origin"},
		{"no scheme", func(c *site.Config) { c.API = "example.com" }, "not an origin"},
		{"another scheme", func(c *site.Config) { c.API = "ftp://example.com" }, "not an origin"},
		{"a user", func(c *site.Config) { c.API = "https://me@example.com" }, "not an origin"},
		{"a second directive", func(c *site.Config) { c.API = "https://example.com;x" }, "API"},
		{"a wildcard", func(c *site.Config) { c.API = "https://*" }, "not an origin"},
		{"a report address with a directive", func(c *site.Config) { c.ReportURI = "/x; sandbox" }, "ReportURI"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := config()
			test.change(&c)
			_, err := site.New(c)
			assert.ErrorContains(t, err, test.want)
		})
	}
}
