package e2e

import (
	"fmt"

	"github.com/chromedp/chromedp"
)

// A place is a JavaScript expression of an element.
type place string

// at is the element that a selector finds.
func at(selector string) place { return place(fmt.Sprintf(`document.querySelector(%q)`, selector)) }

// in is the first element that a selector finds within another.
func (p place) in(selector string) place {
	return place(fmt.Sprintf(`%s?.querySelector(%s)`, string(p), quote(selector)))
}

// part is an element of a card or row by its data-part.
func (p place) part(name string) place { return p.in(`[data-part="` + name + `"]`) }

// hit clicks an element with the mouse, once the page has stopped moving it. A click that lands elsewhere, because the
// page moved after all, fails the test and says so: it may do there what the test never meant.
func (p *tab) hit(where place) {
	p.t.Helper()
	p.untilStill(where)
	p.do(fmt.Sprintf(`addEventListener("pointerdown", ({ target }) => {
		if (!%[1]s?.contains(target)) console.error("a click meant for", %[2]s, "landed on", target.outerHTML);
	}, { capture: true, once: true })`, string(where), quote(string(where))))
	p.run(chromedp.Click(string(where), chromedp.ByJSPath))
}

// click is hit for the element that a selector finds.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.hit(at(selector))
}

// untilStill waits until an element is there and has been in the same place for two frames.
func (p *tab) untilStill(where place) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`new Promise((done) => {
		let before;
		(function look() {
			const now = JSON.stringify(%s?.getBoundingClientRect());
			if (now && now === before) return done(true);
			before = now;
			requestAnimationFrame(look);
		})();
	})`, string(where)))
}
