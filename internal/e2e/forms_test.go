package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bound is a page's script that binds fields to a state as frameworks do: what a field holds is the state's, written
// back each time that the page is rendered. Like React it takes a value that a script has set for its own, and hears only
// of others.
const bound = `
	window.state = {};
	const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
	function bind(field) {
		let known = "";
		Object.defineProperty(field, "value", {
			configurable: true,
			get() { return get.call(this); },
			set(value) { known = value; set.call(this, value); },
		});
		addEventListener("input", (event) => {
			if (event.target !== field || get.call(field) === known) return;
			known = get.call(field);
			state[field.name] = known;
		});
	}
	window.render = () => {
		for (const [name, value] of Object.entries(state)) {
			const field = document.querySelector("[name=" + name + "]");
			if (field) field.value = value;
		}
	};
	window.bindAll = () => document.querySelectorAll("input").forEach(bind);`

// TestBoundFields signs in with fields that a framework holds: no password and no code comes back with what it renders.
func TestBoundFields(t *testing.T) {
	t.Parallel()
	form := strings.Replace(tutorialForm, "<button", `<p hidden><label>Code <input name="otp"></label></p> <button`, 1)
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, form)})
	s.stopClock(time.Now())
	s.atStart(bound)
	s.open("/form.html")
	s.untilAttached()
	s.do(`bindAll()`)
	s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
	s.untilSays(saysCode)
	s.write("[name=otp]", s.code(s.demo.TwoFactor, false))
	s.press("\r")
	s.untilSays(saysBadCode)
	s.do(`render()`)
	assert.Equal(t, "", s.otp()["value"], "it is of no use any more")
	assert.Equal(t, s.demo.TwoFactor.Password, eval[string](s.tab, `document.querySelector("#password").value`))
	s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
	s.press("\r")
	s.untilSignedIn()
	s.until(`document.querySelector("#password").value === ""`)
	s.do(`render()`)
	assert.Equal(t, map[string]string{"email": s.demo.TwoFactor.Email, "password": "", "otp": ""}, eval[map[string]string](s.tab, `state`))
	assert.Equal(t, "", eval[string](s.tab, `document.querySelector("#password").value`))
	assert.Equal(t, "", s.otp()["value"])
}

// TestBoundFieldsOfAnotherForm renders the form anew while the attempt is under way: the new one's password goes, too.
func TestBoundFieldsOfAnotherForm(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.open("/form.html")
	s.untilAttached()
	hung := s.hang("/tokens")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	hung.await()
	s.do(`const form = document.querySelector("form"), next = form.cloneNode(true);
		next.querySelector("#password").value = form.querySelector("#password").value;
		form.replaceWith(next)`)
	s.until(`!document.querySelector("button:not([type=button])").disabled`)
	hung.release()
	s.untilSignedIn()
	s.until(`document.querySelector("#password").value === ""`)
}

