package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	ctx  context.Context
	home string // origin of the site

	profile cdp.BrowserContextID

	mu      sync.Mutex
	printed []string // on the console, and exceptions nobody caught
	allowed []string // parts of lines that may be printed
}

// newProfile returns an empty profile of the browser: its own storage, shared by the tabs that are opened in it.
func newProfile(t *testing.T) cdp.BrowserContextID {
	t.Helper()
	ctx := cdp.WithExecutor(chromiumContext, chromedp.FromContext(chromiumContext).Browser)
	profile, err := target.CreateBrowserContext().Do(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, target.DisposeBrowserContext(profile).Do(ctx)) })
	return profile
}

// newTab opens a tab in a profile, in a window of its own, for that is what makes it visible.
func newTab(t *testing.T, profile cdp.BrowserContextID, home string) *tab {
	t.Helper()
	ctx := cdp.WithExecutor(chromiumContext, chromedp.FromContext(chromiumContext).Browser)
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(ctx)
	require.NoError(t, err)
	ctx, cancel := chromedp.NewContext(chromiumContext, chromedp.WithTargetID(id))
	p := &tab{t: t, ctx: ctx, profile: profile, home: home}
	t.Cleanup(func() {
		if t.Failed() {
			p.leavePicture()
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, line := range p.printed {
			assert.True(t, p.mayPrint(line), "the page printed or threw: %s", line)
		}
		cancel()
	})
	chromedp.ListenTarget(ctx, p.listen)
	// Not under a deadline, which would end the tab, too. Each tab believes that it is the one that has the focus.
	require.NoError(t, chromedp.Run(ctx, emulation.SetFocusEmulationEnabled(true)))
	return p
}

func (p *tab) listen(event any) {
	var line string
	switch event := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range event.Args {
			word := string(arg.Value)
			_ = json.Unmarshal(arg.Value, &word) // only texts are quoted
			words = append(words, word, arg.Description)
		}
		line = string(event.Type) + ": " + strings.Join(words, " ")
	case *runtime.EventExceptionThrown:
		line = "uncaught: " + event.ExceptionDetails.Error()
	case *log.EventEntryAdded:
		// The browser's own notes, which no script can prevent: that a request failed, how markup could be better.
		if event.Entry.Source == log.SourceNetwork || event.Entry.Source == log.SourceRecommendation {
			return
		}
		line = fmt.Sprintf("%s: %s", event.Entry.Source, event.Entry.Text)
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.printed = append(p.printed, line)
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

func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	require.NoError(p.t, chromedp.Run(ctx, actions...))
}

// open loads a page of the site and waits until it is parsed and has run its scripts.
func (p *tab) open(path string) {
	p.t.Helper()
	p.run(chromedp.Navigate(p.home + path))
}

// atStart runs a script in each document from now on, before any of its own.
func (p *tab) atStart(script string) {
	p.t.Helper()
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
}

// eval returns what a JavaScript expression, or the promise that it makes, comes to.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	var value T
	p.run(chromedp.Evaluate(expression, &value, func(e *runtime.EvaluateParams) *runtime.EvaluateParams {
		return e.WithAwaitPromise(true)
	}))
	return value
}

// do runs JavaScript for its effect.
func (p *tab) do(script string) {
	p.t.Helper()
	p.run(chromedp.Evaluate("(() => {"+script+"})()", nil))
}

// until waits until a JavaScript expression is true.
func (p *tab) until(expression string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		var is bool
		// A page that is on its way to another one cannot answer.
		if err := chromedp.Run(p.ctx, chromedp.Evaluate("Boolean("+expression+")", &is)); err == nil && is {
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

// write types text into a field, in place of what is there, as a keyboard of any language would.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	p.run(chromedp.Focus(selector, chromedp.ByQuery))
	p.do(`document.activeElement.select?.()`)
	if text == "" {
		p.press("\b")
		return
	}
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText(text).Do(ctx) }))
}

// press presses keys of the keyboard, such as "\r" for Enter.
func (p *tab) press(keys string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys))
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

// announced returns what a screen reader is told: the texts of all alerts in the accessibility tree.
func (p *tab) announced() string {
	p.t.Helper()
	var texts []string
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		nodes, err := accessibility.GetFullAXTree().Do(ctx)
		if err != nil {
			return err
		}
		byID := map[accessibility.NodeID]*accessibility.Node{}
		for _, node := range nodes {
			byID[node.NodeID] = node
		}
		var collect func(node *accessibility.Node)
		collect = func(node *accessibility.Node) {
			if role(node) == "StaticText" {
				texts = append(texts, strings.Trim(string(node.Name.Value), `"`))
				return
			}
			for _, id := range node.ChildIDs {
				if child := byID[id]; child != nil {
					collect(child)
				}
			}
		}
		for _, node := range nodes {
			if role(node) == "alert" {
				collect(node)
			}
		}
		return nil
	}))
	return strings.Join(texts, "")
}

func role(node *accessibility.Node) string {
	if node.Ignored || node.Role == nil {
		return ""
	}
	return strings.Trim(string(node.Role.Value), `"`)
}

// focused returns the id of the element with the focus, or its name or tag where it has none.
func (p *tab) focused() string {
	p.t.Helper()
	return eval[string](p, `((e) => e.id || e.name || e.localName)(document.activeElement)`)
}

// sibling opens another tab of the same profile.
func (p *tab) sibling() *tab { return newTab(p.t, p.profile, p.home) }

// leavePicture leaves a screenshot of a failed test where KEYGEN_AUTH_SHOTS says.
func (p *tab) leavePicture() {
	dir := os.Getenv("KEYGEN_AUTH_SHOTS")
	if dir == "" || p.ctx.Err() != nil {
		return
	}
	name := strings.NewReplacer("/", "_", " ", "-").Replace(p.t.Name())
	var image []byte
	if err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot(&image)); err == nil {
		_ = os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644)
	}
}

// idle waits until the page had nothing to do for a while, twice: time for whatever waits for that. A busy browser may
// never call a page idle, hence the limit, the loader's own.
var idle = chromedp.Evaluate(`new Promise((done) => {
	const limit = { timeout: 2000 };
	requestIdleCallback(() => requestIdleCallback(done, limit), limit);
})`, nil,
	func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) })

var focusEmail = chromedp.Focus("#email", chromedp.ByQuery)
