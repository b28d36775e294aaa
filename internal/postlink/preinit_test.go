package postlink

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// waits returns testdata/waits as built for the browser, in one of its ways.
func waits(t *testing.T, way string) []byte {
	t.Helper()
	program, err := build("./testdata/waits", "-X 'main.way="+way+"'")
	require.NoError(t, err)
	return program
}

// onPage runs a program in node that waits for a page, and returns what it printed.
func onPage(t *testing.T, program []byte) string {
	t.Helper()
	scripts, file := forNode(t, program)
	run := exec.CommandContext(t.Context(), "node", "testdata/waits/run.js", filepath.Join(scripts, "wasm_exec.js"), file)
	output, err := run.CombinedOutput()
	require.NoError(t, err, string(output))
	return string(output)
}

func TestPreinitializedProgramDoesTheSame(t *testing.T) {
	program := waits(t, "well")
	want := onPage(t, program)
	assert.Equal(t, `goroutine 42
deep 10000
squares 1000 332833500
recovered runtime error: invalid memory address or nil pointer dereference
page [1,"two",null]
values 3 true
called back
garbage collected 7 1000
`, want)

	ready, err := Preinit(t.Context(), program)
	require.NoError(t, err)
	assert.Equal(t, want, onPage(t, ready))

	again, err := Preinit(t.Context(), program)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(ready, again), "the same bytes from the same program")

	shrunk, err := Shrink(program)
	require.NoError(t, err)
	ready, err = Preinit(t.Context(), shrunk)
	require.NoError(t, err)
	assert.Equal(t, want, onPage(t, ready), "of a program with a start function")

	_, err = Preinit(t.Context(), ready)
	assert.ErrorContains(t, err, "not those of a Go program", "it was done before")
}

func TestPreinitRefuses(t *testing.T) {
	for way, want := range map[string]string{
		"asks":              `the program asks for "document" before it waits`,
		"calls":             "the program calls syscall/js.valueInvoke before it waits",
		"ends":              "the program ended with code 0 before it waited for the page: a canary",
		"waits for nothing": "waits, but for something else than the page",
		"calls later":       `the program asks for "_makeFuncWrapper" before it waits`,
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			_, err := Preinit(t.Context(), waits(t, way))
			assert.ErrorContains(t, err, want)
		})
	}
	t.Run("a program for no page", func(t *testing.T) {
		_, err := Preinit(t.Context(), stress(t))
		assert.ErrorContains(t, err, "before it waits")
	})
	t.Run("no program", func(t *testing.T) {
		_, err := Preinit(t.Context(), []byte("no"))
		assert.EqualError(t, err, "start the program ahead of time: not a WebAssembly module of version 1")
		_, err = Preinit(t.Context(), module(memory, data()))
		assert.ErrorContains(t, err, "not those of a Go program")
	})
}

// TestStartFunctionWritesAgain checks what becomes of the memory that the start function wrote.
func TestStartFunctionWritesAgain(t *testing.T) {
	s := snapshot{started: []byte{1, 5, 0, 0}, waiting: []byte{1, 5, 7, 0, 9}}
	img, err := s.image([]byte{1})
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 0, 7, 0, 9}, img)

	s.waiting[1] = 6
	_, err = s.image([]byte{1})
	assert.EqualError(t, err, "the program changed at 0x1 what the start function wrote")
}
