package keygen

import (
	"errors"

	"keygenauth/internal/browser"
)

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
	answer, err := browser.Fetch(browser.Request{
		Method:    request.Method,
		URL:       request.URL,
		Headers:   request.Headers,
		Body:      body,
		Seconds:   b.Timeout,
		KeepAlive: request.KeepAlive,
	})
	switch {
	case errors.Is(err, browser.ErrTimeout):
		return nil, &Error{Code: CodeTimeout, Detail: "the server did not answer in time"}
	case errors.Is(err, browser.ErrNetwork):
		return nil, &Error{Code: CodeNetwork, Detail: "the server could not be reached, or does not allow this page to read its answers"}
	case err != nil:
		return nil, &Error{Code: CodeInternal, Detail: "the request could not be sent"}
	}
	response := &Response{Status: answer.Status, Header: answer.Header}
	if document, err := browser.Parse(answer.Text); err == nil {
		response.Body = node{document}
	}
	return response, nil
}

// node is a JSON document in JavaScript's hands.
type node struct {
	v browser.Value
}

func (n node) Get(name string) Node { return node{n.v.Get(name)} }
func (n node) At(index int) Node    { return node{n.v.At(index)} }
func (n node) Text() (string, bool) { return n.v.Text() }
func (n node) IsNull() bool         { return n.v.IsNull() }

// Len is 0 for whatever else has a length: a text, an object with that member.
func (n node) Len() int {
	if !n.v.IsArray() {
		return 0
	}
	return n.v.Len()
}
