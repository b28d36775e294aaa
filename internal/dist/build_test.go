package dist

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBuild builds everything twice, from two directories, neither of which is a working copy that knows its commit. It
// runs the command, for the race detector would make compressing take minutes.
func TestBuild(t *testing.T) {
	command := filepath.Join(t.TempDir(), "dist")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", command, "./internal/cmd/dist")
	build.Dir = root
	output, err := build.CombinedOutput()
	require.NoError(t, err, string(output))

	projects := []string{copied(t), copied(t)}
	first, second := filepath.Join(projects[0], "dist"), filepath.Join(projects[1], "dist")
	stale, own := filepath.Join(first, "keygen-auth.00000000.wasm.br"), filepath.Join(first, "index.html")
	require.NoError(t, os.Mkdir(first, 0o755))
	for _, name := range []string{stale, own} {
		require.NoError(t, os.WriteFile(name, nil, 0o600))
	}

	type result struct {
		printed string
		err     error
	}
	results := make(chan result)
	var printed string
	for _, project := range projects {
		go func() {
			printed, err := exec.CommandContext(t.Context(), command, "-root", project).CombinedOutput()
			results <- result{string(printed), err}
		}()
	}
	for range projects {
		got := <-results
		require.NoError(t, got.err, got.printed)
		printed = got.printed
	}
	manifest, err := ReadManifest(first)
	require.NoError(t, err)
	assert.Contains(t, printed, "\n  "+manifest.Tag+"\n", "the tag to paste")

	assert.NoFileExists(t, stale, "files of former builds go")
	require.FileExists(t, own, "those of others stay")
	require.NoError(t, os.Remove(own))

	t.Run("the same bytes from anywhere", func(t *testing.T) {
		a, b := contents(t, first), contents(t, second)
		require.Len(t, b, len(a))
		for name, content := range a {
			assert.True(t, content == b[name], "%s differs", name)
			assert.False(t, strings.Contains(content, projects[0]), "%s names the directory that it was built in", name)
		}
	})
	t.Run("manifest", func(t *testing.T) { checkManifest(t, first) })
	t.Run("the runtime has what the program imports", func(t *testing.T) {
		imports := regexp.MustCompile(`\x04gojs\x01([a-z])\x00`).FindAllStringSubmatch(contents(t, first)[Wasm], -1)
		require.Greater(t, len(imports), 20)
		for _, name := range imports {
			assert.Regexp(t, `[,{]`+name[1]+`:\w+=>`, contents(t, first)[Runtime])
		}
	})
	t.Run("package", func(t *testing.T) { checkPackage(t, first) })
	t.Run("each hashed name is cached for ever, each other asked for again", func(t *testing.T) {
		text := contents(t, first)["_headers"]
		for _, f := range manifest.Files {
			assert.Contains(t, text, "\n/"+f.Hashed+"\n  Cache-Control: public, max-age=31536000, immutable\n")
			assert.Contains(t, text, "\n/"+f.Name+"\n  Cache-Control: no-cache\n")
		}
	})
}

// checkManifest compares the manifest with the files that it tells of.
func checkManifest(t *testing.T, dist string) {
	files := contents(t, dist)
	manifest, err := ReadManifest(dist)
	require.NoError(t, err)

	var described struct{ Version string }
	require.NoError(t, json.Unmarshal([]byte(files["package.json"]), &described))
	assert.Equal(t, described.Version, manifest.Version)

	var names []string
	for _, f := range manifest.Files {
		names = append(names, f.Name)
		for suffix, size := range map[string]int64{"": f.Size.Raw, ".gz": f.Size.Gzip, ".br": f.Size.Brotli} {
			assert.Len(t, files[f.Name+suffix], int(size), f.Name+suffix)
			assert.True(t, files[f.Name+suffix] == files[f.Hashed+suffix], "%s is another file than %s", f.Hashed, f.Name)
		}
		sum := sha512.Sum384([]byte(files[f.Name]))
		assert.Equal(t, "sha384-"+base64.StdEncoding.EncodeToString(sum[:]), f.Integrity, f.Name)
		assert.Regexp(t, `^keygen-auth\.([A-Za-z-]+\.)?[0-9a-f]{8}\.(js|mjs|wasm|json)$`, f.Hashed, "as the configurations know it")
		if f.Name == Loader {
			assert.Equal(t, `<script src="`+f.Hashed+`" integrity="`+f.Integrity+`" crossorigin="anonymous" data-account="your-account"></script>`,
				manifest.Tag)
		}
	}
	assert.Subset(t, names, []string{Loader, Module, Runtime, Wasm, Rest, "keygen-auth.de.json", "keygen-auth.pt-BR.json"})
}

// copied returns a copy of what the project is built from.
func copied(t *testing.T) string {
	project := t.TempDir()
	for _, dir := range []string{"internal", "wasm", "web"} {
		require.NoError(t, os.CopyFS(filepath.Join(project, dir), os.DirFS(filepath.Join(root, dir))))
	}
	for _, name := range []string{"go.mod", "go.sum", License} {
		content, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(project, name), content, 0o600))
	}
	return project
}

// contents returns the files below a directory by name.
func contents(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(content)
		return err
	}))
	return files
}

func TestManifestSaysWhatIsWrong(t *testing.T) {
	_, err := ReadManifest(t.TempDir())
	assert.ErrorContains(t, err, "make dist")

	dist := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dist, packageName), []byte(`{"name": "keygen-auth"}`), 0o600))
	_, err = version(dist)
	assert.EqualError(t, err, "web/package.json has no version")
}

// checkPackage asks npm what it would put into the package: all that is needed, and nothing twice.
func checkPackage(t *testing.T, dist string) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("npm is missing: make hosts installs it")
	}
	list := exec.CommandContext(t.Context(), npm, "pack", "--dry-run", "--json")
	list.Dir = dist
	out, err := list.Output()
	require.NoError(t, err)
	var packed []struct{ Files []struct{ Path string } }
	require.NoError(t, json.Unmarshal(out, &packed))
	var got []string
	for _, f := range packed[0].Files {
		got = append(got, f.Path)
	}

	manifest, err := ReadManifest(dist)
	require.NoError(t, err)
	want := []string{"package.json", "manifest.json", "keygen-auth.d.ts", "keygen-auth.d.cts", StandIn, License, Notices}
	for _, f := range manifest.Files {
		inside := regexp.MustCompile(`\.wasm$|\.runtime\.js$|\.texts\.mjs$|\.[a-z]{2}(-[A-Z]{2})?\.mjs$`) // which are found by their hashed names alone
		alone := regexp.MustCompile(`\.standalone\.`)                                                     // whose bytes are many
		if !alone.MatchString(f.Name) {
			want = append(want, f.Hashed)
		}
		if !inside.MatchString(f.Name) {
			want = append(want, f.Name)
		}
	}
	assert.ElementsMatch(t, want, got)
}
