package keygentest

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxBody bounds what is read of a request, far above any document of the API.
const maxBody = 1 << 20

// Options configure an [API]. The zero value is an Enterprise server for many accounts on the system clock.
type Options struct {
	// Now is the clock of everything: expiry, throttle windows, one-time codes and Date headers. Nil means time.Now.
	Now func() time.Time
	// Community makes it a Community Edition server: documents have no permissions and no environment, and
	// environments are refused.
	Community bool
	// Single makes it a server of one account, where /v1/... without an account works too.
	Single bool
	// Mail is told of each reset token that a user is sent, while the API is locked: it must not call it. May be nil.
	Mail func(u User, resetToken string)
}

// API is an in-memory Keygen server. It implements [http.Handler]; make one with [New].
type API struct {
	opts   Options
	routes []route

	mu        sync.Mutex // guards everything below
	now       func() time.Time
	accounts  []*account
	serial    int // order of creation, finer than any clock
	throttles map[string]*window
	faults    []*fault
	requests  []*Request

	// Records by id.
	users        map[string]*user
	tokens       map[string]*token
	entitlements map[string]*entitlement
	policies     map[string]*policy
	licenses     map[string]*license
	machines     map[string]*machine
	components   map[string]*component
	processes    map[string]*process
	products     map[string]*product
	releases     map[string]*release
	artifacts    map[string]*artifact

	closing sync.Once
	closed  chan struct{} // closed when hanging and delayed requests have to let go
}

// New returns an API without accounts. Add them with [API.AddAccount] or [Seed].
func New(opts Options) *API {
	a := &API{
		opts: opts,
		routes: slices.Concat(
			healthRoutes(), tokenRoutes(), identityRoutes(), userRoutes(), passwordRoutes(), factorRoutes(),
			policyRoutes(), entitlementRoutes(), licenseRoutes(), validationRoutes(), checkoutRoutes(),
			machineRoutes(), componentRoutes(), processRoutes(), releaseRoutes(),
		),
		throttles: map[string]*window{},
		closed:    make(chan struct{}),

		users:        map[string]*user{},
		tokens:       map[string]*token{},
		entitlements: map[string]*entitlement{},
		policies:     map[string]*policy{},
		licenses:     map[string]*license{},
		machines:     map[string]*machine{},
		components:   map[string]*component{},
		processes:    map[string]*process{},
		products:     map[string]*product{},
		releases:     map[string]*release{},
		artifacts:    map[string]*artifact{},
	}
	a.SetNow(opts.Now)
	return a
}

// SetNow replaces the clock. Nil restores the system clock.
func (a *API) SetNow(now func() time.Time) {
	if now == nil {
		now = time.Now
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = now
}

// ServeHTTP answers one request of the API. It panics with [http.ErrAbortHandler] when a fault cuts the connection.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, storagePath) {
		a.serveFile(w, r)
		return
	}
	f := a.takeFault(r)

	// The body is read before anything waits: net/http notices that a client has gone only after that.
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	entry := a.record(r, body)

	if !f.wait(r.Context(), a.closed) {
		panic(http.ErrAbortHandler)
	}
	rep := a.reply(r, body, f)
	f.spoil(rep)

	a.answered(entry, rep.status)
	rep.write(w)
}

// reply returns what fault, CORS layer or application answer. Only preflights never reach the application.
func (a *API) reply(r *http.Request, body []byte, f *fault) *reply {
	rep := f.instead(a.clock())
	switch {
	case rep == nil && isPreflight(r):
		return answerPreflight(r)
	case rep == nil:
		rep = a.answer(r, body, f)
	}
	allowOrigin(rep.header, r)
	if rep.status >= 500 {
		// Whatever goes wrong, in the service or in front of it, is answered behind the back of the CORS layer.
		hideFromScripts(rep.header)
	}
	return rep
}

// answer lets the application answer, one request at a time: the emulated state is small and consistency matters
// more than throughput.
func (a *API) answer(r *http.Request, body []byte, f *fault) *reply {
	a.mu.Lock()
	defer a.mu.Unlock()

	x := newExchange(a, r, body)
	x.date = x.now.Add(f.skew())
	a.cull(x.now)
	rep, err := x.serve()
	if err != nil {
		rep = x.refuse(err)
	}
	x.finish(rep)
	return rep
}

func (a *API) clock() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now()
}

// close releases every request that a fault delays or hangs.
func (a *API) close() {
	a.closing.Do(func() { close(a.closed) })
}
