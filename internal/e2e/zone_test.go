package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// zoneJS is what Angular notices by that a page has something left to do.
const zoneJS = "zone.js@0.15.1"

// zoned starts the module in a zone that notes what is left to do, as Angular's does. waits names the macrotasks, for
// messages.
const zoned = `import { start } from "./keygen-auth.mjs";
const busy = {};
const waits = new Set();
window.waits = () => [...waits].map((task) => task.source + " " + task.data?.delay);
window.zone = Zone.current.fork({
	name: "app",
	properties: { isApp: true },
	onScheduleTask(parent, _, target, task) {
		if (task.type === "macroTask") waits.add(task);
		return parent.scheduleTask(target, task);
	},
	onInvokeTask(parent, _, target, task, self, args) {
		if (!task.data?.isPeriodic) waits.delete(task);
		return parent.invokeTask(target, task, self, args);
	},
	onCancelTask(parent, _, target, task) {
		waits.delete(task);
		return parent.cancelTask(target, task);
	},
	onHasTask(parent, current, target, state) {
		parent.hasTask(target, state);
		if (current === target) Object.assign(busy, { micro: state.microTask, macro: state.macroTask });
	},
});
window.stable = () => !busy.micro && !busy.macro;
const load = new URLSearchParams(location.search).get("load");
zone.run(() => {
	window.auth = start({ account: "demo", host: document.documentElement.dataset.host, load });
	setTimeout(() => window.ran = Zone.current.get("isApp")); // the zone does hear of timers
});
`

// TestHostsZone starts the module in a page with zone.js: it works, and the zone becomes stable, also while a timer waits for
// the session's end.
func TestHostsZone(t *testing.T) {
	if os.Getenv(requireVariable) == "" {
		t.Skip("needs a package from npm: make hosts runs it")
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), tool(t, "npm"), "install", "--prefix", dir, "--no-audit", "--no-fund", "--prefer-offline", zoneJS)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	library, err := os.ReadFile(filepath.Join(dir, "node_modules", "zone.js", "bundles", "zone.umd.js"))
	require.NoError(t, err)

	for _, load := range []string{"eager", "lazy"} {
		t.Run(load, func(t *testing.T) {
			s := newStage(t, map[string]string{"zone.js": string(library), "zoned.mjs": zoned})
			s.files["zone.html"] = file("<!doctype html>\n<html lang=\"en\" data-host=\"" + s.apiURL + "\">\n<title>Page</title>\n" +
				`<script src="zone.js"></script>` + member + `<script type="module" src="zoned.mjs"></script>`)
			ada := s.demo.Plain
			defer func() {
				if t.Failed() {
					t.Logf("the zone waits for %q", eval[[]string](s.tab, `waits()`))
				}
			}()
			untilStable := func() {
				t.Helper()
				s.until(`window.ran && stable()`)
				s.untilPainted()
				assert.True(t, eval[bool](s.tab, `stable()`))
			}
			page := "/zone.html?load=" + load
			s.open(page)
			if load == "eager" {
				s.untilAnswers()
			}
			untilStable()
			s.signIn(ada.Email, "wrong")
			s.untilSays(saysWrong)
			untilStable()
			s.signIn(ada.Email, ada.Password)
			s.untilSignedIn()
			s.untilNamed(ada)
			untilStable()

			s.open(page + "&again") // with the session
			s.untilSignedIn()
			if load == "eager" {
				s.untilNamed(ada)
			}
			untilStable()
			eval[any](s.tab, `zone.run(() => auth.renew()).then(() => {})`)
			s.untilNamed(ada)
			untilStable()
			eval[any](s.tab, `zone.run(() => auth.signOut()).then(() => {})`)
			s.untilSignedOut()
			untilStable()

			s.do(`zone.run(() => setTimeout(() => {}, 60_000))`)
			assert.False(t, eval[bool](s.tab, `stable()`), "a timer that waits is noticed")
		})
	}
}
