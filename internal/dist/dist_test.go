package dist

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/toolchain"
)

var root = filepath.Join("..", "..")

func TestLoader(t *testing.T) {
	require.NoError(t, copyWasmExec(root, pinned(t)))
	glue, err := readSupport(pinned(t))
	require.NoError(t, err)
	require.NoError(t, glue.unknown)
	program := file{Wasm, []byte("program")}
	german := file{"keygen-auth.de.json", []byte("{}")}
	rest := file{Rest, []byte("rest")}
	running := file{name: Runtime}
	running.content, err = runtime(root, glue, program, rest)
	require.NoError(t, err)
	texts := scripts(DefaultName, []file{german})
	require.Len(t, texts, 2)
	asTag, err := tag(root, "signin", running, program, rest)
	require.NoError(t, err)
	asModule, err := module(root, glue, running, program, rest, texts[1], []file{german})
	require.NoError(t, err)

	const helper = "Object.getOwnPropertyNames" // of the bundler, who writes it for modules
	for name, script := range map[string][]byte{Loader: asTag, Module: asModule, Runtime: running.content} {
		t.Run(name, func(t *testing.T) {
			has := func(part string) bool { return strings.Contains(string(script), part) }
			if name == Loader {
				assert.True(t, has(`"`+integrity(running.content)+`"`), "the runtime's hash is baked in")
				assert.True(t, has(afterName(running.hashed())), "so is its name")
			} else {
				for _, part := range []file{program, rest} {
					assert.True(t, has(`"`+integrity(part.content)+`"`), "the hash of %s is baked in", part.name)
				}
			}
			assert.Equal(t, name != Runtime, has(afterName(program.hashed())), "the program's name")
			assert.Equal(t, name != Loader, has("syscall/js.valueGet"), "holds Go's support code")
			assert.Equal(t, name != Loader, strings.HasPrefix(string(script), "//! "+Notices+"\n"), "says where the notices are")
			assert.Equal(t, name == Module, has(helper))
			// Go's support code keeps to a global object of its own.
			for _, unwanted := range []string{"WASM_INTEGRITY", "WASM_SIZE", "WASM_FILE", "RUNTIME_", "globalThis", "(fs.", ";fs.", ",fs.", "eval(", "new Function", "innerHTML",
				"document.write", `createElement("script")`} {
				assert.False(t, has(unwanted), unwanted)
			}
		})
	}
	assert.Contains(t, string(asModule), `new URL("./`+program.hashed()+`",import.meta.url)`, "as bundlers look for it")
	assert.Contains(t, string(asModule), `import(`+eager+`"./`+texts[1].hashed()+`")`)
	assert.Contains(t, string(texts[1].content), `import(`+eager+`"./`+texts[0].hashed()+`")`)
	assert.Contains(t, string(asTag), `"signin."+`)
	assert.NotContains(t, string(asModule), afterName(running.hashed()), "which is inside")
}

// TestUnknownSupport builds by the toolchain of releases, but with a support file in which other words stand.
func TestUnknownSupport(t *testing.T) {
	tools := pinned(t)
	glue, err := readSupport(tools)
	require.NoError(t, err)
	_, err = glue.shortened(map[string]string{"syscall/js.unheard": "a"})
	assert.EqualError(t, err, "its wasm_exec.js has 0 of the 1 functions that the program imports")

	content, err := os.ReadFile(supportFile(tools))
	require.NoError(t, err)
	goroot := t.TempDir()
	for dir, except := range map[string]string{".": "lib", "lib": "wasm", "lib/wasm": "wasm_exec.js"} {
		entries, err := os.ReadDir(filepath.Join(tools.Root, dir))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(goroot, dir), 0o755))
		for _, entry := range entries {
			if entry.Name() != except {
				require.NoError(t, os.Symlink(filepath.Join(tools.Root, dir, entry.Name()), filepath.Join(goroot, dir, entry.Name())))
			}
		}
	}
	other := strings.Replace(string(content), "let offset = 4096;", "let offset = 0x1000;", 1)
	require.NotEqual(t, string(content), other)
	require.NoError(t, os.WriteFile(filepath.Join(goroot, "lib", "wasm", "wasm_exec.js"), []byte(other), 0o600))

	var said []string
	p, err := Options{Toolchain: goroot, Warn: func(line string) { said = append(said, line) }}.program(t.Context(), root)
	require.NoError(t, err)
	assert.True(t, p.plain)
	assert.Contains(t, p.support.text, "let offset = 0x1000;", "all of it")
	require.Len(t, said, 1)
	assert.Contains(t, said[0], "the program is as "+tools.Version+" linked it, larger and slower to start than that of a release: its wasm_exec.js is unknown: there is no ")
}

