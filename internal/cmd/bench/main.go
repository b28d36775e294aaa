// Command bench measures what the module costs a visitor, prints the tables, and with -publish puts them and a picture into
// docs/performance.md.
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
	publish := flag.Bool("publish", false, "also write the tables into docs/performance.md and the picture into web/readme/bench.png")
	flag.Parse()
	if flag.NArg() > 0 || *runs < 1 {
		fmt.Fprintln(os.Stderr, "bench: it takes no arguments, and -runs at least 1")
		os.Exit(2)
	}
	if *only != "" && (*publish || !slices.Contains(bench.Parts, *only)) {
		fmt.Fprintln(os.Stderr, "bench: -only takes one of "+strings.Join(bench.Parts, ", ")+", and -publish takes all")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *root, *only, *runs, *publish); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, root, only string, runs int, publish bool) error {
	if err := bench.CheckPage(root); publish && err != nil {
		return err // before minutes of measuring
	}
	result, err := bench.Run(ctx, root, only, runs, func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	})
	if err != nil {
		return err
	}
	fmt.Print(result.Markdown())
	if !publish {
		return nil
	}
	return result.Publish(ctx, root)
}
