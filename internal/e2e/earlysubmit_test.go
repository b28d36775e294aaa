package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	notLoaded = "Sign-in could not be loaded. Check your connection and try again."
	noWasm    = "Sign-in cannot run in this browser, because WebAssembly is missing or turned off. Please use another browser."
)

// breakable lets a test end the program the hard way: the next call that it makes into the page throws, which unwinds
// its stack and leaves it broken. It also counts the programs that were started.
const breakable = `{
  const instantiate = WebAssembly.instantiate;
  window.started = 0;
  WebAssembly.instantiate = (module, imports) => {
    if (imports.gojs) window.started++;
    for (const name of Object.keys(imports.gojs ?? {})) { // the rest of the program has none
      const original = imports.gojs[name];
      imports.gojs[name] = (...args) => {
        if (window.broken) { window.broken = false; throw new Error("broken by the test"); }
        return original(...args);
      };
    }
    return instantiate.call(WebAssembly, module, imports);
  };
}`

// TestEarlySubmit submits when the program is late, missing, wrong or gone. Nothing may reach the URL, one intent makes
// one request or a message, and once the cause is gone the form works.
func TestEarlySubmit(t *testing.T) {
	t.Parallel()
	// spoil answers requests for the program in the site's place.
	spoil := func(s *stage, answer http.HandlerFunc) {
		s.serve(func(w http.ResponseWriter, r *http.Request) bool {
			if isWasm(r) {
				answer(w, r)
				return true
			}
			return false
		})
	}
	changed := func(change func(program []byte) []byte) func(s *stage) {
		return func(s *stage) {
			spoil(s, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/wasm")
				_, _ = w.Write(change(s.original(t, r)))
			})
		}
	}
	mend := func(s *stage) { s.serve(nil) }
	tests := []struct {
		name    string
		prepare func(s *stage)
		message string // what the visitor reads; "" where the first attempt succeeds
		mend    func(s *stage)
	}{
		{"late by 5 s", func(s *stage) {
			s.serve(func(_ http.ResponseWriter, r *http.Request) bool {
				if isWasm(r) {
					time.Sleep(5 * time.Second)
				}
				return false
			})
		}, "", nil},
		{"later than data-timeout", func(s *stage) {
			s.files["form.html"] = file(document(short, tutorialForm))
			s.holdWasm()
		}, notLoaded, mend},
		{"not found", func(s *stage) { spoil(s, http.NotFound) }, notLoaded, mend},
		{"a server error", func(s *stage) {
			spoil(s, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusServiceUnavailable) })
		}, notLoaded, mend},
		{"blocked", func(s *stage) {
			spoil(s, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		}, notLoaded, mend},
		{"cut in the middle", func(s *stage) {
			spoil(s, func(w http.ResponseWriter, r *http.Request) {
				program := s.original(t, r)
				w.Header().Set("Content-Type", "application/wasm")
				_, _ = w.Write(program[:len(program)/2])
				panic(http.ErrAbortHandler)
			})
		}, notLoaded, mend},
		{"one byte changed", changed(func(program []byte) []byte {
			program[len(program)/2] ^= 1
			return program
		}), notLoaded, mend},
		{"more than the program", changed(func(program []byte) []byte { return append(program, program...) }), "", nil},
		{"something in front", changed(func(program []byte) []byte { return append([]byte{0}, program...) }), notLoaded, mend},
		{"one byte less", changed(func(program []byte) []byte { return program[:len(program)-1] }), notLoaded, mend},
		{"empty", changed(func([]byte) []byte { return nil }), notLoaded, mend},
		{"a browser that cannot read into a buffer", func(s *stage) {
			s.atStart(`{
				const { getReader } = ReadableStream.prototype;
				ReadableStream.prototype.getReader = function (options) {
					if (options) throw new TypeError("no such readers");
					return getReader.call(this);
				};
			}`)
		}, "", nil},
		{"a page's own stream, which ends without a word", func(s *stage) {
			s.atStart(pageStream(`bytes`))
		}, "", nil},
		{"one that ends too early", func(s *stage) {
			s.files["form.html"] = file(document(short, tutorialForm))
			s.atStart(pageStream(`bytes.subarray(1)`))
		}, notLoaded, func(s *stage) { s.do(`window.fetch = window.kept`) }},
		{"a page in its place", func(s *stage) {
			spoil(s, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, "<!doctype html><title>Welcome</title>")
			})
		}, notLoaded, mend},
		{"right, but served as text/html", func(s *stage) {
			spoil(s, func(w http.ResponseWriter, r *http.Request) {
				program := s.original(t, r)
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write(program)
			})
		}, "", nil},
		{"WebAssembly is missing", func(s *stage) {
			s.atStart(`window.kept = window.WebAssembly; delete window.WebAssembly`)
		}, noWasm, func(s *stage) { s.do(`window.WebAssembly = window.kept`) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if strings.Contains(test.name, "own stream") {
				notIn(t, "webkit", "has no such streams")
			}
			s := newStage(t, map[string]string{"form.html": document("", tutorialForm)})
			s.allow("integrity") // the browser's own words, as the next
			s.allow("Fetch API cannot load")
			s.allow("keygen-auth: ")
			test.prepare(s)
			s.open("/form.html")
			pages := eval[int](s.tab, `history.length`)
			s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
			s.press("\r\r\r")

			if test.message != "" {
				s.untilSays(test.message)
				assert.Equal(t, test.message, s.announced())
				assert.Empty(t, s.asked())
				require.Eventually(t, func() bool { return strings.Contains(strings.Join(s.lines(), "\n"), "error: keygen-auth: ") }, patience, poll,
					"for the developer")
				assert.Equal(t, s.demo.Plain.Email, eval[string](s.tab, `document.querySelector("#email").value`))
				assert.Equal(t, s.demo.Plain.Password, eval[string](s.tab, `document.querySelector("#password").value`))
				assert.False(t, eval[bool](s.tab, `document.querySelector("form").hasAttribute("aria-busy")`))
				test.mend(s)
				s.write("#password", s.demo.Plain.Password)
				s.press("\r")
			} else {
				assert.True(t, eval[bool](s.tab, `document.documentElement.dataset.keygenState === "signed-in" ||
					document.querySelector("form").getAttribute("aria-busy") === "true"`))
			}
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
			assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
			assert.Equal(t, pages, eval[int](s.tab, `history.length`), "no page came between")
		})
	}
}

