package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// table returns the texts of a file of web/messages.
func table(t *testing.T, file string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "web", "messages", file+".json"))
	require.NoError(t, err)
	var texts map[string]string
	require.NoError(t, json.Unmarshal(content, &texts))
	return texts
}

// unhurried gives the loader as long as a busy machine needs for a file of texts, or the program: by itself it speaks English
// after three seconds.
const unhurried = `{
	const { timeout } = AbortSignal;
	AbortSignal.timeout = (limit) => timeout.call(AbortSignal, Math.max(limit, 50_000));
}`

// inLanguage returns a page of a language, none for "none", that has been given texts of its own.
func inLanguage(lang, attributes, own string) string {
	page := document(attributes, tutorialForm)
	if own != "" {
		page += `<script type="application/json" data-keygen-messages>` + own + `</script>`
	}
	if lang == "none" {
		return strings.Replace(page, ` lang="en"`, "", 1)
	}
	return strings.Replace(page, `lang="en"`, `lang="`+lang+`"`, 1)
}

// languages are what a page may say, and the file of the texts that its visitors get.
var languages = map[string]string{
	"de": "de", "DE-at": "de", "fr": "fr", "es": "es", "pt": "pt-BR", "pt-BR": "pt-BR", "ja": "ja",
	"en": "en", "en-GB": "en", "xx": "en", "": "en", "none": "en",
}

// noProgram lets the program not be found, and counts the files of languages that are asked for.
type noProgram struct {
	missing bool
	files   []string
	answer  http.HandlerFunc // of those files; the site when nil
}

func (n *noProgram) serve(s *stage) {
	s.serve(func(w http.ResponseWriter, r *http.Request) bool {
		s.mu.Lock()
		missing, answer := n.missing, n.answer
		s.mu.Unlock()
		switch {
		case isWasm(r) && missing:
			http.NotFound(w, r)
			return true
		case strings.HasPrefix(r.URL.Path, "/keygen-auth.") && strings.HasSuffix(r.URL.Path, ".json"):
			s.mu.Lock()
			n.files = append(n.files, r.URL.Path)
			s.mu.Unlock()
			if answer != nil {
				answer(w, r)
				return true
			}
		}
		return false
	})
}

// set changes what the site does from now on.
func (n *noProgram) set(s *stage, missing bool, answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n.missing, n.answer = missing, answer
}

// asked returns the files of languages that were asked for, and forgets them.
func (n *noProgram) asked(s *stage) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := n.files
	n.files = nil
	return files
}

// wrong signs in with a wrong password.
func (s *stage) wrong() {
	s.t.Helper()
	s.api.ResetThrottles()
	s.signIn(s.demo.Plain.Email, "canary")
}

// TestLanguages shows the program's messages and the loader's in the page's language. The file with its texts is fetched
// when there is something to say, and not before.
func TestLanguages(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.atStart(unhurried)
	s.allow("integrity")
	s.allow("keygen-auth: http")
	var site noProgram
	site.serve(s)
	for lang, name := range languages {
		t.Run("lang="+lang, func(t *testing.T) {
			s.files["form.html"] = file(inLanguage(lang, `data-load="eager"`, ""))
			s.files["lazy.html"] = file(inLanguage(lang, `data-load="lazy"`, ""))
			texts := table(t, name)
			var want []string
			if name != "en" {
				want = []string{"/keygen-auth." + name + ".json"}
			}

			site.set(s, false, site.answer)
			s.open("/form.html")
			s.untilAttached()
			s.idle()
			assert.Empty(t, site.asked(s), "before there is anything to say")
			s.wrong()
			s.untilSays(texts["PASSWORD_INVALID"])
			assert.Equal(t, want, site.asked(s))
			s.api.ResetThrottles()
			s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
			s.untilSays(texts["OTP_REQUIRED"])
			assert.Equal(t, texts["OTP_LABEL"], eval[string](s.tab, `document.querySelector("[data-keygen-otp] label").textContent`))
			assert.Empty(t, site.asked(s), "it is here")

			site.set(s, true, site.answer)
			s.open("/lazy.html")
			s.wrong()
			s.untilSays(texts["LOAD_FAILED"])
			assert.Equal(t, want, site.asked(s))
			site.set(s, false, site.answer)
			s.wrong()
			s.untilSays(texts["PASSWORD_INVALID"])
			assert.Empty(t, site.asked(s), "the program has it from the loader")
		})
	}
}

