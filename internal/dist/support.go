package dist

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"keygenauth/internal/toolchain"
)

// support is Go's wasm_exec.js as it goes into the runtime.
type support struct {
	text string
	// unknown says what is not as this package knows it; nil for a file that it knows. Then nothing is left out, and the file
	// gets the globals that it wants on an object of its own.
	unknown error
}

// readSupport makes the toolchain's wasm_exec.js ours: without what no visitor needs, and with Go's own names of the
// functions that a plain program imports.
func readSupport(tools toolchain.Toolchain) (support, error) {
	content, err := os.ReadFile(supportFile(tools))
	if err != nil {
		return support{}, fmt.Errorf("find the wasm_exec.js of %s: %w", tools.Version, err)
	}
	text := string(content)
	for _, part := range unneeded {
		if !part.pattern.MatchString(text) {
			// It takes the instance only from the browser's hands. (The runtime gives it one with exports of its own.)
			whole := strings.ReplaceAll(string(content), "WebAssembly.Instance", "Object")
			return support{whole, fmt.Errorf("there is no %s in it", part.pattern)}, nil
		}
		text = part.pattern.ReplaceAllString(text, part.rest)
	}
	return support{text: text}, nil
}

// supportFile returns where a toolchain has its support file for JavaScript.
func supportFile(tools toolchain.Toolchain) string {
	return filepath.Join(tools.Root, "lib", "wasm", "wasm_exec.js")
}

// shortened returns the support for a program that imports these functions by short names, and no others. It fails where
// one is missing, and for a file that is unknown.
func (s support) shortened(imports map[string]string) (support, error) {
	if s.unknown != nil {
		return support{}, fmt.Errorf("its wasm_exec.js is unknown: %w", s.unknown)
	}
	named := 0
	text := imported.ReplaceAllStringFunc(s.text, func(function string) string {
		name := imported.FindStringSubmatch(function)[1]
		short, ok := imports[name]
		if !ok {
			return "" // which the program never calls
		}
		named++
		return strings.Replace(function, name, short, 1)
	})
	if named != len(imports) {
		return support{}, fmt.Errorf("its wasm_exec.js has %d of the %d functions that the program imports", named, len(imports))
	}
	return support{text: text}, nil
}

// imported matches a function that a program can import, and its name.
var imported = regexp.MustCompile(`(?ms)^\t{5}"((?:runtime|syscall/js)\.\w+)": \(sp\) => \{.*?^\t{5}\},$`)

