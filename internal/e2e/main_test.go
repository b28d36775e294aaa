package e2e

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"keygenauth/internal/chromium"
	"keygenauth/internal/dist"
)

// root is the project's directory.
var root = filepath.Join("..", "..")

// chromiumContext is the browser that all tests share; each test gets a profile of its own in it.
var chromiumContext context.Context

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	if err := dist.Build(ctx, root, filepath.Join(root, "dist")); err != nil {
		return 1, err
	}
	options, err := chromium.Options()
	if err != nil {
		return 1, err
	}
	ctx, cancel := chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	chromiumContext, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(complain))
	defer cancel()
	if err := chromedp.Run(chromiumContext); err != nil {
		return 1, fmt.Errorf("start the browser: %w", err)
	}
	return m.Run(), nil
}

// complain prints what chromedp cannot make sense of, save dialogs that open and close: it knows no such event yet.
func complain(format string, args ...any) {
	if !strings.HasPrefix(format, "unhandled node event") {
		log.Printf(format, args...)
	}
}
