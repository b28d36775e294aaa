package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	stdlog "log"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"keygenauth/internal/chromium"
	"keygenauth/internal/webdriver"
)

// A chromiumBrowser is Chromium, by the DevTools protocol.
type chromiumBrowser struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func startChromium(ctx context.Context) (webdriver.Browser, error) {
	options, err := chromium.Options()
	if err != nil {
		return nil, err
	}
	return startChromiumWith(ctx, options)
}

func startChromiumWith(ctx context.Context, options []chromedp.ExecAllocatorOption) (webdriver.Browser, error) {
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	browser, _ := chromedp.NewContext(allocator, chromedp.WithErrorf(complain))
	if err := chromedp.Run(browser); err != nil {
		cancel()
		return nil, fmt.Errorf("start the browser: %w", err)
	}
	return chromiumBrowser{browser, cancel}, nil
}

// complain prints what chromedp cannot make sense of, save dialogs that open and close: it knows no such event yet.
func complain(format string, args ...any) {
	if !strings.HasPrefix(format, "unhandled node event") {
		stdlog.Printf(format, args...)
	}
}

func (b chromiumBrowser) Close() error {
	b.cancel()
	return nil
}

// executor returns the context of commands to the browser itself.
func (b chromiumBrowser) executor() context.Context {
	return cdp.WithExecutor(b.ctx, chromedp.FromContext(b.ctx).Browser)
}

type chromiumProfile struct {
	chromiumBrowser
	id cdp.BrowserContextID
}

func (b chromiumBrowser) NewProfile(context.Context) (webdriver.Profile, error) {
	id, err := target.CreateBrowserContext().Do(b.executor())
	return chromiumProfile{b, id}, err
}

func (p chromiumProfile) Close() error { return target.DisposeBrowserContext(p.id).Do(p.executor()) }

// A chromiumWindow is a tab in a window of its own. Its context must not get a deadline, which would end the tab, too.
type chromiumWindow struct {
	profile chromiumProfile
	tab     context.Context
	cancel  context.CancelFunc
}

func (p chromiumProfile) NewWindow(_ context.Context, print func(line string)) (webdriver.Window, error) {
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(p.id).WithNewWindow(true).Do(p.executor())
	if err != nil {
		return nil, err
	}
	tab, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
	chromedp.ListenTarget(tab, func(event any) {
		if line := printed(event); line != "" {
			print(line)
		}
	})
	// Each tab believes that it is the one that has the focus.
	return chromiumWindow{p, tab, cancel}, chromedp.Run(tab, emulation.SetFocusEmulationEnabled(true))
}

// printed returns the line of the console that an event tells of, if any.
func printed(event any) string {
	switch event := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range event.Args {
			word := string(arg.Value)
			_ = json.Unmarshal(arg.Value, &word) // only texts are quoted
			words = append(words, word, arg.Description)
		}
		return string(event.Type) + ": " + strings.Join(words, " ")
	case *runtime.EventExceptionThrown:
		return "uncaught: " + event.ExceptionDetails.Error()
	case *log.EventEntryAdded:
		// The browser's own notes, which no script can prevent: that a request failed, how markup could be better.
		if event.Entry.Source != log.SourceNetwork && event.Entry.Source != log.SourceRecommendation {
			return fmt.Sprintf("%s: %s", event.Entry.Source, event.Entry.Text)
		}
	}
	return ""
}

func (w chromiumWindow) Close() error {
	w.cancel()
	return nil
}

// run does things that need the DevTools protocol, until the context ends.
func (w chromiumWindow) run(ctx context.Context, actions ...chromedp.Action) error {
	tab, cancel := context.WithCancel(w.tab)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	if err := chromedp.Run(tab, actions...); ctx.Err() == nil {
		return err
	}
	return ctx.Err()
}

func (w chromiumWindow) AtStart(ctx context.Context, script string) error {
	return w.run(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
}

func (w chromiumWindow) Open(ctx context.Context, url string) error {
	return w.run(ctx, chromedp.Navigate(url))
}

func (w chromiumWindow) Evaluate(ctx context.Context, promise string) (text string, err error) {
	err = w.run(ctx, chromedp.Evaluate(promise, &text, func(e *runtime.EvaluateParams) *runtime.EvaluateParams {
		return e.WithAwaitPromise(true)
	}))
	return text, err
}

func (w chromiumWindow) Type(ctx context.Context, text string) error {
	return w.run(ctx, input.InsertText(text))
}

func (w chromiumWindow) Press(ctx context.Context, keys string) error {
	return w.run(ctx, chromedp.KeyEvent(keys))
}

func (w chromiumWindow) Click(ctx context.Context, x, y, times int) error {
	var clicks []chromedp.Action
	for n := range times {
		clicks = append(clicks, chromedp.MouseClickXY(float64(x), float64(y), chromedp.ClickCount(n+1)))
	}
	return w.run(ctx, clicks...)
}

func (w chromiumWindow) Screenshot(ctx context.Context) (image []byte, err error) {
	err = w.run(ctx, chromedp.CaptureScreenshot(&image))
	return image, err
}

// run does what only the DevTools protocol can: the test ends here in another browser.
func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	chromium := p.chromium()
	p.with(func(ctx context.Context) error { return chromium.run(ctx, actions...) })
}

// inChromium says whether the browser has the DevTools protocol, for what may be left out elsewhere.
func (p *tab) inChromium() bool {
	_, ok := p.window.(chromiumWindow)
	return ok
}

// chromium returns the window as one of Chromium: the test ends here in another browser.
func (p *tab) chromium() chromiumWindow {
	p.t.Helper()
	window, ok := p.window.(chromiumWindow)
	if !ok {
		p.t.Skip("this needs Chromium's DevTools protocol")
	}
	return window
}

// untilTold waits until the message is there for the ear, too.
func (p *tab) untilTold() {
	p.t.Helper()
	p.until(`!document.querySelector("[data-keygen-error][aria-hidden]")`)
}

// announced returns what a screen reader is told: the texts of all alerts in the accessibility tree. Other browsers than
// Chromium do not show theirs: there it is what the document says of it.
func (p *tab) announced() string {
	p.t.Helper()
	p.untilTold()
	if !p.inChromium() {
		return eval[string](p, `[...document.querySelectorAll("[role=alert]")].filter((e) => e.checkVisibility()).map((e) => e.innerText).join("")`)
	}
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
				var text string
				_ = json.Unmarshal(node.Name.Value, &text)
				texts = append(texts, text)
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
