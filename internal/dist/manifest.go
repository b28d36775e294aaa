package dist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// A Manifest says what a build made, for tools that write pages: manifest.json in the built directory.
type Manifest struct {
	Version   string `json:"version"`   // of the package
	Toolchain string `json:"toolchain"` // the Go release that compiled the program
	// Plain says that the program is not the one of a release, but as the linker left it.
	Plain bool `json:"plain,omitempty"`
	// Tag is the script tag for this build, ready to paste but for the account.
	Tag   string  `json:"tag"`
	Files []Entry `json:"files"`
}

// An Entry is one file of a Manifest.
type Entry struct {
	Name      string `json:"name"`      // the same in each build
	Hashed    string `json:"hashed"`    // the other name of the same file, new with each change of it
	Integrity string `json:"integrity"` // for the attribute of that name
	Size      Size   `json:"size"`
}

// manifestName is the manifest's file in the built directory.
const manifestName = "manifest.json"

// ReadManifest returns the manifest of the built directory dist.
func ReadManifest(dist string) (Manifest, error) {
	var m Manifest
	content, err := os.ReadFile(filepath.Join(dist, manifestName))
	if err == nil {
		err = json.Unmarshal(content, &m)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("read the manifest (make dist builds it): %w", err)
	}
	return m, nil
}

// The other files of the package, whose sources lie in web/.
const (
	types           = "keygen-auth.d.ts"
	typesForRequire = "keygen-auth.d.cts"
	// StandIn is what the package is on servers and in tests, which no browser loads.
	StandIn     = "keygen-auth.cjs"
	packageName = "package.json"
)

// writePackage makes dist a package for bundlers, and writes the manifest of the files in it.
func writePackage(root, dist, name string, p program, files []file) error {
	for _, source := range []string{types, typesForRequire, packageName} {
		content, err := os.ReadFile(filepath.Join(root, "web", source))
		if err == nil {
			err = put(filepath.Join(dist, rename(source, name)), []byte(rename(string(content), name)), 0o644)
		}
		if err != nil {
			return fmt.Errorf("copy what makes dist a package: %w", err)
		}
	}
	code, err := standIn(root)
	if err == nil {
		err = put(filepath.Join(dist, named(name, StandIn)), code, 0o644)
	}
	if err != nil {
		return fmt.Errorf("make the stand-in: %w", err)
	}
	m := Manifest{Toolchain: p.tools.Version, Plain: p.plain}
	if m.Version, err = version(dist); err != nil {
		return err
	}
	for _, f := range files {
		size, err := measure(dist, f.name)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, Entry{f.name, f.hashed(), f.integrity(), size})
		if f.name == named(name, Loader) {
			// crossorigin is for files on another origin than the page: without it a browser may not check them.
			m.Tag = fmt.Sprintf(`<script src="%s" integrity="%s" crossorigin="anonymous" data-account="your-account"></script>`,
				f.hashed(), f.integrity())
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // the tag is to be read, and pasted
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return err
	}
	return put(filepath.Join(dist, manifestName), out.Bytes(), 0o644)
}

// version returns the version that the package in dist says it has: the one place where it stands.
func version(dist string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dist, packageName))
	if err != nil {
		return "", err
	}
	var described struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(content, &described); err != nil {
		return "", fmt.Errorf("web/%s: %w", packageName, err)
	}
	if described.Version == "" {
		return "", fmt.Errorf("web/%s has no version", packageName)
	}
	return described.Version, nil
}
