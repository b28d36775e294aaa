// Command demo builds the module and serves the demo pages on this computer, together with an emulated licensing API, or
// for an account of a real one:
//
//	demo
//	demo -account my-account
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
	"syscall"

	"keygenauth/internal/dist"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run builds the project, serves it until ctx ends and says on out where to look.
func run(ctx context.Context, args []string, out, usage io.Writer) error {
	o, err := parse(args, usage)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "Building…")
	warn := func(line string) { fmt.Fprintln(out, "Note:", line) }
	if err := dist.Build(ctx, o.root, filepath.Join(o.root, "dist"), dist.Options{Warn: warn}); err != nil {
		if ctx.Err() != nil {
			return nil // Ctrl-C is no failure
		}
		return err
	}
	return serve(ctx, o, out)
}
