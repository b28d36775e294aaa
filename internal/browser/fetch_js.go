package browser

import "errors"

// Why a request brought no answer.
var (
	// ErrNetwork: offline, DNS, CORS, a refused redirect, a cut connection. The
	// platform does not tell which.
	ErrNetwork = errors.New("no answer from the network")
	// ErrTimeout: the answer was not complete in time.
	ErrTimeout = errors.New("no answer in time")
)

// Request is what Fetch sends.
type Request struct {
	Method    string
	URL       string
	Headers   map[string]string
	Body      string // none when empty
	Seconds   float64
	KeepAlive bool // let the request survive the page, for last words
}

// Response is a complete answer.
type Response struct {
	Status  int
	Text    string
	headers Value
}

// Header returns a header that the server lets scripts read, else "".
func (r *Response) Header(name string) string {
	value, _ := r.headers.Call("get", name)
	text, _ := value.Text()
	return text
}

// Fetch sends a request and waits for the whole answer, whatever its status.
// It fails with ErrTimeout or ErrNetwork. Cookies, the referrer, redirects and
// caches stay out of it: a request carries a password or a token.
func Fetch(request Request) (*Response, error) {
	signal, err := Window().Get("AbortSignal").Call("timeout", request.Seconds*1000)
	if err != nil {
		return nil, err
	}
	headers := make(map[string]any, len(request.Headers))
	for name, value := range request.Headers {
		headers[name] = value
	}
	options, err := Object(map[string]any{
		"method":         request.Method,
		"headers":        headers,
		"mode":           "cors",
		"credentials":    "omit",
		"referrerPolicy": "no-referrer",
		"redirect":       "error",
		"cache":          "no-store",
		"keepalive":      request.KeepAlive,
	})
	if err != nil {
		return nil, err
	}
	if err := options.Set("signal", signal); err != nil {
		return nil, err
	}
	if request.Body != "" {
		if err := options.Set("body", request.Body); err != nil {
			return nil, err
		}
	}
	response, err := awaitCall(Window(), "fetch", request.URL, options)
	if err != nil {
		return nil, err
	}
	body, err := awaitCall(response, "text")
	if err != nil {
		return nil, err
	}
	status, _ := response.Get("status").Number()
	text, _ := body.Text()
	return &Response{Status: int(status), Text: text, headers: response.Get("headers")}, nil
}

// awaitCall calls a method that returns a promise of the network and waits.
func awaitCall(v Value, method string, args ...any) (Value, error) {
	promise, err := v.Call(method, args...)
	if err != nil {
		return Value{}, err
	}
	got, err := Await(promise)
	var thrown *Error
	if errors.As(err, &thrown) {
		if thrown.Name == "TimeoutError" {
			return Value{}, ErrTimeout
		}
		return Value{}, ErrNetwork
	}
	return got, err
}
