package main

import (
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const page = `<script src="keygen-auth.js" data-account="demo" data-host="http://localhost:8081"></script>`

// built returns a directory that looks like the project after a build.
func built(t *testing.T) (root string) {
	root = t.TempDir()
	for name, content := range map[string]string{
		"dist/keygen-auth.js": "loader", "dist/keygen-auth.wasm": "\x00asm", "web/demo/index.html": page,
	} {
		name = filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	return root
}

// output collects what a command prints, while it runs.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start serves with these flags until the test ends, and returns what was printed up to the last line.
func start(t *testing.T, args ...string) string { return launch(t, args...).String() }

// launch is start for those who want to know what is printed afterwards, too.
func launch(t *testing.T, args ...string) *output {
	o, err := parse(append([]string{"-root", built(t)}, args...), io.Discard)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var out output
	done := make(chan error, 1)
	go func() { done <- serve(ctx, o, &out) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done, "a stop is no failure")
	})
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "Ctrl-C stops.") }, time.Minute, 5*time.Millisecond)
	return &out
}

// origin returns the address that the output names on the line with this label.
func origin(t *testing.T, output, label string) string {
	match := regexp.MustCompile(`(?m)^  ` + label + ` +(http://[^/\s]+)`).FindStringSubmatch(output)
	require.NotNil(t, match, output)
	return match[1]
}

func get(t *testing.T, url string) string {
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", url, content)
	return string(content)
}

func TestServeEmulated(t *testing.T) {
	output := start(t, "-addr=localhost:0", "-api-addr=localhost:0")
	api := origin(t, output, "API")
	assert.Contains(t, get(t, origin(t, output, "Open")+"/"), `data-host="`+api+`"`)

	t.Run("lists the users", func(t *testing.T) {
		for _, want := range []string{"plain", "two-factor", "banned", "single sign-on", "staff, so single sign-on", "katherine@example.com",
			"/tutorial.html", "/account.html", "otpauth://totp/"} {
			assert.Contains(t, output, want)
		}
	})
	t.Run("shows where to get a code", func(t *testing.T) {
		url := regexp.MustCompile(`http://\S+/-/totp\?user=\S+`).FindString(output)
		assert.Regexp(t, `\d{6}`, get(t, url))
	})
}

// Who has forgotten a password finds the link of the mail in the output.
func TestServeMail(t *testing.T) {
	out := launch(t, "-addr=localhost:0", "-api-addr=localhost:0")
	response, err := http.Post(origin(t, out.String(), "API")+"/v1/accounts/demo/passwords", "application/json",
		strings.NewReader(`{"meta":{"email":"ada@example.com"}}`))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Regexp(t, `\nMail to ada@example.com: .* `+origin(t, out.String(), "Open")+`/reset.html#token=[0-9a-f]{48}v3&user=[0-9a-f-]{36}\n`, out.String())
}

func TestServeReal(t *testing.T) {
	output := start(t, "-addr=localhost:0", "-account=acme", "-environment=test")
	assert.Equal(t, `<script src="keygen-auth.js" data-account="acme" data-environment="test"></script>`,
		get(t, origin(t, output, "Open")+"/"))
	assert.Contains(t, output, "https://api.keygen.sh")
	assert.NotContains(t, output, "emulated")
	assert.NotContains(t, output, "Password")
}

func TestServeOnATakenPort(t *testing.T) {
	listener, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)

	output := start(t, "-addr=localhost:"+port, "-api-addr=localhost:0")
	assert.Contains(t, output, "Port "+port+" is taken by another program")
	assert.Contains(t, get(t, origin(t, output, "Open")+"/"), "keygen-auth.js")
}

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, ""},
		{"an account", []string{"-account=acme"}, ""},
		{"a custom domain has one account", []string{"-host=https://keys.example.com"}, ""},
		{"a host without scheme", []string{"-account=acme", "-host=example.com"}, "-host"},
		{"a host with a path", []string{"-account=acme", "-host=https://example.com/v1"}, "-host"},
		{"the default host without account", []string{"-host=https://api.keygen.sh"}, "-account"},
		{"an environment of the emulator", []string{"-environment=test"}, "-environment"},
		{"a bare port", []string{"-addr=8080"}, "-addr"},
		{"a bare API port", []string{"-api-addr=8081"}, "-api-addr"},
		{"an argument", []string{"acme"}, `"acme"`},
		{"an unknown flag", []string{"-acount=acme"}, "-acount"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(test.args, io.Discard)
			if test.want == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.want)
			}
		})
	}
	t.Run("help", func(t *testing.T) {
		var usage strings.Builder
		_, err := parse([]string{"-help"}, &usage)
		require.ErrorIs(t, err, flag.ErrHelp)
		assert.Contains(t, usage.String(), "-environment")
	})
}
