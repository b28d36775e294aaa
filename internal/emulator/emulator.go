// Package emulator runs the in-memory licensing API as a server of its own, for the demo and for tests in a browser.
package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"keygenauth/internal/keygentest"
)

// ControlPrefix is the path under which a server answers the emulator's controls, such as /-/totp. No path of the API
// starts like this.
const ControlPrefix = "/-"

// Server is a running emulator with the demo data.
type Server struct {
	// API is the emulator, for tests that look behind the scenes.
	API *keygentest.API
	// Demo is the data that it started with.
	Demo keygentest.Demo

	http   *http.Server
	done   chan struct{} // closed when the listener is no longer served
	served error         // why; valid after done
}

// Start runs an emulator on the listener, which the server then owns. The caller must Close it.
func Start(listener net.Listener, options keygentest.Options) *Server {
	api := keygentest.New(options)
	s := &Server{
		API:  api,
		Demo: keygentest.Seed(api),
		http: &http.Server{Handler: handler(api, api.Control()), ReadHeaderTimeout: 10 * time.Second},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		s.served = s.http.Serve(listener)
	}()
	return s
}

// Close stops the server, giving requests that are under way a moment to end. Those that a fault holds are released.
// Close may be called more than once.
func (s *Server) Close() error {
	s.API.ClearFaults()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close() // a client that does not read, or sends half a request
	}
	if <-s.done; !errors.Is(s.served, http.ErrServerClosed) {
		err = errors.Join(err, s.served)
	}
	return err
}

// handler sends requests below ControlPrefix to control and all others to api. It is no ServeMux, because that redirects
// paths which it finds unclean, and the API has to see them as they come.
func handler(api, control http.Handler) http.Handler {
	control = http.StripPrefix(ControlPrefix, control)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, ControlPrefix+"/") {
			control.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}
