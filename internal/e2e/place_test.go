package e2e

import (
	"context"
	"fmt"
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
	p.do(fmt.Sprintf(`addEventListener("pointerdown", ({ target }) => {
		if (!%[1]s?.contains(target)) console.error("a click meant for", %[2]s, "landed on", target.outerHTML);
	}, { capture: true, once: true })`, string(where), quote(string(where))))
	x, y := p.untilStill(where)
	p.with(func(ctx context.Context) error { return p.window.Click(ctx, x, y, 1) })
}

// click is hit for the element that a selector finds.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.hit(at(selector))
}

// untilStill waits until an element is to be seen, can be pressed and has been in the same place for two frames, and
// returns where its middle is then.
func (p *tab) untilStill(where place) (x, y int) {
	p.t.Helper()
	middle := eval[[]float64](p, fmt.Sprintf(`new Promise((done) => {
		let before;
		(function look() {
			const element = %s;
			element?.scrollIntoView({ block: "center", behavior: "instant" });
			const { x, y, width, height } = element?.getBoundingClientRect() ?? {};
			const now = width && height && !element.disabled && [x + width / 2, y + height / 2];
			if (now && now.join() === before) return done(now);
			before = now?.join?.();
			requestAnimationFrame(look);
		})();
	})`, string(where)))
	return int(middle[0]), int(middle[1])
}
