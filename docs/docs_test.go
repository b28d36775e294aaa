// Package docs has the project's documentation. Its tests hold that against the code.
package docs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pages returns what there is to read, by paths from the project's root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "web/examples/*.md"} {
		paths, err := filepath.Glob(filepath.Join("..", pattern))
		require.NoError(t, err)
		require.NotEmpty(t, paths, pattern)
		for _, path := range paths {
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			all[strings.TrimPrefix(filepath.ToSlash(path), "../")] = string(content)
		}
	}
	return all
}

var (
	fence   = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// anchors returns the names that GitHub gives to a page's headings.
func anchors(page string) []string {
	var all []string
	for _, found := range heading.FindAllStringSubmatch(fence.ReplaceAllString(page, ""), -1) {
		name := strings.ToLower(strings.ReplaceAll(found[1], " ", "-"))
		all = append(all, regexp.MustCompile(`[^\p{L}\p{N}_-]`).ReplaceAllString(name, ""))
	}
	return all
}

func TestLinks(t *testing.T) {
	all := pages(t)
	for name, page := range all {
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(page, ""), -1) {
			if strings.Contains(found[1], "://") {
				continue
			}
			path, anchor, _ := strings.Cut(found[1], "#")
			target := name
			if path != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(name), path))
				_, err := os.Stat(filepath.Join("..", target))
				assert.NoError(t, err, "%s: %s", name, found[1])
			}
			if anchor != "" {
				assert.Contains(t, anchors(all[target]), anchor, "%s: %s", name, found[1])
			}
		}
	}
}

func TestLengths(t *testing.T) {
	all := pages(t)
	assert.LessOrEqual(t, strings.Count(all["README.md"], "\n"), 150, "the README shows, docs/ explains")
	assert.LessOrEqual(t, strings.Count(all["docs/glossary.md"], "\n"), 25)
}

// TestCommands finds what the pages have somebody type.
func TestCommands(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	tests := map[string]string{} // of each folder
	for name, page := range pages(t) {
		if name == "CHANGELOG.md" {
			continue // it tells of former ones, too
		}
		for _, found := range regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)").FindAllStringSubmatch(page, -1) {
			assert.True(t, strings.Contains(string(makefile), "\n"+found[1]+":"), "%s: make %s", name, found[1])
		}
		for _, found := range regexp.MustCompile(`go\s(?:run|test)\s[^\n]*?(\./[\w/]+)`).FindAllStringSubmatch(page, -1) {
			assert.DirExists(t, filepath.Join("..", found[1]), "%s: %s", name, found[0])
		}
		for _, found := range regexp.MustCompile(`go test [^\n]*-run '?(Test\w+)[^\n]* (\./\S+)`).FindAllStringSubmatch(page, -1) {
			folder := found[2]
			if tests[folder] == "" {
				tests[folder] = source(t, filepath.Join("..", folder, "*_test.go"))
			}
			assert.True(t, strings.Contains(tests[folder], "func "+found[1]+"("), "%s: %s", name, found[0])
		}
		for _, found := range regexp.MustCompile(`make (?:hosts|bench) ONLY=(Test\w+)`).FindAllStringSubmatch(page, -1) {
			assert.True(t, strings.Contains(source(t, "../internal/e2e/*_test.go"), "func "+found[1]+"("), "%s: %s", name, found[0])
		}
	}
}

// source returns the content of files, one after the other.
func source(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, paths, pattern)
		for _, path := range paths {
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			all.Write(content)
		}
	}
	return all.String()
}

// TestSnippets holds what is to be copied against the languages it is in, and the names in it against what there is.
func TestSnippets(t *testing.T) {
	types := source(t, "../web/keygen-auth.d.ts")
	ours := source(t, "../web/loader/*.js", "../internal/page/*.go", "../internal/dist/hosts.go", "../web/demo/*.html", "../web/demo/portal/*.js")
	counts := map[string]int{}
	for name, page := range pages(t) {
		for _, found := range fence.FindAllStringSubmatch(page, -1) {
			language, text := found[1], found[2]
			counts[language]++
			switch language {
			case "js":
				result := api.Transform(strings.ReplaceAll(text, "…", ""), api.TransformOptions{Loader: api.LoaderTS, Format: api.FormatESModule})
				assert.Empty(t, result.Errors, "%s:\n%s", name, text)
			case "json":
				if !strings.HasPrefix(text, "{") {
					text = "{" + text + "}" // a part of a file
				}
				assert.True(t, json.Valid([]byte(text)), "%s:\n%s", name, text)
			}
		}
		if name == "CHANGELOG.md" {
			continue
		}
		for _, call := range regexp.MustCompile(`keygenAuth\.(?:\w+\.)?(\w+)\(`).FindAllStringSubmatch(page, -1) {
			assert.True(t, regexp.MustCompile(`\b`+call[1]+`[<(:]`).MatchString(types), "%s: %s", name, call[0])
		}
		for _, attribute := range regexp.MustCompile(`data-[a-z][a-z-]*[a-z]`).FindAllString(page, -1) {
			known := strings.Contains(ours, attribute) || strings.Contains(ours, strings.TrimPrefix(attribute, "data-"))
			assert.True(t, known, "%s: %s", name, attribute)
		}
	}
	for _, language := range []string{"js", "json", "html", "sh"} {
		assert.NotZero(t, counts[language], language)
	}
}
