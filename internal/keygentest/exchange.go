package keygentest

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
)

// An exchange is one request on its way through the application, and what has been found out about it so far.
type exchange struct {
	api  *API
	req  *http.Request
	raw  []byte
	id   string    // request id: X-Request-Id and meta.id
	now  time.Time // one instant for the whole exchange
	date time.Time // what Date headers say; differs from now when a fault skews the clock

	mediaType string // of the answer
	pathExt   string // "html" of "/me.html"
	query     url.Values
	document  any     // as parsed, whatever it is; nil when there is none
	body      *object // the document if it is an object
	version   version
	route     *route
	params    map[string]string

	account     *account
	environment string // code, "" when none
	signed      bool
	algorithm   string // of the signature
	user        *user
	token       *token // nil after a password login
}

func newExchange(a *API, r *http.Request, raw []byte) *exchange {
	return &exchange{
		api:       a,
		req:       r,
		raw:       raw,
		id:        uuid.Must(uuid.NewV7()).String(),
		now:       a.now(),
		mediaType: typeJSONAPI,
		version:   currentVersion,
		algorithm: "ed25519",
		params:    map[string]string{},
	}
}

// serve runs the steps every request takes, in the order in which the service takes them: which refusal a client
// gets depends on it. Whatever comes before the version is judged in front of the application.
func (x *exchange) serve() (*reply, error) {
	steps := [...]func(*exchange) error{
		(*exchange).throttle,
		(*exchange).judgeMethod,
		(*exchange).judgeAccept,
		(*exchange).judgePath,
		(*exchange).parseQuery,
		(*exchange).parseBody,
		(*exchange).judgeVersion,
		(*exchange).findRoute,
		(*exchange).findAccount,
		(*exchange).findEnvironment,
		(*exchange).judgeAcceptSignature,
		(*exchange).judgeSubscription,
		(*exchange).authenticate,
	}
	for _, step := range steps {
		if err := step(x); err != nil {
			return nil, err
		}
	}
	return x.route.handle(x)
}

func (x *exchange) authenticate() error {
	if x.route.auth == nil {
		return nil
	}
	return x.route.auth(x)
}
