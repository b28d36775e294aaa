package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// verdicts are licenses of Ada, and what "Validate now" says of each. Those without a policy are the demo's own.
var verdicts = []struct {
	license  string
	policy   keygentest.Policy
	expiry   time.Duration
	machines int
	says     string
}{
	{license: "Trial", says: "This license is valid."},
	{license: "Pro, about to expire", says: "Not valid yet: activate this license on a machine first."},
	{license: "Trial, expired", says: "Not valid: this license has expired."},
	{license: "Pro, suspended", says: "Not valid: this license is suspended. Support can tell you why."},
	{license: "Node-locked", policy: keygentest.Policy{Strict: true}, says: "Not valid yet: activate this license on a machine first."},
	{license: "Scoped", policy: keygentest.Policy{RequireFingerprintScope: true}, says: "This license can only be checked from within the app."},
	{license: "Overdue", policy: keygentest.Policy{RequireCheckIn: true, CheckInInterval: "day"},
		says: "Not valid: this license is overdue for its regular check-in."},
	{license: "In grace", policy: keygentest.Policy{Duration: time.Hour, ExpirationStrategy: "ALLOW_ACCESS"}, expiry: -time.Hour,
		says: "Still valid, but this license has expired."},
	{license: "Overused", policy: keygentest.Policy{Strict: true, Floating: true, Limits: keygentest.Limits{MaxMachines: 1}}, machines: 2,
		says: "Not valid: this license is on more machines than it allows."},
	{license: "Tolerated", machines: 2, says: "Still valid, but this license is on more machines than it allows.", policy: keygentest.Policy{
		Strict: true, Floating: true, Limits: keygentest.Limits{MaxMachines: 1}, OverageStrategy: "ALWAYS_ALLOW_OVERAGE"}},
	{license: "Mallory's", policy: keygentest.Policy{}, says: "Not valid: the owner of this license is blocked."},
}

// TestPortalVerdicts shows each license as it is and tells in words what its validation comes to.
func TestPortalVerdicts(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		s.api.SetNow(func() time.Time { return time.Now().Add(-48 * time.Hour) })
		for _, v := range verdicts[4:] {
			l := keygentest.License{Policy: s.api.AddPolicy("demo", v.policy).ID, Owner: s.demo.Plain.ID, Name: v.license}
			if v.expiry != 0 {
				l.Expiry = time.Now().Add(v.expiry)
			}
			if v.license == "Mallory's" {
				l.Owner, l.Users = s.demo.Banned.ID, []string{s.demo.Plain.ID}
			}
			l = s.api.AddLicense("demo", l)
			for range v.machines {
				s.api.AddMachine(keygentest.Machine{License: l.ID})
			}
		}
		s.api.SetNow(nil)
	})

	// They are more than a page holds.
	const count = `document.querySelectorAll("#licenses > li").length`
	assert.Equal(t, 10, eval[int](s.tab, count))
	s.hit(at("#licenses-more"))
	s.until(count + ` === 12`)
	assert.True(t, s.holds(at("#licenses > li:nth-child(11)")), "the first of those that came")
	assert.False(t, s.seen(at("#licenses-more")))

	for _, v := range verdicts {
		s.do(string(card(v.license).part("validate")) + `.click()`)
	}
	for _, v := range verdicts {
		s.untilReads(card(v.license).part("status"), v.says)
	}
	for license, want := range map[string][3]string{
		"Trial":                {"Active", "Expires in 14 days, on ", "2 of 3 used"},
		"Pro, about to expire": {"Expires soon", "Expires in 2 days, on ", "0 of 5 used"},
		"Trial, expired":       {"Expired", "Expired 10 days ago, on ", "0 of 3 used"},
		"Pro, suspended":       {"Suspended", "Expires in 1", "0 of 5 used"},
		"Mallory's":            {"Blocked", "Never expires", "0 of 1 used"},
	} {
		c := card(license)
		assert.Equal(t, want[0], s.read(c.part("badge")), license)
		assert.Contains(t, s.read(c.part("expiry")), want[1], license)
		assert.Equal(t, want[2], s.read(c.part("seats")), license)
	}
}

// clipboard is one for all pages of all tests.
var clipboard sync.Mutex

// holdClipboard keeps it from other tests until this one is over.
func (s *stage) holdClipboard() {
	clipboard.Lock()
	s.t.Cleanup(clipboard.Unlock)
}

// permit decides whether scripts of the site may write to the clipboard, and lets the test read it.
func (s *stage) permit(setting browser.PermissionSetting) {
	s.t.Helper()
	profile := s.chromium().profile
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		require.NoError(s.t, browser.SetPermission(&browser.PermissionDescriptor{Name: name, AllowWithoutSanitization: name == "clipboard-read"}, setting).
			WithOrigin(s.url).WithBrowserContextID(profile.id).Do(profile.executor()))
	}
}

