package browser

import "errors"

// Why a request brought no answer.
var (
	// ErrNetwork: offline, DNS, CORS, a refused redirect, a cut connection. The
	// platform does not tell which.
	ErrNetwork = errors.New("no answer from the network")
	// ErrTimeout: the answer was not complete in time.
	ErrTimeout = errors.New("no answer in time")
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
}

// Response is a complete answer.
type Response struct {
	Status  int
	Text    string
	headers Value
}

// Header returns a header that the server lets scripts read, else "".
func (r *Response) Header(name string) string { return header(r.headers, name) }

func header(headers Value, name string) string {
	value, _ := headers.Call("get", name)
	text, _ := value.Text()
	return text
}

// Fetch sends a request and waits for the whole answer, whatever its status.
// It fails with ErrTimeout, ErrNetwork or ErrAborted.
func Fetch(request Request) (*Response, error) {
	response, wait, err := open(request)
	if err != nil {
		return nil, err
	}
	body, err := wait(response.Call("text"))
	if err != nil {
		return nil, err
	}
	status, _ := response.Get("status").Number()
	text, _ := body.Text()
	return &Response{Status: int(status), Text: text, headers: response.Get("headers")}, nil
}

// Open sends a request and waits until an answer begins, which it returns: the
// browser's own Response. It fails like Fetch.
func Open(request Request) (Value, error) {
	response, _, err := open(request)
	return response, err
}

// open sends a request, and returns how to wait for the rest of the answer.
// Cookies, the referrer, redirects and caches stay out of it: a request carries
// a password or a token.
func open(request Request) (response Value, wait func(Value, error) (Value, error), err error) {
	headers, err := Window().Get("Headers").New(request.Own)
	if err != nil {
		return Value{}, nil, err
	}
	for name, value := range request.Headers {
		if _, err := headers.Call("set", name, value); err != nil {
			return Value{}, nil, err
		}
	}
	options, err := Object(map[string]any{
		"method":         request.Method,
		"mode":           "cors",
		"credentials":    "omit",
		"referrerPolicy": "no-referrer",
		"redirect":       "error",
		"cache":          "no-store",
		"keepalive":      request.KeepAlive,
	})
	if err != nil {
		return Value{}, nil, err
	}
	timeout, err := timeoutSignal(request.Seconds)
	if err != nil {
		return Value{}, nil, err
	}
	_ = options.Set("headers", headers)
	_ = options.Set("signal", either(timeout, request.Signal))
	if body, isText := request.Body.(string); request.Body != nil && (!isText || body != "") {
		_ = options.Set("body", request.Body)
	}
	// The platform's own errors differ between browsers once an answer has
	// begun: why it ended is asked of the signals instead.
	wait = func(promise Value, err error) (Value, error) {
		if err != nil {
			return Value{}, err
		}
		got, err := Await(promise)
		switch {
		case err == nil:
			return got, nil
		case request.Signal.Get("aborted").True():
			return Value{}, ErrAborted
		case timeout.Get("aborted").True():
			return Value{}, ErrTimeout
		}
		return Value{}, ErrNetwork
	}
	response, err = wait(Window().Call("fetch", request.URL, options))
	return response, wait, err
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
