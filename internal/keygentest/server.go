package keygentest

import "net/http/httptest"

// Server is an [API] that listens on a loopback port.
type Server struct {
	*API
	// URL is the base of the server, http://127.0.0.1:port without a trailing slash.
	URL string

	server *httptest.Server
}

// NewServer starts a server; the caller closes it. It panics when no loopback port can be had.
func NewServer(opts Options) *Server {
	api := New(opts)
	srv := httptest.NewServer(api)
	return &Server{API: api, URL: srv.URL, server: srv}
}

// Close releases requests that hang or are delayed by a fault, stops the server and waits for open requests.
func (s *Server) Close() {
	s.close()
	s.server.Close()
}
