package keygen

// Version is the API version this package speaks; it is sent with every
// request, for without it the account's own pinned version would apply.
const Version = "1.8"

// mediaType is JSON:API's, which the API prefers both ways.
const mediaType = "application/vnd.api+json"

// Transport sends one request and waits for the answer. It fails with an
// *Error of code NETWORK_ERROR, SERVICE_UNAVAILABLE or TIMEOUT when none comes.
type Transport interface {
	Send(Request) (*Response, error)
}

// Request is one call of the API as it goes over the wire.
type Request struct {
	Method  string
	URL     string
	Headers map[string]string
	// Body is the JSON document to send, made of maps, strings, numbers,
	// booleans and nil; none when nil.
	Body map[string]any
	// KeepAlive asks for the request to be sent even if the page is left.
	KeepAlive bool
	// Abort ends the request early; what it is depends on the transport, which
	// then fails with an *Error of code ABORTED. None when nil.
	Abort any
	// Left is the time there is for it, in milliseconds; the transport's own when 0.
	Left int64
}

// Response is one answer of whatever answered.
type Response struct {
	Status int
	// Header returns a header that scripts may read, else "".
	Header func(name string) string
	// Raw is the body as it was sent.
	Raw []byte
	// Body is the JSON:API document that Raw is; nil when it is none.
	Body Node
	// Refuses says that the body is a document of errors.
	Refuses bool
}

// Node is a value inside a JSON document. Get and At return a Node for which
// everything is absent when there is no such member, so that paths can be
// walked without checks.
type Node interface {
	Get(name string) Node
	At(index int) Node
	Len() int             // elements of an array, else 0
	Text() (string, bool) // the string, and whether it is one
	Number() (float64, bool)
	IsNull() bool // JSON's null; absent is not null
}

// Client calls the API of one account. The zero value is not usable: set
// Transport and Host.
type Client struct {
	Transport Transport
	// Host is the API's origin, such as https://api.keygen.sh.
	Host string
	// Account is the account's id or slug; empty where the host serves one
	// account alone (a custom domain, a single-account server).
	Account string
	// Environment is the code or id of an environment; not sent when empty.
	Environment string
	// Now returns the local time in milliseconds since 1970, for answers
	// that do not carry the server's.
	Now func() int64
	// ParseTime reads an ISO 8601 or HTTP date as milliseconds since 1970.
	ParseTime func(string) (milliseconds int64, ok bool)
	// Parse returns the JSON value that text is, nil when it is none. Only File
	// needs it.
	Parse func(text []byte) Node
	// Verifier, if not nil, is asked whether answers are the account's: those
	// that are not are refused (SIGNATURE_INVALID).
	Verifier Verifier
	// Dated is told the server's time, in milliseconds since 1970, by each
	// answer of the API that carries it. Nil for nobody.
	Dated func(now int64)

	skew int64 // what to add to Now, as far as signed answers tell
}

// base returns the URL that paths of the account are appended to.
func (c *Client) base() string {
	if c.Account == "" {
		return c.Host + "/v1"
	}
	return c.Host + "/v1/accounts/" + c.Account
}

// call is one request below the account.
type call struct {
	method, path  string
	authorization string
	body          map[string]any
	keepAlive     bool
	prefer        string
	empty         bool // a 204 without a document will do
	abort         any
	left          int64
}

// transmit sends a call and returns whatever answers.
func (c *Client) transmit(call call) (*Response, error) {
	if err := checkPath(call.path); err != nil {
		return nil, err
	}
	headers := c.headers(call.authorization)
	headers["Accept"] = mediaType
	if call.body != nil {
		headers["Content-Type"] = mediaType
	}
	if call.prefer != "" {
		headers["Prefer"] = call.prefer
	}
	return c.Transport.Send(Request{
		Method:    call.method,
		URL:       c.base() + call.path,
		Headers:   headers,
		Body:      call.body,
		KeepAlive: call.keepAlive,
		Abort:     call.abort,
		Left:      call.left,
	})
}

// send sends a call and returns the answer: one with a document, unless none
// will do. Every failure is an *Error.
func (c *Client) send(call call) (*Response, error) {
	response, err := c.transmit(call)
	if err != nil {
		return nil, err
	}
	if err := c.Judge(call.method, call.path, response); err != nil {
		return nil, err
	}
	none := response.Status == 204 && call.empty
	if response.Status >= 300 || response.Body == nil && !none {
		return nil, c.unexpected(response)
	}
	return response, nil
}

// headers returns those that every request has.
func (c *Client) headers(authorization string) map[string]string {
	headers := map[string]string{"Keygen-Version": Version}
	if authorization != "" {
		headers["Authorization"] = authorization
	}
	if c.Environment != "" {
		headers["Keygen-Environment"] = c.Environment
	}
	return headers
}

// URL returns the address of a path below the account that Path has let through,
// and the headers that a request of one's own to it must have.
func (c *Client) URL(path string, token Token) (url string, headers map[string]string) {
	return c.base() + path, c.headers(bearer(token.Value))
}

// Do sends a call and returns the answer's document, nil where that is 204. The
// token is not sent where the call is anonymous. Abort is as in Request.
func (c *Client) Do(token Token, do Call, abort any) (Node, error) {
	asks := do.Question && c.Verifier != nil
	if asks {
		do.Body = c.withNonce(do.Body)
	}
	sent := call{method: do.Method, path: do.Path, body: do.Body, prefer: do.Prefer, empty: do.Empty, abort: abort, left: do.Left}
	if !do.Anonymous && token.Value != "" {
		sent.authorization = bearer(token.Value)
	}
	response, err := c.send(sent)
	if err != nil {
		return nil, err
	}
	if asks && !answers(do.Body, response.Body) {
		return nil, &Error{Code: CodeSignature, Status: response.Status, Detail: "the answer is to another question", RequestID: response.Header("x-request-id")}
	}
	if do.Prefer == preferAddress && Address(response.Body) == "" {
		return nil, c.unexpected(response)
	}
	return response.Body, nil
}

// Judge returns the error that the answer to a request stands for, nil for
// none. The path is below the account, with its query, as the browser sent it.
func (c *Client) Judge(method, path string, response *Response) error {
	made, ok := c.made(response)
	if c.Verifier != nil {
		var err error
		if made, ok, err = c.verify(method, path, response); err != nil {
			return err
		}
	}
	if ok && c.Dated != nil {
		c.Dated(made)
	}
	if response.Status < 400 {
		return nil
	}
	return c.refusal(response)
}

// made returns when an answer was made. What has no request id was made by
// something in between, whose clock is nobody's.
func (c *Client) made(response *Response) (milliseconds int64, ok bool) {
	if response.Header("x-request-id") == "" {
		return 0, false
	}
	return c.ParseTime(response.Header("date"))
}

func bearer(token string) string { return "Bearer " + token }
