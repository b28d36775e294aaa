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
	"strconv"
	"text/tabwriter"

	"keygenauth/internal/dist"
)

// The budgets: what a visitor downloads where the host serves brotli, as every browser of today asks for.
const (
	maxLoader  = 6144 // bytes
	maxRuntime = 2816 // it waits for the rest of a program, too
	// Of an empty Go program: what a page has to have before it can sign in, and with what it asks for once that can wait.
	maxFirst = 0.63
	maxAll   = 1.18
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
	built, err := dist.ReadSizes(filepath.Join(root, "dist"))
	if err != nil {
		return err
	}
	s := sizes{Sizes: built}
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
type sizes struct {
	dist.Sizes
	empty dist.Size
}

// report writes the sizes as a table, followed by the ratio of the program to the empty one.
func report(out io.Writer, s sizes) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "raw KiB\tgzip KiB\tbrotli KiB\t brotli bytes\tfunctions\t")
	for _, row := range []struct {
		dist.Size
		functions int
	}{{s.Loader, 0}, {s.Runtime, 0}, {s.Wasm, s.Functions}, {s.Rest, s.RestFunctions}, {s.empty, 0}} {
		functions := ""
		if row.functions > 0 {
			functions = strconv.Itoa(row.functions)
		}
		fmt.Fprintf(table, "%.1f\t%.1f\t%.1f\t%d\t%s\t  %s\n", kib(row.Raw), kib(row.Gzip), kib(row.Brotli), row.Brotli, functions, row.Name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\nThe program is %.2f times the empty one (brotli), with its rest %.2f times; the budgets are %.2f and %.2f.\n"+
		"The loader takes %d bytes (brotli); the budget is %d. The runtime takes %d; its budget is %d.\n",
		s.ratio(s.Wasm), s.ratio(s.Wasm, s.Rest), maxFirst, maxAll, s.Loader.Brotli, maxLoader, s.Runtime.Brotli, maxRuntime)
	return err
}

// check returns an error that names each exceeded budget and by how much, or nil.
func check(s sizes) error {
	var errs []error
	within := func(what string, bytes, limit int64) {
		if over := bytes - limit; over > 0 {
			errs = append(errs, fmt.Errorf("%s is %d bytes over its budget of %d bytes (brotli)", what, over, limit))
		}
	}
	within("the loader", s.Loader.Brotli, maxLoader)
	within("the runtime", s.Runtime.Brotli, maxRuntime)
	within("the program", s.Wasm.Brotli, int64(maxFirst*float64(s.empty.Brotli)))
	within("the program with its rest", s.Wasm.Brotli+s.Rest.Brotli, int64(maxAll*float64(s.empty.Brotli)))
	return errors.Join(errs...)
}

// ratio returns how many times the empty program files are, as a visitor loads them.
func (s sizes) ratio(files ...dist.Size) float64 {
	sum := int64(0)
	for _, file := range files {
		sum += file.Brotli
	}
	return float64(sum) / float64(s.empty.Brotli)
}

// kib converts bytes to units of 1024 bytes.
func kib(bytes int64) float64 { return float64(bytes) / 1024 }
