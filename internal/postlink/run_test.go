package postlink

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/toolchain"
)

// stress returns testdata/stress as built for the browser.
func stress(t *testing.T) []byte {
	t.Helper()
	program, err := buildStress()
	require.NoError(t, err)
	return program
}

var buildStress = sync.OnceValues(func() ([]byte, error) { return build("./testdata/stress", "") })

// pinned returns the toolchain whose programs this package knows.
var pinned = sync.OnceValues(func() (toolchain.Toolchain, error) {
	return toolchain.Find(context.Background(), toolchain.Pinned)
})

// build returns a program as built for the browser, with flags for the linker besides the usual ones.
func build(pkg, ldflags string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "program.wasm")
	tools, err := pinned()
	if err != nil {
		return nil, err
	}
	flags := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w " + ldflags, "-o", out, pkg}
	if _, err := tools.Go(context.Background(), ".", toolchain.Browser, flags...); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// forNode returns where the toolchain's scripts to run programs are, and a file with the program.
func forNode(t *testing.T, program []byte) (scripts, file string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is missing; the end-to-end tests run the built program in a browser")
	}
	tools, err := pinned()
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "program.wasm")
	require.NoError(t, os.WriteFile(file, program, 0o600))
	return filepath.Join(tools.Root, "lib", "wasm"), file
}

// result is what a program printed and how it ended.
type result struct {
	stdout, stderr string
	code           int
}

// node returns a function that runs a program in node.
func node(t *testing.T, program []byte) func(args ...string) result {
	t.Helper()
	scripts, file := forNode(t, program)
	return func(args ...string) result {
		cmd := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join(scripts, "wasm_exec_node.js"), file}, args...)...)
		// The loader hands the environment to the program, for which there is little space.
		cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
			require.NoError(t, err)
		}
		return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	}
}

func TestShrunkProgramDoesTheSame(t *testing.T) {
	program := stress(t)
	shrunk, err := Shrink(program)
	require.NoError(t, err)
	before, after := node(t, program), node(t, shrunk)

	want := before()
	assert.Zero(t, want.code, want.stderr)
	assert.Contains(t, want.stdout, "recovered value method main.pair.Sum called using nil *pair pointer")
	assert.Contains(t, want.stdout, "caller main.main true")
	want.stdout = strings.Replace(want.stdout, "caller main.main true", "caller ? true", 1)
	assert.Equal(t, want, after())

	for _, way := range []string{"panic", "error", "nil", "repanic", "goroutine", "deadlock", "map"} {
		t.Run(way, func(t *testing.T) {
			want, got := before(way), after(way)
			assert.Equal(t, 2, want.code)
			assert.Contains(t, want.stderr, "main.go:")
			assert.NotContains(t, got.stderr, "main.go:")
			assert.Contains(t, want.stderr, "main.end")
			assert.NotContains(t, got.stderr, "main.end")
			want.stderr, got.stderr = withoutFrames(want.stderr), withoutFrames(got.stderr)
			assert.Equal(t, want, got)
		})
	}
}

var frame = regexp.MustCompile(`(?m)^(created by .*|\S+\(.*\))\n\t.*\n`)

// withoutFrames leaves of a traceback what was wrong, and which goroutines there were.
func withoutFrames(traceback string) string { return frame.ReplaceAllString(traceback, "") }
