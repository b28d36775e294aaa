package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// condition is what kind of device and network a visitor has.
type condition struct {
	name    string
	cpu     float64             // how many times slower than this machine
	network *network.Conditions // nil for none to speak of
}

// conditions are those of the comparison. The slow network is what browsers' tools call "slow 4G".
var conditions = []condition{
	{name: "this machine", cpu: 1},
	{name: "CPU 4 times slower", cpu: 4},
	{name: "1.6 Mbit/s, 150 ms", cpu: 1, network: &network.Conditions{
		Latency: 150, DownloadThroughput: 1.6e6 / 8, UploadThroughput: 750e3 / 8,
	}},
}

// sample is what one visit measured: milliseconds and bytes, 0 for what a subject does not have.
type sample struct {
	Safe, Ready, Painted, Received float64 // the first time until ready; since the navigation began
	Whole                          float64 // received, with what comes later
	Warm                           float64 // ready, the second time
	Longest                        float64 // task of the page's main thread until ready
	Sent, Stored                   float64 // since the submit
	Heap, Memory                   float64 // after sign-in: of JavaScript, of WebAssembly
}

// tab is a page in a browser profile of its own.
type tab struct {
	context.Context
	close func()
}

// open opens a tab in a new profile. The tab's own cancellation ends with the browser's context.
func open(browser context.Context, c condition) (*tab, error) {
	executor := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	profile, err := target.CreateBrowserContext().Do(executor)
	if err != nil {
		return nil, err
	}
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(executor)
	if err != nil {
		return nil, err
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(id))
	t := &tab{ctx, func() {
		cancel()
		_ = target.DisposeBrowserContext(profile).Do(executor)
	}}
	if err := t.prepare(c); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// prepare has a tab meet a condition, and its pages note what is measured.
func (t *tab) prepare(c condition) error {
	actions := []chromedp.Action{
		network.Enable(),
		emulation.SetFocusEmulationEnabled(true),
		emulation.SetCPUThrottlingRate(c.cpu),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(probe()).Do(ctx)
			return err
		}),
	}
	if c.network != nil {
		actions = append(actions, chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := network.EmulateNetworkConditionsByRule([]*network.Conditions{c.network}).Do(ctx)
			return err
		}))
	}
	return chromedp.Run(t, actions...)
}

// evaluate runs an expression in the page and waits for what its promise resolves to.
func (t *tab) evaluate(expression string, result any) error {
	if err := chromedp.Run(t, chromedp.Evaluate(expression, result, func(e *runtime.EvaluateParams) *runtime.EvaluateParams {
		return e.WithAwaitPromise(true)
	})); err != nil {
		return fmt.Errorf("%s: %w", expression, err)
	}
	return nil
}

// visit loads a subject's page twice, and signs in.
func (s *server) visit(browser context.Context, subject string, c condition) (sample, error) {
	var result sample
	t, err := open(browser, c)
	if err != nil {
		return result, err
	}
	defer t.close()
	longest, err := t.trace(func() error {
		if err := chromedp.Run(t, chromedp.Navigate(s.page(subject))); err != nil {
			return err
		}
		return t.evaluate(`loaded()`, &result)
	})
	if err != nil {
		return result, err
	}
	result.Longest = longest
	if err := t.evaluate(`whole()`, &result); err != nil {
		return result, err
	}
	var second sample
	if err := chromedp.Run(t, chromedp.Navigate(s.page(subject))); err != nil {
		return result, err
	}
	if err := t.evaluate(`loaded()`, &second); err != nil {
		return result, err
	}
	result.Warm = second.Ready
	if subject == empty {
		return result, t.evaluate(`({memory: probe.memory.buffer.byteLength})`, &result)
	}
	s.api.ResetThrottles()
	if err := t.evaluate(fmt.Sprintf(`signedIn(%q, %q)`, s.demo.Plain.Email, s.demo.Plain.Password), &result); err != nil {
		return result, err
	}
	return result, t.weigh(&result)
}

// weigh measures what a page holds on to once garbage is collected.
func (t *tab) weigh(result *sample) error {
	if err := t.evaluate(`({memory: probe.memory?.buffer.byteLength ?? 0})`, result); err != nil {
		return err
	}
	return chromedp.Run(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		for range 3 { // what a finalizer lets go of is garbage of the next round
			if err := heapprofiler.CollectGarbage().Do(ctx); err != nil {
				return err
			}
		}
		result.Heap, _, _, _, err = runtime.GetHeapUsage().Do(ctx)
		return err
	}))
}

// trace returns how long, in milliseconds, the longest task of a page's main thread took while something was done.
func (t *tab) trace(do func() error) (longest float64, err error) {
	var mu sync.Mutex
	var events []event
	complete := make(chan struct{})
	listening, stop := context.WithCancel(t)
	defer stop()
	chromedp.ListenTarget(listening, func(message any) {
		switch message := message.(type) {
		case *tracing.EventDataCollected:
			mu.Lock()
			defer mu.Unlock()
			for _, raw := range message.Value {
				var e event
				if json.Unmarshal(raw, &e) == nil {
					events = append(events, e)
				}
			}
		case *tracing.EventTracingComplete:
			close(complete)
		}
	})
	start := tracing.Start().WithTransferMode(tracing.TransferModeReportEvents).
		WithTraceConfig(&tracing.TraceConfig{IncludedCategories: []string{"toplevel"}})
	if err := chromedp.Run(t, start); err != nil {
		return 0, fmt.Errorf("trace the page: %w", err)
	}
	if err := do(); err != nil {
		return 0, err
	}
	if err := chromedp.Run(t, tracing.End()); err != nil {
		return 0, fmt.Errorf("end the trace: %w", err)
	}
	<-complete
	mu.Lock()
	defer mu.Unlock()
	return longestTask(events), nil
}

// event is one of a trace.
type event struct {
	Name     string  `json:"name"`
	Process  int     `json:"pid"`
	Thread   int     `json:"tid"`
	Duration float64 `json:"dur"` // µs
	Args     struct {
		Name string `json:"name"`
	} `json:"args"`
}

// longestTask returns the milliseconds of the longest task of any page's main thread.
func longestTask(events []event) float64 {
	type thread struct{ process, thread int }
	main := map[thread]bool{}
	for _, e := range events {
		if e.Name == "thread_name" && e.Args.Name == "CrRendererMain" {
			main[thread{e.Process, e.Thread}] = true
		}
	}
	longest := 0.0
	for _, e := range events {
		if e.Name == "ThreadControllerImpl::RunTask" && main[thread{e.Process, e.Thread}] {
			longest = max(longest, e.Duration/1000)
		}
	}
	return longest
}
