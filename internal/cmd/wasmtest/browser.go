package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"keygenauth/internal/chromium"
)

// runInBrowser runs a test program with its flags by wasmbrowsertest, tells it the address of the API, and fails when
// the page saw an error that no test has noticed.
func runInBrowser(ctx context.Context, args []string, apiURL string, stdout, stderr io.Writer) error {
	runner, err := goCommand(ctx, "tool", "-n", "wasmbrowsertest")
	if err != nil {
		return err
	}
	goroot, err := goCommand(ctx, "env", "GOROOT")
	if err != nil {
		return err
	}
	wrapper, err := os.MkdirTemp("", "wasmtest-")
	if err != nil {
		return fmt.Errorf("prepare the browser: %w", err)
	}
	defer os.RemoveAll(wrapper)
	if err := wrapBrowser(wrapper); err != nil {
		return fmt.Errorf("prepare the browser: %w", err)
	}

	page := &pageOutput{out: stdout}
	noise := &withoutNoise{out: stderr}
	cmd := exec.CommandContext(ctx, runner, args...)
	cmd.Env = environment(wrapper, goroot, apiURL)
	cmd.Stdout, cmd.Stderr = page, noise
	// An interrupted wasmbrowsertest takes its browser along, a killed one may leave it running.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	page.flush()
	noise.flush()
	if err != nil {
		return fmt.Errorf("the tests failed: %w", err)
	}
	return page.err()
}

// wrapBrowser writes a program to dir that starts the browser with our flags, under the name that wasmbrowsertest looks
// for first: it has no option for flags, and its own do not silence the browser's traffic.
func wrapBrowser(dir string) error {
	browser, err := chromium.Find()
	if err != nil {
		return err
	}
	quoted := "'" + strings.ReplaceAll(browser, "'", `'\''`) + "'"
	script := fmt.Sprintf("#!/bin/sh\nexec %s %s \"$@\"\n", quoted, strings.Join(chromium.Flags(), " "))
	return os.WriteFile(filepath.Join(dir, "headless_shell"), []byte(script), 0o700)
}

// environment returns the environment of wasmbrowsertest. All of it ends up in the page, where a Go program has room for
// 8 KB of arguments and environment, and a caller's secrets have no business.
func environment(wrapper, goroot, apiURL string) []string {
	env := []string{
		"KEYGENTEST_URL=" + apiURL,
		"GOROOT=" + goroot, // where wasmbrowsertest takes wasm_exec.js from
		"PATH=" + wrapper + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	for _, name := range []string{"HOME", "TMPDIR", "WASM_HEADLESS"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// goCommand runs the go command and returns what it printed, trimmed.
func goCommand(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	// This command runs under the target of the tests, but its tools run here.
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}
