// Command bench measures what the module costs a visitor, prints the tables, and with -readme puts them and a picture into
// the README.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"keygenauth/internal/bench"
)

func main() {
	root := flag.String("root", ".", "the project's directory")
	runs := flag.Int("runs", 7, "how many visits of each kind")
	only := flag.String("only", "", "measure only this: "+strings.Join(bench.Parts, ", "))
	readme := flag.Bool("readme", false, "also write the tables into README.md and the picture into web/readme/bench.png")
	flag.Parse()
	if flag.NArg() > 0 || *runs < 1 {
		fmt.Fprintln(os.Stderr, "bench: it takes no arguments, and -runs at least 1")
		os.Exit(2)
	}
	if *only != "" && (*readme || !slices.Contains(bench.Parts, *only)) {
		fmt.Fprintln(os.Stderr, "bench: -only takes one of "+strings.Join(bench.Parts, ", ")+", and -readme takes all")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root, *only, *runs, *readme); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, only string, runs int, readme bool) error {
	if err := bench.CheckReadme(root); readme && err != nil {
		return err // before minutes of measuring
	}
	result, err := bench.Run(ctx, root, only, runs, func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	})
	if err != nil {
		return err
	}
	fmt.Print(result.Markdown())
	if !readme {
		return nil
	}
	return result.Publish(ctx, root)
}
