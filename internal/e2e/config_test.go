package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

const notSetUp = "Sign-in is not set up correctly on this page. Please tell the owner of this site."

// TestWrongConfiguration gives each attribute a wrong value. One line on the console names the attribute and the fix,
// the visitor is told who can help, and nothing is sent.
func TestWrongConfiguration(t *testing.T) {
	t.Parallel()
	tests := []struct{ attributes, names, fix string }{
		{`data-environment="a b"`, `data-environment="a b"`, "id or code of the environment"},
		{`data-form="#login["`, `data-form="#login["`, "CSS selector"},
		{`data-storage="disk"`, `data-storage="disk"`, "local, session, memory"},
		{`data-load="soon"`, `data-load="soon"`, "auto, eager, lazy"},
		{`data-timeout="0"`, `data-timeout="0"`, "seconds"},
		{`data-timeout="soon"`, `data-timeout="soon"`, "seconds"},
		{`data-public-key="0123456789abcdef"`, `data-public-key="0123456789abcdef"`, "64 hexadecimal digits"},
		{`data-redirect="https://elsewhere.example.com/"`, `data-redirect="https://elsewhere.example.com/"`, "this site"},
		{`data-redirect="//elsewhere.example.com/"`, `data-redirect="//elsewhere.example.com/"`, "this site"},
		{`data-redirect="javascript:alert(1)"`, `data-redirect="javascript:alert(1)"`, "this site"},
		{`data-token-name=" "`, `data-token-name=" "`, "1 to 255"},
		{`data-token-expiry="soon"`, `data-token-expiry="soon"`, "P30D"},
		{`data-token-expiry="2001-01-01T00:00:00Z"`, `data-token-expiry="2001-01-01T00:00:00Z"`, "future"},
		{`data-token-expiry=""`, `data-token-expiry=""`, "P30D"},
		{`data-token-expiry="P0D"`, `data-token-expiry="P0D"`, "P30D"},
		{`data-token-expiry="P1DT"`, `data-token-expiry="P1DT"`, "P30D"},
		{`data-token-expiry="P1H"`, `data-token-expiry="P1H"`, "P30D"},
		{`data-token-expiry="2049-12-31T23:59:59"`, `data-token-expiry="2049-12-31T23:59:59"`, "P30D"},
		{`data-assets="data:,"`, `data-assets="data:,"`, "folder"},
		{`data-assets="https://"`, `data-assets="https://"`, "folder"},
	}
	replaced := []struct{ configuration, names, fix string }{
		{``, "data-account is missing", "id or slug"},
		{`data-account=""`, `data-account=""`, "id or slug"},
		{`data-account="../x"`, `data-account="../x"`, "id or slug"},
		{`data-account=".."`, `data-account=".."`, "id or slug"},
		{`data-account="demo" data-host="api.example.com"`, `data-host="api.example.com"`, "https://api.keygen.sh"},
		{`data-account="demo" data-host="http://api.example.com"`, `data-host="http://api.example.com"`, "https:"},
		{`data-account="demo" data-host="https://api.example.com/v1"`, `data-host="https://api.example.com/v1"`, "origin alone"},
		{`data-account="demo" data-host="https://me:pw@api.example.com"`, `data-host=`, "origin alone"},
	}
	s := newStage(t, nil)
	s.allow("keygen-auth: data-")
	check := func(t *testing.T, page, names, fix string) {
		s.files["wrong.html"] = file(page)
		before := len(s.lines())
		s.open("/wrong.html")
		printed := s.lines()[before:]
		require.Len(t, printed, 1)
		assert.Contains(t, printed[0], "keygen-auth: "+names)
		assert.Contains(t, printed[0], fix)
		assert.Equal(t, "CONFIG_INVALID", eval[string](s.tab, `keygenAuth.ready.catch((error) => error.code)`))
		assert.True(t, eval[bool](s.tab, `keygenAuth.ready.catch((error) => error instanceof Error)`))

		s.do(`document.addEventListener("keygen:error", (event) => (window.last = event.detail.code))`)
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSays(notSetUp)
		assert.Equal(t, s.url+"/wrong.html", eval[string](s.tab, "location.href"))
		assert.Empty(t, s.asked())
	}
	for _, test := range tests {
		t.Run(test.attributes, func(t *testing.T) { check(t, document(test.attributes, tutorialForm), test.names, test.fix) })
	}
	for _, test := range replaced {
		t.Run("instead: "+test.configuration, func(t *testing.T) {
			// The site fills its own configuration in, so it must not find the place.
			check(t, `<!doctype html><title>Page</title><!-- `+configuration+` --><script src="keygen-auth.js" `+
				test.configuration+`></script>`+tutorialForm, test.names, test.fix)
		})
	}
}

