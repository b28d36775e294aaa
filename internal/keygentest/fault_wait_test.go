package keygentest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// held is a request that a fault may hold, without a network in between: time passes only when everything waits.
type held struct {
	*httptest.ResponseRecorder
	done    chan struct{}
	dropped bool // instead of being answered
	took    time.Duration
}

func serve(api *keygentest.API, r *http.Request) *held {
	h := &held{ResponseRecorder: httptest.NewRecorder(), done: make(chan struct{})}
	begun := time.Now()
	go func() {
		defer close(h.done)
		defer func() {
			h.took = time.Since(begun)
			h.dropped = recover() == http.ErrAbortHandler
		}()
		api.ServeHTTP(h, r)
	}()
	return h
}

func (h *held) waits() bool {
	synctest.Wait()
	select {
	case <-h.done:
		return false
	default:
		return true
	}
}

func ping() *http.Request { return httptest.NewRequest("GET", "/v1/ping", nil) }

func TestDelay(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   keygentest.Fault
		status  int
		dropped bool
	}{
		{"then the answer", keygentest.Fault{Delay: 250 * time.Millisecond}, 200, false},
		{"then another answer", keygentest.Fault{Delay: 250 * time.Millisecond, Kind: keygentest.FaultStatus, Status: 502}, 502, false},
		{"then a cut", keygentest.Fault{Delay: 250 * time.Millisecond, Kind: keygentest.FaultCut}, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := keygentest.New(keygentest.Options{})
				api.AddFault(c.fault)
				h := serve(api, ping())
				assert.True(t, h.waits())
				<-h.done
				assert.Equal(t, 250*time.Millisecond, h.took)
				assert.Equal(t, c.dropped, h.dropped)
				if !c.dropped {
					assert.Equal(t, c.status, h.Code)
				}
			})
		})
	}
}

func TestReleaseOfHeldRequests(t *testing.T) {
	delay := keygentest.Fault{Delay: time.Hour}
	hang := keygentest.Fault{Kind: keygentest.FaultHang}
	remove := func(_ *keygentest.API, remove, _ func()) { remove() }
	clear := func(api *keygentest.API, _, _ func()) { api.ClearFaults() }
	leave := func(_ *keygentest.API, _, leave func()) { leave() }
	once := func(f keygentest.Fault) keygentest.Fault { f.Times = 1; return f }
	for _, c := range []struct {
		name    string
		fault   keygentest.Fault
		release func(api *keygentest.API, remove, leave func())
		dropped bool
	}{
		{"delay, fault removed", delay, remove, false},
		{"delay, faults cleared", delay, clear, false},
		{"delay, client gone", delay, leave, true},
		{"hang, fault removed", hang, remove, true},
		{"hang, faults cleared", hang, clear, true},
		{"hang, client gone", hang, leave, true},
		{"delay once, fault removed", once(delay), remove, false},
		{"hang once, faults cleared", once(hang), clear, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := keygentest.New(keygentest.Options{})
				removal := api.AddFault(c.fault)
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				h := serve(api, ping().WithContext(ctx))
				assert.True(t, h.waits())
				c.release(api, removal, leave)
				<-h.done
				assert.Zero(t, h.took)
				assert.Equal(t, c.dropped, h.dropped)

				removal() // once more does no harm
				api.ClearFaults()
				assert.False(t, serve(api, ping()).waits())
			})
		})
	}
}

func TestHangIsForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := keygentest.New(keygentest.Options{})
		remove := api.AddFault(keygentest.Fault{Kind: keygentest.FaultHang, Path: "/ping"})
		h := serve(api, ping())
		<-time.After(1000 * time.Hour) // of the test's own time, which is free
		assert.True(t, h.waits())
		// Others are served meanwhile.
		assert.False(t, serve(api, httptest.NewRequest("GET", "/v1/health", nil)).waits())
		remove()
		<-h.done
		assert.Equal(t, 0, api.Requests()[0].Status)
		assert.Equal(t, 204, api.Requests()[1].Status)
	})
}

// Closing the server needs a network. A client that waits for leave to send its body learns when the server reads it,
// which is after a fault has taken the request.
func TestCloseReleasesHeldRequests(t *testing.T) {
	for _, f := range []keygentest.Fault{{Kind: keygentest.FaultHang}, {Delay: time.Hour}} {
		srv := keygentest.NewServer(keygentest.Options{})
		srv.AddFault(f)
		client := &http.Transport{ExpectContinueTimeout: time.Minute}
		body := &wantedBody{wanted: make(chan struct{})}
		req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/v1/ping", body)
		require.NoError(t, err)
		req.Header.Set("Expect", "100-continue")
		failed := make(chan error, 1)
		go func() {
			res, err := client.RoundTrip(req)
			if err == nil {
				err = res.Body.Close()
			}
			failed <- err
		}()
		<-body.wanted
		srv.Close()
		srv.Close()
		assert.Error(t, <-failed)
	}
}

// wantedBody is an empty body that tells when somebody wants it.
type wantedBody struct {
	once   sync.Once
	wanted chan struct{}
}

func (b *wantedBody) Read([]byte) (int, error) {
	b.once.Do(func() { close(b.wanted) })
	return 0, io.EOF
}
