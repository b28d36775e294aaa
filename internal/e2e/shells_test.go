package e2e

import (
	"context"
	"crypto/sha256"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/chromium"
	"keygenauth/internal/dist"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
	"keygenauth/internal/webdriver"
)

// A shell is an application that shows its pages by a scheme of its own.
type shell struct {
	name   string
	policy bool // the page has it; else the shell
	start  func(t *testing.T, folder, policy string) (profile webdriver.Profile, origin string)
}

var shells = []shell{
	{name: "WebKitGTK", policy: true, start: startWebKitShell},
	{name: "Chromium", start: startExtension},
}

// startWebKitShell starts a program of a few lines around WebKitGTK.
func startWebKitShell(t *testing.T, folder, _ string) (webdriver.Profile, string) {
	program, err := filepath.Abs(filepath.Join("testdata", "shell", "webkit.py"))
	require.NoError(t, err)
	browser, err := webdriver.StartShell(t.Context(), program, folder)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, browser.Close()) })
	profile, err := browser.NewProfile(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, profile.Close()) })
	return profile, "app://product"
}

// startExtension starts Chromium with the folder as an extension: a standard and secure scheme, as one that an application
// registers.
func startExtension(t *testing.T, folder, policy string) (webdriver.Profile, string) {
	manifest := `{"manifest_version": 3, "name": "Product", "version": "1", "content_security_policy": {"extension_pages": ` + quote(policy) + `}}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte(manifest), 0o600))
	options, err := chromium.WholeOptions()
	require.NoError(t, err)
	browser, err := startChromiumWith(context.Background(), append(options, chromedp.Flag("disable-extensions", false), chromedp.Flag("load-extension", folder)))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, browser.Close()) })
	// Chromium names it by its folder, whose path may hold no comma.
	sum := sha256.Sum256([]byte(folder))
	var id strings.Builder
	for _, b := range sum[:16] {
		id.WriteByte('a' + b>>4)
		id.WriteByte('a' + b&15)
	}
	return chromiumProfile{chromiumBrowser: browser.(chromiumBrowser)}, "chrome-extension://" + id.String()
}

// TestShells signs in on pages that a shell shows by a scheme of its own, by the files of a host and by the one that holds
// everything, after a wrong password, and finds the session again.
func TestShells(t *testing.T) {
	if os.Getenv(requireVariable) == "" {
		t.Skip("needs more of WebKitGTK than its browser: make hosts runs it")
	}
	for _, shell := range shells {
		for _, script := range []string{dist.Loader, dist.Standalone} {
			t.Run(shell.name+" by "+script, func(t *testing.T) {
				api := keygentest.New(keygentest.Options{})
				demo := keygentest.Seed(api)
				emulator := httptest.NewServer(api)
				t.Cleanup(emulator.Close)
				folder := t.TempDir()
				require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join(root, "dist"))))
				policy := strings.Replace(site.Policy(emulator.URL, ""), "frame-ancestors 'self'; ", "", 1)
				page := `<!doctype html><html lang="de"><meta charset="utf-8"><title>Product</title>`
				if shell.policy {
					page += `<meta http-equiv="Content-Security-Policy" content="` + policy + `">`
				}
				page += `<script src="` + script + `" data-account="demo" data-host="` + emulator.URL + `"></script>` + member
				require.NoError(t, os.WriteFile(filepath.Join(folder, "index.html"), []byte(page), 0o600))

				profile, origin := shell.start(t, folder, policy)
				tab := newTab(t, profile, origin)
				tab.open("/index.html")
				assert.Equal(t, origin+"/index.html", eval[string](tab, `location.href`))
				assert.True(t, eval[bool](tab, `isSecureContext`))
				tab.signIn(demo.Plain.Email, "wrong")
				tab.untilSays(table(t, "de")["EMAIL_INVALID"])
				tab.signIn(demo.Plain.Email, demo.Plain.Password)
				tab.untilSignedIn()
				tab.untilNamed(demo.Plain)
				tab.open("/index.html")
				assert.Equal(t, demo.Plain.ID, eval[string](tab, `keygenAuth.ready.then(({ userId }) => userId)`))
				eval[any](tab, `keygenAuth.signOut()`)
				tab.until(`document.documentElement.dataset.keygenState === "signed-out"`)
			})
		}
	}
}
