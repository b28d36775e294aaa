package dist

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// First returns the names of the functions that a page starts with: those that visits, sign-ins and sessions call in the
// tests (make profile). The others come later, in a file of their own. A list of another state of the sources is as good,
// but for speed.
func First(root string) ([]string, error) {
	content, err := os.ReadFile(filepath.Join(root, "internal", "dist", "first.txt"))
	if err != nil {
		return nil, fmt.Errorf("read which functions a page starts with: %w", err)
	}
	return strings.Split(strings.TrimSuffix(string(content), "\n"), "\n"), nil
}

// writeNames writes names into a file, a line for each.
func writeNames(file string, names []string) error {
	if err := os.WriteFile(file, []byte(strings.Join(names, "\n")+"\n"), 0o644); err != nil {
		return fmt.Errorf("write the functions' names: %w", err)
	}
	return nil
}
