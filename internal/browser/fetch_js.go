package browser

import "errors"

// Why a request brought no answer.
var (
	// ErrNetwork: offline, DNS, CORS, a refused redirect, a cut connection. The
	// platform does not tell which.
	ErrNetwork = errors.New("no answer from the network")
	// ErrTimeout: the answer was not complete in time.
	ErrTimeout = errors.New("no answer in time")
	// ErrRedirect: the server sends to another address, which is not followed.
	ErrRedirect = errors.New("a redirect instead of an answer")
	// ErrAborted: the page's own signal ended the request.
	ErrAborted = errors.New("ended by the page")
)

// Request is what Fetch sends.
type Request struct {
	Method    string
	URL       string
	Headers   map[string]string
	Body      any // a string, or a Value that fetch takes; none when nil or empty
	Seconds   float64
	KeepAlive bool // let the request survive the page, for last words
	// Own are a page's own headers, a Headers object; Headers replaces what
	// they say. Signal is its AbortSignal. None when they are undefined.
	Own, Signal Value

	blind bool // the answer is not to be read, whatever the server allows
}

// Response is a complete answer.
type Response struct {
	Status  int
	Body    []byte // as the server made it, whatever it was packed in on the way
	headers Value
}

// Header returns a header that the server lets scripts read, else "".
func (r *Response) Header(name string) string {
	value, _ := r.headers.Call("get", name)
	text, _ := value.Text()
	return text
}

// Fetch sends a request and waits for the whole answer, whatever its status.
// It fails with ErrTimeout, ErrNetwork or ErrAborted.
func Fetch(request Request) (*Response, error) {
	opened, err := Open(request)
	if err != nil {
		return nil, err
	}
	defer opened.Done()
	return opened.read(opened.Value)
}

// Opened is an answer that has begun: the browser's own Response.
type Opened struct {
	Value
	limit *limit
}

// Open sends a request and waits until an answer begins. The request's time
// limit is that of the body, too, until Done is called. It fails like Fetch;
// then there is nothing to call.
func Open(request Request) (Opened, error) {
	response, limit, err := open(request)
	if err != nil {
		return Opened{}, err
	}
	return Opened{response, limit}, nil
}

// Head returns the answer without its body.
func (o Opened) Head() *Response {
	status, _ := o.Get("status").Number()
	return &Response{Status: int(status), headers: o.Get("headers")}
}

// Copy waits for the whole answer and leaves the body to be read by others. It
// fails like Fetch.
func (o Opened) Copy() (*Response, error) {
	clone, err := o.Call("clone")
	if err != nil {
		return nil, err
	}
	return o.read(clone)
}

// Answers says whether anything answers at a URL, be it in a way that keeps the
// answer from the page. It waits for so many seconds at most, and no longer than
// the page wants, which its signal tells.
func Answers(url string, seconds float64, page Value) bool {
	_, limit, err := open(Request{Method: "GET", URL: url, Seconds: seconds, Signal: page, blind: true})
	if err == nil {
		limit.lift()
	}
	return err == nil
}

// Online says whether the device may have a network at all, as far as the browser
// knows.
func Online() bool {
	online := Window().Get("navigator").Get("onLine")
	return !online.IsBoolean() || online.True()
}

// Done gives whoever reads the body all the time there is.
func (o Opened) Done() { o.limit.lift() }

func (o Opened) read(response Value) (*Response, error) {
	buffer, err := o.limit.wait(response.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	complete := o.Head()
	complete.Body = toGo(buffer)
	return complete, nil
}

// open sends a request, and returns what limits the rest of the answer.
// Cookies, the referrer, redirects and caches stay out of it: a request carries
// a password or a token.
func open(request Request) (Value, *limit, error) {
	headers, err := Window().Get("Headers").New(request.Own)
	if err != nil {
		return Value{}, nil, err
	}
	for name, value := range request.Headers {
		if _, err := headers.Call("set", name, value); err != nil {
			return Value{}, nil, err
		}
	}
	mode, redirect := "cors", "manual"
	if request.blind {
		mode, redirect = "no-cors", "follow"
	}
	options, err := Object(map[string]any{
		"method":         request.Method,
		"mode":           mode,
		"credentials":    "omit",
		"referrerPolicy": "no-referrer",
		"redirect":       redirect,
		"cache":          "no-store",
		"keepalive":      request.KeepAlive,
	})
	if err != nil {
		return Value{}, nil, err
	}
	limit, err := newLimit(request.Seconds, request.Signal)
	if err != nil {
		return Value{}, nil, err
	}
	_ = options.Set("headers", headers)
	_ = options.Set("signal", either(limit.time, limit.page))
	if body, isText := request.Body.(string); request.Body != nil && (!isText || body != "") {
		_ = options.Set("body", request.Body)
	}
	response, err := limit.wait(Window().Call("fetch", request.URL, options))
	if kind, _ := response.Get("type").Text(); kind == "opaqueredirect" {
		err = ErrRedirect
	}
	if err != nil {
		limit.lift()
		if err == ErrNetwork {
			_, _ = Bridge().Call("explainSilence")
		}
		return Value{}, nil, err
	}
	return response, limit, nil
}

// limit is what may end a request early: the time it has, and the page. Both
// are AbortSignals.
type limit struct {
	time, page Value
	lift       func() // gives the request all the time there is
}

func newLimit(seconds float64, page Value) (*limit, error) {
	timeout, err := timeoutSignal(seconds)
	if err != nil {
		return nil, err
	}
	controller, err := Window().Get("AbortController").New()
	if err != nil {
		return nil, err
	}
	lift := Listen(timeout, "abort", func(Value) {
		_, _ = controller.Call("abort", timeout.Get("reason"))
	})
	return &limit{time: controller.Get("signal"), page: page, lift: lift}, nil
}

// wait waits for a promise of the request. The platform's own errors differ
// between browsers once an answer has begun: why it ended is asked of the
// signals instead.
func (l *limit) wait(promise Value, err error) (Value, error) {
	if err != nil {
		return Value{}, err
	}
	got, err := Await(promise)
	switch {
	case err == nil:
		return got, nil
	case l.page.Get("aborted").True():
		return Value{}, ErrAborted
	case l.time.Get("aborted").True():
		return Value{}, ErrTimeout
	}
	return Value{}, ErrNetwork
}

// timeoutSignal returns an AbortSignal that is aborted after so many seconds.
func timeoutSignal(seconds float64) (Value, error) {
	return Window().Get("AbortSignal").Call("timeout", seconds*1000)
}

// either returns a signal that is aborted when one of the two is. A browser
// that cannot join them heeds the page's.
func either(timeout, own Value) Value {
	if !own.Exists() {
		return timeout
	}
	pair, _ := Window().Get("Array").Call("of", timeout, own)
	both, err := Window().Get("AbortSignal").Call("any", pair)
	if err != nil {
		return own
	}
	return both
}
