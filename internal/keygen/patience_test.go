package keygen

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// patient is a device for the tests: synctest's clock, a random number and a
// context as what may end a call.
func patient(random int64, online bool) *Patience {
	return &Patience{
		Limit:  30_000,
		Now:    func() int64 { return time.Now().UnixMilli() },
		Online: func() bool { return online },
		Random: func() int64 { return random },
		Wait: func(milliseconds int64, abort any) error {
			page, _ := abort.(context.Context)
			if page == nil {
				page = context.Background()
			}
			select {
			case <-page.Done():
				return &Error{Code: CodeAborted}
			case <-time.After(time.Duration(milliseconds) * time.Millisecond):
				return nil
			}
		},
	}
}

var (
	unheard     = &Error{Code: CodeNetwork}
	unavailable = &Error{Code: CodeResponse, Status: 503}
)

func throttled(seconds int) *Error {
	return &Error{Code: CodeTooManyRequests, Status: 429, RetryAfter: seconds}
}

func TestSpend(t *testing.T) {
	tests := []struct {
		name    string
		method  string
		answers []*Error // the last one again and again; nil for success
		offline bool
		sent    int
		waited  time.Duration // with the least back-off
		code    string
	}{
		{name: "success", answers: []*Error{nil}, sent: 1},
		{name: "no answer once", answers: []*Error{unheard, nil}, sent: 2, waited: 250 * time.Millisecond},
		{name: "twice", answers: []*Error{unheard, unavailable, nil}, sent: 3, waited: 750 * time.Millisecond},
		{name: "always", answers: []*Error{unavailable, unavailable, unheard}, sent: 3, waited: 750 * time.Millisecond, code: CodeNetwork},
		{name: "HEAD", method: "HEAD", answers: []*Error{unavailable, nil}, sent: 2, waited: 250 * time.Millisecond},
		{name: "502", answers: []*Error{{Code: CodeResponse, Status: 502}, nil}, sent: 2, waited: 250 * time.Millisecond},
		{name: "504", answers: []*Error{{Code: CodeResponse, Status: 504}, nil}, sent: 2, waited: 250 * time.Millisecond},
		{name: "a short wait", answers: []*Error{throttled(1), nil}, sent: 2, waited: 1250 * time.Millisecond},
		{name: "the longest", answers: []*Error{throttled(5), nil}, sent: 2, waited: 5250 * time.Millisecond},
		{name: "a wait too long", answers: []*Error{throttled(6)}, sent: 1, code: CodeTooManyRequests},
		{name: "a minute", answers: []*Error{throttled(60)}, sent: 1, code: CodeTooManyRequests},
		{name: "no answer offline", answers: []*Error{unheard}, offline: true, sent: 1, code: CodeNetwork},
		{name: "503 though offline", answers: []*Error{unavailable, nil}, offline: true, sent: 2, waited: 250 * time.Millisecond},
		{name: "no answer in time", answers: []*Error{{Code: CodeTimeout}}, sent: 1, code: CodeTimeout},
		{name: "ended", answers: []*Error{{Code: CodeAborted}}, sent: 1, code: CodeAborted},
		{name: "500", answers: []*Error{{Code: CodeResponse, Status: 500}}, sent: 1, code: CodeResponse},
		{name: "a portal", answers: []*Error{{Code: CodeResponse, Status: 200}}, sent: 1, code: CodeResponse},
		{name: "not signed", answers: []*Error{{Code: CodeSignature, Status: 200}}, sent: 1, code: CodeSignature},
		{name: "refused", answers: []*Error{{Code: "NOT_FOUND", Status: 404}}, sent: 1, code: "NOT_FOUND"},
		{name: "nobody", answers: []*Error{{Code: "TOKEN_MISSING"}}, sent: 1, code: "TOKEN_MISSING"},
		{name: "POST", method: "POST", answers: []*Error{unavailable}, sent: 1, code: CodeResponse},
		{name: "PUT", method: "PUT", answers: []*Error{unheard}, sent: 1, code: CodeNetwork},
		{name: "PATCH", method: "PATCH", answers: []*Error{throttled(1)}, sent: 1, code: CodeTooManyRequests},
		{name: "DELETE", method: "DELETE", answers: []*Error{unheard}, sent: 1, code: CodeNetwork},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if test.method == "" {
					test.method = "GET"
				}
				began, sent := time.Now(), 0
				err := patient(0, !test.offline).Spend(test.method, nil, func(left int64) error {
					assert.Equal(t, 30_000-time.Since(began).Milliseconds(), left)
					answer := test.answers[min(sent, len(test.answers)-1)]
					if sent++; answer == nil {
						return nil
					}
					return answer
				})
				assert.Equal(t, test.sent, sent)
				assert.Equal(t, test.waited, time.Since(began))
				if test.code == "" {
					assert.NoError(t, err)
				} else {
					assert.Equal(t, test.code, AsError(err).Code)
				}
			})
		})
	}
}

// Waits are spread, and grow: a crowd that failed together does not come back
// together.
func TestSpendSpreads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for random, want := range map[int64][]int64{0: {250, 500}, 1: {251, 501}, 249: {499, 749}, 499: {499, 999}, 1<<48 - 1: {405, 655}} {
			var waits []int64
			last := time.Now()
			_ = patient(random, true).Spend("GET", nil, func(int64) error {
				waits = append(waits, time.Since(last).Milliseconds())
				last = time.Now()
				return unheard
			})
			assert.Equal(t, want, waits[1:], random)
		}
	})
}

// All tries together have the time of one.
func TestSpendHasALimit(t *testing.T) {
	for name, test := range map[string]struct {
		takes time.Duration // one try
		sent  int
	}{
		"quick": {10 * time.Millisecond, 3}, "slow": {14 * time.Second, 3}, "two halves": {15 * time.Second, 2},
		"hardly time left": {29_800 * time.Millisecond, 1}, "none left": {30 * time.Second, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, sent := time.Now(), 0
				err := patient(0, true).Spend("GET", nil, func(left int64) error {
					sent++
					assert.Positive(t, left)
					time.Sleep(min(test.takes, time.Duration(left)*time.Millisecond))
					return unavailable
				})
				assert.Equal(t, unavailable, err)
				assert.Equal(t, test.sent, sent)
				assert.LessOrEqual(t, time.Since(began), 30*time.Second)
			})
		})
	}
}

// A clock that is set meanwhile takes no time from a try, and gives none.
func TestSpendWithAClockThatIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, by := range map[string]int64{"back": -86_400_000, "ahead": 86_400_000} {
			p := patient(0, true)
			var offset int64
			p.Now = func() int64 { return time.Now().UnixMilli() + offset }
			sent := 0
			err := p.Spend("GET", nil, func(left int64) error {
				sent++
				offset = by
				assert.Positive(t, left, name)
				assert.LessOrEqual(t, left, p.Limit, name)
				return unavailable
			})
			assert.Equal(t, unavailable, err, name)
			assert.LessOrEqual(t, sent, 3, name)
		}
	})
}

// A page that has lost interest is told at once, and nothing more is sent.
func TestSpendEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page, end := context.WithTimeout(t.Context(), 600*time.Millisecond)
		defer end()
		began, sent := time.Now(), 0
		err := patient(249, true).Spend("GET", page, func(int64) error {
			sent++
			return unavailable
		})
		assert.Equal(t, CodeAborted, AsError(err).Code)
		assert.Equal(t, 600*time.Millisecond, time.Since(began))
		assert.Equal(t, 2, sent)
	})
}
