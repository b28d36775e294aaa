package bench

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"

	"keygenauth/internal/dist"
	"keygenauth/internal/keygentest"
	"keygenauth/internal/site"
)

//go:embed pages
var scripts embed.FS

// The pages that are compared. All have the tutorial's form.
const (
	snippet = "snippet" // the tutorial's script, in our words
	module  = "module"  // this module, its program fetched at once
	empty   = "empty"   // a Go program that does nothing
)

var subjects = []string{snippet, module, empty}

// form is the tutorial's.
const form = `<form id="login">
<label for="email">Email</label> <input type="email" name="email" id="email">
<label for="password">Password</label> <input type="password" name="password" id="password">
<button type="submit">Login</button>
</form>`

// server serves the pages on one origin and an emulated API on another.
type server struct {
	api    *keygentest.API
	demo   keygentest.Demo
	built  string // directory of what the pages load
	root   string // the project's directory
	url    string
	apiURL string
	stop   func()
}

// serve builds what the pages need into a temporary directory and serves them.
func serve(ctx context.Context, root string) (s *server, err error) {
	directory, err := os.MkdirTemp("", "keygen-auth-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	s = &server{api: keygentest.New(keygentest.Options{}), built: directory, root: root, stop: func() { _ = os.RemoveAll(directory) }}
	stop := s.stop
	defer func() {
		if err != nil {
			stop()
		}
	}()
	s.demo = keygentest.Seed(s.api)
	if err := dist.Build(ctx, root, directory, dist.Options{}); err != nil {
		return nil, err
	}
	if _, err := dist.BuildEmpty(ctx, root, directory, "keygen-auth.empty.wasm"); err != nil {
		return nil, err
	}
	emulator := httptest.NewServer(s.api)
	stop = func() {
		emulator.Close()
		_ = os.RemoveAll(directory)
	}
	s.apiURL = emulator.URL

	host, err := s.host(s.apiURL)
	if err != nil {
		return nil, err
	}
	s.url = host.URL
	s.stop = func() {
		host.Close()
		stop()
	}
	return s, nil
}

// host serves the pages with the API at this address.
func (s *server) host(api string) (*httptest.Server, error) {
	pages := fstest.MapFS{}
	for name, head := range map[string]string{
		snippet: "",
		module:  `<script src="keygen-auth.js" data-account="demo" data-host="http://localhost:8081" data-load="eager"></script>`,
		empty:   `<script src="wasm_exec.js"></script><script src="empty.js"></script>`,
	} {
		body := form
		if name == snippet {
			body += `<script src="snippet.js" data-api="` + api + `"></script>`
		}
		pages[name+".html"] = &fstest.MapFile{Data: []byte("<!doctype html><html lang=\"en\"><title>Page</title>" + head + body)}
	}
	for _, name := range []string{"snippet.js", "empty.js"} {
		content, err := fs.ReadFile(scripts, "pages/"+name)
		if err != nil {
			return nil, err
		}
		pages[name] = &fstest.MapFile{Data: content}
	}
	support, err := os.ReadFile(filepath.Join(s.root, "wasm_exec.js"))
	if err != nil {
		return nil, fmt.Errorf("read what the build copied: %w", err)
	}
	pages["wasm_exec.js"] = &fstest.MapFile{Data: support}

	handler, err := site.New(site.Config{
		Dist: os.DirFS(s.built).(fs.ReadDirFS), Pages: pages, API: api, Account: s.demo.Account.Slug,
	})
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(handler), nil
}

// page returns the address of a subject's page.
func (s *server) page(subject string) string { return s.url + "/" + subject + ".html" }

// probe returns the script that notes what is measured.
func probe() string {
	content, _ := fs.ReadFile(scripts, "pages/probe.js") // it is part of this program
	return strings.TrimSpace(string(content))
}
