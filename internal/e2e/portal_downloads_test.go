package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// download is that of a file, in the portal.
func download(filename string) place {
	return place(`[...document.querySelectorAll("#downloads .file")].find((e) => e.querySelector('[data-part="name"]').textContent === ` + quote(filename) + `)`)
}

// filenames returns those of the files that are shown.
func (p *tab) filenames() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll("#downloads .file")].filter((e) => e.checkVisibility()).map((e) => e.querySelector("strong").textContent)`)
}

// TestPortalDownloads shows the newest release with the visitor's files first, and what is older on request.
func TestPortalDownloads(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		product := s.api.AddProduct("demo", keygentest.Product{Name: "Viewer", DistributionStrategy: "OPEN"})
		// A mend of an old version, released last.
		s.api.AddRelease(keygentest.Release{Product: product.ID, Version: "10.0.0", Name: "Viewer", Description: "<b>Faster</b>\nand smaller"})
		s.api.AddRelease(keygentest.Release{Product: product.ID, Version: "9.0.1", Name: "Viewer"})
		s.api.AddRelease(keygentest.Release{Product: product.ID, Version: "11.0.0", Name: "Viewer", Channel: "dev"})
	})
	assert.Equal(t, []string{"studio-2.1.0.AppImage", "studio-2.1.0-setup.exe", "studio-2.1.0.dmg"}, s.filenames())
	assert.True(t, s.seen(download("studio-2.1.0.AppImage").part("here")))
	assert.False(t, s.seen(download("studio-2.1.0.dmg").part("here")))
	assert.Equal(t, "Linux · x64 · 43 bytes", s.read(download("studio-2.1.0.AppImage").part("about")))
	assert.Contains(t, s.read(row("#downloads", "Viewer").part("about")), "Version 10.0.0 · ")
	assert.Equal(t, "<b>Faster</b> and smaller", s.read(row("#downloads", "Viewer").part("notes")), "as text")
	assert.True(t, s.seen(row("#downloads", "Viewer").part("none")))

	// The file is the browser's to save; the page stays.
	s.hit(download("studio-2.1.0.AppImage").part("get"))
	s.eventually(func() bool { return s.api.Downloads("studio-2.1.0.AppImage") == 1 }, "the browser fetches the file")
	s.untilReads(at("#downloads-status"), "The download has started: studio-2.1.0.AppImage")
	assert.Contains(t, eval[string](s.tab, `location.href`), "/account.html")
	s.holdClipboard()
	s.hit(download("studio-2.1.0.dmg").part("copy"))
	s.until(`document.querySelector("#downloads-status").textContent.startsWith("The checksum is")`)

	// What is older is folded, and asked for when it is opened.
	s.hit(row("#downloads", "Acme Studio").in("[data-part=olds] > summary"))
	assert.Len(t, s.filenames(), 3)
	old := row("#downloads", "Acme Studio").in(`[data-part="older"] summary`)
	s.fails(http.MethodGet, "/artifacts", at("#downloads-alert"), func() { s.hit(old); s.untilPainted() })
	s.hit(old)
	s.until(string(download("studio-2.0.0.AppImage")))
	s.hit(download("studio-2.0.0.AppImage").part("get"))
	s.eventually(func() bool { return s.api.Downloads("studio-2.0.0.AppImage") == 1 }, "an older file")

	// What goes wrong
	get := func() { s.hit(download("studio-2.1.0.dmg").part("get")); s.untilPainted() }
	for status, says := range map[int]string{
		404: "This file is not part of your license, or is not there any more.",
		403: "Your license is suspended. Please ask support.",
	} {
		replying(status, `{"errors":[{"title":"No","detail":"no"}]}`)(s)
		get()
		s.untilReads(at("#downloads-alert"), says)
		s.bend(nil)
	}
	s.fails(http.MethodGet, "", at("#downloads-alert"), get)
	assert.Zero(t, s.api.Downloads("studio-2.1.0.dmg"))
	s.held(http.MethodGet, "", download("studio-2.1.0.dmg").part("get"), get)()
	s.eventually(func() bool { return s.api.Downloads("studio-2.1.0.dmg") == 1 }, "and has it once")
}

// TestPortalWithoutDownloads says in words why there are none.
func TestPortalWithoutDownloads(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, func(d keygentest.Demo) keygentest.User { return d.TwoFactor }, nil)
	assert.True(t, s.seen(at("#downloads-empty")))
	assert.Equal(t, "There is nothing for you to download yet.", s.read(at("#downloads-empty")))
	assert.Empty(t, s.read(at("#downloads-alert")))

	s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Pro.ID, Owner: s.demo.TwoFactor.ID, Suspended: true})
	s.open("/account.html?again")
	s.untilLoaded()
	s.untilReads(at("#downloads-alert"), "Your license is suspended. Please ask support.")
	assert.False(t, s.seen(at("#downloads-empty")))
}

// TestPortalDownloadsByKeyboard gets a file, a checksum and an older file without a mouse.
func TestPortalDownloadsByKeyboard(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, nil)
	press := func(where place, keys string) {
		s.tabTo(where)
		s.press(keys)
	}
	s.holdClipboard()
	press(download("studio-2.1.0.AppImage").part("copy"), "\r")
	s.until(`document.querySelector("#downloads-status").textContent.startsWith("The checksum is")`)
	press(download("studio-2.1.0.AppImage").part("get"), "\r")
	s.eventually(func() bool { return s.api.Downloads("studio-2.1.0.AppImage") == 1 }, "the browser fetches the file")
	s.until(string(download("studio-2.1.0.AppImage").part("get")) + ` === document.activeElement`)
	press(row("#downloads", "Acme Studio").in("[data-part=olds] > summary"), "\r")
	press(at(`#downloads [data-part="older"] summary`), "\r")
	s.until(string(download("studio-2.0.0.AppImage")))
	press(download("studio-2.0.0.AppImage").part("get"), "\r")
	s.eventually(func() bool { return s.api.Downloads("studio-2.0.0.AppImage") == 1 }, "an older file")
}

