package dist

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"keygenauth/internal/toolchain"
)

// writeOverlay writes into dir the file for the go command's flag -overlay that replaces the package fmt of the
// standard library by that in internal/dist/fmt, and returns its path.
func writeOverlay(root string, tools toolchain.Toolchain, dir string) (string, error) {
	sources, err := filepath.Glob(filepath.Join(tools.Root, "src", "fmt", "*.go"))
	if err != nil || len(sources) == 0 {
		return "", fmt.Errorf("find the standard library's fmt in %s", tools.Root)
	}
	replace := map[string]string{}
	for _, source := range sources {
		replace[source] = "" // as if it were not there
	}
	replace[sources[0]] = filepath.Join(absolute(root), "internal", "dist", "fmt", "fmt.go")
	content, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return "", fmt.Errorf("write the overlay: %w", err)
	}
	return path, nil
}