// TestFieldsOutside has the fields, the buttons or all outside of the form's element: in a table, or tied by form=.
func TestFieldsOutside(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a form around rows": `<table><form id="login"><tr><td>Email<td><input type="email" name="email" id="email"></tr>
			<tr><td>Password<td><input type="password" name="password" id="password"></tr><tr><td><td><button>Sign in</button></tr></form></table>`,
		"with a region of its own": `<table><form data-keygen-form><tr><td colspan="2"><div data-keygen-error id="mine"></div></tr>
			<tr><td>Email<td><input type="email" name="email" id="email"></tr>
			<tr><td>Password<td><input type="password" name="password" id="password"></tr><tr><td><td><button>Sign in</button></tr></form></table>`,
		"tied by form=": `<form id="login"></form><p>Email <input type="email" name="email" id="email" form="login"></p>
			<p>Password <input type="password" name="password" id="password" form="login"></p><p><button form="login">Sign in</button></p>
			<form id="other"><div data-keygen-error id="stranger"></div></form>`,
		"the button tied by form=": `<form id="login"><p><input type="email" name="email" id="email"></p>
			<p><input type="password" name="password" id="password"></p></form>
			<form id="other"><div data-keygen-error id="stranger"></div></form><button form="login">Sign in</button>`,
		"a button in a row": `<form id="login"><p><input type="email" name="email" id="email"></p>
			<p><input type="password" name="password" id="password"></p><p><button>Sign in</button></p></form>`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, body)})
			s.stopClock(time.Now())
			s.allow("keygen-auth: http")
			s.allow("integrity")
			var site noProgram
			site.serve(s)
			site.set(s, true, nil)
			s.open("/form.html")
			s.signIn(s.demo.TwoFactor.Email, "wrong")
			s.untilSays(notLoaded)
			// The region is drawn, not far from the fields, and there is one.
			where := func() string {
				return eval[string](s.tab, `(([region, ...more]) => {
					if (more.length) return "several";
					const box = region.getBoundingClientRect(), field = document.querySelector("#password").getBoundingClientRect();
					return !box.height ? "not drawn" : box.top - field.bottom > 100 || field.top - box.bottom > 100 ? "far away" : "near";
				})([...document.querySelectorAll("[data-keygen-error]:not(#stranger)")])`)
			}
			assert.Equal(t, "near", where())
			assert.Equal(t, "", eval[string](s.tab, `document.querySelector("#stranger")?.textContent ?? ""`))
			if strings.Contains(name, "of its own") {
				assert.Equal(t, notLoaded, eval[string](s.tab, `document.querySelector("#mine").textContent`))
			}
			site.set(s, false, nil)
			s.write("#password", "nanoseconds of wood")
			s.press("\r")
			s.untilSays(saysCode)
			assert.Equal(t, "near", where())
			otp := s.otp()
			assert.Equal(t, true, otp["visible"])
			assert.Equal(t, true, otp["focus"])
			assert.Equal(t, true, eval[bool](s.tab, `document.querySelector("[name=otp]").form === document.querySelector("#password").form`))
			s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
			s.press("\r")
			s.untilSays(saysSpent)
			assert.Equal(t, "password", s.focused())
			s.stopClock(time.Now().Add(time.Minute))
			s.fill(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
			s.write("[name=otp]", s.code(s.demo.TwoFactor, true))
			s.press("\r")
			s.untilSignedIn()
			s.until(`!document.querySelector("[name=otp]") && document.querySelector("#password").value === ""`)
			assert.Empty(t, s.announced())
		})
	}
}

// TestCountdownOutside counts down in a table, and ends.
func TestCountdownOutside(t *testing.T) {
	t.Parallel()
	body := `<table><form id="login"><tr><td><input type="email" name="email" id="email"></tr>
		<tr><td><input type="password" name="password" id="password"></tr><tr><td><button>Sign in</button></tr></form></table>`
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, body)})
	s.open("/form.html")
	s.untilAttached()
	s.bend(tooMany(2))
	s.fill(s.demo.Plain.Email, "wrong")
	s.do(`document.querySelector("button").focus()`)
	s.press("\r")
	s.until(`document.querySelector("[data-keygen-countdown]")?.getBoundingClientRect().height > 0 && document.querySelector("button:not([type=button])").disabled`)
	s.bend(nil)
	s.until(`!document.querySelector("[data-keygen-countdown]") && !document.querySelector("button:not([type=button])").disabled`)
	s.until(`document.activeElement.localName === "button"`) // which was pressed
	s.do(`document.querySelector("#password").value = ` + quote(s.demo.Plain.Password))
	s.press("\r")
	s.untilSignedIn()
}

// tooMany answers that there were too many attempts, for so many seconds.
func tooMany(seconds int) bend {
	return func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Access-Control-Expose-Headers", "*")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Unix()+int64(seconds)))
		return reply(http.StatusTooManyRequests, `{"errors":[{"code":"TOO_MANY_REQUESTS"}]}`)(w, r)
	}
}

// TestOtherButtons go their own way, which is the page's, and take no secret along.
func TestOtherButtons(t *testing.T) {
	t.Parallel()
	// Somebody else's field has the password's name.
	body := `<input form="login" name="password" value="theirs"><form id="login" method="post" action="/sign-in"><input type="email" name="email" id="email">
		<input type="password" name="pw" id="password"><input name="otp" id="otp"><button>Sign in</button>
		<button id="forgot" formaction="/forgot">Forgot</button>
		<button id="demo" formaction="/demo" formnovalidate formmethod="get" name="as" value="demo">Demo</button></form>`
	for _, loaded := range []bool{true, false} {
		for _, test := range []struct{ button, want string }{
			{"forgot", "POST /forgot email=ada%40example.com"},
			{"demo", "GET /demo?email=ada%40example.com&as=demo "},
		} {
			t.Run(fmt.Sprintf("%s, program %v", test.button, loaded), func(t *testing.T) {
				s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, body)})
				var mu sync.Mutex
				var got string
				s.serve(func(w http.ResponseWriter, r *http.Request) bool {
					if isWasm(r) && !loaded {
						<-r.Context().Done()
						return true
					}
					if r.URL.Path != "/forgot" && r.URL.Path != "/demo" {
						return false
					}
					sent, _ := io.ReadAll(r.Body)
					mu.Lock()
					defer mu.Unlock()
					got = r.Method + " " + r.URL.RequestURI() + " " + string(sent)
					w.Header().Set("Content-Type", "text/html")
					_, _ = io.WriteString(w, "<!doctype html><title>Done</title>")
					return true
				})
				s.open("/form.html")
				if loaded {
					s.untilAnswers()
				}
				s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
				s.write("#otp", "123456")
				s.do(`document.querySelector("#` + test.button + `").click()`)
				s.until(`document.title === "Done"`)
				mu.Lock()
				defer mu.Unlock()
				assert.Equal(t, test.want, got)
				assert.Empty(t, s.logins())
			})
		}
	}
}

// TestOtherButtonsOfThePage has the page handle them: what it reads is complete.
func TestOtherButtonsOfThePage(t *testing.T) {
	t.Parallel()
	body := `<form id="login"><input type="email" name="email" id="email"><input type="password" name="password" id="password">
		<button>Sign in</button><button id="own" formaction="/own">Own</button></form>`
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, body)})
	s.open("/form.html")
	s.untilAttached()
	s.fill(s.demo.Plain.Email, "wrong")
	s.do(`const form = document.querySelector("form");
		form.addEventListener("submit", (event) => {
			if (event.submitter.id !== "own") return;
			event.preventDefault();
			window.own = form.password.value;
		});
		document.querySelector("#own").click()`)
	assert.Equal(t, "wrong", eval[string](s.tab, `window.own`))
	s.untilPainted()
	assert.Equal(t, "wrong", eval[string](s.tab, `new FormData(document.querySelector("form")).get("password")`), "later, too")
	s.write("#password", s.demo.Plain.Password)
	s.press("\r")
	s.untilSignedIn()
	assert.Len(t, s.logins(), 1)
}

// TestSubmitWithoutListeners has a script call form.submit(), which skips all listeners: nothing is sent.
func TestSubmitWithoutListeners(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{
		"the tutorial's": tutorialForm,
		"as advised":     strings.Replace(tutorialForm, "<form", `<form method="dialog"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, form)})
			s.open("/form.html")
			s.untilAttached()
			s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
			s.do(`window.stays = true;
				try { HTMLFormElement.prototype.submit.call(document.querySelector("form")); }
				catch { /* so Firefox says that there is no dialog */ }`)
			s.untilPainted()
			assert.True(t, eval[bool](s.tab, `window.stays`))
			assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
			assert.Empty(t, s.logins())
			s.do(`document.querySelector("form").requestSubmit()`)
			s.untilSignedIn()
		})
	}
}

