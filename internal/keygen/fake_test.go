package keygen_test

import (
	"encoding/json"
	"errors"
	"time"

	"keygenauth/internal/keygen"
)

// jsonNode is a Node on any Go. present tells JSON's null from nothing.
type jsonNode struct {
	value   any
	present bool
}

// parse returns the document in text, nil when it is not JSON.
func parse(text string) keygen.Node {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return jsonNode{value, true}
}

func (n jsonNode) Get(name string) keygen.Node {
	members, _ := n.value.(map[string]any)
	value, ok := members[name]
	return jsonNode{value, ok}
}

func (n jsonNode) At(index int) keygen.Node {
	list, _ := n.value.([]any)
	if index < 0 || index >= len(list) {
		return jsonNode{}
	}
	return jsonNode{list[index], true}
}

func (n jsonNode) Len() int {
	list, _ := n.value.([]any)
	return len(list)
}

func (n jsonNode) Text() (string, bool) {
	text, ok := n.value.(string)
	return text, ok
}

func (n jsonNode) Number() (float64, bool) {
	number, ok := n.value.(float64)
	return number, ok
}

func (n jsonNode) IsNull() bool { return n.present && n.value == nil }

// canned answers every request alike and keeps the last one.
type canned struct {
	status  int
	headers map[string]string
	body    string
	err     error

	sent keygen.Request
}

func (c *canned) Send(request keygen.Request) (*keygen.Response, error) {
	c.sent = request
	if c.err != nil {
		return nil, c.err
	}
	return &keygen.Response{
		Status: c.status,
		Header: func(name string) string { return c.headers[name] },
		Raw:    []byte(c.body),
		Body:   parse(c.body),
	}, nil
}

// localTime is what the device's clock says in these tests.
const localTime = 1_800_000_000_000

func client(transport keygen.Transport) *keygen.Client {
	return &keygen.Client{
		Transport: transport,
		Host:      "https://api.example.com",
		Account:   "demo",
		Now:       func() int64 { return localTime },
		ParseTime: parseTime,
	}
}

func parseTime(text string) (int64, bool) {
	for _, layout := range []string{time.RFC3339, httpTime} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed.UnixMilli(), true
		}
	}
	return 0, false
}

// httpTime is how Date headers write a time.
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

// httpDate returns Unix seconds as a Date header has them.
func httpDate(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(httpTime) }

// failure returns err as the *keygen.Error that it must be.
func failure(err error) *keygen.Error {
	var failure *keygen.Error
	if !errors.As(err, &failure) {
		return &keygen.Error{Code: "NOT_A_KEYGEN_ERROR"}
	}
	return failure
}

const tokenDocument = `{"data":{"id":"t1","type":"tokens",
	"attributes":{"kind":"user-token","token":"user-secret-v3","expiry":"2030-01-02T03:04:05.000Z"},
	"relationships":{"bearer":{"data":{"type":"users","id":"u1"}}}}}`
