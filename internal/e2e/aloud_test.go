package e2e

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// speaking notes what live regions say, as screen readers are told of it: what a region that can be seen shows after each
// task, where that is something else than before. Also whether the region was busy then, and in which language it speaks.
const speaking = `window.said = [];
	const shown = new Map();
	const listen = () => {
		for (const region of document.querySelectorAll(":is([role=alert], [role=status], [role=log], [aria-live], output):not(#mark)")) {
			const text = region.checkVisibility() && !region.closest("[aria-hidden=true]") ? region.innerText.replace(/\s+/g, " ").trim() : "";
			if (text === (shown.get(region) ?? "")) continue;
			shown.set(region, text);
			if (text) said.push({
				Text: text, Role: region.getAttribute("role"), Lang: region.closest("[lang]").lang,
				Busy: Boolean(region.closest("[aria-busy=true]")),
			});
		}
	};
	new MutationObserver(listen).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });`

// A saying is what a live region has said.
type saying struct {
	Text, Role, Lang string
	Busy             bool
}

// hears waits until a text is said, and checks that it is all that was said since the last time: once, in full, in a language,
// by a region of this role that is busy no more; that the browser's own tree says it, too; and where the focus is.
func (s *stage) hears(t *testing.T, lang, role, text, focus string) {
	t.Helper()
	s.until(`said.at(-1)?.Text === ` + quote(text))
	s.untilPainted()
	assert.Equal(t, []saying{{Text: text, Role: role, Lang: lang}}, eval[[]saying](s.tab, `said.splice(0)`))
	if role == "alert" {
		assert.Equal(t, text, s.announced())
	}
	assert.Equal(t, focus, s.focused(), text)
	if role == "status" { // its parts are said as each of them comes
		s.orca(t, strings.Fields(text)...)
	} else {
		s.orca(t, text)
	}
}

// orcaVariable is the environment variable with the path of the file of what Orca says, where it runs (make aloud).
const orcaVariable = "KEYGEN_AUTH_ORCA"

var spoken = regexp.MustCompile(`SPEECH OUTPUT: '(.*?)'\{`)

// orca waits until Orca, if it runs, has said texts, and checks that it says each once.
func (s *stage) orca(t *testing.T, texts ...string) {
	t.Helper()
	if os.Getenv(orcaVariable) == "" {
		return
	}
	for _, text := range texts {
		assert.Eventually(t, func() bool { return strings.Contains(s.saidByOrca(), text) }, patience, poll)
	}
	all := s.untilOrcaRests()
	t.Logf("Orca: %s", all)
	for _, text := range texts {
		assert.Equal(t, 1, strings.Count(all, text), all)
	}
}

// saidByOrca returns what Orca has said since it rested last.
func (s *stage) saidByOrca() string {
	log, err := os.ReadFile(os.Getenv(orcaVariable))
	require.NoError(s.t, err)
	var words []string
	for _, line := range spoken.FindAllStringSubmatch(string(log[s.spoken:]), -1) {
		words = append(words, line[1])
	}
	return strings.Join(words, " ")
}

// untilOrcaRests waits until Orca, if it runs, has said all that there is to say, and returns that. It tells by marks: what is
// new takes precedence over where the focus is, once.
func (s *stage) untilOrcaRests() string {
	s.t.Helper()
	path := os.Getenv(orcaVariable)
	if path == "" {
		return ""
	}
	s.untilOrcaMarks()
	s.untilOrcaMarks()
	all := s.saidByOrca()
	log, err := os.ReadFile(path)
	require.NoError(s.t, err)
	s.spoken = len(log)
	return all
}

func (s *stage) untilOrcaMarks() {
	s.t.Helper()
	// In a part of its own: of what comes to the same part at once Orca says the last.
	s.do(`window.marks ??= document.body.appendChild(Object.assign(document.createElement("div"), {role: "group", ariaLabel: "Marks"}))`)
	s.untilPainted()
	mark := eval[string](s.tab, `(() => {
		const mark = marks.appendChild(Object.assign(document.createElement("p"), {id: "mark", role: "alert"}));
		return mark.textContent = "Mark " + Date.now();
	})()`)
	s.eventually(func() bool { return strings.Contains(s.saidByOrca(), mark) }, "Orca says %q", mark)
	s.do(`document.getElementById("mark").remove()`)
}

// signInAloud signs in as somebody who listens: what is typed is said before it is submitted.
func (s *stage) signInAloud(email, password string) {
	s.t.Helper()
	s.fill(email, password)
	s.untilOrcaRests()
	s.press("\r")
}

