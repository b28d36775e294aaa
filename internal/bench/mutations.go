package bench

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// mutationRuns is how many times each count is measured: one takes five seconds.
const mutationRuns = 3

// moving changes a page 60 times a second, for five seconds, as a clock or a list of messages does.
const moving = `new Promise((done) => {
	const list = document.body.appendChild(document.createElement("ul"));
	let turn = 0;
	const timer = setInterval(() => {
		const item = document.createElement("li");
		item.append(Object.assign(document.createElement("span"), { textContent: "message " + turn }));
		list.append(item);
		if (list.children.length > 20) list.firstChild.remove();
		if (++turn === 300) done(clearInterval(timer));
	}, 1000 / 60);
})`

// mutations moves a page that shows the user in so many places, and takes the time that scripts run.
func (s *server) mutations(browser context.Context, runs int) (growth, error) {
	g := growth{what: "elements with data-keygen-text on a page that changes 60 times a second: scripts in five seconds",
		counts: []int{1, 100, 1000}, unit: "ms"}
	for _, count := range g.counts {
		values := map[string][]float64{}
		for range min(runs, mutationRuns) {
			for _, subject := range []string{snippet, module} {
				value, err := s.moved(browser, subject, count)
				if err != nil {
					return g, err
				}
				values[subject] = append(values[subject], value)
			}
		}
		g.snippet, g.ours = append(g.snippet, median(values[snippet])), append(g.ours, median(values[module]))
	}
	return g, nil
}

func (s *server) moved(browser context.Context, subject string, count int) (milliseconds float64, err error) {
	t, err := open(browser, conditions[0])
	if err != nil {
		return 0, err
	}
	defer t.close()
	s.api.ResetThrottles()
	if err := chromedp.Run(t, performance.Enable(), chromedp.Navigate(s.page(subject))); err != nil {
		return 0, err
	}
	prepare := fmt.Sprintf(`(async () => {
		await loaded();
		await signedIn(%q, %q);
		for (let i = 0; i < %d; i++) document.body.append(document.createElement("b"));
		for (const b of document.querySelectorAll("b")) b.dataset.keygenText = "user.email";
		for (const b of document.querySelectorAll("b")) while (%t && !b.textContent) await new Promise(requestAnimationFrame);
		await new Promise((done) => setTimeout(done, 2000)); // until all that comes once is over
	})()`, s.demo.Plain.Email, s.demo.Plain.Password, count, subject == module)
	if err := t.evaluate(prepare, nil); err != nil {
		return 0, err
	}
	before, err := t.scripts()
	if err != nil {
		return 0, err
	}
	if err := t.evaluate(moving, nil); err != nil {
		return 0, err
	}
	after, err := t.scripts()
	return after - before, err
}

// scripts returns for how many milliseconds scripts have run in a page.
func (t *tab) scripts() (milliseconds float64, err error) {
	err = chromedp.Run(t, chromedp.ActionFunc(func(ctx context.Context) error {
		metrics, err := performance.GetMetrics().Do(ctx)
		for _, metric := range metrics {
			if metric.Name == "ScriptDuration" {
				milliseconds = metric.Value * 1000
			}
		}
		return err
	}))
	return milliseconds, err
}
