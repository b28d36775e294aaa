package dist

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// tag returns the loader for script tags. It finds the program by its hashed name, whatever the name that the loader
// itself was loaded by: a loader that a browser kept from before an upload still gets the program that it was built with,
// as long as the host has it. So the loader is the same under both of its names.
func tag(root string, runtime, program, rest file) ([]byte, error) {
	name := func(f file) string { return strings.TrimPrefix(f.hashed(), prefix) }
	names := defines(runtime, name(runtime), name(program), name(rest))
	return bundle(root, api.BuildOptions{EntryPoints: []string{"web/loader/tag.js"}, Define: names, Format: api.FormatIIFE})
}

// asFile has Vite leave a file a file: it would write one as small as a language into the script, as a data: URL, which the
// policy forbids to fetch.
const asFile = "?no-inline"

// module returns the loader as a module that finds the other files by their hashed names.
func module(root string, runtime, program, rest file, languages []file) ([]byte, error) {
	urls := map[string]string{"wasm": program.hashed(), "runtime": runtime.hashed() + asFile}
	if rest.content != nil {
		urls["rest"] = rest.hashed()
	}
	for _, language := range languages {
		urls[strings.TrimPrefix(language.name, prefix)] = language.hashed() + asFile
	}
	return bundle(root, api.BuildOptions{
		EntryPoints: []string{"web/loader/module.js"},
		Define:      defines(runtime, "runtime", "wasm", "rest"),
		Plugins:     []api.Plugin{filesModule(urls, runtime)},
		Format:      api.FormatESModule,
		Banner:      notice, // of the bundler's own functions
	})
}

// runtime returns what runs the program, as a module that the loaders import for it.
func runtime(root string, glue support, program, rest file) ([]byte, error) {
	names := glue.defines()
	names["WASM_INTEGRITY"] = strconv.Quote(integrity(program.content))
	names["WASM_SIZE"] = strconv.Itoa(len(program.content))
	names["REST_INTEGRITY"] = strconv.Quote(integrity(rest.content))
	names["REST_SIZE"] = strconv.Itoa(len(rest.content))
	return bundle(root, api.BuildOptions{
		EntryPoints:  []string{"web/runtime/runtime.js"},
		Define:       names,
		Plugins:      []api.Plugin{glue.plugin()},
		MangleProps:  "^_",                                // of wasm_exec.js
		ReserveProps: "^_(pendingEvent|makeFuncWrapper)$", // which Go knows by name
		Format:       api.FormatESModule,
		Banner:       notice,
	})
}

// notice is a comment, which other bundlers keep, in front of files that hold work of others.
var notice = map[string]string{"js": "//! " + Notices}

// bundle returns the entry point and what it imports as one script.
func bundle(root string, o api.BuildOptions) ([]byte, error) {
	o.AbsWorkingDir = absolute(root)
	o.Bundle, o.Target = true, api.ES2021
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = true, true, true
	o.Charset, o.LegalComments = api.CharsetUTF8, api.LegalCommentsNone
	result := api.Build(o)
	if len(result.Errors) > 0 {
		lines := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, fmt.Errorf("bundle %s: %w", o.EntryPoints[0], errors.New(lines[0]))
	}
	return result.OutputFiles[0].Contents, nil
}

// filesModule makes the module keygen-auth:files, which holds the URL of each file, and its name. The URLs are spelled out,
// for that is how bundlers of pages find files that a module needs. So is the import of the runtime, of which they make a
// script of their own.
func filesModule(urls map[string]string, runtime file) api.Plugin {
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
	fmt.Fprintf(&source, "export const runtime = () => import(%q);\n", "./"+runtime.hashed())
	contents := source.String()
	const space = "keygen-auth"
	return api.Plugin{Name: "files", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^keygen-auth:files$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: "files", Namespace: space}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: "^" + regexp.QuoteMeta("./"+runtime.hashed()) + "$"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: "^files$", Namespace: space}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			return api.OnLoadResult{Contents: &contents, Loader: api.LoaderJS}, nil
		})
	}}
}

// defines returns what is written in place of names in a loader: what it asks for the runtime and the program by, and the
// hash of the runtime, which knows those of the program.
func defines(runtime file, runtimeFile, wasmFile, restFile string) map[string]string {
	return map[string]string{
		"RUNTIME_INTEGRITY": strconv.Quote(integrity(runtime.content)),
		"RUNTIME_FILE":      strconv.Quote(runtimeFile),
		"WASM_FILE":         strconv.Quote(wasmFile),
		"REST_FILE":         strconv.Quote(restFile),
	}
}

// absolute returns path as the bundler needs it.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path // the bundler will name it in its error
	}
	return abs
}
