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
	maxLoader = 6144 // bytes
	maxRatio  = 1.10 // of an empty Go program: the rest of the module is the price of Go, not ours
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
	loader, wasm, err := dist.Sizes(filepath.Join(root, "dist"))
	if err != nil {
		return err
	}
	empty, err := dist.EmptySize(ctx, root)
	if err != nil {
		return err
	}
	empty.Name = "(an empty Go program)"
	if err := report(out, loader, wasm, empty); err != nil {
		return err
	}
	return check(loader, wasm, empty)
}

// report writes the sizes as a table, followed by the ratio of the module to the empty program.
func report(out io.Writer, loader, wasm, empty dist.Size) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "raw KiB\tgzip KiB\tbrotli KiB\t brotli bytes\t")
	for _, s := range []dist.Size{loader, wasm, empty} {
		fmt.Fprintf(table, "%.1f\t%.1f\t%.1f\t%d\t  %s\n", kib(s.Raw), kib(s.Gzip), kib(s.Brotli), s.Brotli, s.Name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nThe module is %.2f times the empty program (brotli); the budget is %.2f.\n"+
		"The loader takes %d bytes (brotli); the budget is %d.\n",
		ratio(wasm, empty), maxRatio, loader.Brotli, maxLoader)
	return err
}

// check returns an error that names each exceeded budget and by how much, or nil.
func check(loader, wasm, empty dist.Size) error {
	var errs []error
	if over := loader.Brotli - maxLoader; over > 0 {
		errs = append(errs, fmt.Errorf("the loader is %d bytes over its budget of %d bytes (brotli)", over, maxLoader))
	}
	if limit := int64(maxRatio * float64(empty.Brotli)); wasm.Brotli > limit {
		errs = append(errs, fmt.Errorf("the module is %.2f times an empty Go program, %d bytes over its budget of %.2f times (%d bytes, brotli)",
			ratio(wasm, empty), wasm.Brotli-limit, maxRatio, limit))
	}
	return errors.Join(errs...)
}

// ratio returns how many times the empty program the module is, as a visitor loads them.
func ratio(wasm, empty dist.Size) float64 { return float64(wasm.Brotli) / float64(empty.Brotli) }

// kib converts bytes to units of 1024 bytes.
func kib(bytes int64) float64 { return float64(bytes) / 1024 }
