// Package toolchain chooses the Go that compiles what visitors load, whatever Go is installed: the same sources give the
// same bytes everywhere, and what is private to a Go release is that of one known release (internal/postlink).
package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Pinned is the release that compiles the program for visitors. A newer one is taken up by changing it here; the tests
// of internal/postlink then say whether its layout is still known.
const Pinned = "go1.27.4"

// Browser is the environment in which the go command compiles for browsers.
var Browser = []string{"GOOS=js", "GOARCH=wasm"}

// Toolchain is a Go release that is there to be run.
type Toolchain struct {
	Version string // such as go1.27.4
	Root    string // its GOROOT
	command string
	env     []string
}

// Find returns a toolchain: that of a release, such as go1.27.4, or the one in a directory, such as /usr/local/go. The go
// command that is installed downloads a release as a module if it is another one (https://go.dev/doc/toolchain). Find
// fails where the toolchain cannot be had.
func Find(ctx context.Context, name string) (Toolchain, error) {
	var t Toolchain
	var err error
	if strings.ContainsAny(name, `/\`) {
		t, err = look(ctx, filepath.Join(name, "bin", "go"), "GOROOT="+name, "GOTOOLCHAIN=local")
	} else if t, err = look(ctx, "go", "GOTOOLCHAIN="+name); err == nil && t.Version != name {
		err = fmt.Errorf("the go command gave %s in its place", t.Version)
	}
	if err != nil {
		return Toolchain{}, fmt.Errorf("find %s: %w", name, err)
	}
	return t, nil
}

// Through returns the same toolchain, reached through a link in dir. The go command replaces nothing in the module cache
// (its flag -overlay), which is where a downloaded toolchain lies: but it judges that by the path. Where no link can be
// made the toolchain is returned as it is.
func (t Toolchain) Through(dir string) Toolchain {
	link := filepath.Join(dir, "go")
	if err := os.Symlink(t.Root, link); err != nil {
		return t
	}
	return Toolchain{Version: t.Version, Root: link, command: filepath.Join(link, "bin", "go"), env: []string{"GOROOT=" + link, "GOTOOLCHAIN=local"}}
}

// Installed returns the toolchain that the go command runs by itself.
func Installed(ctx context.Context) (Toolchain, error) { return look(ctx, "go") }

func look(ctx context.Context, command string, env ...string) (Toolchain, error) {
	t := Toolchain{command: command, env: env}
	out, err := t.Go(ctx, "", nil, "env", "GOVERSION", "GOROOT")
	if err != nil {
		return Toolchain{}, err
	}
	version, root, ok := strings.Cut(strings.TrimSpace(out), "\n")
	if !ok {
		return Toolchain{}, fmt.Errorf("go env printed %q, not a version and a directory", out)
	}
	// A release may have been built with experiments: "go1.27.4 X:name".
	t.Version, _, _ = strings.Cut(version, " ")
	t.Root = root
	return t, nil
}

// Go runs the toolchain's go command in a directory ("" for the current one), with more environment, and returns what it
// printed. Settings of the surroundings that would change what is compiled are left out. It fails with what the command
// had to say.
func (t Toolchain) Go(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, t.command, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOEXPERIMENT=", "GOWASM=")
	cmd.Env = append(append(cmd.Env, t.env...), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			err = errors.New(strings.TrimSpace(stderr.String()))
		}
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return stdout.String(), nil
}
