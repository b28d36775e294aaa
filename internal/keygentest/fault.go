package keygentest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// FaultKind says how a request goes wrong.
type FaultKind string

// The kinds of faults. Those that replace the answer keep the request from the application; the others spoil what
// the application answered, so its effects remain.
const (
	FaultNone         FaultKind = ""              // nothing but the delay
	FaultHang         FaultKind = "hang"          // no answer until client, fault or server give up
	FaultCut          FaultKind = "cut"           // the connection closes without an answer
	FaultStatus       FaultKind = "status"        // an HTML answer of an edge server with Fault.Status; from 500 on without CORS headers
	FaultHTML         FaultKind = "html"          // a captive portal: 200 and a page
	FaultCutBody      FaultKind = "cut-body"      // spoils: the connection closes in the middle of the body
	FaultTruncated    FaultKind = "truncated"     // spoils: half a document in a complete answer
	FaultNoCORS       FaultKind = "no-cors"       // spoils: browsers keep the answer from the page
	FaultBadSignature FaultKind = "bad-signature" // spoils: the signature does not verify
	FaultSkewedClock  FaultKind = "skewed-clock"  // spoils: dates are off by Fault.Skew, and signed so
)

// faultKinds is used to refuse misspelt kinds, which would make tests pass for the wrong reason.
var faultKinds = []FaultKind{
	FaultNone, FaultHang, FaultCut, FaultStatus, FaultHTML, FaultCutBody, FaultTruncated, FaultNoCORS,
	FaultBadSignature, FaultSkewedClock,
}

// Fault makes matching requests go wrong. Of several that match, the one added first applies.
type Fault struct {
	Method string        // "" matches any; preflights match only "OPTIONS"
	Path   string        // suffix of the URL path; "" matches any
	Times  int           // how many requests it applies to; 0: until removed
	Delay  time.Duration // wait first; ends early when the client goes away or the server closes
	Kind   FaultKind
	Status int           // 200 to 599 or 0; of "status", 503 if 0; with "no-cors" it also replaces the answer
	Skew   time.Duration // of "skewed-clock": added to Date, Keygen-Date and the signed date
}

type fault struct {
	Fault
	left    int
	removal sync.Once
	removed chan struct{}
}

// AddFault makes requests fail from now on. The function it returns removes the fault, releases requests that it
// hangs or delays, and may be called more than once. AddFault panics on an unknown kind and on a status that ends no
// exchange.
func (a *API) AddFault(f Fault) (remove func()) {
	if err := f.validate(); err != nil {
		panic("keygentest: " + err.Error())
	}
	added := &fault{Fault: f, left: f.Times, removed: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, added)
	return func() {
		a.mu.Lock()
		a.faults = slices.DeleteFunc(a.faults, func(f *fault) bool { return f == added })
		a.mu.Unlock()
		added.release()
	}
}

// ClearFaults removes all faults and releases the requests that they hang or delay.
func (a *API) ClearFaults() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.faults {
		f.release()
	}
	a.faults = nil
}

// takeFault returns the fault that applies to a request, or nil. Used-up faults stay in the list, so that clearing
// releases what they still hang.
func (a *API) takeFault(r *http.Request) *fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.faults {
		if !f.matches(r) {
			continue
		}
		if f.Times > 0 {
			f.left--
		}
		return f
	}
	return nil
}

func (f *fault) matches(r *http.Request) bool {
	method := f.Method == r.Method || f.Method == "" && !isPreflight(r)
	return method && strings.HasSuffix(r.URL.Path, f.Path) && (f.Times == 0 || f.left > 0)
}

func (f *fault) release() {
	f.removal.Do(func() { close(f.removed) })
}

// wait plays the delay and the faults without an answer. It returns false when the connection is to be dropped.
// Removing a fault ends its delay, after which the request is answered.
func (f *fault) wait(ctx context.Context, closed <-chan struct{}) bool {
	if f == nil {
		return true
	}
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-f.removed:
		case <-ctx.Done():
			return false
		case <-closed:
			return false
		}
	}
	switch f.Kind {
	case FaultCut:
		return false
	case FaultHang:
		select {
		case <-f.removed:
		case <-ctx.Done():
		case <-closed:
		}
		return false
	}
	return true
}

// instead returns the answer that replaces the application's, or nil.
func (f *fault) instead(now time.Time) *reply {
	if f == nil {
		return nil
	}
	switch {
	case f.Kind == FaultHTML:
		return page(http.StatusOK, "Welcome to the guest network", now)
	case f.Kind == FaultStatus && f.Status == 0:
		return page(http.StatusServiceUnavailable, http.StatusText(http.StatusServiceUnavailable), now)
	case f.Kind == FaultStatus, f.Kind == FaultNoCORS && f.Status != 0:
		return page(f.Status, http.StatusText(f.Status), now)
	}
	return nil
}

// page is an answer of something that is not the API.
func page(status int, title string, now time.Time) *reply {
	rep := newReply(status)
	rep.outside = true
	rep.header.Set("Content-Type", "text/html; charset=utf-8")
	rep.header.Set("Date", now.UTC().Format(http.TimeFormat))
	if status != http.StatusNoContent && status != http.StatusNotModified {
		rep.body = fmt.Appendf(nil, "<!doctype html>\n<title>%s</title>\n<h1>%[1]s</h1>\n", title)
	}
	return rep
}

// spoil damages a finished answer.
func (f *fault) spoil(rep *reply) {
	if f == nil {
		return
	}
	switch f.Kind {
	case FaultCutBody:
		rep.cut = true
	case FaultTruncated:
		rep.body = rep.body[:len(rep.body)/2]
	case FaultNoCORS:
		hideFromScripts(rep.header)
	case FaultBadSignature:
		falsify(rep.header)
	}
}

// skew is how far the clock of the answer is off.
func (f *fault) skew() time.Duration {
	if f == nil || f.Kind != FaultSkewedClock {
		return 0
	}
	return f.Skew
}

// falsify swaps the first character of the signature: it stays well-formed and does not verify.
func falsify(h http.Header) {
	before, after, found := strings.Cut(h.Get("Keygen-Signature"), `signature="`)
	if !found {
		return
	}
	first := "A"
	if strings.HasPrefix(after, first) {
		first = "B"
	}
	h.Set("Keygen-Signature", before+`signature="`+first+after[1:])
}

func (f Fault) validate() error {
	switch {
	case !slices.Contains(faultKinds, f.Kind):
		return fmt.Errorf("no fault %q", f.Kind)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("no final status %d", f.Status)
	}
	return nil
}
