package dist

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/js"
)

// tag returns the loader for script tags. It finds the program by its hashed name, whatever the name that the loader
// itself was loaded by: a loader that a browser kept from before an upload still gets the program that it was built with,
// as long as the host has it. So the loader is the same under both of its names.
func tag(root, name string, runtime, program, rest file) ([]byte, error) {
	names := defines(runtime, afterName(runtime.hashed()), afterName(program.hashed()), afterName(rest.hashed()))
	names["NAME"] = strconv.Quote(name + ".")
	script, err := bundle(root, api.BuildOptions{EntryPoints: []string{"web/loader/tag.js"}, Define: names, Format: api.FormatIIFE})
	if err != nil {
		return nil, err
	}
	return renameNames(script)
}

// renameNames gives the names in a script other ones, chosen for what compresses best: 3 % less than with the bundler's.
func renameNames(script []byte) ([]byte, error) {
	var renamed bytes.Buffer
	if err := js.Minify(minify.New(), &renamed, bytes.NewReader(script), nil); err != nil {
		return nil, fmt.Errorf("rename what is in the loader: %w", err)
	}
	return renamed.Bytes(), nil
}

// eager has webpack put a script into the bundle: it loads others by elements that the policy forbids to make.
const eager = `/* webpackMode: "eager" */ `

// module returns the loader as a module that finds the other files by their hashed names. What runs the program is inside: it
// is small, and what a bundler makes of a script that it copies has other bytes, or nothing to import. texts is what scripts
// returned last.
func module(root string, glue support, runtime, program, rest, texts file, languages []file) ([]byte, error) {
	names := runtimeDefines(glue, program, rest)
	maps.Copy(names, defines(runtime, "runtime", "wasm", "rest"))
	names["ADVICE"] = strconv.Quote(rename(advice, strings.TrimSuffix(program.name, "."+afterName(program.name))))
	script, err := bundle(root, api.BuildOptions{
		EntryPoints:  []string{"web/loader/module.js"},
		Define:       names,
		Plugins:      []api.Plugin{glue.plugin(), virtual("files", filesModule(program, rest, texts, languages)), external()},
		MangleProps:  mangled,
		ReserveProps: reserved,
		Format:       api.FormatESModule,
		Banner:       notice,
	})
	return bytes.ReplaceAll(script, []byte(`import("./`), []byte("import("+eager+`"./`)), err
}

// advice is what the developer of a page reads where a bundler left the program behind.
const advice = ". Have your bundler copy keygen-auth.*.wasm there (Angular: an entry in the assets of angular.json), " +
	"or say in assets where the built files lie: docs/bundlers.md"

// standIn returns what the package is where there is no page: on servers, and in tests.
func standIn(root string) ([]byte, error) {
	return bundle(root, api.BuildOptions{EntryPoints: []string{"web/loader/stand-in.js"}, Format: api.FormatCommonJS, Banner: notice})
}

// standalone returns a loader with all that it fetches inside: web/loader/standalone.js or standalone-module.js.
func standalone(root, entry string, format api.Format, glue support, runtime, program file, languages []file) ([]byte, error) {
	zipped, err := compress(program.content, best.zip)
	if err != nil {
		return nil, err
	}
	var embedded strings.Builder
	fmt.Fprintf(&embedded, "export const program = %q;\nexport const texts = {\n", base64.StdEncoding.EncodeToString(zipped))
	for _, language := range languages {
		text, err := json.Marshal(string(language.content))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&embedded, "  %q: %s,\n", afterName(language.name), text)
	}
	embedded.WriteString("};\n")
	names := runtimeDefines(glue, program, file{})
	maps.Copy(names, defines(runtime, "runtime", "wasm", ""))
	return bundle(root, api.BuildOptions{
		EntryPoints:  []string{"web/loader/" + entry},
		Define:       names,
		Plugins:      []api.Plugin{glue.plugin(), virtual("embedded", embedded.String())},
		MangleProps:  mangled,
		ReserveProps: reserved,
		Format:       format,
		Banner:       notice,
	})
}

// runtime returns what runs the program, as a module that the loaders import for it.
func runtime(root string, glue support, program, rest file) ([]byte, error) {
	return bundle(root, api.BuildOptions{
		EntryPoints:  []string{"web/runtime/runtime.js"},
		Define:       runtimeDefines(glue, program, rest),
		Plugins:      []api.Plugin{glue.plugin()},
		MangleProps:  mangled,
		ReserveProps: reserved,
		Format:       api.FormatESModule,
		Banner:       notice,
	})
}

// The properties of wasm_exec.js that get short names, and those of them that Go knows by name.
const mangled, reserved = "^_", "^_(pendingEvent|makeFuncWrapper)$"

// runtimeDefines returns what is written in place of names in what runs the program.
func runtimeDefines(glue support, program, rest file) map[string]string {
	names := glue.defines()
	names["WASM_INTEGRITY"] = strconv.Quote(integrity(program.content))
	names["WASM_SIZE"] = strconv.Itoa(len(program.content))
	names["REST_INTEGRITY"] = strconv.Quote(integrity(rest.content))
	names["REST_SIZE"] = strconv.Itoa(len(rest.content))
	return names
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

// filesModule returns the module keygen-auth:files, which holds the URLs of the program's parts, and the name of each file that
// is fetched. The URLs are spelled out, for that is how bundlers of pages find files that a module needs, and made when they
// are asked for: not every bundler has a URL to make them from. So is the import, of which bundlers make scripts of their own.
func filesModule(program, rest, texts file, languages []file) string {
	urls, names := "", ""
	for _, part := range []file{program, rest} {
		if part.content != nil {
			urls += fmt.Sprintf("  %s: () => new URL(%q, import.meta.url),\n", partName(part), "./"+part.hashed())
			names += fmt.Sprintf("  %s: %q,\n", partName(part), part.hashed())
		}
	}
	var source strings.Builder
	fmt.Fprintf(&source, "export const urls = {\n%s};\nexport const names = {\n%s", urls, names)
	for _, language := range languages {
		fmt.Fprintf(&source, "  %q: %q,\n", afterName(language.name), language.hashed())
	}
	fmt.Fprintf(&source, "};\nexport const texts = () => import(%q);\n", "./"+texts.hashed())
	return source.String()
}

// partName returns what the module calls a part of the program: wasm or rest.
func partName(part file) string { return strings.TrimSuffix(afterName(part.name), ".wasm") }

// scripts returns the languages as modules, for bundlers: some would make code of JSON, and then there is nothing to fetch.
// The last one imports the others. It is not part of the loader so that what fetches all that a script imports, before it is
// wanted, fetches that one alone.
func scripts(name string, languages []file) []file {
	var all []file
	index := "export default {\n"
	for _, language := range languages {
		script := file{strings.TrimSuffix(language.name, ".json") + ".mjs", slices.Concat([]byte("export default "), bytes.TrimSpace(language.content), []byte(";\n"))}
		index += fmt.Sprintf("  %q: () => import(%s%q),\n", afterName(language.name), eager, "./"+script.hashed())
		all = append(all, script)
	}
	return append(all, file{name + ".texts.mjs", []byte(index + "};\n")})
}

// virtual makes the module keygen-auth:NAME, with this text.
func virtual(name, text string) api.Plugin {
	const space = "keygen-auth"
	return api.Plugin{Name: name, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^keygen-auth:" + name + "$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: name, Namespace: space}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: "^" + name + "$", Namespace: space}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}}
}

// external leaves imports of built files as they are.
func external() api.Plugin {
	return api.Plugin{Name: "external", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^\./[^/]*\.[0-9a-f]{8}\.m?js$`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
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