// plugin is a plugin of the bundler that puts the file in place. The object that defines puts in place of the global one
// comes by an import, so that the module can be imported where there is no page.
func (s support) plugin() api.Plugin {
	text := `import { scope } from "./web/runtime/scope.js";` + s.text
	return api.Plugin{Name: "support", Setup: func(build api.PluginBuild) {
		build.OnLoad(api.OnLoadOptions{Filter: `[/\\]wasm_exec\.js$`}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}}
}

// defines returns what is written in place of names: the global object becomes a private one (web/runtime/scope.js), for
// Go's support code reads and sets globals such as fs and process, which a page may have for itself, or may get from an
// element's id. What it would set where it is missing is taken to be there, so that code goes.
func (s support) defines() map[string]string {
	all := map[string]string{"globalThis": "scope"}
	for _, there := range []string{"crypto", "performance", "TextEncoder", "TextDecoder"} {
		all["globalThis."+there] = "true"
	}
	for _, node := range []string{"fs", "process", "path"} {
		if s.unknown == nil {
			all["globalThis."+node] = "true"
		} else {
			all[node] = "scope." + node
		}
	}
	return all
}

var unneeded = []struct {
	pattern *regexp.Regexp
	rest    string
}{
	// What is wrong with a call that the runtime does not make: it calls no program that has ended.
	{regexp.MustCompile(`if \(this\.exited\) \{\s*throw new Error\("[^"]*"\);\s*\}`), ""},
	// Whoever waits for the end is told of it as it comes, and what an ended program held goes with it.
	{regexp.MustCompile(`this\.exited = true;(\s*delete this\._\w+;)+`), "this._resolveExitPromise();"},
	{regexp.MustCompile(`if \(this\.exited\) \{\s*this\._resolveExitPromise\(\);\s*\}`), ""},
	{regexp.MustCompile(`(?m)^\s*this\.exited = false;.*$`), ""},
	{regexp.MustCompile(`new Error\("[^"]*"\)`), "new Error()"},
	// The code of an exit, which nobody asks for.
	{regexp.MustCompile(`(?s)this\.exit = \(code\) => \{.*?\n\t\t\t\};`), ""},
	{regexp.MustCompile(`(?m)^\s*const code = this\.mem\.getInt32\(sp \+ 8, true\);$`), ""},
	{regexp.MustCompile(`(?m)^\s*this\.exit\(code\);$`), ""},
	// Arguments and the environment: the program takes none, and most were started before (internal/postlink, Preinit).
	{regexp.MustCompile(`(?s)let offset = 4096;.*?this\._inst\.exports\.run\(argc, argv\);`), "this._inst.exports.run();"},
	{regexp.MustCompile(`(?m)^\s*this\.env = \{\};$`), ""},
	{regexp.MustCompile(`(?m)^\s*this\.argv = \["js"\];$`), ""},
	// The runtime gives it an instance with exports of its own.
	{regexp.MustCompile(`if \(!\(instance instanceof WebAssembly\.Instance\)\) \{[^}]*\}`), ""},
	// What a program prints, to why it ended: for the page's developer.
	{regexp.MustCompile(`fs\.writeSync\(fd, (new Uint8Array\([^)]*\))\)`), "console.error(decoder.decode($1))"},
	{regexp.MustCompile(`(?m)^\s*const fd = .*$`), ""},
	// A function for the files that the page's global object might lack.
	{regexp.MustCompile(`(?s)const enosys = .*?\n\t\};`), ""},
	// Addresses are below 2 GiB: a page's program is far from that.
	{regexp.MustCompile(`(?m)^\s*sp >>>= 0;$`), ""},
	{regexp.MustCompile(`exports\.getsp\(\) >>> 0`), "exports.getsp()"},
	{regexp.MustCompile(`(?s)const setInt32 = .*?\n\t\t\t\}`), ""},
	{regexp.MustCompile(`"utf-8"`), ""},
	// The program copies from and to arrays of bytes alone.
	{regexp.MustCompile(`if \(!\(\w+ instanceof Uint8Array \|\| \w+ instanceof Uint8ClampedArray\)\) \{[^}]*\}`), ""},
	{regexp.MustCompile(`(?s)let typeFlag = 0;.*?\n\t\t\t\t\}\n`),
		"const typeFlag = v === null ? 0 : { object: 1, string: 2, symbol: 3, function: 4 }[typeof v];\n"},
	// The browser's numbers of timers do, too. A program that is parked (web/runtime/parts.js) hears of a timer later.
	{regexp.MustCompile(`(?s)const id = this\._nextCallbackTimeoutID;.*?getInt64\(sp \+ 8\),\s*\)\);`), "const id = setTimeout(() => {\n" +
		"do this._resume(); while (!this._parked && this._scheduledTimeouts.has(id)); }, getInt64(sp + 8));\nthis._scheduledTimeouts.add(id);"},
	{regexp.MustCompile(`(?m)^\s*this\._nextCallbackTimeoutID = 1;$`), ""},
	{regexp.MustCompile(`this\._scheduledTimeouts = new Map\(\)`), "this._scheduledTimeouts = new Set()"},
	{regexp.MustCompile(`this\._scheduledTimeouts\.get\(id\)`), "id"},
	// What can be said in fewer words.
	{regexp.MustCompile(`(?s)this\._ids = new Map\(\[.*?\]\);`), "this._ids = new Map(this._values.map((value, id) => [value, id]));"},
	{regexp.MustCompile(`\((loadValue\(sp \+ 8\) instanceof loadValue\(sp \+ 16\))\) \? 1 : 0`), "$1"},
	// Functions for Go's own tests, and one for whoever changes Go's compiler.
	{regexp.MustCompile(`(?m)^\s*const testCallExport = [^}]*\}$`), ""},
	{regexp.MustCompile(`(?m)^\s*_gotest: \{[^}]*\},$`), ""},
	{regexp.MustCompile(`(?m)^\s*"debug": \(value\) => \{[^}]*\},?$`), ""},
}
