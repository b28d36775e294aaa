package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygentest"
)

const downloads = `<p><a id="get" data-keygen-download="editor.dmg" data-keygen-release="latest" href="pricing.html">Download</a></p>
<p><a id="bare" data-keygen-download="editor.dmg">Download</a></p>
<p><button id="button" type="button" data-keygen-download="editor.dmg">Download</button></p>`

// downloading returns a stage with a product that a user has a license of.
func downloading(t *testing.T, attributes ...string) (s *stage, policy keygentest.Policy) {
	s = newStage(t, map[string]string{"form.html": document(strings.Join(attributes, " "), member+downloads), "pricing.html": "<!doctype html><title>Pricing</title>"})
	s.atStart(listening)
	product := s.api.AddProduct("demo", keygentest.Product{Name: "Editor"})
	release := s.api.AddRelease(keygentest.Release{Product: product.ID, Version: "1.0.0", Tag: "latest"})
	s.api.AddArtifact(keygentest.Artifact{Release: release.ID, Filename: "editor.dmg", Content: []byte("editor")})
	policy = s.api.AddPolicy("demo", keygentest.Policy{Product: product.ID})
	s.api.AddLicense("demo", keygentest.License{Policy: policy.ID, Owner: s.demo.Plain.ID})
	return s, policy
}

// TestDownloadLink asks once for the file of a link, and sends the browser to where it lies.
func TestDownloadLink(t *testing.T) {
	t.Parallel()
	s, _ := downloading(t)
	s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 14))
	s.open("/form.html")
	s.untilNamed(s.demo.Plain)
	release := s.api.AddFault(keygentest.Fault{Path: "/artifacts/editor.dmg", Delay: time.Hour})
	s.do(`const link = document.querySelector("#get"); link.click(); link.click()`)
	s.until(`document.querySelector("#get").ariaBusy === "true"`)
	release()
	s.until(`!document.querySelector("#get").hasAttribute("aria-busy")`)
	assert.Len(t, s.requests(http.MethodGet, "/releases/latest/artifacts/editor.dmg"), 1, "once")
	assert.Equal(t, "no-redirect", s.requests(http.MethodGet, "/artifacts/editor.dmg")[0].Header.Get("Prefer"))
	s.eventually(func() bool { return s.api.Downloads("editor.dmg") == 1 }, "the browser fetches the file")
	assert.Contains(t, eval[string](s.tab, `location.href`), "/form.html", "the page stays")
	assert.Equal(t, []string{"restored"}, s.happened())

	// Modified clicks are the browser's.
	taken := func(click string) bool {
		return eval[bool](s.tab, `(() => {
			const click = new MouseEvent("click", {bubbles: true, cancelable: true, `+click+`});
			document.querySelector("#bare").dispatchEvent(click);
			return click.defaultPrevented;
		})()`)
	}
	for _, modified := range []string{"ctrlKey: true", "metaKey: true", "shiftKey: true", "altKey: true", "button: 1"} {
		assert.False(t, taken(modified), modified)
	}
	assert.True(t, taken(""))
	s.eventually(func() bool { return s.api.Downloads("editor.dmg") == 2 }, "as any other is ours")
}

// TestDownloadBeforeTheProgram waits for it, also where nothing else would fetch it, and on a button.
func TestDownloadBeforeTheProgram(t *testing.T) {
	t.Parallel()
	s, _ := downloading(t, `data-load="lazy"`)
	s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 14))
	s.open("/form.html")
	s.do(`document.querySelector("#button").click()`)
	s.eventually(func() bool { return s.api.Downloads("editor.dmg") == 1 }, "the browser fetches the file")
	assert.Contains(t, eval[string](s.tab, `location.href`), "/form.html", "the page stays")
}

// TestDownloadRefused says why, or follows the link's own address where nobody is signed in.
func TestDownloadRefused(t *testing.T) {
	t.Parallel()
	s, policy := downloading(t)
	says := func(text string) {
		s.do(`document.querySelector("#bare").click()`)
		s.until(`document.querySelector("#bare + [data-keygen-error]")?.textContent === ` + quote(text))
		assert.Equal(t, []string{"error " + map[bool]string{true: "HTTP_403", false: "NOT_FOUND"}[text == "Your license is suspended. Please ask support."]}, s.happened()[1:])
	}
	s.plant(s.demo.Mate, time.Now().AddDate(0, 0, 14))
	s.open("/form.html")
	s.untilNamed(s.demo.Mate)
	says("This file is not part of your license, or is not there any more.")

	held := s.api.AddUser("demo", keygentest.User{Email: "held@example.com", Password: "held up"})
	s.api.AddLicense("demo", keygentest.License{Policy: policy.ID, Owner: held.ID, Suspended: true})
	s.plant(held, time.Now().AddDate(0, 0, 14))
	s.open("/form.html")
	s.untilNamed(held)
	says("Your license is suspended. Please ask support.")

	s.do(`localStorage.clear()`)
	s.open("/form.html")
	s.until(`keygenAuth.session === null`)
	s.idle()
	s.do(`document.querySelector("#get").click()`)
	s.until(`location.pathname === "/pricing.html"`)
}
