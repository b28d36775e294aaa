package dist

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip" // the standard library's gives other bytes with each Go release

	"keygenauth/internal/postlink"
	"keygenauth/internal/toolchain"
)

// Size is what a file takes, in bytes: as it is, and as a host sends it.
type Size struct {
	Name   string `json:"-"`
	Raw    int64  `json:"raw"`
	Gzip   int64  `json:"gz"`
	Brotli int64  `json:"br"`
}

// Sizes are those of the built files that make up the module.
type Sizes struct {
	Loader, Runtime, Wasm, Rest Size
	// Functions and RestFunctions are how many functions the program and its rest have the code of.
	Functions, RestFunctions int
}

// ReadSizes measures the built files in the directory dist. It fails where one is missing.
func ReadSizes(dist string) (s Sizes, err error) {
	for name, size := range map[string]*Size{Loader: &s.Loader, Runtime: &s.Runtime, Wasm: &s.Wasm, Rest: &s.Rest} {
		if *size, err = measure(dist, name); err != nil {
			return Sizes{}, err
		}
	}
	for name, n := range map[string]*int{Wasm: &s.Functions, Rest: &s.RestFunctions} {
		module, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			return Sizes{}, err
		}
		if *n, err = postlink.Functions(module); err != nil {
			return Sizes{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	s.Functions -= s.RestFunctions // stubs
	return s, nil
}

func measure(dist, name string) (Size, error) {
	size := Size{Name: name}
	for suffix, bytes := range map[string]*int64{"": &size.Raw, ".gz": &size.Gzip, ".br": &size.Brotli} {
		info, err := os.Stat(filepath.Join(dist, name+suffix))
		if err != nil {
			return Size{}, fmt.Errorf("measure the built files (make dist builds them): %w", err)
		}
		*bytes = info.Size()
	}
	return size, nil
}

// EmptySize measures what BuildEmpty builds.
func EmptySize(ctx context.Context, root string) (Size, error) {
	dir, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return Size{}, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(dir)
	return BuildEmpty(ctx, root, dir, "empty.wasm")
}

// BuildEmpty builds a Go program that does nothing, by the pinned toolchain and with the compiler's usual flags for small
// programs, into a file in dir and its compressed forms, and measures it: the price of Go itself.
func BuildEmpty(ctx context.Context, root, dir, name string) (Size, error) {
	tools, err := toolchain.Find(ctx, toolchain.Pinned)
	if err != nil {
		return Size{}, err
	}
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return Size{}, fmt.Errorf("write the empty program: %w", err)
	}
	program, err := compile(ctx, root, tools, nil, source, "-s -w")
	if err != nil {
		return Size{}, err
	}
	if err := errors.Join(os.Remove(source), write(dir, best, program, name)); err != nil {
		return Size{}, err
	}
	return measure(dir, name)
}

// effort is how much time compressing may take.
type effort struct{ gzip, brotli int }

// zip returns a writer that compresses by gzip.
func (e effort) zip(w io.Writer) io.WriteCloser {
	gz, _ := gzip.NewWriterLevel(w, e.gzip) // fails for unknown levels only
	return gz
}

var (
	best = effort{gzip.BestCompression, brotli.BestCompression} // seconds
	fast = effort{gzip.BestSpeed, brotli.BestSpeed}
)

// write writes a file into dir under each of the names, and its compressed forms beside it. Files that hold the content
// already are left alone, for compressing well takes seconds.
func write(dir string, effort effort, content []byte, names ...string) error {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return written(filepath.Join(dir, name), content) })
	if len(names) == 0 {
		return nil
	}
	zipped, err := compress(content, effort.zip)
	if err != nil {
		return err
	}
	packed, err := compress(content, func(w io.Writer) io.WriteCloser {
		return brotli.NewWriterLevel(w, effort.brotli)
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		name = filepath.Join(dir, name)
		// The file itself goes first and comes last: an interrupted build leaves none beside compressed ones of others.
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		err := errors.Join(os.WriteFile(name+".gz", zipped, 0o644), os.WriteFile(name+".br", packed, 0o644))
		if err == nil {
			err = os.WriteFile(name, content, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func written(name string, content []byte) bool {
	for _, suffix := range []string{".gz", ".br"} {
		if _, err := os.Stat(name + suffix); err != nil {
			return false
		}
	}
	old, err := os.ReadFile(name)
	return err == nil && bytes.Equal(old, content)
}

func compress(content []byte, to func(io.Writer) io.WriteCloser) ([]byte, error) {
	var out bytes.Buffer
	w := to(&out)
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}