// TestVisitWithoutMessages fetches no texts: none is shown.
func TestVisitWithoutMessages(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": inLanguage("de", "", "")})
	var site noProgram
	site.serve(s)
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	eval[any](s.tab, `keygenAuth.signIn({email: "ada", password: "x"}).catch(() => {})`)
	eval[any](s.tab, `keygenAuth.signOut()`)
	s.idle()
	assert.Empty(t, site.asked(s))
}

// TestLanguageFileInTrouble falls back to English, says nothing on the console, and asks again for a file that did not
// arrive when there is something to say again.
func TestLanguageFileInTrouble(t *testing.T) {
	t.Parallel()
	text := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	german, english := table(t, "de"), table(t, "en")
	s := newStage(t, map[string]string{
		"form.html": inLanguage("de", `data-load="eager"`, ""),
		"lazy.html": inLanguage("de", `data-load="lazy"`, ""),
	})
	s.allow("integrity")
	s.allow("keygen-auth: http")
	var site noProgram
	site.serve(s)
	for name, answer := range map[string]http.HandlerFunc{
		"missing":            http.NotFound,
		"a page in place":    text(200, "<!doctype html><title>Welcome</title>"),
		"a server error":     text(500, `{"error": "down"}`),
		"half":               text(200, `{"PASSWORD_INVALID": "Die E-`),
		"empty":              text(200, ``),
		"null":               text(200, `null`),
		"a number":           text(200, `7`),
		"an array":           text(200, `["a", "b"]`),
		"texts of no code":   text(200, `{"HELLO": "Hallo"}`),
		"values of no texts": text(200, `{"PASSWORD_INVALID": {"a": 1}, "LOAD_FAILED": null}`),
		"cut":                func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"hanging":            func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			site.set(s, false, answer)
			s.open("/form.html")
			s.untilAttached()
			s.wrong()
			s.untilSays(english["PASSWORD_INVALID"])
			if name == "hanging" {
				return // the loader waits in the same way, for 3 s
			}
			site.set(s, true, answer)
			s.open("/lazy.html")
			s.wrong()
			s.untilSays(english["LOAD_FAILED"])
			site.set(s, false, answer)
			if name == "missing" || name == "a page in place" || name == "cut" {
				site.set(s, false, nil)
				s.wrong()
				s.untilSays(german["PASSWORD_INVALID"])
			}
		})
	}
}

// TestOwnMessages are the page's, which win in every language, the program's and the loader's. What the page does not
// say comes from its language.
func TestOwnMessages(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.atStart(unhurried)
	s.allow("integrity")
	s.allow("keygen-auth: http")
	s.allow("is not JSON")
	var site noProgram
	site.serve(s)
	own := `{"PASSWORD_INVALID": "<b>Nope</b> & co.", "LOAD_FAILED": "Not today", "OTP_LABEL": ""}`
	for _, lang := range []string{"en", "de", "ja", "xx"} {
		t.Run(lang, func(t *testing.T) {
			texts := table(t, languages[lang])
			s.files["form.html"] = file(inLanguage(lang, `data-load="lazy"`, own))
			site.set(s, true, site.answer)
			s.open("/form.html")
			s.wrong()
			s.untilSays("Not today")
			site.set(s, false, site.answer)
			s.wrong()
			s.untilSays("<b>Nope</b> & co.")
			s.api.ResetThrottles()
			s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
			s.untilSays(texts["OTP_REQUIRED"])
		})
	}
	for name, broken := range map[string]string{"no JSON": `{"PASSWORD_INVALID": `, "no object": `null`, "nothing": ` `} {
		t.Run(name, func(t *testing.T) {
			s.files["form.html"] = file(inLanguage("de", `data-load="lazy"`, broken))
			s.open("/form.html")
			s.wrong()
			s.untilSays(table(t, "de")["PASSWORD_INVALID"])
		})
	}
}

// TestLanguageChanges says each failure in the language that the page has then.
func TestLanguageChanges(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": inLanguage("de", `data-load="eager"`, "")})
	s.atStart(unhurried)
	s.open("/form.html")
	for _, language := range []string{"de", "fr", "en", "de"} {
		s.do(`document.documentElement.lang = ` + quote(language))
		s.wrong()
		s.untilSays(table(t, language)["EMAIL_INVALID"])
	}
}
