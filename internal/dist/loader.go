package dist

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// tag returns the loader for script tags. It finds the program by its hashed name, whatever the name that the loader
// itself was loaded by: a loader that a browser kept from before an upload still gets the program that it was built with,
// as long as the host has it. So the loader is the same under both of its names.
func tag(root string, glue support, program file) ([]byte, error) {
	return bundle(root, "tag.js", glue, program, strings.TrimPrefix(program.hashed(), prefix), nil, api.FormatIIFE)
}

// asFile has Vite leave a file a file: it would write one as small as a language into the script, as a data: URL, which the
// policy forbids to fetch.
const asFile = "?no-inline"

// module returns the loader as a module that finds the other files by their hashed names.
func module(root string, glue support, program file, languages []file) ([]byte, error) {
	urls := map[string]string{"wasm": program.hashed()}
	for _, language := range languages {
		urls[strings.TrimPrefix(language.name, prefix)] = language.hashed() + asFile
	}
	return bundle(root, "module.js", glue, program, "wasm", urls, api.FormatESModule)
}

// bundle returns a loader as one script. In it the program's file is known to be wasmFile.
func bundle(root, entry string, glue support, program file, wasmFile string, urls map[string]string, format api.Format) ([]byte, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     absolute(root),
		EntryPoints:       []string{filepath.Join("web", "loader", entry)},
		Plugins:           []api.Plugin{filesModule(urls), glue.plugin()},
		Define:            defines(glue, program, wasmFile),
		MangleProps:       "^_",                                // of wasm_exec.js
		ReserveProps:      "^_(pendingEvent|makeFuncWrapper)$", // which Go knows by name
		Bundle:            true,
		Format:            format,
		Target:            api.ES2021,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		Banner:            map[string]string{"js": "//! " + Notices}, // a comment that other bundlers keep
	})
	if len(result.Errors) > 0 {
		lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, fmt.Errorf("bundle the loader: %w", errors.New(lines[0]))
	}
	return result.OutputFiles[0].Contents, nil
}

// filesModule makes the module keygen-auth:files, which holds the URL of each file, and its name. The URLs are spelled out, for that is how
// bundlers of pages find files that a module needs.
func filesModule(urls map[string]string) api.Plugin {
	var source strings.Builder
	source.WriteString("export const files = {\n")
	for _, name := range slices.Sorted(maps.Keys(urls)) {
		fmt.Fprintf(&source, "  %q: new URL(%q, import.meta.url),\n", name, "./"+urls[name])
	}
	source.WriteString("};\nexport const names = {\n")
	for _, name := range slices.Sorted(maps.Keys(urls)) {
		fmt.Fprintf(&source, "  %q: %q,\n", name, strings.TrimSuffix(urls[name], asFile))
	}
	source.WriteString("};\n")
	contents := source.String()
	const space = "keygen-auth"
	return api.Plugin{Name: "files", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^keygen-auth:files$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: "files", Namespace: space}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: "^files$", Namespace: space}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
		})
	}}
}

// defines returns what is written in place of names, with those of Go's support file. WASM_INTEGRITY becomes the hash of
// the program, WASM_SIZE its size in bytes, and WASM_FILE what the loader asks for it by.
func defines(glue support, program file, wasmFile string) map[string]string {
	all := glue.defines()
	all["WASM_INTEGRITY"] = strconv.Quote(integrity(program.content))
	all["WASM_SIZE"] = strconv.Itoa(len(program.content))
	all["WASM_FILE"] = strconv.Quote(wasmFile)
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
