package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"

	"keygenauth/internal/keygentest"
)

// growth is how a cost grows with a number: that of the snippet, or of what takes its place where the tutorial says
// nothing of it, and the module's.
type growth struct {
	what          string
	counts        []int
	snippet, ours []float64
	unit          string
}

// tell is a line of progress.
type tell func(format string, args ...any)

func (s *server) grow(browser context.Context, runs int, say tell) ([]growth, error) {
	measures := []func(context.Context, int) (growth, error){s.forms, s.mutations, s.licenses, s.signIns}
	var all []growth
	for _, measure := range measures {
		g, err := measure(browser, runs)
		if err != nil {
			return nil, err
		}
		say("%s: %v, %v", g.what, g.snippet, g.ours)
		all = append(all, g)
	}
	return all, nil
}

// both runs a script in a ready page of the snippet and one of the module, in turns, and returns the median of what it
// resolves to.
func (s *server) both(browser context.Context, runs int, scripts map[string]string) (theirs, ours float64, err error) {
	values := map[string][]float64{}
	for range runs {
		for _, subject := range []string{snippet, module} {
			value, err := s.once(browser, subject, scripts[subject])
			if err != nil {
				return 0, 0, err
			}
			values[subject] = append(values[subject], value)
		}
	}
	return median(values[snippet]), median(values[module]), nil
}

func (s *server) once(browser context.Context, subject, script string) (value float64, err error) {
	t, err := open(browser, conditions[0])
	if err != nil {
		return 0, err
	}
	defer t.close()
	if err := chromedp.Run(t, chromedp.Navigate(s.page(subject))); err != nil {
		return 0, err
	}
	if err := t.evaluate(`loaded()`, nil); err != nil {
		return 0, err
	}
	s.api.ResetThrottles()
	return value, t.evaluate(script, &value)
}

// forms adds so many forms to a page and waits until their submits are heard.
func (s *server) forms(browser context.Context, runs int) (growth, error) {
	g := growth{what: "forms that appear on a page, until they are safe", counts: []int{1, 10, 100}, unit: "ms"}
	const add = `(async () => {
		const forms = Array.from({length: %d}, () => {
			const form = document.createElement("form");
			form.dataset.keygenForm = "";
			for (const name of ["email", "password"]) form.append(Object.assign(document.createElement("input"), {name, type: name}));
			form.append(document.createElement("button"));
			return form;
		});
		document.body.append(...forms);
		const start = performance.now();
		%s
		return performance.now() - start;
	})()`
	for _, count := range g.counts {
		theirs, ours, err := s.both(browser, runs, map[string]string{
			snippet: fmt.Sprintf(add, count, `for (const form of forms) form.addEventListener("submit", (event) => event.preventDefault());`),
			module: fmt.Sprintf(add, count, `await new Promise((done) => setTimeout(done));
				if (!forms.every((form) => form.method === "dialog")) throw new Error("not attached");`),
		})
		if err != nil {
			return g, err
		}
		g.snippet, g.ours = append(g.snippet, theirs), append(g.ours, ours)
	}
	return g, nil
}

// licenses lists licenses, a hundred a page.
func (s *server) licenses(browser context.Context, runs int) (growth, error) {
	g := growth{what: "licenses listed, by bare fetch and by licenses.all()", counts: []int{10, 100, 1000}, unit: "ms"}
	for _, count := range g.counts {
		user := s.api.AddUser("demo", keygentest.User{Email: fmt.Sprintf("owner-of-%d@example.com", count), Password: "correct horse battery"})
		for range count {
			s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: user.ID})
		}
		signIn := fmt.Sprintf(`await signedIn(%q, %q);`, user.Email, user.Password)
		timed := func(list string) string {
			return `(async () => {` + signIn + `
				const start = performance.now();
				let count = 0;
				` + list + `
				if (count !== ` + fmt.Sprint(count) + `) throw new Error("listed " + count);
				return performance.now() - start;
			})()`
		}
		theirs, ours, err := s.both(browser, runs, map[string]string{
			snippet: timed(`for (let next = "/v1/accounts/demo/licenses?page[cursor]=&page[size]=100"; next; ) {
				const response = await fetch("` + s.apiURL + `" + next, {headers: {Authorization: "Bearer " + localStorage.getItem("token")}});
				const {data, links} = await response.json();
				count += data.length;
				next = links.next;
			}`),
			module: timed(`for await (const license of keygenAuth.licenses.all()) count++;`),
		})
		if err != nil {
			return g, err
		}
		g.snippet, g.ours = append(g.snippet, theirs), append(g.ours, ours)
	}
	return g, nil
}

// signIns signs in many times in one page, and weighs it.
func (s *server) signIns(browser context.Context, _ int) (growth, error) {
	g := growth{what: "sign-ins in one page: memory held (JavaScript and WebAssembly)", counts: []int{1, 10, 100, 1000}, unit: "KiB"}
	credentials := fmt.Sprintf("%q, %q", s.demo.Plain.Email, s.demo.Plain.Password)
	for subject, values := range map[string]*[]float64{snippet: &g.snippet, module: &g.ours} {
		t, err := open(browser, conditions[0])
		if err != nil {
			return g, err
		}
		defer t.close()
		if err := chromedp.Run(t, chromedp.Navigate(s.page(subject))); err != nil {
			return g, err
		}
		if err := t.evaluate(`loaded()`, nil); err != nil {
			return g, err
		}
		again := `await signedIn(` + credentials + `); probe.stored = undefined;`
		if subject == module {
			again += ` await keygenAuth.signOut();`
		}
		done := 0
		for _, count := range g.counts {
			for ; done < count; done++ {
				s.api.ResetThrottles()
				if err := t.evaluate(`(async () => {`+strings.TrimSpace(again)+`})()`, nil); err != nil {
					return g, err
				}
			}
			s.api.ResetRequests()
			var weight sample
			if err := t.weigh(&weight); err != nil {
				return g, err
			}
			*values = append(*values, (weight.Heap+weight.Memory)/1024)
		}
	}
	return g, nil
}
