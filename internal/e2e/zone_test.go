package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

// inZone starts the module in a zone such as Angular's, which is stable when nothing is pending in it: no timer, no promise.
const inZone = `import { start } from "./keygen-auth.mjs";
Zone.current.fork({
	name: "app",
	onHasTask(delegate, current, target, state) {
		delegate.hasTask(target, state);
		if (current !== target) return;
		window.has = {...state};
		window.unstable ||= state.macroTask || state.microTask;
	},
}).run(() => {
	setTimeout(() => {}); // by which the zone is known to count
	start(`

// TestZone starts the module where zone.js watches all that is pending: an app of Angular is rendered, and tested, once
// nothing is.
func TestZone(t *testing.T) {
	t.Parallel()
	p := newProject(t, "zone")
	zone, err := os.ReadFile(filepath.Join(p.dir, "node_modules", "zone.js", "bundles", "zone.umd.js"))
	require.NoError(t, err)
	for _, load := range []string{"eager", "auto", "lazy"} {
		t.Run(load, func(t *testing.T) {
			s := newStage(t, nil)
			settings := `{account: "demo", host: ` + quote(s.apiURL) + `, load: ` + quote(load) + `}`
			s.files["zone.js"] = &fstest.MapFile{Data: zone}
			s.files["app.js"] = file(inZone + settings + `); });`)
			s.files["form.html"] = file(`<!doctype html><html lang="en"><title>Page</title><script src="zone.js"></script>
				<script type="module" src="app.js"></script>` + tutorialForm + member)
			stable := func() {
				t.Helper()
				s.until(`window.has && !has.macroTask && !has.microTask`)
			}
			s.open("/form.html")
			s.until(`window.unstable && window.keygenAuth`)
			stable()
			if load != "lazy" {
				s.untilAttached()
				stable()
			}
			s.signIn(s.demo.Plain.Email, s.demo.Plain.Password)
			s.untilSignedIn()
			stable()

			// The timer of its expiry, which is due in two weeks, is one of those that do not count.
			s.plant(s.demo.Plain, time.Now().AddDate(0, 0, 90))
			s.open("/form.html?again")
			s.untilSignedIn()
			stable()
			require.Empty(t, s.ask(`keygenAuth.users.me()`))
			stable()
		})
	}
}
