package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"keygenauth/internal/dist"
	"keygenauth/internal/webdriver"
)

// root is the project's directory.
var root = filepath.Join("..", "..")

// engine is the browser of the tests: one of webdriver.Engines; Chromium when empty, or "chromium".
var engine = os.Getenv("KEYGEN_AUTH_BROWSER")

// browserOfAll is the browser that all tests share; each test gets a profile of its own in it.
var browserOfAll webdriver.Browser

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
	options := dist.Options{Warn: func(line string) { fmt.Fprintln(os.Stderr, "e2e:", line) }}
	if profileFile != "" {
		options.Calls = profileFile + ".all"
	}
	if err := dist.Build(ctx, root, filepath.Join(root, "dist"), options); err != nil {
		return 1, err
	}
	if browserOfAll, err = start(ctx); err != nil {
		return 1, err
	}
	code = m.Run()
	return code, errors.Join(called.write(), browserOfAll.Close())
}

func start(ctx context.Context) (webdriver.Browser, error) {
	if engine == "" || engine == "chromium" {
		return startChromium(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return webdriver.Start(ctx, engine)
}
