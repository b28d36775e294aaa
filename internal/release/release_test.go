package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/dist"
)

var root = filepath.Join("..", "..")

// buildFake returns a directory with files as a build makes them, of any content, but with the real package.json.
func buildFake(t *testing.T) string {
	built := t.TempDir()
	described, err := os.ReadFile(filepath.Join(root, "web", "package.json"))
	require.NoError(t, err)
	m := dist.Manifest{Version: version(t), Tag: `<script src="keygen-auth.0123abcd.js" data-account="your-account"></script>`}
	manifest, err := json.Marshal(m)
	require.NoError(t, err)
	files := map[string]string{
		"package.json": string(described), "manifest.json": string(manifest), "keygen-auth.d.ts": "types",
		dist.License: "license", dist.Notices: "notices",
		"_headers": "headers", "hosts/nginx.conf": "nginx", "hosts/s3.sh": "#!/bin/sh",
		"index.html": "a page of who builds it",
	}
	for _, name := range []string{dist.Loader, "keygen-auth.0123abcd.js", dist.Module, "keygen-auth.0123abcd.mjs", dist.Wasm, "keygen-auth.0123abcd.wasm",
		dist.Runtime, "keygen-auth.runtime.0123abcd.js", dist.Rest, "keygen-auth.rest.0123abcd.wasm",
		"keygen-auth.de.json", "keygen-auth.de.0123abcd.json"} {
		for _, suffix := range []string{"", ".gz", ".br"} {
			files[name+suffix] = strings.Repeat(name+suffix, 100)
		}
	}
	require.NoError(t, os.Mkdir(filepath.Join(built, "hosts"), 0o755))
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(built, name), []byte(content), 0o600))
	}
	return built
}

// version returns the version that is being worked on.
func version(t *testing.T) string {
	content, err := os.ReadFile(filepath.Join(root, "web", "package.json"))
	require.NoError(t, err)
	var described struct{ Version string }
	require.NoError(t, json.Unmarshal(content, &described))
	return described.Version
}

// write makes a release, and returns its files by name and the names of both archives.
func write(t *testing.T, built, out string) (files map[string][]byte, tgz, zip string) {
	names, err := Write(root, built, out)
	require.NoError(t, err)
	require.Len(t, names, 3)
	files = map[string][]byte{}
	for _, name := range names {
		files[name], err = os.ReadFile(filepath.Join(out, name))
		require.NoError(t, err)
	}
	return files, names[0], names[1]
}

func TestTheSameBytes(t *testing.T) {
	first, second := buildFake(t), buildFake(t)
	require.NoError(t, filepath.WalkDir(second, func(name string, entry os.DirEntry, err error) error {
		if err == nil {
			err = os.Chtimes(name, time.Time{}, time.Now().Add(-24*time.Hour))
		}
		if err == nil && !entry.IsDir() {
			err = os.Chmod(name, 0o777)
		}
		return err
	}))
	a, _, _ := write(t, first, t.TempDir())
	out := filepath.Join(t.TempDir(), "new")
	b, tgz, _ := write(t, second, out)
	assert.Equal(t, a, b)

	t.Run("sums", func(t *testing.T) {
		var want strings.Builder
		for _, name := range []string{tgz, strings.TrimSuffix(tgz, "tgz") + "zip"} {
			fmt.Fprintf(&want, "%x  %s\n", sha256.Sum256(a[name]), name)
		}
		assert.Equal(t, want.String(), string(a[Sums]))
	})
	t.Run("archives of other versions go, all else stays", func(t *testing.T) {
		for _, name := range []string{"keygen-auth-0.0.1.tgz", "keygen-auth-0.0.1.zip", "own.zip"} {
			require.NoError(t, os.WriteFile(filepath.Join(out, name), nil, 0o600))
		}
		write(t, second, out)
		left, err := os.ReadDir(out)
		require.NoError(t, err)
		var names []string
		for _, entry := range left {
			names = append(names, entry.Name())
		}
		assert.Len(t, names, 4)
		assert.Contains(t, names, "own.zip")
	})
}

// The bytes must not depend on the version of Go, whose compressors do. A newer klauspost/compress may change these sums.
func TestCompression(t *testing.T) {
	var text bytes.Buffer
	for i := range 10000 {
		fmt.Fprintf(&text, "line %d of %x\n", i, i*i)
	}
	day := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	files := []file{{"file", 0o644, text.Bytes()}}
	tgz, err := tarball("package", files, day)
	require.NoError(t, err)
	zip, err := zipped("folder", files, day)
	require.NoError(t, err)
	assert.Equal(t, "fa9cb97a22feae2082ef37866afe84755da49de0b5ce1d8838370699d6231430", fmt.Sprintf("%x", sha256.Sum256(tgz)))
	assert.Equal(t, "29afc612d141e1af4ccdf09fbd48d6c82646ecc883e15bd67b1037b46ce46a9b", fmt.Sprintf("%x", sha256.Sum256(zip)))
}

