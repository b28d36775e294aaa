package dist

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"keygenauth/internal/postlink"
	"keygenauth/internal/toolchain"
)

// program is the program as browsers load it, and what made it.
type program struct {
	wasm []byte
	// rest is the code that wasm does without until it is asked for something (postlink.Split), nil for a plain program.
	rest []byte
	// whole is both in one, for files that hold all.
	whole []byte
	tools toolchain.Toolchain
	// plain says that it is as the linker left it: larger than the one of a release, and slower to start. The runtime runs
	// both.
	plain   bool
	rough   bool    // for a test alone
	support support // what runs it
}

// effort returns what compressing is worth: a plain program is for trying.
func (p program) effort() effort {
	if p.plain || p.rough {
		return fast
	}
	return best
}

// program builds the program for these options. Where the toolchain or its layout keeps it from being that of a release,
// it is plain and Warn says why: whoever builds with a Go that nobody here has seen gets something that works.
func (o Options) program(ctx context.Context, root string) (program, error) {
	want := o.Toolchain
	if want == "" {
		want = toolchain.Pinned
	}
	tools, missing := toolchain.Find(ctx, want)
	if missing != nil {
		var err error
		if tools, err = toolchain.Installed(ctx); err != nil {
			return program{}, err
		}
	}
	p := program{tools: tools, plain: true}
	ldflags := "-s -w"
	if o.Debug {
		ldflags = ""
	}
	var err error
	if p.support, err = readSupport(tools); err != nil {
		return program{}, err
	}
	if p.wasm, err = link(ctx, root, tools, ldflags); err != nil {
		return program{}, err
	}
	why := missing
	if why == nil && !o.Debug {
		var ready program
		if ready, why = o.finish(ctx, root, p); why == nil {
			return ready, nil
		}
	}
	if why != nil && !o.Debug {
		o.Warn(fmt.Sprintf("the program is as %s linked it, larger and slower to start than that of a release: %s", tools.Version, oneLine(why)))
	}
	if unknown := p.support.unknown; unknown != nil && !errors.Is(why, unknown) {
		o.Warn(fmt.Sprintf("the runtime holds all of %s's wasm_exec.js, which makes it larger: %s", tools.Version, unknown))
	}
	p.whole = p.wasm
	return p, nil
}

// oneLine returns what is wrong without line breaks.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// finish does to a linked program what the linker cannot.
func (o Options) finish(ctx context.Context, root string, linked program) (program, error) {
	names, err := postlink.Names(linked.wasm)
	if err != nil {
		return program{}, err
	}
	first, err := o.first(root)
	if err != nil {
		return program{}, err
	}
	small, err := postlink.Shrink(linked.wasm)
	if err != nil {
		return program{}, err
	}
	if small, err = postlink.Arrange(small, names, first); err != nil {
		return program{}, err
	}
	started, err := postlink.Preinit(ctx, small)
	if err != nil {
		return program{}, err
	}
	ready := program{tools: linked.tools, rough: o.Calls != "" || o.First != nil}
	var imports map[string]string
	if ready.wasm, imports, err = postlink.ShortenImports(started); err != nil {
		return program{}, err
	}
	if ready.support, err = linked.support.shortened(imports); err != nil {
		return program{}, err
	}
	if o.Calls != "" {
		ready.whole = ready.wasm
		return ready, errors.Join(ready.count(names), writeNames(o.Calls, names))
	}
	return ready, ready.split(names, first)
}

// first says which functions are to be in the first part.
func (o Options) first(root string) (func(name string) bool, error) {
	names := o.First
	if names == nil {
		var err error
		if names, err = First(root); err != nil {
			return nil, err
		}
	}
	has := map[string]bool{}
	for _, name := range names {
		has[name] = true
	}
	return func(name string) bool { return has[name] }, nil
}

// split leaves the program without the functions that are not among the first.
func (p *program) split(names []string, first func(name string) bool) error {
	parts, err := postlink.Split(p.wasm, names, first)
	p.wasm, p.rest, p.whole = parts.First, parts.Rest, p.wasm
	return err
}

// count has the program note which of its functions are called.
func (p *program) count(names []string) (err error) {
	p.wasm, err = postlink.Count(p.wasm, names)
	return err
}

// inlined are the packages in which the compiler inlines functions: those that a start and a sign-in call most of. A
// browser compiles a function when it is first called, so that fewer are faster; but after compression inlining costs
// more bytes than it saves, and most functions are called late or never.
var inlined = []string{"runtime", "internal/...", "syscall/js", "github.com/hack-pad/safejs/..."}

// link returns the program as the linker leaves it.
func link(ctx context.Context, root string, tools toolchain.Toolchain, ldflags string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	tools = tools.Through(dir)
	overlay, err := writeOverlay(root, tools, dir)
	if err != nil {
		return nil, err
	}
	flags := []string{"-overlay=" + overlay, "-gcflags=all=-l"}
	for _, name := range inlined {
		flags = append(flags, "-gcflags="+name+"=")
	}
	var env []string
	if tools.Version == toolchain.Pinned {
		env = []string{without}
	}
	return compile(ctx, root, tools, env, "./wasm", ldflags, flags...)
}

// without leaves out of the pinned release what helps large heaps on many processors, which a page does not have, and
// takes 10 KB: a newer garbage collector, and an allocator for each size.
const without = "GOEXPERIMENT=nogreenteagc,nosizespecializedmalloc"

// compile compiles a main package of the project for the browser, with more environment, and returns the program.
func compile(ctx context.Context, root string, tools toolchain.Toolchain, env []string, pkg, ldflags string, flags ...string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "program.wasm")
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=" + ldflags, "-o", out}, flags...)
	if _, err := tools.Go(ctx, root, append(env, toolchain.Browser...), append(args, pkg)...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}
