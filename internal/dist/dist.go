// Package dist builds what a static host serves: the loader keygen-auth.js, the same as a module, the program keygen-
// auth.wasm, the rest of its code, the script that runs it, and the texts of each language, all also under names that hold
// the hash of their content, and compressed. A manifest describes them, configurations make hosts serve them well, and
// package.json makes the whole a package for bundlers. The same sources give the same bytes, whatever Go is installed: the
// program is compiled by the one that package toolchain pins. All build flags stand in program.go; package postlink does
// what they cannot.
package dist

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"keygenauth/internal/toolchain"
)

// Names of the built files.
const (
	Loader           = DefaultName + ".js"
	Module           = DefaultName + ".mjs"
	Runtime          = DefaultName + ".runtime.js"
	Wasm             = DefaultName + ".wasm"
	Rest             = DefaultName + ".rest.wasm"
	Standalone       = DefaultName + ".standalone.js"  // the loader with all that it fetches inside
	StandaloneModule = DefaultName + ".standalone.mjs" // the same as a module
)

// Options say how to build. The zero value is the build for visitors.
type Options struct {
	// Name is what the names of all built files begin with, in place of DefaultName, which stands for "". No file then holds
	// the other names.
	Name string
	// Debug keeps the names, files and lines in the program for tracebacks and for the browser's debugger.
	Debug bool
	// Toolchain is what compiles the program, as toolchain.Find takes it; toolchain.Pinned when empty.
	Toolchain string
	// First are the names of the functions that a page starts with; those that [First] returns when nil. A build with others,
	// as for a test, is not compressed as well as it could be.
	First []string
	// Calls names a file to write the names of all functions into, a line for each, for a program that notes which ones are
	// called (postlink.Count). It is not split.
	Calls string
	// Warn is told in one line why the program is not the one of a release, if it is not. Nobody is told when nil.
	Warn func(string)
}

// Build builds the project in root into the directory dist, which it makes if it is missing. It also copies
// wasm_exec.js from the toolchain that compiles the program into root, so that what runs the program always fits it. It
// fails with the output of the tool that failed.
func Build(ctx context.Context, root, dist string, o Options) error {
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	name := cmp.Or(o.Name, DefaultName)
	if !nameable.MatchString(name) {
		return fmt.Errorf("%q cannot name the built files: use letters, digits, - and _", name)
	}
	p, err := o.program(ctx, root)
	if err != nil {
		return err
	}
	return build(ctx, root, dist, name, p)
}

// nameable matches what patterns of hosts and shells need not quote.
var nameable = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// build writes the program into dist, the loaders for it, and what hosts and bundlers want to know.
func build(ctx context.Context, root, dist, name string, p program) error {
	if err := copyWasmExec(root, p.tools); err != nil {
		return err
	}
	files, err := p.files(root, name)
	if err != nil {
		return err
	}
	former, _ := ReadManifest(dist) // may be none
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("make the output directory: %w", err)
	}
	for _, f := range files {
		if err := write(dist, p.effort(), f.content, f.name, f.hashed()); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	if err := copyLicenses(ctx, root, dist, p.tools); err != nil {
		return err
	}
	if err := copyHosts(root, dist, name, files); err != nil {
		return err
	}
	if err := writePackage(root, dist, name, p, files); err != nil {
		return err
	}
	return removeOthers(dist, name, former, files)
}

// files returns what browsers load, and the rest of the package's code, under these names.
func (p program) files(root, name string) ([]file, error) {
	wasm, rest := file{named(name, Wasm), p.wasm}, file{named(name, Rest), p.rest}
	languages, err := languages(root, name)
	if err != nil {
		return nil, err
	}
	scripts := scripts(name, languages)
	running := file{name: named(name, Runtime)}
	if running.content, err = runtime(root, p.support, wasm, rest); err != nil {
		return nil, err
	}
	files := append(append([]file{running, wasm}, languages...), scripts...)
	if p.rest != nil {
		files = append(files, rest)
	}
	whole := file{wasm.name, p.whole}
	for as, make := range map[string]func() ([]byte, error){
		Loader: func() ([]byte, error) { return tag(root, name, running, wasm, rest) },
		Module: func() ([]byte, error) {
			return module(root, p.support, running, wasm, rest, scripts[len(scripts)-1], languages)
		},
		Standalone: func() ([]byte, error) {
			return standalone(root, "standalone.js", api.FormatIIFE, p.support, running, whole, languages)
		},
		StandaloneModule: func() ([]byte, error) {
			return standalone(root, "standalone-module.js", api.FormatESModule, p.support, running, whole, languages)
		},
	} {
		content, err := make()
		if err != nil {
			return nil, err
		}
		files = append(files, file{named(name, as), content})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

// removeOthers removes files of former builds from dist: what is uploaded is one build. A host should keep them for a
// while, for pages that are still open or cached.
func removeOthers(dist, name string, former Manifest, files []file) error {
	names := []string{name, DefaultName}
	for _, f := range former.Files {
		names = append(names, strings.TrimSuffix(f.Name, "."+afterName(f.Name)))
	}
	var present []string
	for _, name := range names {
		found, err := filepath.Glob(filepath.Join(dist, name+".*"))
		if err != nil {
			return err
		}
		present = append(present, found...)
	}
	ours := map[string]bool{named(name, types): true, named(name, typesForRequire): true, named(name, StandIn): true}
	for _, f := range files {
		ours[f.name], ours[f.hashed()] = true, true
	}
	for _, name := range present {
		base := filepath.Base(name)
		if ours[strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".br")] {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) { // another build may run, too
			return fmt.Errorf("remove a file of a former build: %w", err)
		}
	}
	return nil
}

// languages returns the files with the texts of other languages than English, which is part of the program.
func languages(root, build string) ([]file, error) {
	sources, err := filepath.Glob(filepath.Join(root, "web", "messages", "*.json"))
	if err != nil || len(sources) == 0 {
		return nil, fmt.Errorf("find the texts in web/messages: %w", cmp.Or(err, os.ErrNotExist))
	}
	var files []file
	for _, source := range sources {
		content, err := os.ReadFile(source)
		if err != nil {
			return nil, fmt.Errorf("read the texts: %w", err)
		}
		if name := filepath.Base(source); name != "en.json" {
			files = append(files, file{build + "." + name, content})
		}
	}
	return files, nil
}

// copyWasmExec puts Go's support file for JavaScript into root.
func copyWasmExec(root string, tools toolchain.Toolchain) error {
	content, err := os.ReadFile(supportFile(tools))
	if err != nil {
		return fmt.Errorf("find the wasm_exec.js of %s: %w", tools.Version, err)
	}
	if err := put(filepath.Join(root, "wasm_exec.js"), content, 0o644); err != nil {
		return fmt.Errorf("copy wasm_exec.js: %w", err)
	}
	return nil
}
