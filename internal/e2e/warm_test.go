package e2e

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/chromium"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/webdriver"
)

// connections are the connections that a server has seen.
type connections struct {
	mu   sync.Mutex
	all  []net.Conn
	used map[net.Conn]bool // those of which a first byte has come
}

func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.all = append(c.all, conn)
	case http.StateActive:
		if c.used == nil {
			c.used = map[net.Conn]bool{}
		}
		c.used[conn] = true
	}
}

// count returns how many there were, and how many of them were used.
func (c *connections) count() (all, used int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all), len(c.used)
}

// cut closes them.
func (c *connections) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.all {
		_ = conn.Close()
	}
}

// untilWarm waits until there were so many connections to the API, on none of which anything was sent.
func (s *stage) untilWarm(count int) {
	s.t.Helper()
	s.eventually(func() bool { all, _ := s.connections.count(); return all >= count }, "the browser connects to the API")
	all, used := s.connections.count()
	assert.Equal(s.t, count, all, "connections")
	assert.Zero(s.t, used, "nothing is sent")
	assert.Empty(s.t, eval[string](s.tab, `[...document.querySelectorAll("link[rel=preconnect]")].map((link) => link.outerHTML).join()`), "no hint is left in the page")
}

// newEagerProfile returns a profile in which the browser connects in advance. Chromium does so only in its first one, and
// needs a process for each: it remembers where pages have led, and connects there by itself.
func newEagerProfile(t *testing.T) webdriver.Profile {
	t.Helper()
	if _, is := browserOfAll.(chromiumBrowser); !is {
		return newProfile(t)
	}
	options, err := chromium.WholeOptions()
	if err != nil {
		t.Skip(err)
	}
	browser, err := startChromiumWith(context.Background(), options)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, browser.Close()) })
	return chromiumProfile{chromiumBrowser: browser.(chromiumBrowser)} // without an id it is the first
}

// newWarmStage returns a stage in such a profile.
func newWarmStage(t *testing.T, pages map[string]string) *stage {
	t.Helper()
	return newStageIn(t, newEagerProfile(t), keygentest.Options{}, pages)
}

// stopped gives all events the time that window.clock says, in milliseconds.
const stopped = `window.clock = 1000;
	Object.defineProperty(Event.prototype, "timeStamp", { get: () => clock });`

// TestWarm shows that somebody who turns to a form finds the API connected, and nobody else has that done.
func TestWarm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, attributes string
		turn             func(s *stage)
	}{
		{"focus", "", func(s *stage) { s.do(`document.querySelector("#email").focus()`) }},
		{"focus, lazy", `data-load="lazy"`, func(s *stage) { s.do(`document.querySelector("#email").focus()`) }},
		{"focus, eager", `data-load="eager"`, func(s *stage) { s.do(`document.querySelector("#email").focus()`) }},
		{"the mouse", "", func(s *stage) { s.click(`label[for="password"]`) }},
		{"a field filled by the browser", "", func(s *stage) {
			s.do(`const field = document.querySelector("#email");
				field.value = "a@example.com";
				field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }))`)
		}},
		{"a form that was attached", "", func(s *stage) { s.do(`document.querySelector("#host").shadowRoot.querySelector("input").focus()`) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newWarmStage(t, map[string]string{
				"form.html": document(test.attributes, tutorialForm+`<p id="beside">Beside</p><div id="host"></div><script src="host.js"></script>`),
				"host.js": `const root = document.querySelector("#host").attachShadow({ mode: "open" });
					root.append(document.createElement("form"));
					root.firstChild.append(Object.assign(document.createElement("input"), { name: "email" }));
					keygenAuth.attach(root.firstChild);`,
			})
			s.open("/form.html")
			if test.attributes != `data-load="lazy"` {
				s.untilAttached()
			}
			s.click("#beside")
			s.idle()
			all, _ := s.connections.count()
			assert.Zero(t, all, "connections for a page that is left alone")
			test.turn(s)
			s.untilWarm(1)
		})
	}
}

// TestWarmAgain shows that a line that was not used is replaced, and when.
func TestWarmAgain(t *testing.T) {
	t.Parallel()
	notIn(t, "firefox", "connects in advance once for each page")
	s := newWarmStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.atStart(stopped)
	s.open("/form.html")
	s.write("#email", "at once")
	s.untilWarm(1)
	s.connections.cut()
	s.do(`clock += 2000`)
	s.write("#password", "not so soon")
	s.idle()
	all, _ := s.connections.count()
	assert.Equal(t, 1, all, "connections so soon")
	s.do(`clock += 6000`)
	s.press("x")
	s.untilWarm(2)
}

