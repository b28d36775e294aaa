// Package dist builds what a static host serves: the loader keygen-auth.js, the same as a module, the program
// keygen-auth.wasm and the texts of each language, all also under names that hold the hash of their content, and
// compressed. A manifest describes them, configurations make hosts serve them well, and package.json makes the whole a
// package for bundlers. The same sources and tools give the same bytes. All build flags stand here; package postlink does
// what they cannot.
package dist

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"keygenauth/internal/postlink"
)

// Names of the built files.
const (
	Loader = "keygen-auth.js"
	Module = "keygen-auth.mjs"
	Wasm   = "keygen-auth.wasm"
)

// Build builds the project in root into the directory dist, which it makes if it is missing. It also copies
// wasm_exec.js from the toolchain into root, so that the loader always gets the one that fits the compiler. It fails
// with the output of the tool that failed.
func Build(ctx context.Context, root, dist string) error {
	wasm, err := release(ctx, root)
	if err != nil {
		return err
	}
	return build(ctx, root, dist, wasm)
}

// BuildDebug is Build with a program that keeps the names, files and lines for tracebacks and for the browser's
// debugger. Its code is the same.
func BuildDebug(ctx context.Context, root, dist string) error {
	wasm, err := debug(ctx, root)
	if err != nil {
		return err
	}
	return build(ctx, root, dist, wasm)
}

// inlined are the packages in which the compiler inlines functions: those that a start and a sign-in call most of. A
// browser compiles a function when it is first called, so that fewer are faster; but after compression inlining costs
// more bytes than it saves, and most functions are called late or never.
var inlined = []string{"runtime", "internal/...", "sync/...", "syscall/js", "github.com/hack-pad/safejs/...", "keygenauth/internal/browser"}

// release returns the program for visitors.
func release(ctx context.Context, root string) ([]byte, error) {
	wasm, err := program(ctx, root, "-s -w")
	if err != nil {
		return nil, err
	}
	if wasm, err = postlink.Shrink(wasm); err != nil {
		return nil, err
	}
	return postlink.Preinit(ctx, wasm)
}

// debug returns the program for developers.
func debug(ctx context.Context, root string) ([]byte, error) {
	wasm, err := program(ctx, root, "")
	if err != nil {
		return nil, err
	}
	return postlink.Preinit(ctx, wasm)
}

// program returns the program as the linker leaves it.
func program(ctx context.Context, root, ldflags string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(ctx, root, dir)
	if err != nil {
		return nil, err
	}
	flags := []string{"-overlay=" + overlay, "-gcflags=all=-l"}
	for _, name := range inlined {
		flags = append(flags, "-gcflags="+name+"=")
	}
	return compile(ctx, root, "./wasm", ldflags, flags...)
}

// build writes the program into dist, the loaders for it, and what hosts and bundlers want to know.
func build(ctx context.Context, root, dist string, wasm []byte) error {
	if err := copyWasmExec(ctx, root); err != nil {
		return err
	}
	program := file{Wasm, wasm}
	languages, err := languages(root)
	if err != nil {
		return err
	}
	loader, err := tag(root, program)
	if err != nil {
		return err
	}
	loaderModule, err := module(root, program, languages)
	if err != nil {
		return err
	}
	files := append([]file{{Loader, loader}, {Module, loaderModule}, program}, languages...)
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("make the output directory: %w", err)
	}
	for _, f := range files {
		if err := write(dist, f.content, f.name, f.hashed()); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	if err := copyLicenses(ctx, root, dist); err != nil {
		return err
	}
	if err := copyHosts(root, dist, files); err != nil {
		return err
	}
	if err := writePackage(root, dist, files); err != nil {
		return err
	}
	return removeOthers(dist, files)
}

// removeOthers removes files of former builds from dist: what is uploaded is one build. A host should keep them for a
// while, for pages that are still open or cached.
func removeOthers(dist string, files []file) error {
	present, err := filepath.Glob(filepath.Join(dist, prefix+"*"))
	if err != nil {
		return err
	}
	ours := map[string]bool{types: true}
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
func languages(root string) ([]file, error) {
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
			files = append(files, file{prefix + name, content})
		}
	}
	return files, nil
}

// copyWasmExec puts Go's support file for JavaScript into root.
func copyWasmExec(ctx context.Context, root string) error {
	goroot, err := goCommand(ctx, root, nil, "env", "GOROOT")
	if err != nil {
		return err
	}
	content, err := os.ReadFile(filepath.Join(strings.TrimSpace(goroot), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return fmt.Errorf("find the toolchain's wasm_exec.js: %w", err)
	}
	if err := os.WriteFile(filepath.Join(root, "wasm_exec.js"), content, 0o644); err != nil {
		return fmt.Errorf("copy wasm_exec.js: %w", err)
	}
	return nil
}

// compile compiles a main package of the project for the browser and returns the program.
func compile(ctx context.Context, root, pkg, ldflags string, flags ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "program.wasm")
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=" + ldflags, "-o", out}, flags...)
	if _, err := goCommand(ctx, root, []string{"GOOS=js", "GOARCH=wasm"}, append(args, pkg)...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// goCommand runs the go command in root and returns what it printed.
func goCommand(ctx context.Context, root string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}
