package keygentest

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// An entry is what the records of an account have in common.
type entry struct {
	id          string
	account     *account
	environment string // code; "" means global
	created     time.Time
	updated     time.Time
	serial      int // order of creation, finer than any clock
}

// newEntry starts a record. It makes up an id unless there is one.
func (a *API) newEntry(acc *account, environment, id string) entry {
	a.serial++
	now := a.now()
	return entry{cmp.Or(id, uuid.NewString()), acc, environment, now, now, a.serial}
}

func (e *entry) recordID() string { return e.id }

func (e *entry) order() int { return e.serial }

// holds reports whether a record belongs to account and environment of the request.
func (x *exchange) holds(e *entry) bool {
	return e.account == x.account && e.environment == x.environment
}

// newest returns the records that match, newest first.
func newest[R interface{ order() int }](records map[string]R, match func(R) bool) []R {
	var out []R
	for _, r := range records {
		if match(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(r, s R) int { return s.order() - r.order() })
	return out
}