// TestPortalDownloadsInGerman has axe judge them on a phone and on a desk, leaving a picture of each where
// KEYGEN_AUTH_SHOTS says.
func TestPortalDownloadsInGerman(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.files["account.html"] = file(strings.Replace(string(s.files["account.html"].Data), `lang="en"`, `lang="de"`, 1))
	s.plant(s.demo.Plain, time.Time{})
	s.open("/account.html")
	s.untilLoaded()
	assert.Equal(t, "Linux · x64 · 43 Byte", s.read(download("studio-2.1.0.AppImage").part("about")))
	assert.Equal(t, "Herunterladen", s.read(download("studio-2.1.0.AppImage").part("get")))
	s.hit(row("#downloads", "Acme Studio").in("[data-part=olds] > summary"))
	s.hit(at(`#downloads [data-part="older"] summary`))
	s.until(string(download("studio-2.0.0.AppImage")))
	if !s.inChromium() {
		return // the others' windows keep their size here
	}
	for name, size := range map[string]*emulation.SetDeviceMetricsOverrideParams{
		"phone": emulation.SetDeviceMetricsOverride(360, 740, 2, true), "desk": wide,
	} {
		var picture []byte
		s.run(size, chromedp.ActionFunc(finishAnimations))
		assert.Empty(t, s.findings(), name)
		assert.LessOrEqual(t, eval[int](s.tab, `document.documentElement.scrollWidth - innerWidth`), 0, "%s: no scrolling sideways", name)
		assert.True(t, eval[bool](s.tab, `(() => {
			const right = (e) => e.getBoundingClientRect().right;
			const edge = right(document.querySelector("#downloads > li"));
			return [...document.querySelectorAll("#downloads > li *")].every((e) => right(e) < edge);
		})()`), "%s: nothing is cut", name)
		s.run(chromedp.Screenshot(`section:has(#downloads)`, &picture, chromedp.ByQuery))
		if dir := os.Getenv("KEYGEN_AUTH_SHOTS"); dir != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "downloads-"+name+".png"), picture, 0o644))
		}
	}
}