// TestWarmIsUsed shows that the first request finds the line.
func TestWarmIsUsed(t *testing.T) {
	t.Parallel()
	notIn(t, "firefox", "closes the line after five seconds, which a busy machine may need")
	notIn(t, "webkit", "closes the line after three seconds, which a busy machine may need")
	s := newWarmStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.open("/form.html")
	s.untilAttached()
	s.do(`document.querySelector("#email").focus()`)
	s.untilWarm(1)
	s.do(`document.querySelector("#email").value = ` + quote(s.demo.Plain.Email) + `;
		document.querySelector("#password").value = ` + quote(s.demo.Plain.Password) + `;
		document.querySelector("form").requestSubmit()`)
	s.untilSignedIn()
	s.connections.mu.Lock()
	defer s.connections.mu.Unlock()
	assert.True(t, s.connections.used[s.connections.all[0]], "the first request goes by the line that was there")
}

// TestWarmSession shows that a stored session that will be verified has the API connected at load, and no other page of a
// member does.
func TestWarmSession(t *testing.T) {
	t.Parallel()
	tomorrow, yesterday := 24*time.Hour, -24*time.Hour
	for _, test := range []struct {
		name, load string
		left       time.Duration
		warm       bool
	}{
		{"auto", "auto", tomorrow, true},
		{"eager", "eager", tomorrow, true},
		{"lazy", "lazy", tomorrow, false},
		{"lazy, looks expired", "lazy", yesterday, true}, // the server is asked
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newWarmStage(t, map[string]string{"member.html": document(`data-load="`+test.load+`"`, member)})
			s.plant(s.demo.Plain, time.Now().Add(test.left))
			s.holdWasm()
			s.open("/member.html")
			if test.warm {
				s.untilWarm(1)
				return
			}
			s.idle()
			all, _ := s.connections.count()
			assert.Zero(t, all, "connections")
		})
	}
}

// TestWarmPrerendered shows that a page that nobody sees yet connects to nothing, and does once it is shown.
func TestWarmPrerendered(t *testing.T) {
	t.Parallel()
	notIn(t, "firefox", "renders no page in advance")
	notIn(t, "webkit", "renders no page in advance")
	s := newWarmStage(t, map[string]string{
		"first.html":  `<!doctype html><title>First</title><script src="first.js"></script>`,
		"first.js":    `fetch("/go").then(() => (location.href = "/member.html"))`,
		"rules.json":  `{"prerender": [{"urls": ["/member.html"], "eagerness": "immediate"}]}`,
		"member.html": document(`data-load="eager"`, member+`<script src="told.js"></script>`),
		"told.js":     `addEventListener("load", () => fetch("/loaded?" + document.prerendering))`,
	})
	s.plant(s.demo.Plain, time.Now().Add(24*time.Hour))
	letGo := s.holdWasm()
	hold := s.intercept
	loaded, leave := make(chan string, 9), make(chan struct{})
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/first.html":
			w.Header().Set("Speculation-Rules", `"/rules.json"`)
		case "/rules.json":
			w.Header().Set("Content-Type", "application/speculationrules+json")
		case "/loaded":
			loaded <- r.URL.RawQuery
			return true
		case "/go":
			select {
			case <-leave:
			case <-r.Context().Done():
			}
			return true
		}
		return hold(w, r)
	})
	// No tool may watch the page.
	_, err := target.CreateTarget(s.url + "/first.html").WithNewWindow(true).Do(s.profile.(chromiumProfile).executor())
	require.NoError(t, err)
	select {
	case prerendering := <-loaded:
		require.Equal(t, "true", prerendering, "the page is rendered in advance")
	case <-time.After(patience):
		require.Fail(t, "no page is rendered in advance")
	}
	s.idle()
	all, _ := s.connections.count()
	assert.Zero(t, all, "connections for a page that nobody sees")
	close(leave)
	s.untilWarm(1)
	letGo()
}

// TestWarmForbidden shows that where a page's policy forbids the API, this adds no report and no line on the console. No
// browser asks the policy about it; nothing goes out that the policy would keep.
func TestWarmForbidden(t *testing.T) {
	t.Parallel()
	s := newWarmStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/form.html" {
			return false
		}
		answer := httptest.NewRecorder()
		s.site.ServeHTTP(answer, r)
		policy := answer.Header().Get("Content-Security-Policy")
		assert.Contains(t, policy, s.apiURL)
		answer.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, s.apiURL, ""))
		replay(w, answer)
		return true
	})
	s.open("/form.html")
	s.untilAttached()
	s.do(`document.querySelector("#email").focus()`)
	s.untilWarm(1)
	s.idle()
}
