package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A placement is a way to put the loader on a page. In its texts, LOADER is the loader's own text, SETTINGS are the
// stage's as attributes, OBJECT as JSON, and CDN is another origin with the built files.
type placement struct {
	name   string
	before string            // in front of the form
	after  string            // behind it
	files  map[string]string // further files of the site
	says   string            // on the console, where it cannot work; "" where it does
	kind   string            // content type of the page; "" for HTML
	frame  bool              // the page stands in a frame without a URL
}

func placements() []placement {
	// inPage puts a script into the page by another script.
	inPage := func(set string) string {
		return `<script>{ const script = document.createElement("script"); ` + set + ` document.head.append(script); }</script>`
	}
	const data = `script.dataset.account = "demo"; script.dataset.host = "HOST";`
	const inline = `<script SETTINGS data-assets="/">LOADER</script>`
	const object = `<script type="application/json" data-keygen-settings>{ "account": "demo", "host": "HOST", "timeout": 20, "assets": "/" }</script>`
	loader := map[string]string{"site.js": "LOADER", "keygen-auth/site.js": "LOADER", "keygen-auth/other.js": "window.other = true;"}
	return []placement{
		{name: "in the head", before: `<script src="keygen-auth.js" SETTINGS></script>`},
		{name: "behind the form", after: `<script src="keygen-auth.js" SETTINGS></script>`},
		{name: "deferred", before: `<script defer src="keygen-auth.js" SETTINGS></script>`},
		{name: "async", before: `<script async src="keygen-auth.js" SETTINGS></script>`},
		{name: "twice", before: strings.Repeat(`<script src="keygen-auth.js" SETTINGS></script>`, 2)},
		{name: "as a module", before: `<script type="module" src="keygen-auth.js" SETTINGS></script>`},
		{name: "as a module of another name", before: `<script type="module" src="site.js" SETTINGS></script>`, files: loader},
		{name: "preloaded", before: `<link rel="modulepreload" href="keygen-auth.js"><script type="module" src="keygen-auth.js" SETTINGS></script>`},
		{name: "renamed", before: `<script src="site.js" SETTINGS></script>`, files: loader},
		{name: "beside others in a folder of its name", files: loader,
			before: `<script src="keygen-auth/other.js"></script><script type="module" src="keygen-auth/site.js" SETTINGS data-assets="/"></script>` +
				`<script src="keygen-auth/other.js"></script>`},
		{name: "inlined", before: inline},
		{name: "inlined as a module", before: strings.Replace(inline, "<script", `<script type="module"`, 1)},
		{name: "inlined behind the form", after: inline},
		{name: "bundled", before: `<script src="bundle.js" SETTINGS></script>`, files: map[string]string{"bundle.js": "var a = 1;\nLOADER\nvar b = 2;"}},
		{name: "bundled into a module", before: `<script type="module" src="bundle.js" SETTINGS></script>`,
			files: map[string]string{"bundle.js": "export const a = 1;\nLOADER"}},
		{name: "bundled, with its settings on another tag", files: map[string]string{"bundle.js": "LOADER"},
			before: `<script src="other.js" SETTINGS data-assets="/"></script><script src="bundle.js"></script>`},
		{name: "bundled, with an object", before: object + `<script src="bundle.js"></script>`, files: map[string]string{"bundle.js": "LOADER"}},
		{name: "a module, with an object behind it", before: `<script type="module" src="bundle.js"></script>` + object,
			files: map[string]string{"bundle.js": "LOADER"}},
		{name: "inlined, with an object", before: object + `<script>LOADER</script>`},
		{name: "imported", before: `<script SETTINGS data-assets="/">import("./site.js")</script>`, files: loader},
		{name: "put there by a script", before: inPage(`script.src = "keygen-auth.js";` + data)},
		{name: "put there by a script, as a module", before: inPage(`script.type = "module"; script.src = "keygen-auth.js";` + data)},
		{name: "its text put there by a script", before: `<script src="other.js" SETTINGS data-assets="/"></script>` +
			inPage(`fetch("site.js").then(async (got) => { script.textContent = await got.text(); document.head.append(script); });`), files: loader},
		{name: "written", before: `<script>document.write('<script src="keygen-auth.js" SETTINGS><' + '/script>')</script>`},
		{name: "from another origin", before: `<script src="CDN/keygen-auth.js" crossorigin="anonymous" SETTINGS></script>`},
		{name: "with the files on another origin", before: `<script src="site.js" SETTINGS data-assets="CDN"></script>`, files: loader},
		{name: "in a frame without a URL", before: `<script src="keygen-auth.js" SETTINGS></script>`, frame: true},
		{name: "on a page of XML", before: `<script src="keygen-auth.js" SETTINGS></script>`, kind: "application/xhtml+xml"},

		{name: "no settings", before: `<script src="keygen-auth.js"></script>`, says: "data-account is missing"},
		{name: "a module without settings", before: `<script type="module" src="site.js"></script>`, files: loader, says: "data-account is missing"},
		{name: "inlined, without the folder", before: strings.Replace(inline, ` data-assets="/"`, "", 1), says: "data-assets is missing: use the URL"},
		{name: "inlined, with a folder that is none", before: strings.Replace(inline, `"/"`, `"data:,"`, 1), says: `data-assets="data:,"`},
		{name: "inlined, without settings", before: `<script>LOADER</script>`, says: "data-account is missing"},
		{name: "an object that is no JSON", before: strings.Replace(object, `,`, ``, 1) + `<script>LOADER</script>`, says: "data-keygen-settings is not JSON"},
		{name: "an object without the folder", before: strings.Replace(object, `, "assets": "/"`, ``, 1) + `<script>LOADER</script>`, says: "assets is missing"},
		{name: "an empty object", before: strings.Replace(object, `{ `, `{}`, 1) + `<script>LOADER</script>`, says: "data-keygen-settings is not JSON"},
		{name: "an object of nothing", before: `<script type="application/json" data-keygen-settings>{}</script><script>LOADER</script>`, says: "account is missing"},
		{name: "an object that is null", before: `<script type="application/json" data-keygen-settings>null</script><script>LOADER</script>`, says: "account is missing"},
		{name: "in a shadow tree", after: `<p id="host"></p><script>{ const script = document.createElement("script"); ` +
			`script.src = "keygen-auth.js"; ` + data + ` document.querySelector("#host").attachShadow({ mode: "open" }).append(script); }</script>`,
			says: "data-account is missing"},
		{name: "attributes on data alone", before: `<script type="application/json" SETTINGS></script><script type="module" src="site.js"></script>`,
			files: loader, says: "data-account is missing"},
	}
}

