// Command size prints what the built files cost a visitor and fails when they cost more than the project allows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"text/tabwriter"

	"keygenauth/internal/dist"
)

// The budgets: what a visitor downloads where the host serves brotli, as every browser of today asks for.
const (
	maxLoader  = 6144 // bytes
	maxRuntime = 2560
	maxRatio   = 1.12 // of an empty Go program: the rest of the module is the price of Go, not ours
)

func main() {
	root := flag.String("root", ".", "the project's directory; run make dist there first")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "size: unexpected argument %q: name the project's directory with -root\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

// run measures the built files of the project in root and returns an error for each budget that they exceed.
func run(ctx context.Context, root string, out io.Writer) error {
	var s sizes
	var err error
	if s.loader, s.runtime, s.wasm, err = dist.Sizes(filepath.Join(root, "dist")); err != nil {
		return err
	}
	if s.empty, err = dist.EmptySize(ctx, root); err != nil {
		return err
	}
	s.empty.Name = "(an empty Go program)"
	if err := report(out, s); err != nil {
		return err
	}
	return check(s)
}

// sizes are those of the built files, and of what they are compared with.
type sizes struct{ loader, runtime, wasm, empty dist.Size }

// report writes the sizes as a table, followed by the ratio of the module to the empty program.
func report(out io.Writer, s sizes) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "raw KiB\tgzip KiB\tbrotli KiB\t brotli bytes\t")
	for _, s := range []dist.Size{s.loader, s.runtime, s.wasm, s.empty} {
		fmt.Fprintf(table, "%.1f\t%.1f\t%.1f\t%d\t  %s\n", kib(s.Raw), kib(s.Gzip), kib(s.Brotli), s.Brotli, s.Name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nThe module is %.2f times the empty program (brotli); the budget is %.2f. With its runtime it takes %d bytes.\n"+
		"The loader takes %d bytes (brotli); the budget is %d. The runtime takes %d; its budget is %d.\n",
		ratio(s.wasm, s.empty), maxRatio, s.wasm.Brotli+s.runtime.Brotli, s.loader.Brotli, maxLoader, s.runtime.Brotli, maxRuntime)
	return err
}

// check returns an error that names each exceeded budget and by how much, or nil.
func check(s sizes) error {
	var errs []error
	if over := s.loader.Brotli - maxLoader; over > 0 {
		errs = append(errs, fmt.Errorf("the loader is %d bytes over its budget of %d bytes (brotli)", over, maxLoader))
	}
	if over := s.runtime.Brotli - maxRuntime; over > 0 {
		errs = append(errs, fmt.Errorf("the runtime is %d bytes over its budget of %d bytes (brotli)", over, maxRuntime))
	}
	if limit := int64(maxRatio * float64(s.empty.Brotli)); s.wasm.Brotli > limit {
		errs = append(errs, fmt.Errorf("the module is %.2f times an empty Go program, %d bytes over its budget of %.2f times (%d bytes, brotli)",
			ratio(s.wasm, s.empty), s.wasm.Brotli-limit, maxRatio, limit))
	}
	return errors.Join(errs...)
}

// ratio returns how many times the empty program the module is, as a visitor loads them.
func ratio(wasm, empty dist.Size) float64 { return float64(wasm.Brotli) / float64(empty.Brotli) }

// kib converts bytes to units of 1024 bytes.
func kib(bytes int64) float64 { return float64(bytes) / 1024 }
