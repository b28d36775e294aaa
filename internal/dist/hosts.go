package dist

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

// headers is the file by which Netlify and Cloudflare Pages set headers. They read it from the root of a site only.
const headers = "_headers"

// copyHosts copies the configurations of hosts from web/hosts into dist/hosts, and headers into dist itself. That one is a
// template: patterns would mean other things to each of the hosts that read it, so each file stands there by name.
func copyHosts(root, dist, name string, files []file) error {
	sources := filepath.Join(root, "web", "hosts")
	entries, err := os.ReadDir(sources)
	if err != nil {
		return fmt.Errorf("copy the configurations of hosts: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dist, "hosts"), 0o755); err != nil {
		return fmt.Errorf("copy the configurations of hosts: %w", err)
	}
	var errs []error
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(sources, entry.Name()))
		content = []byte(rename(string(content), name))
		target := filepath.Join(dist, "hosts", entry.Name())
		if err == nil && entry.Name() == headers {
			content, err = fill(string(content), files)
			target = filepath.Join(dist, headers)
		}
		if err == nil {
			err = put(target, content, modeOf(entry))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("copy web/hosts/%s: %w", entry.Name(), err))
		}
	}
	return errors.Join(errs...)
}

// modeOf returns the mode of a file to be copied from entry: a script stays one.
func modeOf(entry os.DirEntry) os.FileMode {
	if filepath.Ext(entry.Name()) == ".sh" {
		return 0o755
	}
	return 0o644
}

// fill returns a template filled with the names of the files.
func fill(text string, files []file) ([]byte, error) {
	parsed, err := template.New(headers).Parse(text)
	if err != nil {
		return nil, err
	}
	var names struct{ Stable, Hashed []string }
	for _, f := range files {
		names.Stable = append(names.Stable, f.name)
		names.Hashed = append(names.Hashed, f.hashed())
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, names)
	return out.Bytes(), err
}
