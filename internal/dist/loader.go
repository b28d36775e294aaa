package dist

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/evanw/esbuild/pkg/api"
)

// bundle returns the loader as one script.
func bundle(root, integrity string) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     absolute(root),
		EntryPoints:       []string{filepath.Join("web", "loader", "index.js")},
		Inject:            []string{filepath.Join("web", "loader", "scope.js")},
		Plugins:           []api.Plugin{support},
		Define:            defines(integrity),
		MangleProps:       "^_",                                // of wasm_exec.js
		ReserveProps:      "^_(pendingEvent|makeFuncWrapper)$", // which Go knows by name
		Bundle:            true,
		Format:            api.FormatIIFE,
		Target:            api.ES2021,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
	})
	if len(result.Errors) > 0 {
		lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, fmt.Errorf("bundle the loader: %w", errors.New(lines[0]))
	}
	return result.OutputFiles[0].Contents, nil
}

// defines returns what is written in place of names. WASM_INTEGRITY becomes the hash of the program, and the global object
// of wasm_exec.js a private one (web/loader/scope.js): Go's support code reads and sets globals such as fs and process,
// which a page may have for itself, or may get from an element's id. What it would set where it is missing is there, so
// that code goes.
func defines(integrity string) map[string]string {
	all := map[string]string{
		"WASM_INTEGRITY": strconv.Quote(integrity),
		"globalThis":     "scope",
		"fs":             "scope.fs", // which wasm_exec.js also calls by this name alone
	}
	for _, there := range []string{"fs", "process", "path", "crypto", "performance", "TextEncoder", "TextDecoder"} {
		all["globalThis."+there] = "true"
	}
	return all
}

// absolute returns path as the bundler needs it.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path // the bundler will name it in its error
	}
	return abs
}
