package release

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"keygenauth/internal/dist"
)

// npmPackage returns the files that package.json names, and itself, as npm pack would take them.
func npmPackage(built string) ([]file, error) {
	content, err := os.ReadFile(filepath.Join(built, "package.json"))
	if err != nil {
		return nil, err
	}
	var described struct{ Files []string }
	if err := json.Unmarshal(content, &described); err != nil {
		return nil, fmt.Errorf("package.json: %w", err)
	}
	return pick(os.DirFS(built), append(described.Files, "package.json"))
}

// hostFiles returns what goes to a static host, with an example and with what one must know. The program and its runtime
// are there by their hashed names alone, by which all loaders find them.
func hostFiles(root, built string, manifest dist.Manifest) ([]file, error) {
	files, err := pick(os.DirFS(built), []string{"keygen-auth.*", "!" + dist.Wasm + "*", "!" + dist.Rest + "*", "!" + dist.Runtime + "*", "!keygen-auth.standalone.*.*", "manifest.json", dist.License, dist.Notices, "_headers", "hosts/*"})
	if err != nil {
		return nil, err
	}
	web := os.DirFS(filepath.Join(root, "web"))
	for name, source := range map[string]string{
		"example.html": "example/example.html",
		"example.css":  "demo/style.css",
		"README.txt":   "example/README.txt",
	} {
		content, err := fs.ReadFile(web, source)
		if err == nil && name == "README.txt" {
			content, err = fill(string(content), manifest)
		}
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, 0o644, content})
	}
	sort(files)
	return files, nil
}

// fill returns a text with what the manifest says.
func fill(text string, manifest dist.Manifest) ([]byte, error) {
	parsed, err := template.New("README.txt").Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, manifest)
	return out.Bytes(), err
}

// pick returns the files that match the patterns of path.Match. One that begins with an exclamation mark takes those away
// again that it matches. Each other must match something.
func pick(from fs.FS, patterns []string) ([]file, error) {
	picked := map[string]file{}
	for _, pattern := range patterns {
		pattern, without := strings.CutPrefix(pattern, "!")
		names, err := fs.Glob(from, pattern)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", pattern, err)
		}
		if len(names) == 0 && !without {
			return nil, fmt.Errorf("no built file is called %s (make dist builds them)", pattern)
		}
		for _, name := range names {
			if without {
				delete(picked, name)
				continue
			}
			content, err := fs.ReadFile(from, name)
			if err != nil {
				return nil, err
			}
			picked[name] = file{name, modeOf(name), content}
		}
	}
	var files []file
	for _, f := range picked {
		files = append(files, f)
	}
	sort(files)
	return files, nil
}

// modeOf returns the mode of a file: that on the disk is the machine's.
func modeOf(name string) os.FileMode {
	if path.Ext(name) == ".sh" {
		return 0o755
	}
	return 0o644
}

func sort(files []file) {
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
}
