package e2e

import (
	"bytes"
	"context"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// scanned returns the text of the QR code that the page shows, read from its picture as a phone would.
func (p *tab) scanned() string {
	p.t.Helper()
	p.untilStill(at("#factor-qr")) // in the middle of what is seen
	var picture []byte
	p.with(func(ctx context.Context) (err error) {
		picture, err = p.window.Screenshot(ctx)
		return err
	})
	image, err := png.Decode(bytes.NewReader(picture))
	require.NoError(p.t, err)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(image)
	require.NoError(p.t, err)
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	require.NoError(p.t, err)
	return read.GetText()
}

// TestPortalFactor sets a second factor up with the code that the page shows, signs in by it and turns it off again.
func TestPortalFactor(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s, _ := newPortal(t, plain, func(s *stage) { s.stopClock(now) })
	later := func() { // a code works once
		now = now.Add(time.Minute)
		s.stopClock(now)
		s.api.ResetThrottles()
	}
	factors := "/users/" + s.demo.Plain.ID + "/second-factors"
	assert.Equal(t, []bool{true, false, false}, s.factorParts())

	// Proof of who it is
	s.write("#factor-password", "not it")
	s.press("\r")
	s.blamed("#factor-start", "password", "That password is not right.")
	s.write("#factor-password", s.demo.Plain.Password)
	s.fails(http.MethodPost, factors, at("#factor-start [role=alert]"), func() { s.press("\r"); s.untilPainted() })
	s.api.ResetThrottles()
	release := s.held(http.MethodPost, factors, at("#factor-start button"), func() { s.press("\r") })
	release()
	s.until(`document.querySelector("#factor-pending").checkVisibility()`)
	assert.Equal(t, []bool{false, true, false}, s.factorParts())
	assert.Equal(t, "factor-scan", s.focused())
	assert.Empty(t, eval[string](s.tab, `document.querySelector("#factor-password").value`))

	// The code to scan, in the dark, too
	for _, scheme := range []string{"light", "dark"} {
		if s.inChromium() {
			s.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
		}
		uri, err := url.Parse(s.scanned())
		require.NoError(t, err)
		assert.Equal(t, "otpauth", uri.Scheme)
		assert.Equal(t, "Keygen", uri.Query().Get("issuer"))
		secret := eval[string](s.tab, `document.querySelector("#factor-secret").textContent`)
		assert.Regexp(t, `^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$`, secret)
		assert.Equal(t, uri.Query().Get("secret"), eval[string](s.tab, `document.querySelector("#factor-secret").textContent.replaceAll(" ", "")`))
		assert.Equal(t, uri.String(), eval[string](s.tab, `document.querySelector("#factor-link").href`))
	}

	// Left and come back to, given up, begun again
	s.open("/account.html?again")
	s.untilLoaded()
	assert.Equal(t, []bool{false, true, false}, s.factorParts())
	s.hit(at("#factor-cancel"))
	s.until(`document.querySelector("#factor-off").checkVisibility()`)
	s.untilLoaded()
	assert.Equal(t, "factor-title", s.focused())
	assert.Empty(t, eval[string](s.tab, `document.querySelector("#factor-secret").textContent + document.querySelector("#factor-qr").innerHTML`))
	s.write("#factor-password", s.demo.Plain.Password)
	s.press("\r")
	s.until(`document.querySelector("#factor-pending").checkVisibility()`)

	// Turned on
	s.write("#factor-code", s.code(s.demo.Plain, false))
	s.press("\r")
	s.blamed("#factor-confirm", "otp", "That code is not right, or was used before. Wait for a new one in your app and enter it.")
	code := s.code(s.demo.Plain, true)
	s.write("#factor-code", code[:3]+" "+code[3:]+".")
	s.press("\r")
	s.untilReads(at("#factor-status"), "Two-step sign-in is on.")
	s.untilLoaded()
	assert.Equal(t, []bool{false, false, true}, s.factorParts())
	assert.Equal(t, "factor-title", s.focused())
	assert.Empty(t, s.announced())

	// Signing in takes it.
	later()
	s.click(`[data-keygen-action="sign-out"]`)
	s.untilSignedOut()
	s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
	s.untilSays(saysCode)
	s.write("#login [name=otp]", s.code(s.demo.Plain, true))
	s.press("\r")
	s.untilSignedIn()
	s.untilLoaded()
	assert.Equal(t, []bool{false, false, true}, s.factorParts())

	// Turned off
	s.write("#factor-last-code", s.code(s.demo.Plain, true))
	s.press("\r")
	s.blamed("#factor-remove", "otp", "That code is not right, or was used before. Wait for a new one in your app and enter it.")
	later()
	s.write("#factor-last-code", fullWidth(s.code(s.demo.Plain, true)))
	s.fails(http.MethodDelete, "", at("#factor-remove [role=alert]"), func() { s.press("\r"); s.untilPainted() })
	s.press("\r")
	s.untilReads(at("#factor-status"), "Two-step sign-in is off.")
	s.untilLoaded()
	assert.Equal(t, []bool{true, false, false}, s.factorParts())
	assert.Panics(t, func() { s.api.TOTP(s.demo.Plain.ID) }, "the API has none either")
}

// fullWidth writes a code as Japanese keyboards may, with a hyphen in the middle.
func fullWidth(code string) string {
	wide := strings.Map(func(digit rune) rune { return digit - '0' + '０' }, code)
	return wide[:len(wide)/2] + "-" + wide[len(wide)/2:]
}

// factorParts says which parts can be seen: that of a second factor that is off, about to be turned on, or on.
func (p *tab) factorParts() []bool {
	p.t.Helper()
	return eval[[]bool](p, `["#factor-off", "#factor-pending", "#factor-on"].map((id) => document.querySelector(id).checkVisibility())`)
}
