package keygen

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

func documentOf(t *testing.T, text string) Node {
	t.Helper()
	value, err := browser.Parse(text)
	require.NoError(t, err)
	return node{value}
}

// Paths can be walked without checks, whatever the document is.
func TestNodeWhereNothingIs(t *testing.T) {
	for _, text := range []string{`null`, `7`, `"text"`, `true`, `[]`, `{}`, `{"a":null}`, `{"a":[]}`, `{"b":{"c":"d"}}`} {
		found := documentOf(t, text).Get("a").Get("c").At(0).Get("d")
		_, ok := found.Text()
		assert.False(t, ok, text)
		assert.False(t, found.IsNull(), text)
		assert.Zero(t, found.Len(), text)
	}
}

func TestNodeLenIsOfArrays(t *testing.T) {
	for text, want := range map[string]int{
		`[]`: 0, `[1,2]`: 2, `"text"`: 0, `null`: 0, `{"length":3}`: 0, `{"length":-1}`: 0, `{"length":"x"}`: 0,
	} {
		assert.Equal(t, want, documentOf(t, text).Len(), text)
	}
}

func TestNode(t *testing.T) {
	found := documentOf(t, `{"data":[{"id":"t","expiry":null}],"__proto__":{"x":"y"}}`)
	id, ok := found.Get("data").At(0).Get("id").Text()
	assert.True(t, ok)
	assert.Equal(t, "t", id)
	assert.True(t, found.Get("data").At(0).Get("expiry").IsNull())
	assert.False(t, found.Get("data").At(0).Get("absent").IsNull())
	_, ok = found.Get("data").At(1).Get("id").Text()
	assert.False(t, ok)
}

// An answer that only looks like an error document costs a request, not more.
func TestErrorsOfAnOddLength(t *testing.T) {
	for _, text := range []string{`{"errors":{"length":-1}}`, `{"errors":{"length":1000000000}}`, `{"errors":"text"}`} {
		client := &Client{ParseTime: browser.ParseTime, Now: browser.Now}
		failed := client.refusal(&Response{Status: 422, Header: func(string) string { return "" }, Body: documentOf(t, text)})
		assert.Equal(t, "HTTP_422", failed.Code, text)
		assert.Empty(t, failed.Errors, text)
	}
}

// JSON is not yet a document of the API.
func TestAnswer(t *testing.T) {
	for text, want := range map[string]bool{
		``: false, `<!doctype html>`: false, `null`: false, `7`: false, `"data"`: false, `[]`: false, `{}`: false, `{"ok":true}`: false,
		`{"data":null}`: true, `{"data":[]}`: true, `{"data":{}}`: true, `{"errors":[]}`: true, `{"meta":{}}`: true,
	} {
		answer := Answer(&browser.Response{Status: 200, Body: []byte(text)})
		assert.Equal(t, want, answer.Body != nil, text)
		assert.Equal(t, 200, answer.Status)
	}
}
