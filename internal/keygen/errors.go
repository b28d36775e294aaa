package keygen

import (
	"strconv"
	"strings"
)

// Codes of failures that are not the API's own. The API's are an open list
// (https://keygen.sh/docs/api/errors/): compare, do not enumerate.
const (
	CodeNetwork = "NETWORK_ERROR"
	CodeTimeout = "TIMEOUT"
	// CodeUnavailable: there is an answer, which the page may not read. Those of a
	// server in trouble are such.
	CodeUnavailable = "SERVICE_UNAVAILABLE"
	CodeResponse    = "BAD_RESPONSE"
	CodeAborted     = "ABORTED"
	CodeInternal    = "INTERNAL_ERROR"
	// CodeSignature: an answer, or a license file, is not signed by the account.
	CodeSignature = "SIGNATURE_INVALID"
	// CodeAddress: where answers must be signed, one that is not says that there is
	// no such path or account. Nothing else is believed of it.
	CodeAddress = "ADDRESS_UNKNOWN"
	// What the page's author has to mend.
	CodeConfig = "CONFIG_INVALID"
)

// Codes of POST tokens that ask for more than another try.
const (
	CodeOTPRequired     = "OTP_REQUIRED"
	CodeSSORequired     = "SSO_REQUIRED"
	CodeTooManyRequests = "TOO_MANY_REQUESTS"
)

// defaultRetryAfter is the wait, in seconds, after a 429 that does not name one
// that can be believed: the length of the window that logins are counted in.
const defaultRetryAfter = 60

// Error is a call that did not succeed, whatever the cause. It never holds a
// password, a token or a body.
type Error struct {
	Code   string // stable; the API's, or HTTP_<status> where it sent none
	Status int    // of the answer; 0 when there was none
	Title  string
	Detail string // the server's prose, or what this module found wrong
	Source Source
	// RetryAfter is how long to wait, in seconds, after a 429.
	RetryAfter int
	// RequestID is the server's name for the request, for its support.
	RequestID string
	// Link is where SSO_REQUIRED sends the user; https, or empty.
	Link string
	// Errors are all the problems of the answer; the fields above are the
	// first one's.
	Errors []Problem
}

// Problem is one error object of an answer.
type Problem struct {
	Code, Title, Detail string
	Source              Source
}

// Source is what a problem is about: at most one of the three is set.
type Source struct {
	Pointer   string // JSON pointer into the document sent
	Parameter string // of the query
	Header    string
}

// Error returns the code and the detail.
func (e *Error) Error() string {
	if e.Detail == "" {
		return e.Code
	}
	return e.Code + ": " + e.Detail
}

// AsError returns err as an *Error: INTERNAL_ERROR for any other, whose text
// may hold anything.
func AsError(err error) *Error {
	if failure, ok := err.(*Error); ok {
		return failure
	}
	return &Error{Code: CodeInternal, Detail: "unexpected failure"}
}

// refusal returns the error that an answer of 400 or more stands for. What is
// not one of the API's error documents came from something in between: a
// proxy, an edge, a captive portal.
func (c *Client) refusal(response *Response) *Error {
	if response.Status >= 500 {
		return c.unexpected(response)
	}
	var list Node
	if response.Body != nil {
		list = response.Body.Get("errors")
	}
	// A 429 is made before the account is asked, and is not signed: all that it
	// may say is that there were too many requests.
	other := response.Status == 429 && list != nil && text(list.At(0), "code") != CodeTooManyRequests
	if list == nil || list.Len() == 0 || other {
		refused := c.unexpected(response)
		refused.Code = "HTTP_" + strconv.Itoa(response.Status)
		refused.Detail = "the server refused (status " + strconv.Itoa(response.Status) + ") and gave no reason"
		refused.RetryAfter = c.retryAfter(response)
		return refused
	}
	refused := &Error{
		Status:     response.Status,
		RequestID:  response.Header("x-request-id"),
		RetryAfter: c.retryAfter(response),
	}
	for i := range list.Len() {
		refused.Errors = append(refused.Errors, problem(list.At(i)))
	}
	main := refused.Errors[0]
	refused.Code, refused.Title, refused.Detail, refused.Source = main.Code, main.Title, main.Detail, main.Source
	if refused.Code == "" {
		refused.Code = "HTTP_" + strconv.Itoa(response.Status)
	}
	if link := text(list.At(0), "links", "redirect"); main.Code == CodeSSORequired && strings.HasPrefix(link, "https://") {
		refused.Link = link
	}
	return refused
}

// unexpected returns the error for an answer that is not the API's.
func (c *Client) unexpected(response *Response) *Error {
	return &Error{
		Code:      CodeResponse,
		Status:    response.Status,
		Detail:    "the server's answer (status " + strconv.Itoa(response.Status) + ") is not one of the Keygen API",
		RequestID: response.Header("x-request-id"),
	}
}

// retryAfter returns the seconds to wait after a 429, 0 after anything else.
// The API's Retry-After is not readable for scripts, only the end of the
// window is; it is judged by the server's own clock, where it sent one.
func (c *Client) retryAfter(response *Response) int {
	if response.Status != 429 {
		return 0
	}
	reset, ok := seconds(response.Header("x-ratelimit-reset"))
	if !ok {
		return defaultRetryAfter
	}
	now, ok := c.ParseTime(response.Header("date"))
	if !ok {
		now = c.Now()
	}
	wait := reset - now/1000
	// More than the window is long, or less than nothing, is a clock gone wrong.
	if wait < 1 || wait > window(response.Header("x-ratelimit-window")) {
		return defaultRetryAfter
	}
	return int(wait)
}

// seconds reads digits. It takes the place of strconv.ParseInt, whose errors quote what they were given: 3 KB.
func seconds(text string) (n int64, ok bool) {
	for _, digit := range []byte(text) {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		n = 10*n + int64(digit-'0')
	}
	return n, true
}

// window returns how many seconds the window is long that the API counts
// requests in, by its name (https://keygen.sh/docs/api/rate-limiting/).
func window(name string) int64 {
	switch name {
	case "mutpwd", "mutmfa": // changes of passwords and second factors
		return 10 * 60
	case "rstpwd": // mails with links to reset a password
		return 60 * 60
	}
	return defaultRetryAfter // "auth", for sign-ins, and the general "1m"
}

func problem(node Node) Problem {
	return Problem{
		Code:   text(node, "code"),
		Title:  text(node, "title"),
		Detail: text(node, "detail"),
		Source: Source{
			Pointer:   text(node, "source", "pointer"),
			Parameter: text(node, "source", "parameter"),
			Header:    text(node, "source", "header"),
		},
	}
}

// text returns the string at a path of members, "" when there is none.
func text(node Node, path ...string) string {
	for _, name := range path {
		node = node.Get(name)
	}
	found, _ := node.Text()
	return found
}
