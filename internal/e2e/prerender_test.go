package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A seen is what the page that is rendered in advance tells of itself, again and again.
type seen struct {
	Prerendering bool
	Activation   float64 // when it was shown; 0 before
	Told         []string
	Shows, Name  string
}

const seenScript = `window.told = [];
	const note = (line) => told.push((document.prerendering ? "too early: " : "") + line);
	keygenAuth.ready.then((session) => note("ready " + session?.userId));
	for (const type of ["signed-in", "signed-out"]) keygenAuth.on(type, (session) => note(type + " " + session.userId));
	const tell = () => fetch("/seen", {method: "POST", body: JSON.stringify({
		prerendering: document.prerendering, activation: performance.getEntriesByType("navigation")[0].activationStart, told,
		shows: [document.documentElement.dataset.keygenState, ...[...document.querySelectorAll("[data-keygen-show]")].filter((e) => e.checkVisibility()).map((e) => e.id),
			keygenAuth.session?.userId ?? "nobody"].join(" "),
		name: document.querySelector("b").textContent})}).finally(() => setTimeout(tell, 50));
	tell();`

// The page before it does what the site says: it takes over another session, and then goes to the other page.
const firstScript = `(async () => {
	for (;;) {
		const { key, record, go } = (await (await fetch("/next")).json()) ?? {};
		if (key) {
			localStorage.removeItem(key);
			sessionStorage.setItem(key, JSON.stringify(record));
			await fetch("/taken");
		}
		if (go) return (location.href = go);
		await new Promise((done) => setTimeout(done, 50));
	}
})()`

// TestPrerendered has the browser render the page of a member before anybody asks for it. Chromium does so only where no
// tool watches the page: it tells the site what it sees.
func TestPrerendered(t *testing.T) {
	t.Parallel()
	notIn(t, "firefox", "renders no page in advance")
	notIn(t, "webkit", "renders no page in advance")
	for _, load := range []string{"lazy", "auto", "eager"} {
		t.Run(load, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{
				"parts.html": document(`data-load="`+load+`"`, member+`<script src="seen.js"></script>`), "seen.js": seenScript,
				"first.html": `<!doctype html><title>First</title><script src="first.js"></script>`, "first.js": firstScript,
				"rules.json": `{"prerender": [{"urls": ["/parts.html"], "eagerness": "immediate"}]}`,
			})
			var mu sync.Mutex
			var last seen
			var next map[string]any
			program, taken := false, false
			locked := func(do func() bool) func() bool {
				return func() bool {
					mu.Lock()
					defer mu.Unlock()
					return do()
				}
			}
			s.serve(func(w http.ResponseWriter, r *http.Request) bool {
				mu.Lock()
				defer mu.Unlock()
				switch r.URL.Path {
				case "/first.html":
					w.Header().Set("Speculation-Rules", `"/rules.json"`)
				case "/rules.json":
					w.Header().Set("Content-Type", "application/speculationrules+json")
				case "/seen":
					body, _ := io.ReadAll(r.Body)
					last = seen{}
					_ = json.Unmarshal(body, &last)
					return true
				case "/next":
					_ = json.NewEncoder(w).Encode(next)
					next = nil
					return true
				case "/taken":
					taken = true
					return true
				}
				program = program || strings.HasSuffix(r.URL.Path, ".wasm")
				return false
			})
			visit := s.plant(s.demo.Plain, time.Now().Add(24*time.Hour))
			s.api.ResetRequests()
			next = map[string]any{}
			profile := s.profile.(chromiumProfile)
			_, err := target.CreateTarget(s.url + "/first.html").WithBrowserContextID(profile.id).WithNewWindow(true).Do(profile.executor())
			require.NoError(t, err)
			s.eventually(locked(func() bool { return last.Prerendering && (program || load == "lazy") }), "the page is rendered in advance")
			assert.Equal(t, showsUser(s.demo.Plain), last.Shows)

			// Meanwhile another session begins, in this very window.
			other := s.demo.Mate
			id, token := s.api.AddToken(other.ID, time.Time{})
			var record map[string]any
			require.NoError(t, json.Unmarshal([]byte(visit.stored), &record))
			record["token"], record["tokenId"], record["userId"], record["expiry"] = token, id, other.ID, nil
			mu.Lock()
			next = map[string]any{"key": s.storageKey(), "record": record}
			mu.Unlock()
			s.eventually(locked(func() bool { return taken }), "another session begins")
			s.idle()
			assert.Empty(t, s.asked(), "nothing is asked for a user who does not see the page")
			mu.Lock()
			assert.Empty(t, last.Told, "nor is anything certain")
			next = map[string]any{"go": "/parts.html"}
			mu.Unlock()

			s.eventually(locked(func() bool { return last.Activation > 0 && len(last.Told) == 2 }), "the page is shown")
			mu.Lock()
			assert.Equal(t, showsUser(other), last.Shows)
			assert.ElementsMatch(t, []string{"ready " + other.ID, "signed-in " + other.ID}, last.Told)
			mu.Unlock()
			s.eventually(locked(func() bool { return last.Name == other.Email }), "the program is there")
		})
	}
}