// A setting of the module for each attribute of the tag, and the other way round.
func TestSettings(t *testing.T) {
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(root, "web", "loader", name))
		require.NoError(t, err)
		return string(content)
	}
	find := func(pattern, text string) (found []string) {
		for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			found = append(found, strings.ToLower(strings.ReplaceAll(match[1], "-", "")))
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
	attributes := find(`\b(?:get|one|among)\(\s*"([a-z-]+)"`, read("config.js"))
	require.Contains(t, attributes, "tokenexpiry")
	assert.Equal(t, attributes, find(`(?m)^  (\w+): "(?:string|number|boolean)",$`, read("types.js")))
}

func TestBundleSaysWhatIsWrong(t *testing.T) {
	broken := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(broken, "web", "loader"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "web", "loader", "tag.js"), []byte("let ="), 0o600))
	_, err := tag(broken, DefaultName, file{}, file{}, file{})
	assert.ErrorContains(t, err, "web/loader/tag.js:1")
}

func TestCompileSaysWhatIsWrong(t *testing.T) {
	_, err := compile(t.Context(), root, pinned(t), nil, "./nowhere", "")
	assert.ErrorContains(t, err, "nowhere: directory not found")
}

// The program for visitors has a package fmt that keeps others out, which the real one needs.
func TestOverlay(t *testing.T) {
	tools := pinned(t).Through(t.TempDir())
	linked := func(flags ...string) string {
		list, err := tools.Go(t.Context(), root, toolchain.Browser, append(append([]string{"list", "-deps"}, flags...), "./wasm")...)
		require.NoError(t, err)
		return "\n" + list
	}
	overlay, err := writeOverlay(root, tools, t.TempDir())
	require.NoError(t, err)
	with, without := linked("-overlay="+overlay), linked()
	for _, name := range []string{"reflect", "os", "time", "internal/fmtsort"} {
		assert.Contains(t, without, "\n"+name+"\n", "else there is nothing to keep out")
		assert.NotContains(t, with, "\n"+name+"\n")
	}
	assert.Contains(t, with, "\nfmt\n")
}

func TestPrograms(t *testing.T) {
	built := func(o Options) []byte {
		o.Warn = func(line string) { t.Error(line) }
		p, err := o.program(t.Context(), root)
		require.NoError(t, err)
		assert.Equal(t, o.Debug, p.plain)
		return p.wasm
	}
	released, debuggable := built(Options{}), built(Options{Debug: true})
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

// TestMissingToolchain builds where the toolchain of releases cannot be had.
func TestMissingToolchain(t *testing.T) {
	var said []string
	o := Options{Toolchain: "go1.0.99", Warn: func(line string) { said = append(said, line) }}
	p, err := o.program(t.Context(), root)
	require.NoError(t, err)
	assert.True(t, p.plain)
	assert.NotEmpty(t, p.wasm)
	installed, err := toolchain.Installed(t.Context())
	require.NoError(t, err)
	assert.Equal(t, installed.Version, p.tools.Version)
	require.Len(t, said, 1)
	assert.Contains(t, said[0], "the program is as "+installed.Version+" linked it, larger and slower to start than that of a release: ")
	assert.Contains(t, said[0], "go1.0.99")
	assert.NotContains(t, said[0], "\n")
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	content := bytes.Repeat([]byte("content "), 1000)
	require.NoError(t, write(dir, best, content, "file", "other"))
	for _, suffix := range []string{"", ".gz", ".br"} {
		first, err := os.ReadFile(name + suffix)
		require.NoError(t, err)
		second, err := os.ReadFile(filepath.Join(dir, "other"+suffix))
		require.NoError(t, err)
		assert.Equal(t, first, second, "the same under each name: %q", suffix)
	}

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
		require.NoError(t, write(dir, best, content, "file"))
		info, err := os.Stat(name + ".br")
		require.NoError(t, err)
		assert.Equal(t, past, info.ModTime())
	})
	t.Run("writes the compressed forms again with new content, or when one is missing", func(t *testing.T) {
		require.NoError(t, write(dir, best, []byte("other"), "file"))
		got, err := io.ReadAll(brotli.NewReader(packed(".br")))
		require.NoError(t, err)
		assert.Equal(t, "other", string(got))
		require.NoError(t, os.Remove(name+".gz"))
		require.NoError(t, write(dir, best, []byte("other"), "file"))
		assert.FileExists(t, name+".gz")
	})
}

