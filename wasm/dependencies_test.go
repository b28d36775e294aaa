//go:build !js

package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forbidden are packages that the browser program must not link, each with what to use instead. The figures are what a
// program with safejs grows by when sent with brotli.
var forbidden = map[string]string{
	"net/http":                       "1.5 MB: the browser's fetch, by internal/browser",
	"net/url":                        "36 KB: the browser's URL",
	"encoding/json":                  "112 KB: the browser's JSON, by internal/browser",
	"encoding/xml":                   "larger than encoding/json, and nothing here speaks XML",
	"regexp":                         "101 KB: strings, or a check in the loader, where JavaScript has regular expressions",
	"log":                            "15 KB, and a secret in a log is one that leaked",
	"log/slog":                       "140 KB, and a secret in a log is one that leaked",
	"context":                        "37 KB with time: channels, and the browser's AbortSignal",
	"crypto/rand":                    "44 KB: the browser's crypto",
	"crypto/sha256":                  "38 KB: the browser's crypto",
	"crypto/ed25519":                 "larger than crypto/sha256: the browser's crypto",
	"embed":                          "27 KB with time and io/fs: a constant, as in web/messages",
	"math/rand":                      "the same numbers on every page, for the program is started when it is built: the browser's crypto",
	"math/rand/v2":                   "as math/rand",
	"html/template":                  "texts only ever become text nodes",
	"text/template":                  "texts only ever become text nodes",
	"compress/gzip":                  "the browser unpacks what servers send",
	"keygenauth/internal/keygentest": "the emulator is for tests",
}

// TestDependencies keeps heavy and risky packages out of the program that visitors download.
func TestDependencies(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := list.Output()
	require.NoError(t, err)
	linked := strings.Fields(string(out))
	require.Contains(t, linked, "keygenauth/internal/browser", "the list is that of the program")
	for _, name := range linked {
		assert.NotContains(t, forbidden, name, "%s must not be linked: %s", name, forbidden[name])
	}
}

// indirect are packages that come in with others, but must not be imported by the project's own code for the browser.
var indirect = map[string]string{
	"fmt":  "what visitors get is one that formats nothing (internal/dist/fmt): strconv and +",
	"os":   "a page has no files, arguments or environment",
	"time": "the browser's Date and setTimeout, by internal/browser",

	"syscall/js":                   "only internal/browser, which keeps it from panicking",
	"github.com/hack-pad/safejs":   "only internal/browser, which keeps it from panicking",
	"keygenauth/internal/emulator": "the emulator is for tests",
}

// layers are the packages of the program, from the top: each may import those below it.
var layers = strings.Fields("wasm internal/page internal/jsapi internal/session internal/keygen web/messages internal/browser")

// TestImports keeps the arrows between packages pointing down, syscall/js in the one package that makes it safe, and the
// rest of the program lean.
func TestImports(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", ".")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := list.Output()
	require.NoError(t, err)
	checked := 0
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(line, ": ")
		if !strings.HasPrefix(name, "keygenauth/") || name == "keygenauth/internal/browser" {
			continue
		}
		checked++
		layer := slices.Index(layers, strings.TrimPrefix(name, "keygenauth/"))
		require.GreaterOrEqual(t, layer, 0, "%s has no place among the layers", name)
		for _, imported := range strings.Fields(imports) {
			assert.NotContains(t, indirect, imported, "%s must not import %s: %s", name, imported, indirect[imported])
			if own, ok := strings.CutPrefix(imported, "keygenauth/"); ok {
				assert.Contains(t, layers[layer+1:], own, "%s must not import what is above it", name)
			}
		}
	}
	assert.Greater(t, checked, 3)
}
