package site

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// demoAttributes are the attributes of the script tag as the pages have them, so that a page also works as it lies on
// disk beside `make run`. The site replaces them by its own configuration.
const demoAttributes = `data-account="demo" data-host="http://localhost:8081"`

// pages serves a directory of pages. HTML gets the site's configuration, everything else goes out as it is.
type pages struct {
	files      fs.FS
	static     http.Handler
	attributes string
}

func newPages(c Config) *pages {
	return &pages{files: c.Pages, static: http.FileServerFS(c.Pages), attributes: c.attributes()}
}

// ServeHTTP implements http.Handler.
func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	if path.Ext(name) != ".html" || strings.HasSuffix(r.URL.Path, "/index.html") {
		p.static.ServeHTTP(w, r) // which also sends /index.html to /
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "a static page takes GET and HEAD only", http.StatusMethodNotAllowed)
		return
	}
	page, err := fs.ReadFile(p.files, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		http.NotFound(w, r)
		return
	}
	if err == nil {
		page, err = p.configure(name, page)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(page))
}

// configure returns the page with the site's configuration in its script tag. It fails for a page that loads the module
// with other attributes: it would ignore the configuration, and talk to who knows which API.
func (p *pages) configure(name string, page []byte) ([]byte, error) {
	if bytes.Contains(page, []byte("keygen-auth.js")) && !bytes.Contains(page, []byte(demoAttributes)) {
		return nil, fmt.Errorf("%s cannot be configured: its script tag must hold exactly %s", name, demoAttributes)
	}
	return bytes.ReplaceAll(page, []byte(demoAttributes), []byte(p.attributes)), nil
}

// attributes returns the script tag's attributes for this configuration.
func (c Config) attributes() string {
	var list []string
	add := func(name, value string) {
		list = append(list, name+`="`+html.EscapeString(value)+`"`)
	}
	if c.Account != "" {
		add("data-account", c.Account)
	}
	if c.API != DefaultAPI {
		add("data-host", c.API)
	}
	if c.Environment != "" {
		add("data-environment", c.Environment)
	}
	return strings.Join(list, " ")
}