// The bytes must not depend on the version of Go, whose gzip does. A newer module for it may change these sums.
func TestCompressedBytes(t *testing.T) {
	dir := t.TempDir()
	var text bytes.Buffer
	for i := range 10000 {
		fmt.Fprintf(&text, "line %d of %x\n", i, i*i)
	}
	require.NoError(t, write(dir, best, text.Bytes(), "file"))
	for suffix, want := range map[string]string{
		".gz": "79184b5ba75d601ee226cd6f81f65b92821588c18dc5684b2528def783ae1c3b",
		".br": "48433ec09ce11254dab8843b3d8ecdb35614661ce8a96a12cc465a074026ef7a",
	} {
		content, err := os.ReadFile(filepath.Join(dir, "file"+suffix))
		require.NoError(t, err)
		assert.Equal(t, want, fmt.Sprintf("%x", sha256.Sum256(content)), suffix)
	}
}

func TestSizes(t *testing.T) {
	dir := t.TempDir()
	_, err := ReadSizes(dir)
	assert.ErrorContains(t, err, "make dist")

	// A module of this many functions, and a custom section.
	module := func(functions byte) []byte {
		m := append([]byte("\x00asm\x01\x00\x00\x00\x03"), functions+1, functions)
		m = append(m, make([]byte, functions)...)
		return append(append(m, 0, 0xe8, 7, 4), strings.Repeat("wasm", 250)[1:]...)
	}
	require.NoError(t, write(dir, best, []byte(strings.Repeat("loader", 100)), Loader))
	require.NoError(t, write(dir, best, []byte(strings.Repeat("runtime", 10)), Runtime))
	require.NoError(t, write(dir, best, module(9), Wasm))
	require.NoError(t, write(dir, best, module(5), Rest))
	s, err := ReadSizes(dir)
	require.NoError(t, err)
	assert.Equal(t, int64(70), s.Runtime.Raw)
	assert.Equal(t, int64(600), s.Loader.Raw)
	assert.Equal(t, int64(len(module(9))), s.Wasm.Raw)
	assert.Equal(t, Wasm, s.Wasm.Name)
	assert.Equal(t, Rest, s.Rest.Name)
	assert.Less(t, s.Wasm.Brotli, s.Wasm.Gzip)
	assert.Positive(t, s.Wasm.Brotli)
	assert.Equal(t, []int{4, 5}, []int{s.Functions, s.RestFunctions})

	require.NoError(t, write(dir, best, []byte("none"), Rest))
	_, err = ReadSizes(dir)
	assert.ErrorContains(t, err, Rest+": not a WebAssembly module")
}

// pinned returns the toolchain that compiles the program for visitors.
func pinned(t *testing.T) toolchain.Toolchain {
	t.Helper()
	tools, err := toolchain.Find(t.Context(), toolchain.Pinned)
	require.NoError(t, err)
	return tools
}
