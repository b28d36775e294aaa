package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// axeVersion is the release of axe-core that judges the pages. It comes from npm when the tests first run.
const axeVersion = "4.10.3"

// axe returns axe-core's script, or an error that says why there is none.
var axe = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "keygen-auth", "axe-core-"+axeVersion)
	script := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(script); err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		command := exec.CommandContext(ctx, "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+axeVersion)
		if out, err := command.CombinedOutput(); err != nil {
			return "", fmt.Errorf("npm install axe-core@%s: %w %s", axeVersion, err, out)
		}
	}
	content, err := os.ReadFile(script)
	return string(content), err
})

// finding is what axe holds against a page.
type finding struct {
	Rule, Impact, Help string
	Where              []string
}

func (f finding) String() string {
	return fmt.Sprintf("%s (%s): %s: %s", f.Rule, f.Impact, f.Help, strings.Join(f.Where, ", "))
}

// findings judges the page as it is. axe runs in a world of its own, in which the page's policy does not hold and which
// the page's scripts do not see; the DOM is the same.
func (p *tab) findings() []finding {
	p.t.Helper()
	p.untilTold()
	script, err := axe()
	if err != nil {
		p.t.Skipf("axe-core is not there, so accessibility was not checked: %v", err)
	}
	var found []finding
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		tree, err := page.GetFrameTree().Do(ctx)
		if err != nil {
			return err
		}
		world, err := page.CreateIsolatedWorld(tree.Frame.ID).WithWorldName("axe").Do(ctx)
		if err != nil {
			return err
		}
		in := func(e *runtime.EvaluateParams) *runtime.EvaluateParams {
			return e.WithContextID(world).WithAwaitPromise(true)
		}
		if err := chromedp.Evaluate(script+"; undefined", nil, in).Do(ctx); err != nil {
			return err
		}
		return chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.map((v) =>
			({Rule: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.map((n) => n.html.slice(0, 120))})))`, &found, in).Do(ctx)
	}))
	return found
}

// judged are the states of the demo's form.
var judged = []struct {
	name  string
	reach func(s *stage)
}{
	{"idle", func(*stage) {}},
	{"busy", func(s *stage) {
		hung := s.hang("/tokens")
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		hung.await()
		s.until(`document.querySelector("button:not([type=button])").disabled`)
	}},
	{"busy without the program", func(s *stage) {
		s.holdWasm()
		s.open("/?again")
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.until(`document.querySelector("button:not([type=button])").disabled`)
	}},
	{"wrong password", func(s *stage) { s.wrong(); s.untilSays(saysWrong) }},
	{"no email", func(s *stage) { s.signIn("ada", "x"); s.untilSays(saysEmail) }},
	{"no password", func(s *stage) { s.signIn(s.demo.Plain.Email, ""); s.untilSays("Enter your password.") }},
	{"not set up", func(s *stage) {
		s.allow("keygen-auth: NOT_FOUND")
		s.bend(account("nobody"))
		s.signIn(s.demo.Plain.Email, "x")
		s.untilSays(saysSetup)
	}},
	{"trouble", func(s *stage) {
		s.bend(reply(503, ""))
		s.signIn(s.demo.Plain.Email, "x")
		s.untilSays(saysTrouble)
	}},
	{"single sign-on", func(s *stage) { s.signIn(s.demo.SSO.Email, "x"); s.untilSays(saysSSO) }},
	{"a code is needed", func(s *stage) {
		s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
		s.untilSays(saysCode)
	}},
	{"a wrong code", func(s *stage) {
		s.signIn(s.demo.TwoFactor.Email, s.demo.TwoFactor.Password)
		s.untilSays(saysCode)
		s.write("[name=otp]", "000000")
		s.press("\r")
		s.untilSays(saysBadCode)
	}},
	{"countdown", func(s *stage) {
		s.exhaust(s.demo.Plain.Email, 50*time.Second)
		s.signIn(s.demo.Plain.Email, "x")
		s.untilSays(saysTooMany)
		s.until(`document.querySelector("[data-keygen-countdown]")`)
	}},
	{"signed in", func(s *stage) { s.signIn(s.demo.Plain.Email, s.demo.Plain.Password); s.untilShown(ada) }},
	{"signed out", func(s *stage) {
		s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
		s.untilShown(ada)
		s.click(`[data-keygen-action="sign-out"]`)
		s.untilSignedOut()
	}},
}

// looks are ways to show the demo.
var looks = map[string]chromedp.Action{
	"light": chromedp.Tasks{},
	"dark": emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
	"320 px": emulation.SetDeviceMetricsOverride(320, 568, 1, true),
}

// TestAccessibility has axe judge each state of the demo's form, in each look.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	for _, state := range judged {
		t.Run(state.name, func(t *testing.T) {
			s := newStage(t, nil)
			s.open("/")
			state.reach(s)
			for look, show := range looks {
				s.run(show)
				s.run(chromedp.ActionFunc(finishAnimations))
				assert.Empty(t, s.findings(), look)
				if look == "320 px" {
					assert.LessOrEqual(t, eval[int](s.tab, `document.documentElement.scrollWidth`), 320, "no scrolling sideways")
				}
				s.run(emulation.ClearDeviceMetricsOverride(), emulation.SetEmulatedMedia())
			}
		})
	}
}

// finishAnimations makes colors what they will be, for axe looks at one moment.
func finishAnimations(ctx context.Context) error {
	return chromedp.Evaluate(`document.getAnimations().forEach((animation) =>
		animation.effect.getComputedTiming().endTime < Infinity ? animation.finish() : animation.pause())`, nil).Do(ctx)
}

// TestAccessibilityCanFail shows that axe sees what would be wrong.
func TestAccessibilityCanFail(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.open("/")
	s.wrong()
	s.untilSays(saysWrong)
	s.do(`document.querySelector("[for=password]").remove();
		document.querySelector("[data-keygen-error]").role = "alarm";
		document.querySelector("#email").setAttribute("aria-describedby", "nowhere");
		document.querySelector("h1").style.color = "#eee";`)
	var rules []string
	for _, f := range s.findings() {
		rules = append(rules, f.Rule)
	}
	for _, rule := range []string{"label", "aria-roles", "color-contrast"} {
		assert.Contains(t, rules, rule)
	}
}

// TestAccessibilityOfTutorial judges the tutorial's page, whose markup is not ours: what the module adds to it must not
// make it worse.
func TestAccessibilityOfTutorial(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.files["plain.html"] = file(strings.ReplaceAll(string(s.files["tutorial.html"].Data), "<script", "<script hidden type=none"))
	s.open("/plain.html")
	require.False(t, eval[bool](s.tab, `"keygenAuth" in window`))
	var before []string
	for _, f := range s.findings() {
		before = append(before, f.Rule)
		t.Logf("the page itself: %v", f)
	}
	for _, state := range judged {
		if !slices.Contains([]string{"idle", "busy", "wrong password", "single sign-on", "a wrong code", "countdown"}, state.name) {
			continue // to the module the same as one of these
		}
		t.Run(state.name, func(t *testing.T) {
			s := newStage(t, nil)
			s.files["index.html"] = s.files["tutorial.html"]
			s.open("/")
			state.reach(s)
			for _, f := range s.findings() {
				assert.True(t, slices.Contains(before, f.Rule), "%v", f)
			}
		})
	}
}
