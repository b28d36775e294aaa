package e2e

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// TestBundlersServer signs in on a page that Bun's server for development serves, which says of the module's files where they
// lie on its disk: once assets is set, which the console asks for.
func TestBundlersServer(t *testing.T) {
	p := newProject(t, "bun")
	api := keygentest.New(keygentest.Options{})
	demo := keygentest.Seed(api)
	emulator := httptest.NewServer(api)
	t.Cleanup(emulator.Close)
	for name, assets := range map[string]string{"without assets": "", "with assets": `, assets: "/keygen-auth/"`} {
		t.Run(name, func(t *testing.T) {
			settings := `export const settings = { account: "demo", host: ` + quote(emulator.URL) + assets + " };\n"
			require.NoError(t, os.WriteFile(filepath.Join(p.dir, "settings.js"), []byte(settings), 0o600))
			addr := freeAddr(t)
			cmd := p.command(context.WithoutCancel(t.Context()), "bun", "server.js")
			cmd.Env = append(cmd.Env, "PORT="+portOf(t, addr))
			tab := newTab(t, newProfile(t), serveBy(t, addr, cmd))
			tab.allow("[Bun]")
			tab.open("/")
			tab.until(`window.keygenAuth`)
			if assets == "" {
				tab.allow("keygen-auth: assets is missing: use the URL of the built files' folder")
				tab.signIn(demo.Plain.Email, demo.Plain.Password)
				tab.untilSays(table(t, "de")["CONFIG_INVALID"])
				require.Contains(t, strings.Join(tab.lines(), "\n"), "keygen-auth: assets is missing")
				return
			}
			tab.signIn(demo.Plain.Email, "wrong")
			tab.untilSays(table(t, "de")["EMAIL_INVALID"])
			tab.signIn(demo.Plain.Email, demo.Plain.Password)
			tab.untilSignedIn()
			tab.untilNamed(demo.Plain)
		})
	}
}