// TestPackage compares the package with what npm would put into it.
func TestPackage(t *testing.T) {
	built := buildFake(t)
	files, tgz, _ := write(t, built, t.TempDir())
	unzipped, err := gzip.NewReader(bytes.NewReader(files[tgz]))
	require.NoError(t, err)
	var got []string
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		name, below := strings.CutPrefix(header.Name, "package/")
		assert.True(t, below, header.Name)
		assert.Equal(t, int64(0o644), header.Mode, name)
		got = append(got, name)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		want, err := os.ReadFile(filepath.Join(built, name))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(content), name)
	}
	assert.Subset(t, got, []string{"package.json", dist.License, dist.Notices, "keygen-auth.0123abcd.wasm", "keygen-auth.runtime.0123abcd.js"})
	assert.NotContains(t, got, "index.html")
	assert.True(t, slices.IsSorted(got))

	t.Run("npm", func(t *testing.T) {
		npm, err := exec.LookPath("npm")
		if err != nil {
			t.Skip("npm is missing: make hosts installs it")
		}
		list := exec.CommandContext(t.Context(), npm, "pack", "--dry-run", "--json")
		list.Dir = built
		out, err := list.Output()
		require.NoError(t, err)
		var packed []struct {
			Filename string
			Files    []struct{ Path string }
		}
		require.NoError(t, json.Unmarshal(out, &packed))
		var want []string
		for _, f := range packed[0].Files {
			want = append(want, f.Path)
		}
		assert.ElementsMatch(t, want, got)
		assert.Equal(t, packed[0].Filename, tgz)
	})
}

func TestArchiveForHosts(t *testing.T) {
	files, _, name := write(t, buildFake(t), t.TempDir())
	archive, err := zip.NewReader(bytes.NewReader(files[name]), int64(len(files[name])))
	require.NoError(t, err)
	folder := strings.TrimSuffix(name, ".zip") + "/"
	var got []string
	for _, f := range archive.File {
		name, below := strings.CutPrefix(f.Name, folder)
		assert.True(t, below, f.Name)
		got = append(got, name)
		want := os.FileMode(0o644)
		if name == "hosts/s3.sh" {
			want = 0o755
		}
		assert.Equal(t, want, f.Mode(), name)
	}
	assert.Subset(t, got, []string{"example.html", "example.css", "README.txt", dist.License, dist.Notices, "manifest.json", "_headers", "hosts/nginx.conf",
		"keygen-auth.js", "keygen-auth.0123abcd.wasm", "keygen-auth.0123abcd.wasm.br", "keygen-auth.runtime.0123abcd.js", "keygen-auth.rest.0123abcd.wasm", "keygen-auth.d.ts"})
	for _, unwanted := range []string{"index.html", "package.json", "keygen-auth.wasm", "keygen-auth.wasm.gz", dist.Rest, dist.Rest + ".br", dist.Runtime, dist.Runtime + ".br"} {
		assert.NotContains(t, got, unwanted)
	}

	readme, err := archive.Open(folder + "README.txt")
	require.NoError(t, err)
	text, err := io.ReadAll(readme)
	require.NoError(t, err)
	assert.Contains(t, string(text), "\n"+`<script src="keygen-auth.0123abcd.js" data-account="your-account"></script>`+"\n", "the tag to paste")
	assert.True(t, strings.HasPrefix(string(text), "keygen-auth "+version(t)+"\n"))
	assert.NotContains(t, string(text), "{{")
}

// Hosts and browsers tell versions of a file apart by size and time.
func TestTimesTellContentsApart(t *testing.T) {
	day := time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)
	one, other := file{content: []byte("1")}.modified(day), file{content: []byte("2")}.modified(day)
	assert.NotEqual(t, one, other)
	for _, got := range []time.Time{one, other} {
		assert.WithinRange(t, got, day.Add(-24*time.Hour), day, "in the past on the day of the release")
	}
}

func TestWhatIsMissing(t *testing.T) {
	_, err := Write(root, t.TempDir(), t.TempDir())
	assert.ErrorContains(t, err, "make dist")

	built := buildFake(t)
	require.NoError(t, os.Remove(filepath.Join(built, dist.Notices)))
	_, err = Write(root, built, t.TempDir())
	assert.ErrorContains(t, err, "no built file is called "+dist.Notices)
}

// A program as the linker left it is for trying.
func TestPlainProgramIsNotReleased(t *testing.T) {
	built := buildFake(t)
	require.NoError(t, os.WriteFile(filepath.Join(built, "manifest.json"), []byte(`{"version": "`+version(t)+`", "plain": true}`), 0o600))
	_, err := Write(root, built, t.TempDir())
	assert.ErrorContains(t, err, "as the linker left it")
}

func TestVersions(t *testing.T) {
	project, built := t.TempDir(), t.TempDir()
	put := func(version, list string) {
		require.NoError(t, os.WriteFile(filepath.Join(built, "manifest.json"), []byte(`{"version": "`+version+`"}`), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(project, changes), []byte(list), 0o600))
	}
	put("1.2.3", "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-12-31\n\n- Something.\n")
	day, err := dayOf(project, "1.2.3")
	require.NoError(t, err)
	assert.Equal(t, time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), day)
	assert.NoError(t, CheckTag(project, built, "v1.2.3"))
	assert.EqualError(t, CheckTag(project, built, "v1.2.4"), "the tag is v1.2.4, but web/package.json says version 1.2.3: make them the same")
	_, err = dayOf(project, "1.2.30")
	assert.ErrorContains(t, err, `CHANGELOG.md has no version 1.2.30: write a line such as "## [1.2.30] - 2026-12-31"`)

	put("1.2.3", "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n\n## [1.2.3] - soon\n")
	_, err = dayOf(project, "1.2.3")
	assert.ErrorContains(t, err, "CHANGELOG.md, version 1.2.3: ")
	assert.ErrorContains(t, CheckTag(project, built, "v1.2.3"), "lists changes as unreleased")
}

// The list of changes knows the version that is being worked on.
func TestThisVersion(t *testing.T) {
	_, err := dayOf(root, version(t))
	assert.NoError(t, err)
}
