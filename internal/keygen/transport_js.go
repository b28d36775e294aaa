package keygen

import (
	"strings"

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
		return nil, Failure(err, request.URL, signal(request.Abort))
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
				return Failure(err, "", browser.Value{})
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

// pingLimit is how long to wait for a ping, in seconds. A server that has lost its
// cache takes ten to fail.
const pingLimit = 12

// told says whether the console has the line on a server in trouble.
var told bool

// Failure returns the error for a request to a URL that got no answer: an error of
// browser.Fetch. A server in trouble answers without leave for the page to read
// it, which looks as if there were no network: the ping, whose answer nobody needs
// to read, tells the two apart. The page's signal ends that, too.
func Failure(err error, url string, page browser.Value) *Error {
	if err == browser.ErrNetwork && browser.Online() {
		host, _, _ := strings.Cut(url, "/v1/")
		answers := browser.Answers(host+"/v1/ping", pingLimit, page)
		switch {
		case page.Get("aborted").True():
			err = browser.ErrAborted
		case answers:
			if !told {
				told = true
				browser.Warn(host + " answers, but not so that this page may read it: the server is in trouble, or data-host names one that is no Keygen API")
			}
			return &Error{Code: CodeUnavailable, Detail: "the server answers, but not so that this page may read it: it is in trouble, or is no Keygen API"}
		}
	}
	switch err {
	case browser.ErrRedirect:
		return &Error{Code: CodeNetwork, Detail: "the server redirects to another address, which is not followed"}
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
