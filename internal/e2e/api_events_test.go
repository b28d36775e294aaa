package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOn is told the state as it is, once and not at once, and what changes from then on.
func TestOn(t *testing.T) {
	t.Parallel()
	s, _ := signedIn(t, map[string]string{})
	s.allow("listener broke")
	s.do(`window.told = [];
		const tell = (name) => (detail, event) => window.told.push([name, detail?.userId ?? detail?.reason ?? "none", event?.type ?? "no event"].join(" "));
		keygenAuth.on("signed-in", () => { throw new Error("listener broke"); });
		window.remove = keygenAuth.on("signed-in", tell("in"));
		keygenAuth.on("signed-out", tell("out"));
		keygenAuth.on("restored", tell("restored"));
		keygenAuth.on("signed-in", tell("removed"))();
		window.told.push("later");`)
	ada := s.demo.Plain.ID
	told := func() []string { return eval[[]string](s.tab, `window.told`) }
	assert.Equal(t, []string{"later", "in " + ada + " no event"}, told())

	eval[any](s.tab, `keygenAuth.signOut()`)
	eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
	assert.Equal(t, []string{"later", "in " + ada + " no event", "out user keygen:signed-out", "in " + ada + " keygen:signed-in"}, told())

	s.do(`window.told = []; window.remove(); window.remove()`)
	eval[any](s.tab, `keygenAuth.signOut()`)
	eval[any](s.tab, `keygenAuth.signIn(`+credentials(s.demo.Plain)+`)`)
	assert.Equal(t, []string{"out user keygen:signed-out"}, told(), "the other one is removed")
	broke := strings.Count(strings.Join(s.lines(), "\n"), "listener broke")
	assert.Equal(t, 3, broke, "reported as the page's own mistake, once a call")
}

// TestOnNews skips the state of before where something happens first.
func TestOnNews(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
	s.open("/form.html")
	s.do(`window.told = [];
		keygenAuth.on("signed-out", (detail) => window.told.push(detail.reason));
		document.dispatchEvent(new CustomEvent("keygen:signed-out", {detail: {reason: "user"}}));`)
	s.untilPainted()
	assert.Equal(t, []string{"user"}, eval[[]string](s.tab, `window.told`))
	assert.Nil(t, eval[*string](s.tab, `new Promise((tell) => keygenAuth.on("signed-out", (detail) => tell(detail.reason)))`))
}

// TestEvents follows a session through its life: each change is told once, and nothing when nothing changed.
func TestEvents(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html":  document(`data-load="eager"`, tutorialForm),
		"short.html": document(`data-load="eager" data-token-expiry="P3D"`, tutorialForm),
	})
	s.atStart(listening)
	// step does something and returns the events that it raised.
	step := func(call string) []heard {
		s.do(`window.heard.length = 0`)
		eval[any](s.tab, call)
		s.untilPainted()
		return eval[[]heard](s.tab, `window.heard`)
	}
	names := func(events []heard) (names []string) {
		for _, event := range events {
			names = append(names, event.Name)
		}
		return names
	}
	session := func() string { return eval[string](s.tab, `JSON.stringify(keygenAuth.session)`) }
	signIn := `keygenAuth.signIn(` + credentials(s.demo.Plain) + `)`
	signOut := `keygenAuth.signOut()`

	s.open("/form.html")
	s.untilAttached()
	assert.Empty(t, s.names(), "nobody is signed in")
	assert.Empty(t, step(signOut), "nobody was")
	assert.Empty(t, step(`keygenAuth.renew().catch(() => {})`))
	assert.Empty(t, step(`keygenAuth.users.me().catch(() => {})`), "only attempts to sign in are told")

	failed := step(`keygenAuth.signIn({email: "ada@example.com", password: "canary"}).catch(() => {})`)
	require.Len(t, failed, 1)
	assert.Equal(t, "error", failed[0].Name)
	assert.Contains(t, failed[0].Detail, `"code":"PASSWORD_INVALID"`)
	assert.NotContains(t, failed[0].Detail, "canary")
	assert.Equal(t, []heard{{"otp-required", "null"}}, step(`keygenAuth.signIn(`+credentials(s.demo.TwoFactor)+`).catch(() => {})`))
	sso := step(`keygenAuth.signIn(` + credentials(s.demo.SSO) + `).catch(() => {})`)
	assert.Equal(t, []string{"sso-required", "error"}, names(sso))
	assert.JSONEq(t, `{"link":"`+s.demo.Account.SSORedirect+`"}`, sso[0].Detail)

	events := step(signIn)
	require.Equal(t, []string{"signed-in"}, names(events))
	assert.JSONEq(t, session(), events[0].Detail)
	assert.Empty(t, step(`keygenAuth.renew()`), "would not lengthen its life")
	assert.Empty(t, step(`keygenAuth.users.me()`))
	assert.Equal(t, []string{"signed-in"}, names(step(signIn)), "another session of the same user")

	s.open("/form.html?again")
	s.until(`window.heard.length`)
	s.untilPainted()
	got := eval[[]heard](s.tab, `window.heard`)
	require.Equal(t, []string{"restored"}, names(got), "is no sign-in")
	assert.JSONEq(t, session(), got[0].Detail)
	assert.Empty(t, step(`(dispatchEvent(new Event("online")), dispatchEvent(new StorageEvent("storage", {key: null})))`))
	assert.Equal(t, []heard{{"signed-out", `{"reason":"user"}`}}, step(signOut))
	assert.Empty(t, step(signOut))

	s.open("/short.html")
	require.Equal(t, []string{"signed-in"}, names(step(signIn)))
	assert.Empty(t, step(`keygenAuth.renew()`), "as long as at first, no longer")
	assert.Len(t, step(signOut), 1)
	s.plant(s.demo.Plain, time.Now().Add(day))
	s.open("/short.html")
	s.until(`window.heard.length`)
	before := session()
	events = step(`keygenAuth.renew()`)
	require.Equal(t, []string{"renewed"}, names(events))
	assert.JSONEq(t, session(), events[0].Detail)
	assert.NotEqual(t, before, session())
	assert.Len(t, s.renewals(), 1)
	left := eval[float64](s.tab, `(Date.parse(keygenAuth.session.expiry) - Date.now()) / 86400e3`)
	assert.InDelta(t, 3, left, 0.1, "what the page asks for")
	assert.Equal(t, []heard{{"signed-out", `{"reason":"user"}`}}, step(`keygenAuth.tokens.revoke(keygenAuth.session.tokenId)`))
}
