package dist

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var root = filepath.Join("..", "..")

func TestLoader(t *testing.T) {
	require.NoError(t, copyWasmExec(t.Context(), root))
	loader, err := bundle(root, "sha256-canary")
	require.NoError(t, err)
	text := string(loader)

	has := func(part string) bool { return strings.Contains(text, part) }
	assert.True(t, has(`"sha256-canary"`), "the program's hash is baked in")
	assert.False(t, has("WASM_INTEGRITY"))
	// Go's support code keeps to a global object of its own.
	for _, unwanted := range []string{"globalThis", "(fs.", ";fs.", ",fs.", "eval(", "new Function", "innerHTML",
		"document.write", `createElement("script")`} {
		assert.False(t, has(unwanted), unwanted)
	}
}

func TestBundleSaysWhatIsWrong(t *testing.T) {
	broken := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(broken, "web", "loader"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "web", "loader", "index.js"), []byte("let ="), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "web", "loader", "scope.js"), nil, 0o600))
	_, err := bundle(broken, "")
	assert.ErrorContains(t, err, "web/loader/index.js:1")
}

func TestCompileSaysWhatIsWrong(t *testing.T) {
	_, err := compile(t.Context(), root, "./nowhere", "", "")
	assert.ErrorContains(t, err, "nowhere")
}

// The program for visitors has a package fmt that keeps others out, which the real one needs.
func TestOverlay(t *testing.T) {
	linked := func(flags ...string) string {
		list, err := goCommand(t.Context(), root, []string{"GOOS=js", "GOARCH=wasm"}, append(append([]string{"list", "-deps"}, flags...), "./wasm")...)
		require.NoError(t, err)
		return "\n" + list
	}
	overlay, err := writeOverlay(t.Context(), root, t.TempDir())
	require.NoError(t, err)
	with, without := linked("-overlay="+overlay), linked()
	for _, name := range []string{"reflect", "os", "time", "internal/fmtsort"} {
		assert.Contains(t, without, "\n"+name+"\n", "else there is nothing to keep out")
		assert.NotContains(t, with, "\n"+name+"\n")
	}
	assert.Contains(t, with, "\nfmt\n")
}

func TestPrograms(t *testing.T) {
	released, err := release(t.Context(), root)
	require.NoError(t, err)
	debuggable, err := debug(t.Context(), root)
	require.NoError(t, err)
	for text, inRelease := range map[string]bool{
		"keygenauth/wasm/main.go": false, // files, for tracebacks
		"runtime.gcStart":         false,
		"main.main":               false,
		"runtime.gopanic":         true, // which the runtime asks for by name
	} {
		assert.True(t, bytes.Contains(debuggable, []byte(text)), text)
		assert.Equal(t, inRelease, bytes.Contains(released, []byte(text)), text)
	}
}

func TestWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	content := bytes.Repeat([]byte("content "), 1000)
	require.NoError(t, write(name, content))

	packed := func(suffix string) io.Reader {
		file, err := os.Open(name + suffix)
		require.NoError(t, err)
		t.Cleanup(func() { file.Close() })
		return file
	}
	unzip, err := gzip.NewReader(packed(".gz"))
	require.NoError(t, err)
	for form, reader := range map[string]io.Reader{"as it is": packed(""), "gzip": unzip, "brotli": brotli.NewReader(packed(".br"))} {
		got, err := io.ReadAll(reader)
		require.NoError(t, err, form)
		assert.Equal(t, content, got, form)
	}

	t.Run("leaves a file alone that has the content already", func(t *testing.T) {
		past := time.Now().Add(-time.Hour).Truncate(time.Second)
		require.NoError(t, os.Chtimes(name+".br", past, past))
		require.NoError(t, write(name, content))
		info, err := os.Stat(name + ".br")
		require.NoError(t, err)
		assert.Equal(t, past, info.ModTime())
	})
	t.Run("writes the compressed forms again with new content, or when one is missing", func(t *testing.T) {
		require.NoError(t, write(name, []byte("other")))
		got, err := io.ReadAll(brotli.NewReader(packed(".br")))
		require.NoError(t, err)
		assert.Equal(t, "other", string(got))
		require.NoError(t, os.Remove(name+".gz"))
		require.NoError(t, write(name, []byte("other")))
		assert.FileExists(t, name+".gz")
	})
}

func TestSizes(t *testing.T) {
	dir := t.TempDir()
	_, _, err := Sizes(dir)
	assert.ErrorContains(t, err, "make dist")

	require.NoError(t, write(filepath.Join(dir, Loader), []byte(strings.Repeat("loader", 100))))
	require.NoError(t, write(filepath.Join(dir, Wasm), []byte(strings.Repeat("wasm", 1000))))
	loader, wasm, err := Sizes(dir)
	require.NoError(t, err)
	assert.Equal(t, int64(600), loader.Raw)
	assert.Equal(t, int64(4000), wasm.Raw)
	assert.Equal(t, Wasm, wasm.Name)
	assert.Less(t, wasm.Brotli, wasm.Gzip)
	assert.Positive(t, wasm.Brotli)
}
