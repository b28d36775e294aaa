// Command wasmtest runs a Go test program in Chromium, beside an emulated licensing API. It is made for go test:
//
//	GOOS=js GOARCH=wasm go test -exec=/path/to/wasmtest ./internal/browser
//
// The program finds the API's address in the environment variable KEYGENTEST_URL. Its run fails if a test fails, and
// also if the page saw an uncaught error or an unhandled promise rejection.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"

	"keygenauth/internal/emulator"
	"keygenauth/internal/keygentest"
)

func main() {
	// go test sends SIGQUIT to a program that takes too long.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "wasmtest:", err)
		os.Exit(1)
	}
}

// run runs the test program args[0] with the test flags that follow it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	if len(args) == 0 {
		return errors.New("name a test program: this command is the -exec of go test")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the emulator: %w", err)
	}
	api := emulator.Start(listener, keygentest.Options{})
	defer func() { err = errors.Join(err, api.Close()) }()

	return runInBrowser(ctx, args, "http://"+listener.Addr().String(), stdout, stderr)
}
