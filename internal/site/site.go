// Package site serves the built module and the pages that use it in the way a careful static host would: precompressed,
// and under a policy that lets a page run nothing but the site's own scripts.
package site

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// DefaultAPI is the origin that the loader talks to when its script tag names none.
const DefaultAPI = "https://api.keygen.sh"

// Config describes a site.
type Config struct {
	// Dist holds the built module.
	Dist fs.ReadDirFS
	// Pages holds the pages and their styles. They are read at each request, so that edits show on reload.
	Pages fs.FS
	// API is the origin of the licensing API that the pages talk to. Empty means DefaultAPI.
	API string
	// Account is the id or slug of the Keygen account. It may be empty only for an API other than DefaultAPI.
	Account string
	// Environment is the Keygen environment, empty for none.
	Environment string
	// ReportURI is where browsers send violations of the policy, empty for nowhere. The site itself answers 404 there.
	ReportURI string
}

// New returns the site as a handler. It fails when the configuration cannot be served, naming the field.
func New(c Config) (http.Handler, error) {
	if c.API == "" {
		c.API = DefaultAPI
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	dist := &built{files: c.Dist}
	pages := newPages(c)
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Dir(r.URL.Path) == "/" && strings.HasPrefix(path.Base(r.URL.Path), "keygen-auth.") {
			dist.ServeHTTP(w, r)
		} else {
			pages.ServeHTTP(w, r)
		}
	})
	return withHeaders(Policy(c.API, c.ReportURI), site), nil
}

// check returns an error that names the first field that is wrong.
func (c Config) check() error {
	if c.Dist == nil || c.Pages == nil {
		return errors.New("site: Dist and Pages must both be set")
	}
	if err := CheckOrigin(c.API); err != nil {
		return fmt.Errorf("site: API: %w", err)
	}
	if c.Account == "" && c.API == DefaultAPI {
		return errors.New("site: Account must be set for " + DefaultAPI)
	}
	if strings.ContainsAny(c.ReportURI, "; ,\r\n") {
		return fmt.Errorf("site: ReportURI %q would not survive in a header: percent-encode it", c.ReportURI)
	}
	return nil
}

// CheckOrigin returns an error unless origin is a bare http or https origin, such as https://api.example.com.
func CheckOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return err
	}
	bare := url.URL{Scheme: u.Scheme, Host: u.Host}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || bare.String() != origin ||
		strings.ContainsAny(origin, "; ,'*") {
		return fmt.Errorf("%q is not an origin: write it like https://api.example.com, without path or final slash", origin)
	}
	return nil
}

// Policy returns the Content-Security-Policy that the module is made for, with the origin api as the only other place
// to connect to. Violations are sent to reportURI, unless that is empty.
func Policy(api, reportURI string) string {
	directives := []string{
		"default-src 'none'",
		"script-src 'self' 'wasm-unsafe-eval'",
		"style-src 'self'",
		"img-src 'self'", // browsers ask it for the site's icon, too
		"connect-src 'self' " + api,
		"base-uri 'self'",
		"form-action 'self'",
		"frame-ancestors 'self'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	}
	if reportURI != "" {
		directives = append(directives, "report-uri "+reportURI)
	}
	return strings.Join(directives, "; ")
}

// withHeaders adds the site's rules to each answer of next, errors too.
func withHeaders(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}
