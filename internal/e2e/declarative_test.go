package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// parts is a body with each kind of declarative attribute. What is clicked comes first: it stays where it is when the
// texts arrive.
const parts = `<main><p id="in" data-keygen-show="signed-in">in</p><p id="out" data-keygen-show="signed-out">out</p>
<button id="button" data-keygen-action="sign-out">Sign out</button>
<a id="link" href="/elsewhere.html" data-keygen-action="sign-out"><span id="inside">Sign out</span></a>
<button id="renew" data-keygen-action="renew">Renew</button>
<a id="odd-link" href="#there" data-keygen-action="dance">Dance</a>
<b id="email" data-keygen-text="user.email">before</b><i id="odd" data-keygen-text="user.password">before</i></main>`

// visible returns the ids of the parts with data-keygen-show that can be seen.
func (p *tab) visible() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll("[data-keygen-show]")].filter((e) => e.checkVisibility()).map((e) => e.id)`)
}

// text returns what an element shows.
func (p *tab) text(id string) string {
	p.t.Helper()
	return eval[string](p, `document.getElementById(`+quote(id)+`).textContent`)
}

// TestShow shows the parts of the page's state: those that are there, that come later, and that leave and come back,
// also when the state has changed meanwhile. It does so before the program is there, and once it is.
func TestShow(t *testing.T) {
	t.Parallel()
	for _, loaded := range []bool{false, true} {
		name := "before the program is there"
		if loaded {
			name = "once the program is there"
		}
		t.Run(name, func(t *testing.T) {
			s, _ := signedIn(t, map[string]string{"parts.html": document(`data-load="lazy"`, parts)})
			s.allow(`="odd`) // what means nothing in these parts, said a second after the page is there
			s.allow(`="signed-up`)
			letGo := s.holdWasm()
			s.open("/parts.html")
			if loaded {
				letGo()
				eval[any](s.tab, `keygenAuth.token()`)
			}
			assert.Equal(t, []string{"in"}, s.visible())
			s.do(`document.querySelector("main").insertAdjacentElement("beforeend", Object.assign(document.createElement("div"), {id: "late"})).dataset.keygenShow = "signed-out";
				const nested = document.createElement("section");
				nested.append(Object.assign(document.createElement("p"), {id: "nested"}), Object.assign(document.createElement("p"), {id: "other"}));
				nested.firstChild.dataset.keygenShow = "signed-in";
				nested.lastChild.dataset.keygenShow = "signed-up";
				document.body.append(nested);
				window.taken = document.getElementById("out"); taken.remove();`)
			s.untilPainted()
			assert.Equal(t, []string{"in", "nested"}, s.visible())

			letGo()
			eval[any](s.tab, `keygenAuth.signOut()`)
			assert.Equal(t, []string{"late"}, s.visible())
			assert.Equal(t, "signed-out", eval[string](s.tab, `document.documentElement.dataset.keygenState`))
			s.do(`document.querySelector("main").prepend(taken); window.taken = document.getElementById("in"); taken.remove()`)
			s.untilPainted()
			assert.Equal(t, []string{"out", "late"}, s.visible())
			eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
			s.do(`document.querySelector("main").prepend(taken)`)
			s.untilPainted()
			assert.Equal(t, []string{"in", "nested"}, s.visible())
		})
	}
}

// TestText fills in what is known of the user, as text whatever it is, and takes it away at the end.
func TestText(t *testing.T) {
	t.Parallel()
	const markup = `<img src=x onerror="document.title='taken'"> & </b><script>alert(1)</script>`
	s := newStage(t, map[string]string{"parts.html": document(`data-load="lazy"`, parts+`<b id="name" data-keygen-text="user.fullName"></b>
		<b id="first" data-keygen-text="user.firstName"></b><textarea id="area" data-keygen-text="user.firstName"></textarea>`)})
	s.allow(`="odd`) // what means nothing in these parts, said a second after the page is there
	eve := s.api.AddUser("demo", keygentest.User{Email: "eve@example.com", Password: "an apple a day", FirstName: markup, LastName: "\u202eevE"})
	s.atStart(listening)
	s.open("/parts.html")
	assert.Equal(t, "before", s.text("email"), "until the program knows")
	eval[any](s.tab, `keygenAuth.signIn(`+credentials(eve)+`)`)
	s.until(`document.getElementById("email").textContent === "eve@example.com"`)
	assert.Equal(t, markup+" \u202eevE", s.text("name"))
	assert.Equal(t, markup, s.text("first"))
	assert.Equal(t, markup, s.text("area"))
	assert.Equal(t, 0, eval[int](s.tab, `document.querySelectorAll("b *, textarea *, img").length`))
	assert.Equal(t, "Page", eval[string](s.tab, `document.title`))
	assert.Equal(t, "before", s.text("odd"), "no such text")

	s.do(`window.taken = document.getElementById("email"); taken.remove();
		const late = Object.assign(document.createElement("b"), {id: "late"});
		late.setAttribute("data-keygen-text", "user.email");
		const around = document.createElement("div"); around.append(late); document.body.append(around);`)
	s.untilPainted()
	assert.Equal(t, "eve@example.com", s.text("late"))
	eval[any](s.tab, `keygenAuth.signOut()`)
	for _, id := range []string{"late", "name", "first", "area"} {
		assert.Empty(t, s.text(id), "nothing of her is left in "+id)
	}
	s.do(`document.querySelector("main").append(taken)`)
	s.until(`document.getElementById("email").textContent === ""`) // nor in what was out of the page

	eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
	s.until(`document.getElementById("email").textContent === "ada@example.com"`)
	assert.Equal(t, "Ada Lovelace", s.text("name"))
	s.open("/parts.html?again")
	s.untilPainted()
	assert.Equal(t, "before", s.text("email"), "lazy: nobody asked")
	eval[any](s.tab, `keygenAuth.token()`)
	s.until(`document.getElementById("email").textContent === "ada@example.com"`)
}