// TestNothingInserted has a page's markup from a server, which a framework takes over later: until somebody submits, nodes
// are as they were, and attributes that are there stay.
func TestNothingInserted(t *testing.T) {
	t.Parallel()
	form := `<form id="login" method="dialog"><input type="email" name="email" id="email" autocomplete="username" autocapitalize="none" spellcheck="false">
		<input type="password" name="password" id="password" autocomplete="current-password"><button>Sign in</button></form>`
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, form)})
	s.atStart(`document.addEventListener("DOMContentLoaded", () => {
		window.changes = [];
		new MutationObserver((all) => changes.push(...all.map((one) => one.type + " " + one.attributeName)))
			.observe(document.querySelector("form"), {subtree: true, childList: true, attributes: true, characterData: true});
	})`)
	s.open("/form.html")
	s.untilAnswers()
	s.write("#email", s.demo.Plain.Email)
	s.untilPainted()
	assert.Empty(t, eval[[]string](s.tab, `window.changes`))
}

// TestRoomForTheMessage shows in which order a failed load is told: the region is there before its text, and the form waits
// for nothing any more.
func TestRoomForTheMessage(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, tutorialForm)})
	s.allow("keygen-auth: http")
	s.allow("integrity")
	var site noProgram
	site.serve(s)
	site.set(s, true, nil)
	s.atStart(`document.addEventListener("DOMContentLoaded", () => {
		window.order = [];
		new MutationObserver((all) => {
			const form = document.querySelector("form"), region = form.querySelector("[data-keygen-error]");
			const now = [form.ariaBusy === "true" ? "busy" : "free", region?.role, region?.textContent ? "text" : ""].filter(Boolean).join(" ");
			if (order.at(-1) !== now) order.push(now);
		}).observe(document.querySelector("form"), {subtree: true, childList: true, attributes: true});
	})`)
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSays(notLoaded)
	order := eval[[]string](s.tab, `window.order`)
	require.GreaterOrEqual(t, len(order), 3)
	assert.Equal(t, []string{"busy alert", "free alert", "free alert text"}, order[len(order)-3:])
}

// TestFocusComesBack presses the button by keyboard: whatever comes of it, it has the focus again, and works.
func TestFocusComesBack(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]struct {
		prepare func(s *stage, site *noProgram)
		mend    func(s *stage, site *noProgram)
		says    string
	}{
		"the program is missing": {func(s *stage, site *noProgram) { site.set(s, true, nil) }, func(s *stage, site *noProgram) { site.set(s, false, nil) }, notLoaded},
		"the API is in trouble": {func(s *stage, _ *noProgram) { s.bend(reply(http.StatusServiceUnavailable, "")) },
			func(s *stage, _ *noProgram) { s.bend(nil) }, saysTrouble},
		"too many attempts": {func(s *stage, _ *noProgram) { s.bend(tooMany(2)) }, func(s *stage, _ *noProgram) { s.bend(nil) }, saysTooMany},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="lazy"`, tutorialForm)})
			s.allow("keygen-auth: http")
			s.allow("integrity")
			s.allow("503")
			s.allow("429")
			var site noProgram
			site.serve(s)
			fail.prepare(s, &site)
			s.open("/form.html")
			s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
			s.press("\t\r")
			s.untilSays(fail.says)
			fail.mend(s, &site)
			s.until(`document.activeElement.localName === "button" && !document.activeElement.disabled`)
			s.press("\r")
			s.untilSignedIn()
		})
	}
}
