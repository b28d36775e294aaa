package e2e

import (
	"archive/zip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/release"
	"keygenauth/internal/site"
)

// TestReleaseExample does what a developer does with the archive for static hosts: unpacks it, makes the two edits that the
// example page names, has it served, and signs in.
func TestReleaseExample(t *testing.T) {
	t.Parallel()
	api := keygentest.New(keygentest.Options{})
	demo := keygentest.Seed(api)
	emulator := httptest.NewServer(api)
	t.Cleanup(emulator.Close)

	dir := unpacked(t)
	page := filepath.Join(dir, "example.html")
	content, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(content), "EDIT "))
	edited := string(content)
	for old, replacement := range map[string]string{
		`data-account="your-account"`:       `data-account="` + demo.Account.Slug + `"`,
		`data-host="https://api.keygen.sh"`: `data-host="` + emulator.URL + `"`,
	} {
		require.Equal(t, 1, strings.Count(edited, old), "%s stands there once", old)
		edited = strings.Replace(edited, old, replacement, 1)
	}
	require.NoError(t, os.WriteFile(page, []byte(edited), 0o600))

	static := http.FileServer(http.Dir(dir))
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", site.Policy(emulator.URL, ""))
		static.ServeHTTP(w, r)
	}))
	t.Cleanup(host.Close)
	tab := newTab(t, newProfile(t), host.URL)
	tab.open("/example.html")
	assert.Equal(t, "rgb(14, 90, 107)", eval[string](tab, `getComputedStyle(document.querySelector("#login [type=submit]")).backgroundColor`), "its style is there")
	tab.signIn(demo.Plain.Email, "wrong")
	tab.untilSays(table(t, "en")["EMAIL_INVALID"])
	tab.signIn(demo.Plain.Email, demo.Plain.Password)
	tab.untilShown(ada)
	assert.Equal(t, map[string]int{"local": 1, "session": 0}, tab.stored())
	tab.click("[data-keygen-action=sign-out]")
	tab.untilSignedOut()
	assert.True(t, eval[bool](tab, `document.querySelector("#login").checkVisibility()`))
}

// unpacked returns the only directory of the archive for static hosts, unpacked.
func unpacked(t *testing.T) string {
	out := t.TempDir()
	names, err := release.Write(root, filepath.Join(root, "dist"), out)
	require.NoError(t, err)
	archive, err := zip.OpenReader(filepath.Join(out, names[1]))
	require.NoError(t, err)
	defer archive.Close()
	target := t.TempDir()
	require.NoError(t, os.CopyFS(target, archive))
	return filepath.Join(target, strings.TrimSuffix(names[1], ".zip"))
}
