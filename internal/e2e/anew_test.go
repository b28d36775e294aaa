package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStartAnew has a second script tag after the module was disposed of: a new one takes up the session, and the old
// one's dispose does not concern it.
func TestStartAnew(t *testing.T) {
	t.Parallel()
	tag := `<script src="keygen-auth.js" ` + configuration + `></script>`
	s, token := signedIn(t, map[string]string{"again.html": document("", tutorialForm+`<script src="dispose.js"></script>`+tag)})
	s.files["dispose.js"] = file(`window.kept = keygenAuth; keygenAuth.users.me().catch((e) => (window.code = e.code)); keygenAuth.dispose()`)
	s.open("/again.html")
	assert.Equal(t, "DISPOSED", eval[string](s.tab, `window.code`))
	assert.True(t, eval[bool](s.tab, `keygenAuth !== kept && keygenAuth.session !== null`))
	s.do(`kept.dispose()`)
	assert.Equal(t, token, eval[string](s.tab, `keygenAuth.token()`))
	eval[any](s.tab, `keygenAuth.signOut()`)
	s.api.ResetRequests()
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	require.Len(t, s.logins(), 1)
	assert.Equal(t, []string{"restored", "signed-out", "signed-in"}, s.names())
}

// TestDisposeWhileItStarts disposes of a module whose program is about to run, and starts another one: the first program
// must not hear what happens on the page.
func TestDisposeWhileItStarts(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html": "<!doctype html><html lang=en><title>P</title>" + tutorialForm + `<script type="module" src="go.js"></script>`,
	})
	s.files["go.js"] = file(`import { start } from "./keygen-auth.mjs";
		window.begin = () => start({account: "demo", host: ` + quote(s.apiURL) + `, load: "eager"});`)
	s.atStart(`const { instantiate } = WebAssembly;
		window.starts = 0;
		window.first = new Promise((done) => (window.letGo = done));
		WebAssembly.instantiate = async (...parts) => {
			if (++window.starts === 1) await window.first;
			return instantiate.apply(WebAssembly, parts);
		};`)
	s.open("/form.html")
	s.until(`window.begin`)
	s.do(`begin()`)
	s.until(`window.starts === 1`)
	s.do(`keygenAuth.dispose(); begin()`)
	s.untilAnswers()
	s.do(`window.letGo()`)
	s.idle()
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.idle()
	assert.Len(t, s.logins(), 1)
}

// TestStartAnewInAnAttempt starts another module while the first one's sign-in is under way, and submits again: the end of
// the first must not free the form.
func TestStartAnewInAnAttempt(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html": "<!doctype html><html lang=en><title>P</title>" + tutorialForm + `<script type="module" src="go.js"></script>`,
	})
	s.files["go.js"] = file(`import { start } from "./keygen-auth.mjs";
		window.begin = () => start({account: "demo", host: ` + quote(s.apiURL) + `, load: "eager"});
		begin();`)
	first := s.hang("/tokens")
	s.open("/form.html")
	s.until(`window.begin`)
	s.untilAnswers()
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	first.await()
	s.do(`keygenAuth.dispose(); begin()`)
	s.untilAnswers()
	second := make(chan struct{})
	s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			<-second
		}
		return false
	})
	s.press("\r")
	s.until(`document.querySelector("form").ariaBusy === "true"`)
	first.release()
	require.Eventually(t, func() bool { return len(s.requests(http.MethodDelete, "")) == 1 }, patience, poll)
	s.idle()
	assert.True(t, eval[bool](s.tab, `document.querySelector("form").ariaBusy === "true" && document.querySelector("button:not([type=button])").disabled`))
	close(second)
	s.untilSignedIn()
}