// hearsNothing checks that nothing was said.
func (s *stage) hearsNothing(t *testing.T) {
	t.Helper()
	s.untilPainted()
	assert.Empty(t, eval[[]saying](s.tab, `said.splice(0)`))
}

// TestAloud says each thing once, in full, in the page's language, and leaves the focus where somebody who hears of it goes on.
func TestAloud(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "de"} {
		for _, page := range []string{"index.html", "tutorial.html"} {
			t.Run(page+" in "+lang, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, nil)
				texts := table(t, lang)
				s.files["aloud.html"] = file(strings.Replace(string(s.files[page].Data), `<html lang="en">`, `<html lang="`+lang+`">`, 1))
				s.atStart(unhurried + speaking)
				ada, grace := s.demo.Plain, s.demo.TwoFactor
				says := func(code, focus string) {
					t.Helper()
					s.hears(t, lang, "alert", texts[code], focus)
				}

				s.open("/aloud.html")
				s.untilAnswers()
				s.hearsNothing(t)
				s.untilOrcaRests()
				for range 2 { // the same again is said again
					s.signInAloud(ada.Email, "wrong")
					says("PASSWORD_INVALID", "password")
				}
				if page == "index.html" { // of the other the browser itself says so
					s.signInAloud("ada", "wrong")
					says("EMAIL_REQUIRED", "email")
				}

				s.signInAloud(grace.Email, grace.Password)
				s.until(`document.querySelector("[name=otp]")`)
				otp := eval[string](s.tab, `document.querySelector("[name=otp]").id`)
				says("OTP_REQUIRED", otp)
				s.press(s.code(grace, false))
				s.untilOrcaRests()
				s.press("\r")
				says("OTP_INVALID", otp)
				assert.Equal(t, texts["OTP_LABEL"], eval[string](s.tab, `document.activeElement.labels[0].innerText`))

				s.api.ResetThrottles()
				s.exhaust(ada.Email, 50*time.Second)
				s.signInAloud(ada.Email, "wrong")
				says("TOO_MANY_REQUESTS", "password")
				s.do(`const { now } = Date; Date.now = () => now() + window.passed * 1000; window.passed = 0`)
				before := eval[string](s.tab, `document.querySelector("[role=timer]").textContent`)
				s.until(`document.querySelector("[role=timer]").textContent !== ` + quote(before))
				s.hearsNothing(t)
				s.do(`window.passed = 60`)
				says("RETRY_NOW", "password")
				s.api.SetNow(time.Now)
				s.api.ResetThrottles()

				hung := s.hang("/tokens")
				s.signInAloud(ada.Email, ada.Password)
				hung.await()
				s.until(`document.querySelector("form").ariaBusy`)
				s.hearsNothing(t)
				hung.release()
				s.untilSignedIn()
				if page == "index.html" {
					s.hears(t, lang, "status", ada.FirstName+" "+ada.LastName+" "+ada.Email, "section")
					assert.Equal(t, "You are signed in", eval[string](s.tab, `document.getElementById(document.activeElement.getAttribute("aria-labelledby")).innerText`))
					s.tabTo(at(`[data-keygen-action="sign-out"]`))
					s.press("\r")
					s.untilSignedOut()
					s.hearsNothing(t)
					assert.Equal(t, "Sign in", eval[string](s.tab, `document.getElementById(document.activeElement.getAttribute("aria-labelledby")).innerText`))
				}
			})
		}
	}
}

// TestAloudWithoutTheProgram says that it cannot be loaded, once, each time.
func TestAloudWithoutTheProgram(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "de"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, map[string]string{"aloud.html": inLanguage(lang, `data-load="lazy"`, "")})
			s.atStart(unhurried + speaking)
			s.allow("integrity")
			s.allow("keygen-auth: http")
			missing := true
			s.serve(func(w http.ResponseWriter, r *http.Request) bool {
				s.mu.Lock()
				defer s.mu.Unlock()
				if missing && isWasm(r) {
					http.NotFound(w, r)
					return true
				}
				return false
			})
			s.open("/aloud.html")
			s.untilOrcaRests()
			texts := table(t, lang)
			for range 2 {
				s.signInAloud(s.demo.Plain.Email, "wrong")
				s.hears(t, lang, "alert", texts["LOAD_FAILED"], "password")
			}
			// By the button, which takes the focus, and loses it while it is disabled.
			s.click("button")
			s.hears(t, lang, "alert", texts["LOAD_FAILED"], "button")
			s.mu.Lock()
			missing = false
			s.mu.Unlock()
			s.press("\r")
			s.hears(t, lang, "alert", texts["PASSWORD_INVALID"], "password")
			require.Len(t, s.logins(), 1)
		})
	}
}