// TestWrongConfigurationGuardsOtherForms keeps the password out of the address on pages whose form is found by a
// selector of their own, whatever else is wrong.
func TestWrongConfigurationGuardsOtherForms(t *testing.T) {
	t.Parallel()
	ours := strings.Replace(tutorialForm, `id="login"`, `class="sign-in"`, 1)
	s := newStage(t, nil)
	s.allow("keygen-auth: data-")
	for _, attributes := range []string{
		`data-form=".sign-in" data-storage="locale"`, `data-form=".sign-in" data-load="soon"`, `data-timeout="-" data-form=".sign-in"`,
		`data-form=".sign-in" data-public-key="short"`,
	} {
		s.files["wrong.html"] = file(document(attributes, ours))
		s.open("/wrong.html")
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSays(notSetUp)
		assert.Equal(t, s.url+"/wrong.html", eval[string](s.tab, "location.href"), attributes)
	}
	assert.Empty(t, s.asked())
}

func TestWrongConfigurationIsAnEvent(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"wrong.html": document(`data-load="soon"`, tutorialForm)})
	s.allow("keygen-auth: data-load")
	s.atStart(`document.addEventListener("keygen:error", (event) => (window.events ??= []).push(event.detail.code))`)
	s.open("/wrong.html")
	s.until(`window.events`)
	assert.Equal(t, []string{"CONFIG_INVALID"}, eval[[]string](s.tab, `window.events`))
}

// TestTokenOptions sends the name and the expiry that the page asks for.
func TestTokenOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, attributes string
		check            func(t *testing.T, token keygentest.Token)
	}{
		{"nothing asked", "", func(t *testing.T, token keygentest.Token) {
			assert.Empty(t, token.Name)
			assert.WithinDuration(t, time.Now().Add(14*24*time.Hour), token.Expiry, time.Hour)
		}},
		{"a name", `data-token-name="Müller &amp; Söhne"`, func(t *testing.T, token keygentest.Token) {
			assert.Equal(t, "Müller & Söhne", token.Name)
		}},
		{"a duration", `data-token-expiry="P1DT12H"`, func(t *testing.T, token keygentest.Token) {
			assert.WithinDuration(t, time.Now().Add(36*time.Hour), token.Expiry, time.Hour)
		}},
		{"a time", `data-token-expiry="2049-12-31T23:59:59Z"`, func(t *testing.T, token keygentest.Token) {
			assert.Equal(t, 2049, token.Expiry.Year())
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(test.attributes, tutorialForm)})
			s.open("/form.html")
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSignedIn()
			tokens := s.api.Tokens(s.demo.Plain.ID)
			require.Len(t, tokens, 1)
			test.check(t, tokens[0])
		})
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{
		"form.html":    document(`data-redirect="account.html?a=1#b"`, tutorialForm),
		"account.html": document("", `<h1 data-keygen-text="user.email"></h1>`),
	})
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.until(`document.querySelector("h1")?.textContent === ` + quote(s.demo.Plain.Email))
	assert.Equal(t, s.url+"/account.html?a=1#b", eval[string](s.tab, "location.href"))

	t.Run("is the page's to prevent", func(t *testing.T) {
		s := newStage(t, map[string]string{"form.html": document(`data-redirect="/account.html"`, tutorialForm)})
		s.open("/form.html")
		s.do(`document.addEventListener("keygen:signed-in", (event) => event.preventDefault())`)
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilSignedIn()
		s.until(`!document.querySelector("form").hasAttribute("aria-busy")`)
		assert.Equal(t, s.url+"/form.html", eval[string](s.tab, "location.href"))
	})
}

// TestLazyLoad fetches the program no earlier than data-load says.
func TestLazyLoad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		load             string
		idle, afterFocus bool // whether the program is fetched
	}{
		{"eager", true, true},
		{"auto", true, true},
		{"lazy", false, true},
	}
	for _, test := range tests {
		t.Run(test.load, func(t *testing.T) {
			s := newStage(t, map[string]string{"form.html": document(`data-load="`+test.load+`"`, tutorialForm)})
			logs := s.log()
			fetched := func() bool { return strings.Contains(strings.Join(logs(), "\n"), ".wasm") }
			s.open("/form.html")
			if test.idle {
				require.Eventually(t, fetched, patience, poll)
			} else {
				s.idle()
				assert.False(t, fetched())
			}
			s.press("\t") // to the email
			require.Eventually(t, fetched, patience, poll)
		})
	}
}
