// Command release builds the project and makes what is downloaded of it: the npm package, an archive for static hosts, and
// their sums.
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
	"keygenauth/internal/release"
)

func main() {
	root := flag.String("root", ".", "the project's `directory`")
	tag := flag.String("tag", "", "fail unless this `tag` is the version's and the changes are listed below that")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "release: unexpected argument %q: name the project's directory with -root\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root, *tag, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// run makes the release of the project in root and says on out what was made.
func run(ctx context.Context, root, tag string, out io.Writer) error {
	built, target := filepath.Join(root, "dist"), filepath.Join(root, "release")
	warn := func(line string) { fmt.Fprintln(os.Stderr, "release: note:", line) }
	if err := dist.Build(ctx, root, built, dist.Options{Warn: warn}); err != nil {
		return err
	}
	if tag != "" {
		if err := release.CheckTag(root, built, tag); err != nil {
			return err
		}
	}
	names, err := release.Write(root, built, target)
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintln(out, filepath.Join(target, name)); err != nil {
			return err
		}
	}
	return nil
}