// TestActions signs out and renews on clicks, on buttons and links, before the program is there and once it is.
func TestActions(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"parts.html": document(`data-load="lazy" data-token-expiry="P3D"`, parts),
		"form.html":  document(`data-token-expiry="P3D"`, tutorialForm),
	})
	s.allow(`="odd`) // what means nothing in these parts, said a second after the page is there
	s.atStart(listening)
	for _, loaded := range []bool{false, true} {
		for _, click := range []string{"#button", "#link", "#inside"} {
			name := click + " before the program is there"
			if loaded {
				name = click + " once the program is there"
			}
			t.Run(name, func(t *testing.T) {
				s.api.ResetThrottles()
				s.open("/parts.html")
				eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
				if !loaded {
					s.open("/parts.html?again")
				}
				s.api.ResetRequests()
				s.do(`window.heard.length = 0`)
				s.click(click)
				s.until(`window.heard.some((e) => e.Name === "signed-out")`)
				assert.Equal(t, []string{"out"}, s.visible())
				assert.Empty(t, s.storedToken())
				assert.True(t, strings.HasPrefix(eval[string](s.tab, `location.pathname`), "/parts.html"))
				require.Eventually(t, func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 0 }, patience, poll)
				s.click(click)
				s.untilPainted()
				assert.Len(t, s.requests(http.MethodDelete, ""), 1, "one more click changes nothing")
			})
		}
	}
	t.Run("renew", func(t *testing.T) {
		s.api.ResetThrottles()
		s.open("/parts.html")
		s.click("#renew") // nobody is signed in: nothing, and nothing on the console
		v := s.plant(s.demo.Plain, time.Now().Add(day))
		s.open("/parts.html")
		s.click("#renew")
		s.until(`window.heard.some((e) => e.Name === "renewed")`)
		assert.False(t, v.token == s.storedToken(), "another token")
		assert.Len(t, s.renewals(), 1)
	})
	t.Run("unknown", func(t *testing.T) {
		s.click("#odd-link")
		s.until(`location.hash === "#there"`)
		assert.Equal(t, []string{"in"}, s.visible())
	})
}

// TestStateBeforePaint has the state on the document before there is a body.
func TestStateBeforePaint(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{"parts.html": document(`data-load="lazy"`, `<script src="early.js"></script>`+parts)})
	s.allow(`="odd`) // what means nothing in these parts, said a second after the page is there
	s.files["early.js"] = file(`window.early = document.documentElement.dataset.keygenState + " " + document.body;
		new PerformanceObserver((list) => (window.painted ??= document.documentElement.dataset.keygenState)).observe({type: "paint", buffered: true});`)
	check := func(state string) {
		s.open("/parts.html?" + state)
		assert.Equal(t, state+" null", eval[string](s.tab, `window.early`))
		s.untilPainted()
		s.until(`window.painted`)
		assert.Equal(t, state, eval[string](s.tab, `window.painted`))
	}
	check("signed-in")
	eval[any](s.tab, `keygenAuth.signOut()`)
	check("signed-out")
	for name, stored := range map[string]string{
		"expired": `{"v":1,"token":"x","tokenId":"x","userId":"x","kind":"user-token","expiry":"2001-01-01T00:00:00.000Z"}`,
		"corrupt": `{"v":1,`, "of another version": `{"v":2,"token":"x","expiry":null}`, "without token": `{"v":1,"expiry":null}`, "null": `null`,
	} {
		t.Run(name, func(t *testing.T) {
			s.do(`localStorage.setItem(` + quote(s.storageKey()) + `, ` + quote(stored) + `)`)
			check("signed-out")
		})
	}
}
