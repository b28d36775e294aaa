package dist

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"keygenauth/internal/toolchain"
)

// Files that say on what terms the built files may be passed on.
const (
	License = "LICENSE"
	Notices = "THIRD-PARTY-NOTICES.txt" // of what others wrote in them
)

// Modules that the list of the program's packages does not name.
const (
	bundler = "github.com/evanw/esbuild"
	// goAuthors is a module with the license of Go itself, word for word.
	goAuthors = "golang.org/x/sys"
)

// A work is something that others wrote and that the built files contain.
type work struct {
	name, what string
	dir        string // where its license lies
}

// copyLicenses writes the project's license into dist, and the notices of others.
func copyLicenses(ctx context.Context, root, dist string, tools toolchain.Toolchain) error {
	license, err := os.ReadFile(filepath.Join(root, License))
	if err != nil {
		return fmt.Errorf("copy the license: %w", err)
	}
	notices, err := notices(ctx, root, tools)
	if err != nil {
		return fmt.Errorf("collect the licenses of others: %w", err)
	}
	return errors.Join(put(filepath.Join(dist, License), license, 0o644), put(filepath.Join(dist, Notices), notices, 0o644))
}

// notices returns the licenses, and what else is to be passed on, of each work of others in the built files. The texts are
// those that lie with the sources. It fails where there is none.
func notices(ctx context.Context, root string, tools toolchain.Toolchain) ([]byte, error) {
	works, err := works(ctx, root, tools)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("The files of keygen-auth contain works of others. These are their notices. The license of the rest is in " + License + ".\n")
	for _, w := range works {
		texts, err := legalTexts(w.dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		fmt.Fprintf(&out, "\n%s\n%s\n%s\n", strings.Repeat("=", 80), w.name, w.what)
		for _, text := range texts {
			fmt.Fprintf(&out, "%s\n\n%s\n", strings.Repeat("-", 80), strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n"))
		}
	}
	return out.Bytes(), nil
}

// works returns all works of others: Go, the modules that are linked into the program, and what the bundler adds.
func works(ctx context.Context, root string, tools toolchain.Toolchain) ([]work, error) {
	dir, err := licenseOfGo(ctx, root, tools)
	if err != nil {
		return nil, err
	}
	all := []work{{"Go", "The runtime and standard library in the program, and wasm_exec.js in " + Runtime, dir}}

	const format = "{{.Path}}\t{{.Version}}\t{{.Dir}}"
	linked, err := tools.Go(ctx, root, toolchain.Browser, "list", "-deps",
		"-f", "{{with .Module}}{{if not .Main}}"+format+"{{end}}{{end}}", "./wasm")
	if err != nil {
		return nil, err
	}
	added, err := tools.Go(ctx, root, nil, "list", "-m", "-f", format, bundler)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, list := range []string{linked, added} {
		what := []string{"Linked into the program", "A few helping functions in keygen-auth.mjs"}[i]
		for line := range strings.Lines(list) {
			module := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if len(module) != 3 || seen[module[0]] {
				continue
			}
			seen[module[0]] = true
			all = append(all, work{module[0] + " " + module[1], what, module[2]})
		}
	}
	return all, nil
}

// licenseOfGo returns a directory that has Go's license: that of the toolchain, unless a distribution keeps it elsewhere.
func licenseOfGo(ctx context.Context, root string, tools toolchain.Toolchain) (string, error) {
	if _, err := os.Stat(filepath.Join(tools.Root, License)); err == nil {
		return tools.Root, nil
	}
	dir, err := tools.Go(ctx, root, nil, "list", "-m", "-f", "{{.Dir}}", goAuthors)
	return strings.TrimSpace(dir), err
}

// legalTexts returns the license in a directory, followed by notices that it wants to be passed on.
func legalTexts(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, kind := range []string{"LICENSE", "LICENCE", "COPYING", "NOTICE"} {
		for _, entry := range entries {
			name := strings.ToUpper(entry.Name())
			if entry.IsDir() || strings.TrimSuffix(name, filepath.Ext(name)) != kind {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				return nil, err
			}
			texts = append(texts, string(text))
		}
		if kind == "COPYING" && len(texts) == 0 {
			return nil, fmt.Errorf("there is no license in %s", dir)
		}
	}
	return texts, nil
}
