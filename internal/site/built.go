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
func (b *built) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	current, err := b.current()
	if err != nil {
		http.Error(w, "the built files cannot be read (run make dist): "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	current.ServeHTTP(w, r)
}

func (b *built) current() (http.Handler, error) {
	stamp, err := b.stampNow()
	if err != nil {
		return nil, err // the index would panic
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.indexed == nil || stamp != b.stamp {
		b.indexed, b.stamp = statigz.FileServer(b.files, brotli.AddEncoding), stamp
	}
	return b.indexed, nil
}

// stampNow tells one state of the files from another. It fails when there are none.
func (b *built) stampNow() (string, error) {
	var stamp strings.Builder
	entries, err := b.files.ReadDir(".")
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			fmt.Fprintln(&stamp, info.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return stamp.String(), err
}
