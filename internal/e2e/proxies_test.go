package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// ownServer is the name that docs/self-hosted.md gives to a server of one's own.
const ownServer = "licensing.example.com"

// snippet returns the block in a language of docs/self-hosted.md, with what stands for this machine replaced.
func snippet(t *testing.T, language string, replace ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "docs", "self-hosted.md"))
	require.NoError(t, err)
	found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(string(content))
	require.NotNil(t, found, language)
	for n := 0; n < len(replace); n += 2 {
		require.Contains(t, found[1], replace[n])
	}
	return strings.NewReplacer(replace...).Replace(found[1])
}

// upstream returns the address of a server that is as strict as a real one about what a proxy says, and its demo.
func upstream(t *testing.T) (server *httptest.Server, addr string, demo keygentest.Demo) {
	api := keygentest.New(keygentest.Options{})
	demo = keygentest.Seed(api)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != ownServer:
			w.WriteHeader(http.StatusForbidden)
		case r.Header.Get("X-Forwarded-Proto") != "https":
			http.Redirect(w, r, "https://"+ownServer+r.URL.Path, http.StatusMovedPermanently)
		default:
			api.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server, server.Listener.Addr().String(), demo
}

// certificate leaves one in dir, and its key, and returns their paths.
func certificate(t *testing.T, dir string) (cert, key string) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pair := server.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: private},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	return filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
}

// proxyNginx runs the documentation's nginx block at addr.
func proxyNginx(t *testing.T, addr, upstream string) {
	program := tool(t, "nginx")
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	block := snippet(t, "nginx", "listen 443 ssl", "listen "+addr+" ssl", "/etc/ssl/licensing.pem", cert, "/etc/ssl/licensing.key", key, "127.0.0.1:3000", upstream)
	main := filepath.Join(dir, "main.conf")
	paths := ""
	for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		paths += "\t" + name + "_temp_path " + dir + "/" + name + ";\n"
	}
	require.NoError(t, os.WriteFile(main, []byte("daemon off;\nmaster_process off;\npid "+dir+"/pid;\nevents {}\nhttp {\n\taccess_log off;\n\tgzip on;\n\tgzip_types application/vnd.api+json;\n\tgzip_proxied any;\n\tgzip_min_length 1;\n"+paths+block+"}\n"), 0o644))
	serveBy(t, addr, exec.CommandContext(context.WithoutCancel(t.Context()), program, "-e", "stderr", "-p", dir, "-c", main))
}

// proxyCaddy runs the documentation's Caddy block at addr, with a certificate of its own making.
func proxyCaddy(t *testing.T, addr, upstream string) {
	program := tool(t, "caddy")
	dir := t.TempDir()
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	main := filepath.Join(dir, "Caddyfile")
	require.NoError(t, os.WriteFile(main, []byte("{\n\tadmin off\n\tauto_https disable_redirects\n\tlocal_certs\n\tskip_install_trust\n\thttps_port "+port+"\n}\n"+
		snippet(t, "caddy", "127.0.0.1:3000", upstream)), 0o644))
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "run", "--config", main, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	serveBy(t, addr, cmd)
}

// TestHostsOfAServer puts the proxies of docs/self-hosted.md in front of a server of one's own: it hears whom it is asked
// for, and that it was by https; its answers arrive as it signed them; errors of the proxy itself no page may read.
func TestHostsOfAServer(t *testing.T) {
	for name, proxy := range map[string]func(t *testing.T, addr, upstream string){"nginx": proxyNginx, "Caddy": proxyCaddy} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, behind, demo := upstream(t)
			addr := freeAddr(t)
			proxy(t, addr, behind)
			transport := &http.Transport{
				DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, network, addr)
				},
				TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the test's own
			}
			t.Cleanup(transport.CloseIdleConnections)
			client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			signIn := func() (*http.Response, []byte) {
				r, err := http.NewRequest(http.MethodPost, "https://"+ownServer+"/v1/accounts/demo/tokens", nil)
				require.NoError(t, err)
				r.SetBasicAuth(demo.Plain.Email, demo.Plain.Password)
				r.Header.Set("Accept", "application/vnd.api+json")
				r.Header.Set("Origin", "https://www.example.com")
				var answer *http.Response
				require.Eventually(t, func() bool { // Caddy makes its certificate first
					answer, err = client.Do(r)
					return err == nil
				}, patience, poll)
				defer answer.Body.Close()
				body, err := io.ReadAll(answer.Body)
				require.NoError(t, err)
				return answer, body
			}
			answer, body := signIn()
			require.Equal(t, http.StatusCreated, answer.StatusCode, "%s", body)
			assert.NotEmpty(t, answer.Header.Get("Access-Control-Allow-Origin"))
			assert.NotEmpty(t, answer.Header.Get("Keygen-Signature"))
			assert.NotEmpty(t, answer.Header.Get("Keygen-Date"))
			sum := sha256.Sum256(body)
			assert.Equal(t, "sha-256="+base64.StdEncoding.EncodeToString(sum[:]), answer.Header.Get("Digest"), "of what arrived, decoded")
			assert.True(t, bytes.HasPrefix(body, []byte("{")))

			server.Close()
			answer, _ = signIn()
			assert.Equal(t, http.StatusBadGateway, answer.StatusCode)
			assert.Empty(t, answer.Header.Get("Access-Control-Allow-Origin"))
		})
	}
}