// original returns the answer of the built site, whatever the test puts in its place.
func (s *stage) original(t *testing.T, r *http.Request) []byte {
	request := r.Clone(r.Context())
	request.Header.Del("Accept-Encoding")
	answer := httptest.NewRecorder()
	s.site.ServeHTTP(answer, request)
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.Bytes()
}

// pageStream returns a script that makes the page answer for the program with a stream of its own, of what an expression
// makes of the bytes. Closing a byte stream does not end a read into a buffer that waits for more.
func pageStream(expression string) string {
	return `
		window.kept = window.fetch;
		window.fetch = async (...request) => {
			const response = await window.kept(...request);
			if (!String(request[0]).endsWith(".wasm")) return response;
			const bytes = new Uint8Array(await response.arrayBuffer());
			return new Response(new ReadableStream({
				type: "bytes",
				start(controller) {
					controller.enqueue(` + expression + `);
					setTimeout(() => controller.close(), 100);
				},
			}));
		};`
}

// TestProgramEnds ends the Go program at the worst moments. The page says so, keeps what was typed, and a fresh program
// takes over with the next submit.
func TestProgramEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(s *stage)
	}{
		{"while idle", func(s *stage) {
			s.do(`window.broken = true; document.querySelector("form").requestSubmit()`)
		}},
		{"while a request is under way", func(s *stage) {
			hung := s.hang("/tokens")
			s.press("\r\r\r")
			hung.await()
			s.do(`window.broken = true`)
			hung.release()
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form := strings.Replace(tutorialForm, "<button", `<div data-keygen-error hidden></div> <button`, 1)
			s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, form)})
			s.atStart(breakable)
			s.open("/form.html")
			s.untilAttached()
			s.fill(s.demo.Plain.Email, s.demo.Plain.Password)
			test.end(s)
			s.untilSays("Something went wrong. Try again.")
			assert.False(t, eval[bool](s.tab, `document.querySelector("form").hasAttribute("aria-busy")`))
			assert.False(t, eval[bool](s.tab, `document.querySelector("button:not([type=button])").disabled`))
			assert.Equal(t, s.demo.Plain.Password, eval[string](s.tab, `document.querySelector("#password").value`))
			s.api.ResetRequests()

			s.press("\r\r\r")
			s.untilSignedIn()
			assert.Len(t, s.logins(), 1)
			assert.Equal(t, 2, eval[int](s.tab, `window.started`))
			assert.Equal(t, s.url+"/form.html", eval[string](s.tab, `location.href`))
		})
	}
}

