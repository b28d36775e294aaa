// Command dist builds the files that a static host serves, into the directory dist of the project.
package main

import (
	"context"
	"flag"
	"fmt"
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
	if err := build(ctx, *root, filepath.Join(*root, "dist")); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}
