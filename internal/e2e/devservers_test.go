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

// TestBundlersServers signs in on pages that servers for development serve. Bun's says of the module's files where they lie on its
// disk: there it takes a setting, which the console asks for.
func TestBundlersServers(t *testing.T) {
	for _, server := range []struct {
		name, project, settings string
		command                 []string // PORT stands for the port
		says                    string   // on the console, where it cannot work
		prints                  []string // by itself
	}{
		// By force, for it keeps what it has made of a package, which of one test to the next has one version.
		{name: "Vite", project: "vite", command: []string{"vite", "--force", "--host", "127.0.0.1", "--port", "PORT", "--strictPort"}, prints: []string{"[vite]"}},
		{name: "Angular", project: "angular", command: []string{"ng", "serve", "--host", "127.0.0.1", "--port", "PORT"}, prints: []string{"[vite]", "Angular"}},
		{name: "Bun without assets", project: "bun", command: []string{"PORT=PORT", "bun", "server.js"}, says: "assets is missing", prints: []string{"[Bun]"}},
		{name: "Bun", project: "bun", settings: `, assets: "/keygen-auth/"`, command: []string{"PORT=PORT", "bun", "server.js"}, prints: []string{"[Bun]"}},
	} {
		t.Run(server.name, func(t *testing.T) {
			p := newProject(t, server.project)
			api := keygentest.New(keygentest.Options{})
			demo := keygentest.Seed(api)
			emulator := httptest.NewServer(api)
			t.Cleanup(emulator.Close)
			settings := `export const settings = { account: "demo", host: ` + quote(emulator.URL) + server.settings + " };\n"
			require.NoError(t, os.WriteFile(filepath.Join(p.dir, "settings.js"), []byte(settings), 0o600))
			addr := freeAddr(t)
			var command []string
			for _, word := range server.command {
				command = append(command, strings.Replace(word, "=PORT", "="+portOf(t, addr), 1))
				if word == "PORT" {
					command[len(command)-1] = portOf(t, addr)
				}
			}
			origin := serveBy(t, addr, p.command(context.WithoutCancel(t.Context()), command[0], command[1:]...))
			tab := newTab(t, newProfile(t), origin)
			for _, line := range server.prints {
				tab.allow(line)
			}
			tab.open("/")
			tab.until(`window.keygenAuth`)
			if server.says != "" {
				tab.allow("keygen-auth: " + server.says)
				tab.signIn(demo.Plain.Email, demo.Plain.Password)
				tab.untilSays(table(t, "de")["CONFIG_INVALID"])
				require.Contains(t, strings.Join(tab.lines(), "\n"), "keygen-auth: "+server.says)
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