// TestProgramEndsInACountdown has no attempt under way then: nothing is said, and the form is free at once.
func TestProgramEndsInACountdown(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.atStart(breakable)
	s.open("/form.html")
	s.untilAttached()
	s.bend(reply(http.StatusTooManyRequests, `{"errors":[{"code":"TOO_MANY_REQUESTS"}]}`))
	s.signIn(s.demo.Plain.Email, "wrong")
	s.until(`document.querySelector("[data-keygen-countdown]") && document.querySelector("button:not([type=button])").disabled`)
	s.bend(nil)
	s.do(`window.broken = true`)
	s.until(`!document.querySelector("button:not([type=button])").disabled`)
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSignedIn()
	s.until(`!document.querySelector("[data-keygen-countdown]") && !document.querySelector("button:not([type=button])").disabled`)
}

// TestLateWords has the words for a failure arrive late: what was said must not be about an attempt before the last.
func TestLateWords(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": inLanguage("de", `data-load="lazy"`, "")})
	s.allow("integrity")
	s.allow("keygen-auth: http")
	var site noProgram
	site.serve(s)
	letGo := make(chan struct{})
	words := func(w http.ResponseWriter, r *http.Request) {
		<-letGo
		http.NotFound(w, r)
	}
	site.set(s, true, words)
	s.atStart(listening + `AbortSignal.timeout = () => new AbortController().signal;`) // the loader gives words three seconds
	s.open("/form.html")
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.until(`window.heard.some((e) => e.Name === "error")`)
	site.set(s, false, words) // the event comes before the words are asked for
	s.press("\r")
	s.untilPainted()
	assert.True(t, eval[bool](s.tab, `document.querySelector("form").ariaBusy === "true"`), "the first attempt is not over")
	close(letGo)
	s.until(`!document.querySelector("form").ariaBusy`)
	s.press("\r")
	s.untilSignedIn()
	assert.Empty(t, eval[string](s.tab, `document.querySelector("[data-keygen-error]").textContent`))
}

// TestProgramEndsUnnoticed ends it while the form waits for nothing, and says so, as frameworks write it: only who called
// the program is told.
func TestProgramEndsUnnoticed(t *testing.T) {
	t.Parallel()
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, tutorialForm)})
	s.atStart(listening + breakable)
	s.open("/form.html")
	s.untilAttached()
	s.do(`document.querySelector("form").setAttribute("aria-busy", "false")`)
	assert.Equal(t, "INTERNAL_ERROR", s.rejected(`(window.broken = true, keygenAuth.token())`).Code)
	s.untilPainted()
	assert.Empty(t, s.names())
	assert.Empty(t, s.announced())
}
