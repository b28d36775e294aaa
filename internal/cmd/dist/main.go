// Command dist builds the files that a static host serves, into the directory dist of the project.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"keygenauth/internal/dist"
)

func main() {
	root := flag.String("root", ".", "the project's `directory`")
	debug := flag.Bool("debug", false, "keep the names, files and lines for tracebacks: for developers, not for visitors")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "dist: unexpected argument %q: name the project's directory with -root\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	build := dist.Build
	if *debug {
		build = dist.BuildDebug
	}
	if err := run(ctx, build, *root, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// run builds the project in root and says on out how a page loads what was built.
func run(ctx context.Context, build func(ctx context.Context, root, dist string) error, root string, out io.Writer) error {
	dir := filepath.Join(root, "dist")
	if err := build(ctx, root, dir); err != nil {
		return err
	}
	manifest, err := dist.ReadManifest(dir)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Built %s. The tag for this build, with the name of your account in place of your-account:\n\n  %s\n\n", dir, manifest.Tag)
	return err
}
