package site

import (
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/vearutop/statigz"
	"github.com/vearutop/statigz/brotli"
)

// built serves the built files in the form that a client takes. They are indexed anew after each build: an index from
// before it would announce sizes that the files no longer have.
type built struct {
	files fs.ReadDirFS

	mu      sync.Mutex
	stamp   string
	indexed http.Handler
}

// ServeHTTP implements http.Handler.
func (b *built) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.current().ServeHTTP(w, r) }

func (b *built) current() http.Handler {
	stamp := b.stampNow()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.indexed == nil || stamp != b.stamp {
		b.indexed, b.stamp = statigz.FileServer(b.files, brotli.AddEncoding), stamp
	}
	return b.indexed
}

// stampNow tells one state of the files from another. Files that cannot be read are the index's to report.
func (b *built) stampNow() string {
	var stamp strings.Builder
	entries, _ := b.files.ReadDir(".")
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			fmt.Fprintln(&stamp, info.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamp.String()
}
