package keygen

import "keygenauth/internal/browser"

// Browser is the Transport of a page: the platform's fetch.
type Browser struct {
	// Timeout is how long to wait for a whole answer, in seconds.
	Timeout float64
}

// Send implements Transport.
func (b Browser) Send(request Request) (*Response, error) {
	var body string
	if request.Body != nil {
		encoded, err := browser.Stringify(request.Body)
		if err != nil {
			return nil, &Error{Code: CodeInternal, Detail: "the request could not be encoded"}
		}
		body = encoded
	}
	seconds := b.Timeout
	if request.Left > 0 {
		seconds = float64(request.Left) / 1000
	}
	answer, err := browser.Fetch(browser.Request{
		Method:    request.Method,
		URL:       request.URL,
		Headers:   request.Headers,
		Body:      body,
		Seconds:   seconds,
		KeepAlive: request.KeepAlive,
		Signal:    signal(request.Abort),
	})
	if err != nil {
		return nil, Failure(err)
	}
	return Answer(answer), nil
}

// Patience returns what a page has: all tries of a call share the transport's
// Timeout. None begins once gone says that the program's time is over.
func (b Browser) Patience(gone func() bool) *Patience {
	return &Patience{
		Limit:  int64(b.Timeout * 1000),
		Now:    browser.Now,
		Online: browser.Online,
		Random: browser.Crypto{}.Nonce,
		Wait: func(milliseconds int64, abort any) error {
			err := browser.Pause(int(milliseconds), signal(abort))
			if err == nil && gone() {
				err = browser.ErrAborted
			}
			if err != nil {
				return Failure(err)
			}
			return nil
		},
	}
}

// Answer returns an answer that was received by other means.
func Answer(answer *browser.Response) *Response {
	response := &Response{Status: answer.Status, Header: answer.Header, Raw: answer.Body}
	document, _ := browser.Parse(string(answer.Body))
	response.Refuses = document.Get("errors").Exists()
	// One of these makes a document of the API of what is JSON.
	for _, member := range []string{"data", "errors", "meta"} {
		if value := document.Get(member); value.Exists() || value.IsNull() {
			response.Body = node{document}
		}
	}
	return response
}

// Parse returns the JSON value that text is, nil when it is none.
func Parse(text []byte) Node {
	value, err := browser.Parse(string(text))
	if err != nil {
		return nil
	}
	return node{value}
}

// Failure returns the error for a request that got no answer: an error of
// browser.Fetch.
func Failure(err error) *Error {
	switch err {
	case browser.ErrAborted:
		return &Error{Code: CodeAborted, Detail: "the page ended the request"}
	case browser.ErrTimeout:
		return &Error{Code: CodeTimeout, Detail: "the server did not answer in time"}
	case browser.ErrNetwork:
		return &Error{Code: CodeNetwork, Detail: "the server could not be reached, or does not allow this page to read its answers"}
	}
	return &Error{Code: CodeInternal, Detail: "the request could not be sent"}
}

func signal(abort any) browser.Value {
	signal, _ := abort.(browser.Value)
	return signal
}

// Value returns a document of this transport as the page's scripts see it,
// undefined for none.
func Value(document Node) browser.Value {
	found, _ := document.(node)
	return found.v
}

// node is a JSON document in JavaScript's hands.
type node struct {
	v browser.Value
}

func (n node) Get(name string) Node { return node{n.v.Get(name)} }
func (n node) At(index int) Node    { return node{n.v.At(index)} }
func (n node) Text() (string, bool) { return n.v.Text() }
func (n node) IsNull() bool         { return n.v.IsNull() }

func (n node) Number() (float64, bool) { return n.v.Number() }

// Len is 0 for whatever else has a length: a text, an object with that member.
func (n node) Len() int {
	if !n.v.IsArray() {
		return 0
	}
	return n.v.Len()
}
