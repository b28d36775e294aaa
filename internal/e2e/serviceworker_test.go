package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

// worker is a service worker that keeps all that the site has answered, as Workbox does.
const worker = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
	if (new URL(event.request.url).origin !== location.origin) return;
	event.respondWith(caches.open("site").then(async (cache) => {
		const kept = await cache.match(event.request.url);
		if (kept) return kept;
		const answer = await fetch(event.request.url);
		cache.put(event.request.url, answer.clone());
		return answer;
	}));
});`

// TestServiceWorker opens a page without any network, from a service worker: it shows who is signed in, reads a license file,
// and signs out.
func TestServiceWorker(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(signed+` data-load="eager"`, member), "sw.js": worker})
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/register.html" {
			return false
		}
		// Without the policy, under which a page makes no URL of a script.
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><title>Install</title><script>
			navigator.serviceWorker.register("sw.js").then(() => navigator.serviceWorker.ready).then(() => (window.installed = true))</script>`))
		return true
	})
	s.open("/register.html")
	s.until(`window.installed`)
	s.open("/form.html")
	s.until(`navigator.serviceWorker.controller`)
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilNamed(s.demo.Plain)
	id := s.demo.Licenses.Active.ID
	s.do(`keygenAuth.licenses.checkOut(` + quote(id) + `, {ttl: 3600}).then(({data}) => localStorage.setItem("license", data.attributes.certificate))`)
	s.until(`localStorage.getItem("license")`)
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)

	s.api.AddFault(keygentest.Fault{Kind: keygentest.FaultCut})
	s.allow("net::ERR_")
	s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/printed" {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	s.open("/form.html")
	s.untilSignedIn()
	assert.Equal(t, id, eval[string](s.tab, `keygenAuth.licenses.verifyFile(localStorage.getItem("license")).then(({data}) => data.id)`))
	eval[any](s.tab, `keygenAuth.signOut()`)
	s.until(`document.documentElement.dataset.keygenState === "signed-out"`)
	assert.Empty(t, s.saved())
}
