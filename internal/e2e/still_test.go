package e2e

import (
	"strings"

	"github.com/stretchr/testify/assert"
)

// steady has a page note, frame by frame, where everything is that can be pressed, from when it is first shown, and what
// moves, changes its size or goes away, save what a message itself offers. Places are those on the page, or in the dialog:
// scrolling moves nothing. The browser's own account of what it saw move in the window, where it gives one, has the texts,
// too.
const steady = `{
	const pressable = "a[href], button, input, select, textarea, summary";
	const name = (e) => (e.ariaLabel || e.id || e.textContent.trim() || e.localName).slice(0, 60);
	const inWindow = ([x, y, width, height]) => x < innerWidth && y < innerHeight && x + width > 0 && y + height > 0;
	let places = new Map();
	let moved = [];
	let whole; // since when, for before it is parsed a page may have half a button
	const look = () => {
		for (const e of document.querySelectorAll(pressable)) {
			if (!e.checkVisibility({ visibilityProperty: true }) || e.closest("[role=alert]")) continue;
			const { x, y, width, height } = e.getBoundingClientRect();
			const dialog = e.closest("dialog");
			const [left, top] = dialog ? [dialog.scrollLeft, dialog.scrollTop] : [scrollX, scrollY];
			const now = [x + left, y + top, width, height].map(Math.round);
			const before = places.get(e);
			places.set(e, now);
			if (before && before.join() !== now.join()) moved.push([inWindow([x, y, width, height]), name(e) + ": " + before + " -> " + now]);
		}
	};
	const gone = () => [...places.keys()].filter((e) => !e.closest("dialog:not([open])") && !e.checkVisibility())
		.map((e) => [true, name(e) + " is gone"]);
	(function each() {
		if (document.readyState !== "loading") {
			if (places.size > 0) whole ??= performance.now();
			look();
		}
		requestAnimationFrame(each);
	})();
	if (PerformanceObserver.supportedEntryTypes.includes("layout-shift")) {
		new PerformanceObserver((list) => {
			for (const { sources, startTime } of list.getEntries()) {
				if (!(startTime > whole)) continue;
				for (const { node } of sources) moved.push([true, "shifted: " + (node?.nodeType === 1 ? node.cloneNode().outerHTML : node?.textContent)]);
			}
		}).observe({ type: "layout-shift", buffered: true });
	}
	window[Symbol.for("steady")] = {
		begin() {
			places = new Map();
			moved = [];
			look();
		},
		end(all) {
			look();
			return [...moved, ...(all ? gone() : [])].filter(([seen]) => all || seen).map(([, text]) => text);
		},
	};
}`

// settle forgets what moved so far: the visitor has asked for it.
func (p *tab) settle() {
	p.t.Helper()
	p.untilPainted()
	p.do(`window[Symbol.for("steady")].begin()`)
}

// untouched expects that nothing has moved, anywhere on the page, or gone away since settle.
func (p *tab) untouched(what string) {
	p.t.Helper()
	p.untilPainted()
	moved := eval[[]string](p, `window[Symbol.for("steady")].end(true)`)
	assert.Empty(p.t, strings.Join(moved, "\n"), what)
}

// arrived expects that nothing has moved in the window since the page was opened: what comes may push on what is out of
// sight.
func (p *tab) arrived(what string) {
	p.t.Helper()
	p.untilPainted()
	moved := eval[[]string](p, `window[Symbol.for("steady")].end(false)`)
	assert.Empty(p.t, strings.Join(moved, "\n"), what)
}
