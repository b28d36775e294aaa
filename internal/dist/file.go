package dist

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path"
	"strings"
)

// DefaultName is what the names of all built files begin with, up to the first dot, where Options say nothing else.
const DefaultName = "keygen-auth"

// named returns the name of a built file, such as Loader, in a build of that name.
func named(name, file string) string { return name + "." + afterName(file) }

// afterName returns what follows the name of the build in that of a file.
func afterName(file string) string {
	_, rest, _ := strings.Cut(file, ".")
	return rest
}

// rename returns the text with the names of a build's files in place of the default ones.
func rename(text, name string) string {
	return strings.NewReplacer(DefaultName+".", name+".", DefaultName+`\.`, name+`\.`).Replace(text)
}

// A file is one that browsers load. It is there under two names.
type file struct {
	name    string // the same in each build
	content []byte
}

// hashed returns the name that belongs to this content alone, so that browsers may keep it for ever:
// keygen-auth.0123abcd.js for keygen-auth.js.
func (f file) hashed() string {
	sum := sha256.Sum256(f.content)
	ext := path.Ext(f.name)
	return strings.TrimSuffix(f.name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
}

// integrity returns the hash by which the loader checks, or lets the browser check, that it got exactly this file.
func integrity(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// integrity returns the hash for pages, to be written into their tags. Nothing but length speaks against the longer one
// there.
func (f file) integrity() string {
	sum := sha512.Sum384(f.content)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// put writes a file, unless it has this content already: then somebody may be reading it.
func put(name string, content []byte, mode os.FileMode) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, content) {
		return nil
	}
	return os.WriteFile(name, content, mode)
}
