package e2e

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/dist"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
)

// TestStandalone signs in on pages from the disk, as shells (Electron, WebView2, NW.js) open them: they can fetch no file.
func TestStandalone(t *testing.T) {
	t.Parallel()
	policy := func(api string) string {
		strict := strings.Replace(site.Policy(api, ""), "frame-ancestors 'self'; ", "", 1) // which counts in headers alone
		// 'self' is nothing that a page from the disk has: its scripts are named.
		return `<meta http-equiv="Content-Security-Policy" content="` + strings.Replace(strict, "script-src 'self'", "script-src file:", 1) + `">` + "\n"
	}
	for _, form := range []struct{ name, script string }{
		{"script", `<script src="keygen-auth.standalone.js" data-account="demo" data-host="API" data-load="lazy"></script>`},
		{"inlined", `<script data-account="demo" data-host="API">INLINE</script>`},
	} {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			api := keygentest.New(keygentest.Options{})
			demo := keygentest.Seed(api)
			emulator := httptest.NewServer(api)
			t.Cleanup(emulator.Close)
			dir := t.TempDir()
			code, err := os.ReadFile(filepath.Join(root, "dist", dist.Standalone))
			require.NoError(t, err)
			require.NotContains(t, string(code), "</script", "or it could not be inlined")
			require.NoError(t, os.WriteFile(filepath.Join(dir, dist.Standalone), code, 0o644))
			tag := strings.NewReplacer("API", emulator.URL, "INLINE", string(code)).Replace(form.script)
			head := `<meta charset="utf-8">` + "\n"
			if form.name == "script" {
				head += policy(emulator.URL)
			}
			page := "<!doctype html>\n<html lang=\"de\">\n<title>Page</title>\n" + head + tag + "\n" + member
			require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(page), 0o644))

			tab := newTab(t, newProfile(t), "file://"+dir)
			tab.open("/index.html")
			tab.signIn(demo.Plain.Email, "wrong")
			tab.untilSays(table(t, "de")["EMAIL_INVALID"])
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilSignedIn()
			tab.untilNamed(demo.Plain)
			assert.NotEmpty(t, eval[string](tab, `Object.values(localStorage).join()`))

			tab.open("/index.html")
			assert.Equal(t, demo.Plain.ID, eval[string](tab, `keygenAuth.ready.then(({ userId }) => userId)`))
			eval[any](tab, `keygenAuth.signOut()`)
			tab.until(`document.documentElement.dataset.keygenState === "signed-out"`)
		})
	}
}

// TestStandaloneModule serves the module that holds everything: bundlers have no file to copy then.
func TestStandaloneModule(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{})
	s.files["page.html"] = file("<!doctype html>\n<html lang=\"de\">\n<title>Page</title>\n<script type=\"module\" src=\"own.js\"></script>\n" + member)
	s.files["own.js"] = file(`import { start } from "./keygen-auth.standalone.mjs"; start(` + s.connected("") + `);`)
	s.open("/page.html")
	s.signIn(s.demo.Plain.Email, "wrong")
	s.untilSays(table(t, "de")["EMAIL_INVALID"])
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilNamed(s.demo.Plain)
}

// TestFilesShareStorage shows what docs/bundlers.md says of pages from the disk: one of another folder reads the session.
func TestFilesShareStorage(t *testing.T) {
	t.Parallel()
	profile := newProfile(t)
	var tabs []*tab
	for range 2 {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte("<!doctype html><title>Page</title>"), 0o600))
		tab := newTab(t, profile, "file://"+dir)
		tab.open("/index.html")
		tabs = append(tabs, tab)
	}
	eval[any](tabs[0], `localStorage.setItem("session", "kept")`)
	tabs[1].open("/index.html")
	assert.Equal(t, "kept", eval[string](tabs[1], `localStorage.getItem("session")`))
}
