package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	program := filepath.Join(t.TempDir(), "page.wasm")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, "./testdata/page")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	t.Setenv("WASMTEST_CANARY", "secret")

	tests := []struct{ test, wantErr, wantOutput string }{
		{"TestClean", "", "PASS: TestClean"},
		{"TestCaught", "", "PASS: TestCaught"},
		{"TestUncaughtError", "in the page: 1", "Error: boom"},
		{"TestUnhandledRejection", "in the page: 1", "Uncaught (in promise)"},
		{"TestFails", "the tests failed", "failed on purpose"},
	}
	for _, test := range tests {
		t.Run(test.test, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			err := run(t.Context(), []string{program, "-test.v", "-test.run=^" + test.test + "$"}, &stdout, &stderr)
			assert.Contains(t, stdout.String(), test.wantOutput)
			assert.NotContains(t, stderr.String(), "could not unmarshal event")
			if test.wantErr == "" {
				assert.NoError(t, err, "%s%s", &stdout, &stderr)
			} else {
				assert.ErrorContains(t, err, test.wantErr)
			}
		})
	}
	t.Run("no program", func(t *testing.T) {
		assert.ErrorContains(t, run(t.Context(), nil, io.Discard, io.Discard), "go test")
	})
}

func TestPageOutput(t *testing.T) {
	tests := []struct {
		name   string
		writes []string
		want   int
	}{
		{"nothing", nil, 0},
		{"a passed test", []string{"PASS\n"}, 0},
		{"an error with a place", []string{"http://127.0.0.1:40000/:12:3 Uncaught\nError: boom\n"}, 1},
		{"an error without a place", []string{":0:25 Uncaught\n"}, 1},
		{"a rejection", []string{":0:8 Uncaught (in promise)\n\n"}, 1},
		{"in pieces", []string{"ok\n:0:8 Unca", "ught (in promise)\n"}, 1},
		{"without an end", []string{":0:8 Uncaught"}, 1},
		{"two", []string{":0:8 Uncaught\nx\n:0:9 Uncaught\n"}, 2},
		{"a page that speaks of errors", []string{"Uncaught TypeError\nsee a:1:2 Uncaught\n"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, want bytes.Buffer
			page := &pageOutput{out: &out}
			for _, write := range test.writes {
				_, err := page.Write([]byte(write))
				require.NoError(t, err)
				want.WriteString(write)
			}
			page.flush()
			assert.Equal(t, test.want, page.found)
			assert.Equal(t, want.String(), out.String(), "passes everything on")
		})
	}
}

func TestWithoutNoise(t *testing.T) {
	var out bytes.Buffer
	log := &withoutNoise{out: &out}
	for _, write := range []string{
		"one\n2026/01/01 00:00:00 ERROR: could not unmarshal event: unknown IPAddressSpace value: Loop", "back\ntwo\n",
		"ERROR: could not unmarshal event: something else\n", "no end",
	} {
		_, err := log.Write([]byte(write))
		require.NoError(t, err)
	}
	log.flush()
	assert.Equal(t, "one\ntwo\nERROR: could not unmarshal event: something else\nno end", out.String())
}
