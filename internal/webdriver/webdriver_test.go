package webdriver_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/webdriver"
)

func TestStartUnknown(t *testing.T) {
	_, err := webdriver.Start(t.Context(), "netscape")
	assert.EqualError(t, err, `no browser is called "netscape": there are firefox and webkit`)
}

func TestStartMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for engine, says := range map[string]string{
		"firefox": "firefox-esr: a program is missing: apt-get install firefox-esr",
		"webkit":  "WebKitWebDriver: a program is missing: apt-get install webkit2gtk-driver",
	} {
		_, err := webdriver.Start(t.Context(), engine)
		assert.ErrorIs(t, err, webdriver.ErrNotFound)
		assert.EqualError(t, err, says)
	}
}

// page notes what is done to it.
const page = `<!doctype html><title>Page</title><input id="field"><button id="button">Press</button><script>
	document.cookie = "a=b"; localStorage.setItem("a", "b");
	window.noted = [];
	for (const type of ["keydown", "click", "dblclick"]) addEventListener(type, (e) => noted.push(type + " " + (e.key ?? e.target.id)));
	console.error("one", "two");
</script>`

// TestBrowsers drives each browser that is installed.
func TestBrowsers(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(page))
	}))
	defer site.Close()
	for _, engine := range webdriver.Engines {
		t.Run(engine, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			browser, err := webdriver.Start(ctx, engine)
			if errors.Is(err, webdriver.ErrNotFound) {
				t.Skip(err)
			}
			require.NoError(t, err)
			defer func() { assert.NoError(t, browser.Close()) }()
			profile, err := browser.NewProfile(ctx)
			require.NoError(t, err)
			defer func() { assert.NoError(t, profile.Close()) }()
			lines := make(chan string, 10)
			window, err := profile.NewWindow(ctx, func(line string) { lines <- line })
			require.NoError(t, err)
			evaluate := func(window webdriver.Window, expression string) string {
				t.Helper()
				text, err := window.Evaluate(ctx, "Promise.resolve("+expression+")")
				require.NoError(t, err)
				return text
			}

			if err := window.AtStart(ctx, `window.early = String(document.body)`); err != nil {
				assert.ErrorIs(t, err, webdriver.ErrNoScripts)
			}
			require.NoError(t, window.Open(ctx, site.URL))
			assert.Equal(t, "Page", evaluate(window, `document.title`))
			if engine == "firefox" {
				assert.Equal(t, "null", evaluate(window, `early`))
				assert.Equal(t, "error: one two", <-lines)
			}

			evaluate(window, `String(field.focus())`)
			require.NoError(t, window.Type(ctx, "pä 密🔑"))
			require.NoError(t, window.Press(ctx, "x\b\t"))
			assert.Equal(t, "pä 密🔑", evaluate(window, `field.value`))
			assert.Equal(t, "button", evaluate(window, `document.activeElement.id`))
			require.NoError(t, window.Press(ctx, webdriver.BackTab))
			assert.Equal(t, "field", evaluate(window, `document.activeElement.id`))
			evaluate(window, `String(noted.length = 0)`)
			require.NoError(t, window.Press(ctx, "\t\r\x1b"))
			assert.Equal(t, "keydown Tab,keydown Enter,click button,keydown Escape", evaluate(window, `noted.join()`))

			place := evaluate(window, `(({x, y}) => JSON.stringify([x + 5, y + 5]))(button.getBoundingClientRect())`)
			var at [2]float64
			require.NoError(t, json.Unmarshal([]byte(place), &at))
			evaluate(window, `String(noted.length = 0)`)
			require.NoError(t, window.Click(ctx, int(at[0]), int(at[1]), 2))
			assert.Equal(t, "click button,click button,dblclick button", evaluate(window, `noted.join()`))

			picture, err := window.Screenshot(ctx)
			require.NoError(t, err)
			assert.Equal(t, "image/png", http.DetectContentType(picture))

			_, err = window.Evaluate(ctx, `Promise.reject(Error("no luck"))`)
			assert.ErrorContains(t, err, "no luck")
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			_, err = window.Evaluate(short, `new Promise(() => {})`)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, "Page", evaluate(window, `document.title`), "the window goes on")

			sibling, err := profile.NewWindow(ctx, func(string) {})
			require.NoError(t, err)
			require.NoError(t, sibling.Open(ctx, site.URL+"/sibling"))
			assert.Equal(t, "/sibling b", evaluate(sibling, `location.pathname + " " + localStorage.a`))
			assert.Equal(t, "/", evaluate(window, `location.pathname`))
			require.NoError(t, sibling.Close())

			other, err := browser.NewProfile(ctx)
			require.NoError(t, err)
			defer func() { assert.NoError(t, other.Close()) }()
			stranger, err := other.NewWindow(ctx, func(string) {})
			require.NoError(t, err)
			require.NoError(t, stranger.Open(ctx, site.URL+"/stranger"))
			evaluate(window, `String(localStorage.setItem("mine", "1"))`)
			assert.Equal(t, "undefined", evaluate(stranger, `String(localStorage.mine)`), "storage of its own")
		})
	}
}
