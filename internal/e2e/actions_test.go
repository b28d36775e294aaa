package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// menus are places of an action that a page's own script closes to others.
const menus = `<p id="in" data-keygen-show="signed-in">in</p><p id="out" data-keygen-show="signed-out">out</p>
<div id="stopped"><button data-keygen-action="sign-out">Sign out</button></div>
<div id="captured"><a href="/elsewhere.html" data-keygen-action="sign-out">Sign out</a></div>
<div id="at-once"><a href="/elsewhere.html" data-keygen-action="sign-out"><b>Sign out</b></a></div>
<form id="in-form" action="/elsewhere.html"><button data-keygen-action="sign-out">Sign out</button></form>
<span id="shadow"></span>
<div id="vetoed"><button data-keygen-action="sign-out">Sign out</button></div>
<div id="vetoed-late"><button data-keygen-action="sign-out">Sign out</button></div>
<div id="modified"><a href="#new" data-keygen-action="sign-out">Sign out</a></div>
<script src="menus.js"></script>`

const menusScript = `
	const on = (id, handle, capture) => document.getElementById(id).addEventListener("click", handle, capture);
	on("stopped", (event) => event.stopPropagation());
	on("captured", (event) => event.stopPropagation(), true);
	on("at-once", (event) => event.stopImmediatePropagation(), true);
	on("in-form", (event) => event.stopPropagation());
	const root = document.getElementById("shadow").attachShadow({ mode: "open" });
	const inside = document.createElement("button");
	inside.textContent = "Sign out";
	inside.setAttribute("data-keygen-action", "sign-out");
	root.append(inside);
	root.addEventListener("click", (event) => event.stopPropagation());
	on("vetoed", (event) => { event.preventDefault(); event.stopPropagation(); });
	addEventListener("click", (event) => event.target.closest("#vetoed-late") && event.preventDefault());
`

// TestActionsInMenus presses actions where the page ends the way of a click, or says that it is not to count.
func TestActionsInMenus(t *testing.T) {
	t.Parallel()
	for name, loaded := range map[string]bool{"before the program is there": false, "once the program is there": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"menus.html": document(`data-load="lazy"`, menus), "menus.js": menusScript,
				"elsewhere.html": "<!doctype html><title>Elsewhere</title>"})
			open := func() {
				t.Helper()
				s.plant(s.demo.Plain, time.Time{})
				s.open("/menus.html")
				if loaded {
					eval[any](s.tab, `keygenAuth.token()`)
				}
				assert.Equal(t, []string{"in"}, s.visible())
			}
			for _, menu := range []string{"stopped", "captured", "at-once", "in-form", "shadow"} {
				for _, by := range []string{"mouse", "keyboard"} {
					t.Run(menu+" by "+by, func(t *testing.T) {
						open()
						if by == "mouse" {
							s.click("#" + menu + " *, #" + menu + ":empty")
						} else {
							s.do(`const menu = document.getElementById(` + quote(menu) + `); (menu.shadowRoot ?? menu).querySelector("[data-keygen-action]").focus()`)
							s.press("\r")
						}
						s.until(`document.documentElement.dataset.keygenState === "signed-out"`)
						s.untilPainted()
						assert.Equal(t, "/menus.html", eval[string](s.tab, `location.pathname`), "a link is not followed, a form not sent")
						assert.Equal(t, []string{"out"}, s.visible())
						assert.Empty(t, s.saved())
					})
				}
			}
			for _, menu := range []string{"vetoed", "vetoed-late"} {
				t.Run(menu, func(t *testing.T) {
					open()
					s.click("#" + menu + " *")
					s.untilPainted()
					assert.Equal(t, []string{"in"}, s.visible())
					assert.NotEmpty(t, s.saved())
				})
			}
			t.Run("modified", func(t *testing.T) {
				open()
				for _, key := range []string{"ctrlKey", "metaKey", "shiftKey", "altKey"} {
					s.do(`document.querySelector("#modified a").dispatchEvent(new MouseEvent("click", { ` + key + `: true, bubbles: true, composed: true }))`)
				}
				s.do(`document.querySelector("#modified a").dispatchEvent(new MouseEvent("click", { button: 1, bubbles: true, composed: true }))`)
				s.untilPainted()
				assert.Equal(t, []string{"in"}, s.visible())
			})
		})
	}
}
