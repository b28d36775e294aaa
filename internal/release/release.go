// Package release makes what those download who have no Go: the npm package and an archive for static hosts, of the built
// files, and the sums of both. The same sources give the same bytes.
package release

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"keygenauth/internal/dist"
)

// Sums is the file with the SHA-256 sums, as sha256sum -c reads it.
const Sums = "SHA256SUMS"

// Write makes the release of the built directory built of the project in root. It writes the files into the directory
// out, which it makes if it is missing and from which it removes other versions, and returns their names.
func Write(root, built, out string) ([]string, error) {
	manifest, err := dist.ReadManifest(built)
	if err != nil {
		return nil, err
	}
	if manifest.Plain {
		return nil, errors.New("the program is not the one of a release but as the linker left it: make dist says why")
	}
	day, err := dayOf(root, manifest.Version)
	if err != nil {
		return nil, err
	}
	forNPM, err := npmPackage(built)
	if err != nil {
		return nil, fmt.Errorf("list the npm package: %w", err)
	}
	forHosts, err := hostFiles(root, built, manifest)
	if err != nil {
		return nil, fmt.Errorf("list the files for static hosts: %w", err)
	}
	if err := makeRoom(out); err != nil {
		return nil, err
	}

	base := "keygen-auth-" + manifest.Version
	var names []string
	var sums strings.Builder
	for _, archive := range []struct {
		name  string
		write func(string, []file, time.Time) ([]byte, error)
		dir   string
		files []file
	}{
		{base + ".tgz", tarball, "package", forNPM},
		{base + ".zip", zipped, base, forHosts},
	} {
		content, err := archive.write(archive.dir, archive.files, day)
		if err == nil {
			err = os.WriteFile(filepath.Join(out, archive.name), content, 0o644)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", archive.name, err)
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), archive.name)
		names = append(names, archive.name)
	}
	return append(names, Sums), os.WriteFile(filepath.Join(out, Sums), []byte(sums.String()), 0o644)
}

// makeRoom makes the directory out, without the archives of another version.
func makeRoom(out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var errs []error
	for _, pattern := range []string{"keygen-auth-*.tgz", "keygen-auth-*.zip"} {
		old, err := filepath.Glob(filepath.Join(out, pattern))
		errs = append(errs, err)
		for _, name := range old {
			errs = append(errs, os.Remove(name))
		}
	}
	return errors.Join(errs...)
}

const changes = "CHANGELOG.md"

// dayOf returns the day of a version's release, as the list of changes says it.
func dayOf(root, version string) (time.Time, error) {
	content, err := os.ReadFile(filepath.Join(root, changes))
	if err != nil {
		return time.Time{}, err
	}
	heading := regexp.MustCompile(`(?m)^## \[` + regexp.QuoteMeta(version) + `\] - (\S+)$`).FindSubmatch(content)
	if heading == nil {
		return time.Time{}, fmt.Errorf("%s has no version %s: write a line such as \"## [%[2]s] - 2026-12-31\" above its changes", changes, version)
	}
	day, err := time.Parse(time.DateOnly, string(heading[1]))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s, version %s: %w", changes, version, err)
	}
	return day, nil
}

// CheckTag returns an error unless the project in root, built into the directory built, is ready to be released under a
// tag: it is the version's, and no change is listed as unreleased.
func CheckTag(root, built, tag string) error {
	manifest, err := dist.ReadManifest(built)
	if err != nil {
		return err
	}
	if tag != "v"+manifest.Version {
		return fmt.Errorf("the tag is %s, but web/package.json says version %s: make them the same", tag, manifest.Version)
	}
	content, err := os.ReadFile(filepath.Join(root, changes))
	if err != nil {
		return err
	}
	if unreleased(string(content)) {
		return fmt.Errorf("%s lists changes as unreleased: move them below a heading for version %s", changes, manifest.Version)
	}
	return nil
}

// unreleased reports whether a list of changes has some that belong to no version.
func unreleased(text string) bool {
	_, rest, _ := strings.Cut(text, "\n## [Unreleased]\n")
	part, _, _ := strings.Cut(rest, "\n## ")
	return strings.Contains(part, "\n- ")
}
