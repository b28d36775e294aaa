package dist

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"text/template"
)

// headers is the file by which Netlify and Cloudflare Pages set headers. They read it from the root of a site only.
const headers = "_headers"

// templates are the configurations in which each file stands by its name: patterns would mean other things to each of the
// hosts that read headers, and have others send a 404 as what may be kept for ever.
var templates = []string{headers, "firebase.json", "staticwebapp.config.json"}

// copyHosts copies the configurations of hosts from web/hosts into dist/hosts, and headers into dist itself.
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
		if err == nil && slices.Contains(templates, entry.Name()) {
			content, err = fill(string(content), files)
		}
		if entry.Name() == headers {
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
	parsed, err := template.New("configuration").Parse(text)
	if err != nil {
		return nil, err
	}
	var names struct{ Forms, Stable, Hashed []string }
	// Cloudflare Pages leaves .html out of addresses, and Netlify takes both.
	names.Forms = []string{"/", "/index.html", "/example", "/example.html"}
	for _, f := range files {
		names.Stable = append(names.Stable, f.name)
		names.Hashed = append(names.Hashed, f.hashed())
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, names)
	return out.Bytes(), err
}
