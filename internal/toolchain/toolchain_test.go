package toolchain

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFind(t *testing.T) {
	installed, err := Installed(t.Context())
	require.NoError(t, err)
	assert.Regexp(t, `^go1\.\d+`, installed.Version)
	assert.FileExists(t, filepath.Join(installed.Root, "lib", "wasm", "wasm_exec.js"))

	there, err := Find(t.Context(), installed.Root)
	require.NoError(t, err)
	assert.Equal(t, installed.Version, there.Version)
	assert.Equal(t, installed.Root, there.Root)

	_, err = Find(t.Context(), t.TempDir())
	assert.ErrorContains(t, err, "find ")
	_, err = Find(t.Context(), "go1.0.99")
	assert.ErrorContains(t, err, "find go1.0.99: ")
}

// What is set for other builds changes nothing here.
func TestSurroundings(t *testing.T) {
	t.Setenv("GOFLAGS", "-tags=other")
	t.Setenv("GOEXPERIMENT", "nogreenteagc")
	t.Setenv("GOWASM", "unknown")
	tools, err := Installed(t.Context())
	require.NoError(t, err)
	set, err := tools.Go(t.Context(), "", Browser, "env", "GOOS", "GOARCH", "GOEXPERIMENT", "GOWASM")
	require.NoError(t, err)
	assert.Equal(t, "js\nwasm\n\n\n", set)
	flags, err := tools.Go(t.Context(), "", Browser, "env", "GOFLAGS")
	require.NoError(t, err)
	assert.NotContains(t, flags, "other")
}

func TestGoSaysWhatIsWrong(t *testing.T) {
	tools, err := Installed(t.Context())
	require.NoError(t, err)
	_, err = tools.Go(t.Context(), t.TempDir(), nil, "build", "./nowhere")
	assert.ErrorContains(t, err, "go build ./nowhere: ")
	assert.ErrorContains(t, err, "nowhere")
}
