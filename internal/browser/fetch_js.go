package browser

import "errors"

// Errors of a request without a response.
var (
	// ErrNetwork: offline, DNS, CORS, a lost connection. The browser does not say
	// which.
	ErrNetwork = errors.New("no answer from the network")
	// ErrTimeout: the response was not complete within Request.Seconds.
	ErrTimeout = errors.New("no answer in time")
	// ErrRedirect: the response is a redirect, which is not followed.
	ErrRedirect = errors.New("a redirect instead of an answer")
	// ErrAborted: the page's AbortSignal ended the request.
	ErrAborted = errors.New("ended by the page")
)

// Request is a request of Fetch and Open.
type Request struct {
	Method    string
	URL       string
	Headers   map[string]string
	Body      any     // a string or a Value that fetch accepts; nil or "" for none
	Seconds   float64 // time limit for the whole response
	KeepAlive bool    // the request survives the page
	// Own are the page's headers, a Headers object; Headers takes precedence. Signal
	// is the page's AbortSignal. Both may be undefined.
	Own, Signal Value

	noCORS bool // send it in mode no-cors: the response cannot be read
}

// Response is a complete response.
type Response struct {
	Status  int
	Body    []byte // after decompression
	headers Value
}

// Header returns a response header, "" when there is none or when CORS hides it.
func (r *Response) Header(name string) string {
	value, _ := r.headers.Call("get", name)
	text, _ := value.Text()
	return text
}

// Fetch sends a request and waits for the whole response, of any status. It fails
// with ErrNetwork, ErrTimeout, ErrRedirect or ErrAborted, or with an *Error when the
// browser does not accept the request.
func Fetch(request Request) (*Response, error) {
	opened, err := Open(request)
	if err != nil {
		return nil, err
	}
	defer opened.Done()
	return opened.read(opened.Value)
}

// Opened is a response whose headers have arrived: the browser's Response object.
type Opened struct {
	Value
	limit *limit
}

// Open sends a request and waits for the response's headers. The request's time limit
// is also that of the body; the caller calls Done to end it. Open fails like Fetch;
// then Done need not be called.
func Open(request Request) (Opened, error) {
	response, limit, err := open(request)
	if err != nil {
		return Opened{}, err
	}
	return Opened{response, limit}, nil
}

// Head returns the status and headers.
func (o Opened) Head() *Response {
	status, _ := o.Get("status").Number()
	return &Response{Status: int(status), headers: o.Get("headers")}
}

// Copy waits for the whole response. It reads a clone, so that the page can still read
// the body. It fails like Fetch.
func (o Opened) Copy() (*Response, error) {
	clone, err := o.Call("clone")
	if err != nil {
		return nil, err
	}
	return o.read(clone)
}

// Answers returns whether a server responds at a URL, also when CORS does not let the
// page read the response. It waits for so many seconds at most, and ends when the
// page's AbortSignal is aborted.
func Answers(url string, seconds float64, page Value) bool {
	_, limit, err := open(Request{Method: "GET", URL: url, Seconds: seconds, Signal: page, noCORS: true})
	if err == nil {
		limit.end()
	}
	return err == nil
}

// Online returns whether the browser believes that there is a network
// (navigator.onLine); true when it does not know.
func Online() bool {
	online := Window().Get("navigator").Get("onLine")
	return !online.IsBoolean() || online.True()
}

// Done ends the time limit: the body may take any time from now on.
func (o Opened) Done() { o.limit.end() }

// read waits for the body of a response, o's own or a clone.
func (o Opened) read(response Value) (*Response, error) {
	buffer, err := o.limit.wait(response.Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	complete := o.Head()
	complete.Body = bytesToGo(buffer)
	return complete, nil
}

// open sends a request, and returns the limit for the rest of the response. As a
// request has a password or a token it goes without cookies, referrer and cache, and
// follows no redirect.
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
	if request.noCORS {
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
	_ = options.Set("signal", anySignal(limit.time, limit.page))
	if body, isText := request.Body.(string); request.Body != nil && (!isText || body != "") {
		_ = options.Set("body", request.Body)
	}
	response, err := limit.wait(Window().Call("fetch", request.URL, options))
	if kind, _ := response.Get("type").Text(); kind == "opaqueredirect" {
		err = ErrRedirect
	}
	if err != nil {
		limit.end()
		if err == ErrNetwork {
			_, _ = Bridge().Call("explainSilence")
		}
		return Value{}, nil, err
	}
	return response, limit, nil
}

// limit has the AbortSignals that may end a request early: that of the time limit and
// that of the page.
type limit struct {
	time, page Value
	end        func() // ends the time limit
}

// newLimit returns a limit with a timer of so many seconds.
func newLimit(seconds float64, page Value) (*limit, error) {
	timeout, err := timeoutSignal(seconds)
	if err != nil {
		return nil, err
	}
	controller, err := Window().Get("AbortController").New()
	if err != nil {
		return nil, err
	}
	end := Listen(timeout, "abort", func(Value) {
		_, _ = controller.Call("abort", timeout.Get("reason"))
	})
	return &limit{time: controller.Get("signal"), page: page, end: end}, nil
}

// wait waits for a promise of the request. It takes the cause of a failure from the
// signals: the browsers' errors for it differ.
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

// anySignal returns a signal that is aborted when one of the two is. In a browser
// without AbortSignal.any it is the page's.
func anySignal(timeout, own Value) Value {
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
