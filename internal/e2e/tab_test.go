package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/webdriver"
)

// patience is how long a tab waits for what must happen. Nothing here measures speed.
const (
	patience = 60 * time.Second
	poll     = 10 * time.Millisecond
)

// says is true once the page shows a message.
const says = `document.querySelector("[data-keygen-error]:not([hidden])")`

// A tab is one page in the browser. When the test ends it must have printed nothing and thrown nothing, save what the
// test has allowed.
type tab struct {
	t    *testing.T
	home string // origin of the site
	// serveAtStart has the site's pages run a script before any of their own, in all tabs, where the browser cannot.
	serveAtStart func(script string)
	profile      webdriver.Profile
	window       webdriver.Window

	mu      sync.Mutex
	printed []string // on the console, and exceptions nobody caught
	allowed []string // parts of lines that may be printed
}

// newProfile returns an empty profile of the browser: its own storage, shared by the tabs that are opened in it.
func newProfile(t *testing.T) webdriver.Profile {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	profile, err := browserOfAll.NewProfile(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, profile.Close()) })
	return profile
}

// newTab opens a tab in a profile, in a window of its own, for that is what makes it visible.
func newTab(t *testing.T, profile webdriver.Profile, home string) *tab {
	t.Helper()
	p := &tab{t: t, profile: profile, home: home}
	p.with(func(ctx context.Context) (err error) {
		p.window, err = profile.NewWindow(ctx, p.print)
		return err
	})
	if profileFile != "" {
		p.atStart(noteCalls)
	}
	if restOfAll == "never" {
		p.allow("/keygen-auth.rest.")
	}
	t.Cleanup(func() {
		p.collectCalls()
		if t.Failed() {
			p.leavePicture()
		}
		assert.NoError(t, p.window.Close())
		for _, line := range p.lines() {
			assert.True(t, p.mayPrint(line), "the page printed or threw: %s", line)
		}
	})
	return p
}

// notIn ends the test in a browser that cannot do what it needs.
func notIn(t *testing.T, browser, why string) {
	t.Helper()
	if engine == browser {
		t.Skip(browser + " " + why)
	}
}

// with does something that must succeed before patience ends.
func (p *tab) with(do func(ctx context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(p.t, do(ctx))
}

// print notes a line of the console.
func (p *tab) print(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed = append(p.printed, strings.TrimSpace(line))
}

// allow expects lines on the console that contain text.
func (p *tab) allow(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, text)
}

func (p *tab) mayPrint(line string) bool {
	for _, text := range p.allowed {
		if strings.Contains(line, text) {
			return true
		}
	}
	return false
}

// lines returns what the page printed so far.
func (p *tab) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.printed...)
}

// open loads a page of the site and waits until it is parsed and has run its scripts.
func (p *tab) open(path string) {
	p.t.Helper()
	p.with(func(ctx context.Context) error { return p.window.Open(ctx, p.home+path) })
}

// atStart runs a script in each document from now on, before any of its own.
func (p *tab) atStart(script string) {
	p.t.Helper()
	p.with(func(ctx context.Context) error {
		err := p.window.AtStart(ctx, script)
		if errors.Is(err, webdriver.ErrNoScripts) && p.serveAtStart != nil {
			p.serveAtStart(script)
			return nil
		}
		return err
	})
}

// eval returns what a JavaScript expression, or the promise that it makes, comes to.
func eval[T any](p *tab, expression string) (value T) {
	p.t.Helper()
	p.with(func(ctx context.Context) error {
		result, err := p.window.Evaluate(ctx, asText(expression))
		if err != nil {
			return err
		}
		switch reflect.TypeFor[T]().Kind() {
		case reflect.Bool, reflect.String, reflect.Int, reflect.Float64:
			if result == "null" {
				return errors.New("there is no value: " + expression)
			}
		}
		return json.Unmarshal([]byte(result), &value)
	})
	return value
}

// asText makes an expression one of a promise of its value as JSON.
func asText(expression string) string {
	return "(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()"
}

// do runs JavaScript for its effect.
func (p *tab) do(script string) {
	p.t.Helper()
	eval[any](p, "(() => {"+script+"})()")
}

// until waits until a JavaScript expression is true.
func (p *tab) until(expression string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		// A page that is on its way to another one cannot answer.
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		is, err := p.window.Evaluate(ctx, asText("Boolean("+expression+")"))
		cancel()
		if err == nil && is == "true" {
			return
		}
		if time.Now().After(deadline) {
			require.Fail(p.t, "waited in vain", "for %s\nerror region: %s\nevents: %s\nconsole: %q", expression,
				eval[string](p, `document.querySelector("[data-keygen-error]")?.textContent ?? "none"`),
				eval[string](p, `window.heard?.map?.((event) => event.Name).join() ?? "not heard"`), p.lines())
		}
		time.Sleep(poll)
	}
}

// write types text into a field, in place of what is there.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	field := `document.querySelector(` + quote(selector) + `)`
	p.until(field)
	p.do(`const field = ` + field + `; field.focus(); field.select?.();
		if (document.activeElement !== field) throw Error("the field takes no focus");`)
	if text == "" {
		p.press("\b")
		return
	}
	p.with(func(ctx context.Context) error { return p.window.Type(ctx, text) })
}

// press presses keys of the keyboard, such as "\r" for Enter.
func (p *tab) press(keys string) {
	p.t.Helper()
	p.with(func(ctx context.Context) error { return p.window.Press(ctx, keys) })
}

// fill types an email and a password into the form.
func (p *tab) fill(email, password string) {
	p.t.Helper()
	p.write("#email", email)
	p.write("#password", password)
}

// signIn types credentials and presses Enter.
func (p *tab) signIn(email, password string) {
	p.t.Helper()
	p.fill(email, password)
	p.press("\r")
}

// untilSignedIn waits until the page shows that somebody is signed in.
func (p *tab) untilSignedIn() {
	p.t.Helper()
	p.until(`document.documentElement.dataset.keygenState === "signed-in"`)
}

// untilSays waits until the form's message is this text.
func (p *tab) untilSays(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll("[data-keygen-error]")].some((e) => !e.hidden && e.textContent === %q)`, text))
}

// focused returns the id of the element with the focus, or its name or tag where it has none.
func (p *tab) focused() string {
	p.t.Helper()
	return eval[string](p, `((e) => e.id || e.name || e.localName)(document.activeElement)`)
}

// sibling opens another tab of the same profile.
func (p *tab) sibling() *tab {
	other := newTab(p.t, p.profile, p.home)
	other.serveAtStart = p.serveAtStart
	return other
}

// leavePicture leaves a screenshot of a failed test where KEYGEN_AUTH_SHOTS says.
func (p *tab) leavePicture() {
	dir := os.Getenv("KEYGEN_AUTH_SHOTS")
	if dir == "" {
		return
	}
	name := strings.NewReplacer("/", "_", " ", "-").Replace(p.t.Name())
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if image, err := p.window.Screenshot(ctx); err == nil {
		_ = os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644)
	}
}

// idle waits until the page had nothing to do for a while, twice: time for whatever waits for that. A busy browser may
// never call a page idle, hence the limit, the loader's own. WebKit does not say when: there it is a fifth of a second.
func (p *tab) idle() {
	p.t.Helper()
	eval[any](p, `new Promise((done) => {
		const wait = window.requestIdleCallback ?? ((run) => setTimeout(run, 100));
		const limit = { timeout: 2000 };
		wait(() => wait(() => done(), limit), limit);
	})`)
}
