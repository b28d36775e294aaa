package keygentest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// storagePath is where files lie. They are served by the API's own listener, but under its other name: to a browser,
// localhost and 127.0.0.1 are different origins, as the service and its storage host are. As there, no script may read
// what that sends.
const storagePath = "/-storage/"

// storageTTL is how long an address of a file is good.
const storageTTL = 15 * time.Minute

// storageAddress returns where a file can be had for a while.
func (x *exchange) storageAddress(f *artifact) string {
	name, port, err := net.SplitHostPort(x.req.Host)
	if err != nil {
		name, port = x.req.Host, ""
	}
	scheme := "http"
	switch name {
	case "localhost":
		name = "127.0.0.1"
	case "127.0.0.1":
		name = "localhost"
	default:
		_, domain, _ := strings.Cut(name, ".")
		scheme, name = "https", "storage."+domain
	}
	if port != "" {
		name = net.JoinHostPort(name, port)
	}
	expires := strconv.FormatInt(x.now.Add(storageTTL).Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {signFile(f, expires)}}
	return scheme + "://" + name + storagePath + f.id + "/" + url.PathEscape(f.Filename) + "?" + query.Encode()
}

// signFile is what makes an address of a file valid. The account's key is as good as any.
func signFile(f *artifact, expires string) string {
	mac := hmac.New(sha256.New, f.account.Key)
	mac.Write([]byte(f.id + "/" + expires))
	return hex.EncodeToString(mac.Sum(nil))
}

// serveFile is the storage host.
func (a *API) serveFile(w http.ResponseWriter, r *http.Request) {
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, storagePath), "/")
	expires := r.URL.Query().Get("expires")
	until, _ := strconv.ParseInt(expires, 10, 64)
	a.mu.Lock()
	f, now := a.artifacts[id], a.now()
	a.mu.Unlock()
	if f == nil || now.Unix() >= until || !hmac.Equal([]byte(signFile(f, expires)), []byte(r.URL.Query().Get("signature"))) {
		http.Error(w, "AccessDenied", http.StatusForbidden)
		return
	}
	a.mu.Lock()
	f.downloads++
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Filename}))
	_, _ = w.Write(f.Content) // the client may be gone
}

// Downloads returns how often the files of that name were fetched.
func (a *API) Downloads(filename string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.artifacts {
		if f.Filename == filename {
			n += f.downloads
		}
	}
	return n
}
