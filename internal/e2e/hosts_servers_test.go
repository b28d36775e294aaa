package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// nginx serves a publication by nginx, with its module for brotli if brotli is not empty: the module's path.
func (p publication) nginx(t *testing.T, brotli string) string {
	program := tool(t, "nginx")
	dir, addr := t.TempDir(), freeAddr(t)
	load, config := "", p.configuration(t, "nginx.conf")
	if brotli != "" {
		load, config = "load_module "+brotli+";", p.configuration(t, "nginx.conf", "# brotli_static on;=>brotli_static on;")
	}
	main := filepath.Join(dir, "main.conf")
	require.NoError(t, os.WriteFile(main, []byte(load+`
daemon off;
master_process off;
pid `+dir+`/pid;
events {}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path `+dir+`/body;
    proxy_temp_path `+dir+`/proxy;
    fastcgi_temp_path `+dir+`/fastcgi;
    uwsgi_temp_path `+dir+`/uwsgi;
    scgi_temp_path `+dir+`/scgi;
    server {
        listen `+addr+`;
        root `+p.dir+`;
        include `+config+`;
    }
}
`), 0o644))
	return serveBy(t, addr, exec.CommandContext(context.WithoutCancel(t.Context()), program, "-e", "stderr", "-p", dir, "-c", main))
}

// nginxBrotli returns the path of nginx's module for precompressed brotli files.
func nginxBrotli(t *testing.T) string {
	program := tool(t, "nginx")
	const path = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
	if _, err := os.Stat(path); err != nil {
		require.Empty(t, os.Getenv(requireVariable), "%s has no brotli: %v", program, err)
		t.Skip("nginx has no brotli: make hosts installs it")
	}
	return path
}

// caddy serves a publication by Caddy.
func (p publication) caddy(t *testing.T) string {
	program := tool(t, "caddy")
	dir, addr := t.TempDir(), freeAddr(t)
	main := filepath.Join(dir, "Caddyfile")
	require.NoError(t, os.WriteFile(main, []byte(`{
	admin off
	auto_https off
}
http://`+addr+` {
	root * `+p.dir+`
	import `+p.configuration(t, "Caddyfile")+`
}
`), 0o644))
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "run", "--config", main, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	return serveBy(t, addr, cmd)
}

// apache serves a publication by Apache, with the modules that Debian turns on, and those that the configuration names.
func (p publication) apache(t *testing.T) string {
	program := tool(t, "apache2")
	const modules = "/usr/lib/apache2/modules"
	dir, addr := t.TempDir(), freeAddr(t)
	configured, err := os.ReadFile(p.configuration(t, "apache.htaccess"))
	require.NoError(t, err)
	p.write(t, ".htaccess", string(configured))
	var load strings.Builder
	for _, name := range []string{"mpm_event", "authz_core", "authz_host", "dir", "mime", "negotiation", "deflate", "filter", "env", "setenvif", "rewrite", "headers"} {
		load.WriteString("LoadModule " + name + "_module " + modules + "/mod_" + name + ".so\n")
	}
	for _, name := range []string{"mime", "deflate"} { // as Debian has them, with its languages and what it compresses
		load.WriteString("Include /etc/apache2/mods-available/" + name + ".conf\n")
	}
	main := filepath.Join(dir, "main.conf")
	require.NoError(t, os.WriteFile(main, []byte(load.String()+`
ServerRoot "`+dir+`"
ServerName localhost
Listen `+addr+`
PidFile `+dir+`/pid
ErrorLog `+dir+`/errors
DirectoryIndex index.html
DocumentRoot "`+p.dir+`"
<Directory "`+p.dir+`">
	AllowOverride FileInfo
	Require all granted
</Directory>
`), 0o644))
	require.NoError(t, os.Chmod(filepath.Dir(p.dir), 0o755)) // its processes are not ours
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "-d", dir, "-f", main, "-DFOREGROUND")
	return serveBy(t, addr, cmd)
}

// plain serves a publication without any rule, as a host that cannot be configured does.
func (p publication) plain(t *testing.T) string {
	server := httptest.NewServer(http.FileServer(http.Dir(p.dir)))
	t.Cleanup(server.Close)
	return server.URL
}
