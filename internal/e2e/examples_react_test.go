package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hydrating is the example in React as a page that a server renders. What React finds at fault there is in faults.
var hydrating = map[string]string{
	"vite.config.js": `import react from "@vitejs/plugin-react";
export default { plugins: [react()], build: { rollupOptions: { input: ["index.html", "hydrated.html"] } } };`,
	"hydrated.html": `<!DOCTYPE html><html lang="en"><title>Sign in</title>
<script src="/keygen-auth.js" vite-ignore data-load="eager" data-account="demo" data-host="` + exampleAPI + `"></script>
<script type="module" src="hydrated.jsx"></script>
<div id="app"></div>`,
	"hydrated.jsx": `import { hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";
window.faults = [];
hydrateRoot(document.getElementById("app"), <App />, { onRecoverableError: (error) => faults.push(error.message) });
requestAnimationFrame(() => requestAnimationFrame(() => (window.hydrated = true)));`,
	"render.jsx": `import { renderToString } from "react-dom/server";
import { App } from "./app.jsx";
process.stdout.write(renderToString(<App />));`,
}

// render renders the page on a server, into the built files.
func (w *workshop) render(s *stage) {
	w.t.Helper()
	w.run("react", "npx", "--no-install", "vite", "build", "--ssr", "render.jsx", "--outDir", "server")
	rendered := w.run("react", "node", "server/render.js")
	require.Contains(w.t, rendered, `id="login"`)
	file := filepath.Join(w.dir, "react", "dist", "hydrated.html")
	content, err := os.ReadFile(file)
	require.NoError(w.t, err)
	page := strings.Replace(string(content), `<div id="app"></div>`, `<div id="app">`+rendered+`</div>`, 1)
	require.NoError(w.t, os.WriteFile(file, []byte(page), 0o600))
}

// openRendered opens the page as the server has rendered it, and returns what has React take it over.
func (s *stage) openRendered() (hydrate func()) {
	s.t.Helper()
	held := make(chan struct{})
	s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/assets/hydrated") {
			<-held
		}
		return false
	})
	s.t.Cleanup(func() {
		select {
		case <-held:
		default:
			close(held)
		}
	})
	s.do(`location.href = "/hydrated.html"`) // it is not loaded before the scripts are there
	s.until(`location.pathname === "/hydrated.html" && window.keygenAuth && ` + theForm)
	eval[any](s.tab, `keygenAuth.token()`)
	s.do(`window.form = ` + theForm)
	return func() {
		s.t.Helper()
		close(held)
		s.until(`window.hydrated`)
	}
}

// untilTakenOver checks that React has taken the page over as it was.
func (s *stage) takenOver(t *testing.T) {
	t.Helper()
	assert.Empty(t, eval[[]string](s.tab, `faults`))
	assert.True(t, eval[bool](s.tab, `form === `+theForm), "the form is the same")
}

// hydrations are what visitors do before React is there.
var hydrations = map[string]func(t *testing.T, s *stage){
	"hydrated after the email": func(t *testing.T, s *stage) {
		ada := s.demo.Plain
		hydrate := s.openRendered()
		s.write("#email", ada.Email)
		hydrate()
		s.takenOver(t)
		assert.Equal(t, ada.Email, eval[string](s.tab, theEmail))
		s.write("#password", ada.Password)
		s.untilPainted()
		assert.Equal(t, ada.Email, eval[string](s.tab, theEmail))
		s.press("\r")
		s.untilShows(ada)
		s.hit(signOut)
		s.untilForm(true)
		s.pressesAgain(t)
	},
	"hydrated after a mistake": func(t *testing.T, s *stage) {
		ada := s.demo.Plain
		hydrate := s.openRendered()
		s.signIn(ada.Email, "wrong")
		s.untilSays(saysWrong)
		hydrate()
		s.takenOver(t)
		s.untilSays(saysWrong)
		assert.Equal(t, ada.Email, eval[string](s.tab, theEmail))
		s.write("#password", ada.Password)
		s.press("\r")
		s.untilShows(ada)
	},
	"hydrated during an attempt": func(t *testing.T, s *stage) {
		ada := s.demo.Plain
		hydrate := s.openRendered()
		hung := s.hang("/tokens")
		s.signIn(ada.Email, ada.Password)
		hung.await()
		hydrate()
		s.takenOver(t)
		hung.release()
		s.untilShows(ada)
		s.hit(signOut)
		s.untilForm(true)
		s.pressesAgain(t)
	},
	"hydrated with a session": func(t *testing.T, s *stage) {
		ada := s.demo.Plain
		s.open("/")
		s.signIn(ada.Email, ada.Password)
		s.untilShows(ada)
		hydrate := s.openRendered()
		hydrate()
		s.untilShows(ada)
		assert.Empty(t, eval[[]string](s.tab, `faults`))
	},
}
