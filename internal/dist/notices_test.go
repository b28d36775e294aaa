package dist

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNotices(t *testing.T) {
	got, err := notices(t.Context(), root, pinned(t))
	require.NoError(t, err)
	for _, name := range []string{"Go", "github.com/hack-pad/safejs", bundler} {
		assert.Contains(t, string(got), "\n"+strings.Repeat("=", 80)+"\n"+name)
	}
	for _, module := range []string{"github.com/hack-pad/safejs", bundler, goAuthors} {
		dir, err := pinned(t).Go(t.Context(), root, nil, "list", "-m", "-f", "{{.Dir}}", module)
		require.NoError(t, err)
		texts, err := legalTexts(strings.TrimSpace(dir))
		require.NoError(t, err)
		require.NotEmpty(t, texts)
		assert.Contains(t, string(got), strings.Trim(texts[0], "\n"), "word for word: %s", module)
	}
	assert.NotContains(t, string(got), "brotli", "which is in no built file")
	assert.NotContains(t, string(got), "/mod/", "no folder of the machine that built it")
}

// Where a distribution of Go keeps the license elsewhere, a module of the same authors stands in for it.
func TestLicenseOfGo(t *testing.T) {
	all, err := works(t.Context(), root, pinned(t))
	require.NoError(t, err)
	require.Equal(t, "Go", all[0].name)
	own, err := legalTexts(all[0].dir)
	require.NoError(t, err)

	elsewhere := pinned(t)
	elsewhere.Root = t.TempDir()
	dir, err := licenseOfGo(t.Context(), root, elsewhere)
	require.NoError(t, err)
	require.NotEqual(t, elsewhere.Root, dir)
	other, err := legalTexts(dir)
	require.NoError(t, err)
	assert.Equal(t, own, other)
}

func TestLegalTexts(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"NOTICE.txt": "notice", "license.md": "license", "README": "other", "LICENSES.go": "other"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	texts, err := legalTexts(dir)
	require.NoError(t, err)
	assert.Equal(t, []string{"license", "notice"}, texts)

	require.NoError(t, os.Remove(filepath.Join(dir, "license.md")))
	_, err = legalTexts(dir)
	assert.ErrorContains(t, err, "there is no license in "+dir)
}