// TestPortalLicense copies a key, renews, deletes and makes licenses, and is refused.
func TestPortalLicense(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		// Unprotected itself, by a policy that is protected: the page cannot know.
		s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Pro.ID, Owner: s.demo.Plain.ID, Name: "Special", Protected: new(false)})
	})
	names := func() []string {
		return eval[[]string](s.tab, `[...document.querySelectorAll("#licenses h3 [data-part=name]")].map((e) => e.textContent)`)
	}
	all := []string{"Special", "Pro, shared", "Pro, suspended", "Trial, expired", "Pro, about to expire", "Trial"}
	require.Equal(t, all, names())

	// The key
	c := card("Trial")
	s.holdClipboard()
	s.permit(browser.PermissionSettingGranted)
	s.hit(c.part("copy"))
	s.untilReads(c.part("status"), "The key is copied.")
	assert.Equal(t, s.demo.Licenses.Active.Key, eval[string](s.tab, `navigator.clipboard.readText()`))
	s.permit(browser.PermissionSettingDenied)
	s.hit(c.part("copy"))
	s.untilReads(c.part("status"), "The key is selected. Copy it with your keyboard or menu.")
	assert.Equal(t, s.demo.Licenses.Active.Key, eval[string](s.tab, `getSelection().toString()`))

	// Validation, when the network or the service is not up to it
	validate := "/licenses/" + s.demo.Licenses.Active.ID + "/actions/validate"
	s.fails(http.MethodPost, validate, c.part("alert"), func() { s.hit(c.part("validate")) })
	release := s.held(http.MethodPost, validate, c.part("validate"), func() { s.hit(c.part("validate")) })
	release()
	s.untilReads(c.part("status"), "This license is valid.")
	assert.Empty(t, s.read(c.part("alert")), "what went wrong before is no more")
	assert.True(t, s.holds(c.part("validate")), "the focus is where it was")

	// Renewal
	c = card("Trial, expired")
	s.hit(c.part("renew"))
	s.until(string(c.part("status")) + `.textContent.startsWith("Renewed. Expires in 4 days, on ")`)
	assert.Equal(t, "Active", s.read(c.part("badge")))
	c = card("Special")
	before := s.read(c.part("expiry"))
	s.hit(c.part("renew"))
	s.untilReads(c.part("alert"), saysRefused)
	assert.Equal(t, before, s.read(c.part("expiry")))

	// Deletion: not meant, refused, done
	sent := s.sent()
	s.hit(c.part("remove"))
	s.answer("Delete “Special” ("+s.keyOf("Special")+")?", false)
	assert.True(t, s.holds(c.part("remove")), "back to the button")
	assert.Equal(t, sent, s.sent())
	assert.Equal(t, saysRefused, s.read(c.part("alert")))
	s.hit(c.part("remove"))
	s.answer("Delete “Special” ("+s.keyOf("Special")+")?", true)
	s.untilReads(c.part("alert"), saysRefused)
	assert.True(t, s.holds(c.part("remove")))
	assert.Equal(t, all, names(), "they are all there")
	s.hit(card("Trial").part("remove"))
	s.answer("Delete “Trial” (key …000001-V3)?", true)
	s.untilReads(at("#licenses-status"), "“Trial” (key …000001-V3) is deleted.")
	s.until(`!document.querySelector("#licenses[aria-busy]")`)
	assert.Equal(t, all[:5], names())
	assert.Equal(t, "licenses-title", s.focused())
	assert.NotContains(t, s.listed(s.demo.Plain, "licenses"), "Trial")

	// A new one
	s.write("#trial-name", "  Second try ")
	s.fails(http.MethodPost, "/licenses", at("#trial [role=alert]"), func() { s.press("\r"); s.untilPainted() })
	assert.Equal(t, "  Second try ", eval[string](s.tab, `document.querySelector("#trial-name").value`), "nothing is lost")
	release = s.held(http.MethodPost, "/licenses", at("#trial button"), func() { s.hit(at("#trial button")) })
	release()
	s.untilReads(at("#licenses-status"), "Your trial has started. It is the first of your licenses.")
	s.until(string(card("Second try")))
	assert.Equal(t, append([]string{"Second try"}, all[:5]...), names())
	assert.True(t, s.holds(card("Second try").in("h3")))
	assert.Contains(t, s.listed(s.demo.Plain, "licenses"), "Second try")
}

// TestPortalLongKey shows two lines of a key of a signed scheme, all of it on demand, and copies all of it.
func TestPortalLongKey(t *testing.T) {
	t.Parallel()
	long := "key/" + strings.Repeat("eyJhY2NvdW50Ijp7Imlk", 18) + "=="
	s, _ := newPortal(t, plain, func(s *stage) {
		s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Signed", Key: long})
	})
	signed := card("Signed")
	require.True(t, s.seen(signed.part("unfold")))
	lines := func() float64 {
		return eval[float64](s.tab, `((e) => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight))(`+string(signed.part("key"))+`)`)
	}
	assert.InDelta(t, 2, lines(), 0.6)
	s.hit(signed.part("unfold"))
	assert.Greater(t, lines(), 3.0)
	assert.Equal(t, "Show less", s.read(signed.part("unfold")))
	s.hit(signed.part("unfold"))
	assert.InDelta(t, 2, lines(), 0.6)
	s.holdClipboard()
	s.permit(browser.PermissionSettingGranted)
	s.hit(signed.part("copy"))
	s.untilReads(signed.part("status"), "The key is copied.")
	assert.Equal(t, long, eval[string](s.tab, `navigator.clipboard.readText()`))
	s.permit(browser.PermissionSettingDenied)
	s.hit(signed.part("copy"))
	s.untilReads(signed.part("status"), "The key is selected. Copy it with your keyboard or menu.")
	assert.Equal(t, long, eval[string](s.tab, `getSelection().toString()`))
	assert.Greater(t, lines(), 3.0, "what is selected can be seen")
}
