package e2e

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
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

// hitTimes clicks an element with the mouse, so many times at once, and makes sure that it was this one that was pressed. It
// takes aim for as long as the element moves, or something else lies above it; having pressed, it never does so again.
func (p *tab) hitTimes(where place, times int) {
	p.t.Helper()
	x, y := p.untilStill(where)
	p.with(func(ctx context.Context) error { return p.window.Click(ctx, x, y, times) })
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// A page that is on its way to another one has been pressed where it leads there, and cannot answer.
	if landed, err := p.window.Evaluate(ctx, asText(`window[Symbol.for("landed")]?.() ?? ""`)); err == nil {
		require.Equal(p.t, `""`, landed, "a press that was meant for %s", where)
	}
}

// hit clicks an element once.
func (p *tab) hit(where place) {
	p.t.Helper()
	p.hitTimes(where, 1)
}

// click is hit for the element that a selector finds.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.hit(at(selector))
}

// untilStill waits until an element can be pressed: it is to be seen in the middle of the window, has been in the same
// place for two frames, is not disabled, and nothing else lies above it. It returns where its middle is then. From there
// on the page notes what is pressed.
func (p *tab) untilStill(where place) (x, y int) {
	p.t.Helper()
	middle := eval[[]float64](p, fmt.Sprintf(`new Promise((done, fail) => {
		const find = () => %s;
		const landed = Symbol.for("landed");
		const outer = (element) => element?.cloneNode().outerHTML ?? "nothing";
		const end = performance.now() + %d;
		let before;
		(function look() {
			const element = find();
			element?.scrollIntoView({ block: "center", behavior: "instant" });
			const { x, y, width, height } = element?.getBoundingClientRect() ?? {};
			const now = width && height && !element.disabled && [Math.trunc(x + width / 2), Math.trunc(y + height / 2)];
			const place = now && [x, y, width, height].join();
			if (now && place === before && element.contains(document.elementFromPoint(...now))) {
				window[landed] = () => outer(undefined);
				addEventListener("pointerdown", ({ target }) => {
					window[landed] = () => (element.contains(target) ? "" : outer(target));
				}, { capture: true, once: true });
				return done(now);
			}
			if (performance.now() > end) {
				return fail(Error("it cannot be pressed: " + outer(element) + " at " + place + ", below " + outer(document.elementFromPoint(...(now || [0, 0])))));
			}
			before = place;
			requestAnimationFrame(look);
		})();
	})`, string(where), (patience-5*time.Second).Milliseconds()))
	return int(middle[0]), int(middle[1])
}
