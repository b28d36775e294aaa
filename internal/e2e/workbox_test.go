package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/dist"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
)

// register is a script of a page that has a service worker, as docs/bundlers.md has it.
const register = `const url = trustedTypes.createPolicy("pwa", { createScriptURL: () => "/sw.js" }).createScriptURL("");
navigator.serviceWorker.register(url).then(() => navigator.serviceWorker.ready).then(() => (window.installed = true));
`

// TestWorkbox has Workbox make a service worker as docs/bundlers.md says, of an app and of a page with the script tag. Without any
// network the page then shows who is signed in, in the page's language, reads a license file, and signs out.
func TestWorkbox(t *testing.T) {
	for _, name := range []string{"pwa", "workbox"} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t, name)
			api := keygentest.New(keygentest.Options{})
			demo := keygentest.Seed(api)
			emulator := httptest.NewServer(api)
			t.Cleanup(emulator.Close)
			_, key, _ := strings.Cut(signed, "=")
			built := filepath.Join(p.dir, "dist")
			write := func(name, content string) {
				require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), []byte(content), 0o600))
			}
			if name == "pwa" {
				write("settings.js", `export const settings = { account: "demo", host: `+quote(emulator.URL)+`, publicKey: `+key+" };\n"+register)
			} else {
				files := filepath.Join(root, "dist")
				require.NoError(t, os.CopyFS(built, os.DirFS(files)))
				manifest, err := dist.ReadManifest(files)
				require.NoError(t, err)
				tag := strings.Replace(manifest.Tag, `data-account="your-account"`, `data-account="demo" data-host="`+emulator.URL+`" `+signed, 1)
				write("dist/index.html", "<!doctype html>\n<html lang=\"de\">\n<title>Page</title>\n"+tag+`<script src="register.js" defer></script>`+member)
				write("dist/register.js", register)
			}
			p.run(10*time.Minute, "npm", "run", "build")

			static := http.FileServer(http.Dir(built))
			host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" || strings.HasSuffix(r.URL.Path, ".html") {
					policy := strings.Replace(site.Policy(emulator.URL, ""), "trusted-types 'none'", "trusted-types pwa", 1)
					w.Header().Set("Content-Security-Policy", policy)
				}
				static.ServeHTTP(w, r)
			}))
			t.Cleanup(host.Close)
			tab := newTab(t, newProfile(t), host.URL)
			tab.open("/")
			tab.until(`window.installed && navigator.serviceWorker.controller`)
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilNamed(demo.Plain)
			id := demo.Licenses.Active.ID
			tab.do(`keygenAuth.licenses.checkOut(` + quote(id) + `, {ttl: 3600}).then(({data}) => localStorage.setItem("license", data.attributes.certificate))`)
			tab.until(`localStorage.getItem("license")`)

			api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
			host.CloseClientConnections()
			host.Close()
			tab.allow("net::ERR_")
			tab.open("/")
			tab.untilSignedIn()
			assert.Equal(t, id, eval[string](tab, `keygenAuth.licenses.verifyFile(localStorage.getItem("license")).then(({data}) => data.id)`))
			eval[any](tab, `keygenAuth.signOut()`)
			tab.until(`document.documentElement.dataset.keygenState === "signed-out"`)
			assert.Equal(t, []string{"license"}, eval[[]string](tab, `Object.keys(localStorage)`))
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilSays(table(t, "de")["NETWORK_ERROR"])
		})
	}
}