// TestPlacement puts the loader on a page in every way there is, submits before the program is there and after, and looks
// for the password in the address and in what the site is asked for. Where the loader cannot work, the page says so, the
// console says why, and the form is free.
func TestPlacement(t *testing.T) {
	t.Parallel()
	built := os.DirFS(filepath.Join(root, "dist"))
	text, err := os.ReadFile(filepath.Join(root, "dist", "keygen-auth.js"))
	require.NoError(t, err)
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.FileServerFS(built).ServeHTTP(w, r)
	}))
	t.Cleanup(cdn.Close)
	for _, p := range placements() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if p.kind != "" {
				notIn(t, "webkit", "needs a script in front of all, which is no XML")
			}
			s := newStage(t, nil)
			fill := func(template string) string {
				return strings.NewReplacer("LOADER", string(text), "SETTINGS", `data-account="demo" data-host="`+s.apiURL+`"`,
					"HOST", s.apiURL, "CDN", cdn.URL).Replace(template)
			}
			// The site fills its own configuration in, so it must find a place for it.
			page := "<head><title>Page</title><!-- " + configuration + " -->" + p.before + "</head><body>" + tutorialForm + p.after + "</body>"
			switch {
			case p.kind != "":
				page = `<html xmlns="http://www.w3.org/1999/xhtml" lang="en">` + strings.ReplaceAll(strings.ReplaceAll(page, "<br>", "<br/>"),
					`id="email">`, `id="email"/>`) + "</html>"
				page = strings.ReplaceAll(page, `id="password">`, `id="password"/>`)
			case p.frame:
				page = "<!doctype html><title>Page</title><iframe srcdoc='<!doctype html>" + page + "'></iframe>"
			default:
				page = "<!doctype html><html lang=en>" + page
			}
			s.files["site.html"] = file(fill(page))
			for name, content := range p.files {
				s.files[name] = file(fill(content))
			}
			s.files["other.js"] = file("window.other = true;")
			seen := s.strange(p.kind)
			if p.says != "" {
				s.allow("keygen-auth: " + p.says)
			}
			s.open("/site.html")
			here := "document"
			if p.frame {
				here = "frames[0].document"
			}
			form := here + `.querySelector("form")`
			s.until(fmt.Sprintf(`%s && %s.defaultView.keygenAuth`, form, here))
			address := eval[string](s.tab, here+".URL")
			submit := func() {
				s.do(fmt.Sprintf(`const form = %s; const [email, password] = form.querySelectorAll("input");
					email.value = %s; password.value = %s; form.requestSubmit();`, form, quote(s.demo.Plain.Email), quote(s.demo.Plain.Password)))
			}
			signedIn := here + `.documentElement.dataset.keygenState === "signed-in"`

			submit()
			if p.says == "" {
				seen.letGo()
				s.until(signedIn)
				s.until(`!` + form + `.hasAttribute("aria-busy")`)
				s.do(here + `.defaultView.keygenAuth.signOut()`)
				s.until(`!(` + signedIn + `)`)
				submit()
				s.until(signedIn)
				assert.Len(t, s.logins(), 2)
			} else {
				for range 2 {
					s.untilSays(notSetUp)
					assert.False(t, eval[bool](s.tab, form+`.hasAttribute("aria-busy") || `+form+`.querySelector("button").disabled`))
					submit()
				}
				assert.Equal(t, "CONFIG_INVALID", eval[string](s.tab, `keygenAuth.ready.catch((error) => error.code)`))
				assert.Empty(t, s.asked())
				s.eventually(func() bool { return len(s.lines()) == 1 }, "one line on the console")
			}
			assert.Equal(t, address, eval[string](s.tab, here+".URL"))
			for _, asked := range seen.requests() {
				assert.NotContains(t, asked, s.demo.Plain.Password)
				assert.False(t, strings.HasPrefix(asked, "POST"), asked)
			}
		})
	}
}

// sights are the requests that a site has seen.
type sights struct {
	letGo func()
	mu    sync.Mutex
	asked []string
}

func (s *sights) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// strange serves the site without its policy, as those who put scripts into their pages do, its pages with this type if it
// is not empty, and the program once it is let go.
func (s *stage) strange(kind string) *sights {
	held := make(chan struct{})
	var once sync.Once
	seen := &sights{letGo: func() { once.Do(func() { close(held) }) }}
	s.t.Cleanup(seen.letGo)
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		seen.mu.Lock()
		seen.asked = append(seen.asked, r.Method+" "+r.URL.String()+" "+string(body))
		seen.mu.Unlock()
		if isWasm(r) {
			select {
			case <-held:
			case <-r.Context().Done():
			}
		}
		answer := httptest.NewRecorder()
		s.starts.serve(s.site, answer, r)
		answer.Header().Del("Content-Security-Policy")
		if kind != "" && strings.HasSuffix(r.URL.Path, ".html") {
			answer.Header().Set("Content-Type", kind)
		}
		replay(w, answer)
		return true
	})
	return seen
}
