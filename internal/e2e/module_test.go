package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// moduleSite returns a stage with a page that loads the module as it lies on a static host, and calls start with these
// settings.
func moduleSite(t *testing.T, settings string) *stage {
	s := newStage(t, map[string]string{
		"module.html": "<!doctype html>\n<html lang=\"en\">\n<title>Page</title>\n<script type=\"module\" src=\"app.js\"></script>\n" + member,
		"settings.js": "export const settings = " + settings,
		"app.js": `import { start } from "./keygen-auth.mjs";
import { settings } from "./settings.js";
window.heard = [];
document.addEventListener("keygen:error", ({ detail }) => heard.push(detail.code));
window.start = start;
window.started = start(settings);
started.ready.then(() => (window.outcome = "ready"), (error) => (window.outcome = error.code + ": " + error.message));`,
	})
	return s
}

// connected returns settings for the stage's own API.
func (s *stage) connected(more string) string {
	return `{ account: "demo", host: ` + quote(s.apiURL) + more + ` }`
}

func TestModule(t *testing.T) {
	t.Parallel()
	s := moduleSite(t, "null")
	s.files["settings.js"] = file("export const settings = " + s.connected(`, tokenName: "Portal", environment: undefined, allowStaff: false`))
	s.open("/module.html")
	s.until(`window.outcome === "ready"`)
	assert.True(t, eval[bool](s.tab, `started === keygenAuth && start({}) === started`), "one a page, whoever starts it")

	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.untilNamed(s.demo.Plain)
	require.Len(t, s.logins(), 1)
	assert.Contains(t, string(s.logins()[0].Body), `"Portal"`, "the setting tokenName")
	assert.NotEmpty(t, s.saved())

	assert.Equal(t, "", eval[string](s.tab, `(keygenAuth.dispose(), typeof window.keygenAuth === "undefined" ? "" : "still there")`))
	s.do(`start(` + s.connected("") + `)`)
	s.untilNamed(s.demo.Plain)
	assert.Empty(t, eval[[]string](s.tab, `heard`))
}

func TestModuleSpeaksThePagesLanguage(t *testing.T) {
	t.Parallel()
	s := moduleSite(t, "null")
	s.files["settings.js"] = file("document.documentElement.lang = \"de\";\nexport const settings = " + s.connected(""))
	s.open("/module.html")
	s.signIn(s.demo.Plain.Email, "wrong")
	s.untilSays(table(t, "de")["EMAIL_INVALID"])
}

func TestModuleSettings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, settings, want string }{
		{"none", `undefined`, `settings are missing: call start({ account: "…" })`},
		{"no account", `{}`, `account is missing: use the id or slug of your Keygen account`},
		{"left out by undefined", `{ account: undefined }`, `account is missing: use the id or slug of your Keygen account`},
		{"wrong account", `{ account: "a b" }`, `account="a b" is not valid: use the id or slug of your Keygen account`},
		{"misspelt", `{ acount: "demo" }`, `acount is not a setting: use one of account, host, environment, form, storage, load, redirect, ` +
			`tokenName, tokenExpiry, publicKey, timeout, allowStaff, assets`},
		{"of the tag", `{ "data-account": "demo" }`, `data-account is not a setting: use one of account, host, environment, form, storage, ` +
			`load, redirect, tokenName, tokenExpiry, publicKey, timeout, allowStaff, assets`},
		{"wrong type", `{ account: "demo", timeout: "30" }`, `timeout is not valid: use a number, not a value of type string`},
		{"wrong number", `{ account: "demo", timeout: 0 }`, `timeout="0" is not valid: use seconds, up to 3600`},
		{"of two words", `{ account: "demo", tokenExpiry: "soon" }`,
			`tokenExpiry="soon" is not valid: use P30D, or a future time`},
		{"choice", `{ account: "demo", storage: "cookie" }`, `storage="cookie" is not valid: use one of local, session, memory`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := moduleSite(t, test.settings)
			s.allow("keygen-auth: " + test.want)
			s.open("/module.html")
			s.until(`window.outcome && heard.length`)
			assert.Equal(t, "CONFIG_INVALID: "+test.want, eval[string](s.tab, `outcome`))
			assert.Equal(t, []string{"CONFIG_INVALID"}, eval[[]string](s.tab, `heard`))
			assert.Len(t, s.lines(), 1)

			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSays(table(t, "en")["CONFIG_INVALID"])
			assert.Equal(t, s.url+"/module.html", eval[string](s.tab, `location.href`), "no password in the address")
			assert.Empty(t, s.logins())
		})
	}
}

// TestModuleSaysHowToMend names the file, what the host answers, and the fix, where a bundler left the program behind; and the
// setting where nothing says where the files lie.
func TestModuleSaysHowToMend(t *testing.T) {
	t.Parallel()
	s := moduleSite(t, "null")
	s.files["settings.js"] = file("export const settings = " + s.connected(`, load: "eager"`))
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		if isWasm(r) {
			http.NotFound(w, r)
		}
		return isWasm(r)
	})
	s.allow("keygen-auth: http")
	s.open("/module.html")
	s.until(`started`)
	s.eventually(func() bool { return strings.Contains(strings.Join(s.lines(), ""), "keygen-auth: http") }, "a line on the console")
	said := strings.Join(s.lines(), "\n")
	for _, part := range []string{s.url + "/keygen-auth.", ".wasm is missing", "(status 404, text/plain", "Have your bundler copy keygen-auth.*.wasm there", "Angular", "docs/bundlers.md"} {
		assert.Contains(t, said, part)
	}
}
