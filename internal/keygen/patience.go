package keygen

// Patience is how long, and how often, a call is tried. All of it is needed.
type Patience struct {
	// Limit is the time that all tries of a call have together, in milliseconds.
	Limit int64
	// Now returns the local time in milliseconds since 1970.
	Now func() int64
	// Online says whether the device may have a network at all.
	Online func() bool
	// Random returns a number from 0 on that differs from one page to the next:
	// those that failed together do not come back together.
	Random func() int64
	// Wait waits for so many milliseconds. It fails at once when abort, which is
	// as in Request, ends the call, or when no more is to be sent.
	Wait func(milliseconds int64, abort any) error
}

const (
	tries     = 3   // at most
	backOff   = 500 // milliseconds before the second try, at most; doubled for each further one
	shortWait = 5   // seconds: a 429 that asks for no more is waited for
)

// Spend calls send, which makes a request in the time left, in milliseconds. A
// safe request (GET, HEAD) is made again, three times in all, when there was no
// answer, or a 502, 503 or 504, or a 429 that is over in a few seconds. It fails
// like send, or like Wait. A try that took all the time was the last: a slow line
// gets no second one at the cost of the first.
func (p *Patience) Spend(method string, abort any, send func(left int64) error) error {
	end := p.Now() + p.Limit
	for try := 1; ; try++ {
		// Clocks are set, too.
		err := send(min(max(end-p.Now(), 1), p.Limit))
		wait, passes := p.pause(try, err)
		if !passes || method != "GET" && method != "HEAD" || try == tries || p.Now()+wait >= end {
			return err
		}
		if err := p.Wait(wait, abort); err != nil {
			return err
		}
	}
}

// pause returns how long to wait after a try, in milliseconds, and whether its
// failure is one that may pass.
func (p *Patience) pause(try int, err error) (milliseconds int64, passes bool) {
	if err == nil {
		return 0, false
	}
	most := int64(backOff) << (try - 1)
	wait := most/2 + p.Random()%(most/2)
	failure := AsError(err)
	switch {
	case failure.Code == CodeUnavailable:
		return wait, true
	case failure.Code == CodeNetwork:
		return wait, p.Online()
	case failure.Status == 429:
		return wait + 1000*int64(failure.RetryAfter), failure.RetryAfter <= shortWait
	}
	return wait, failure.Status == 502 || failure.Status == 503 || failure.Status == 504
}
