// Command dist builds the files that a static host serves, into the directory dist of the project.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"keygenauth/internal/dist"
	"keygenauth/internal/toolchain"
)

func main() {
	root := flag.String("root", ".", "the project's `directory`")
	options := dist.Options{Warn: func(line string) { fmt.Fprintln(os.Stderr, "dist: note:", line) }}
	flag.BoolVar(&options.Debug, "debug", false, "keep the names, files and lines for tracebacks: for developers, not for visitors")
	flag.StringVar(&options.Name, "name", "", "the `name` that all built files begin with, in place of "+dist.DefaultName)
	flag.StringVar(&options.Toolchain, "toolchain", toolchain.Pinned, "the Go `release`, or the directory of one, that compiles the program: to try another one")
	out := flag.String("out", "", "the `directory` to build into; dist in the project's when empty")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "dist: unexpected argument %q: name the project's directory with -root\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root, cmp.Or(*out, filepath.Join(*root, "dist")), options, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// run builds the project in root into dir and says on out how a page loads what was built.
func run(ctx context.Context, root, dir string, options dist.Options, out io.Writer) error {
	if err := dist.Build(ctx, root, dir, options); err != nil {
		return err
	}
	manifest, err := dist.ReadManifest(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Built %s. The tag for this build, with the name of your account in place of your-account:\n\n  %s\n\n", dir, manifest.Tag)
	return err
}
