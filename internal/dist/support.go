package dist

import (
	"fmt"
	"os"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// support is a plugin of the bundler that makes Go's wasm_exec.js ours: it gives it the object that defines puts in place
// of the global one, by an import, so that the module can be imported where there is no page; and it leaves out what no
// visitor needs. It refuses a file in which it does not find all of that, for the loader counts on it.
var support = api.Plugin{Name: "support", Setup: func(build api.PluginBuild) {
	build.OnLoad(api.OnLoadOptions{Filter: `[/\\]wasm_exec\.js$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		content, err := os.ReadFile(args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		text := `import { scope } from "./web/loader/scope.js";` + string(content)
		for _, part := range unneeded {
			if !part.pattern.MatchString(text) {
				return api.OnLoadResult{}, fmt.Errorf("the toolchain's wasm_exec.js is not that of Go 1.26: there is no %s in it", part.pattern)
			}
			text = part.pattern.ReplaceAllString(text, part.rest)
		}
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	})
}}

var unneeded = []struct {
	pattern *regexp.Regexp
	rest    string
}{
	// What is wrong with a call that the loader does not make: it calls no program that has ended.
	{regexp.MustCompile(`if \(this\.exited\) \{\s*throw new Error\("[^"]*"\);\s*\}`), ""},
	{regexp.MustCompile(`new Error\("[^"]*"\)`), "new Error()"},
	// The code of an exit, which nobody asks for.
	{regexp.MustCompile(`(?s)this\.exit = \(code\) => \{.*?\n\t\t\t\};`), ""},
	{regexp.MustCompile(`(?m)^\s*const code = this\.mem\.getInt32\(sp \+ 8, true\);$`), ""},
	{regexp.MustCompile(`(?m)^\s*this\.exit\(code\);$`), ""},
	{regexp.MustCompile(`console\.warn\("[^"]*"\)`), "0"},
	// Arguments and the environment: the program was started before (internal/postlink, Preinit).
	{regexp.MustCompile(`(?s)let offset = 4096;.*?this\._inst\.exports\.run\(argc, argv\);`), "this._inst.exports.run();"},
	{regexp.MustCompile(`(?m)^\s*this\.env = \{\};$`), ""},
	{regexp.MustCompile(`(?m)^\s*this\.argv = \["js"\];$`), ""},
	// The loader gives it an instance with exports of its own.
	{regexp.MustCompile(`if \(!\(instance instanceof WebAssembly\.Instance\)\) \{[^}]*\}`), ""},
	// What a program prints, to why it ended: for the page's developer.
	{regexp.MustCompile(`fs\.writeSync\(fd, (new Uint8Array\([^)]*\))\)`), "console.error(decoder.decode($1))"},
	{regexp.MustCompile(`(?m)^\s*const fd = .*$`), ""},
	// A function for the files that the page's global object might lack.
	{regexp.MustCompile(`(?s)const enosys = .*?\n\t\};`), ""},
	// A function that nothing here calls: a program that does could not be started.
	{regexp.MustCompile(`(?m)^\s*"syscall/js\.valueDelete": \(sp\) => \{[^}]*\},$`), ""},
	// Functions for Go's own tests, and one for whoever changes Go's compiler.
	{regexp.MustCompile(`(?m)^\s*const testCallExport = [^}]*\}$`), ""},
	{regexp.MustCompile(`(?m)^\s*_gotest: \{[^}]*\},$`), ""},
	{regexp.MustCompile(`(?m)^\s*"debug": \(value\) => \{[^}]*\},?$`), ""},
}
