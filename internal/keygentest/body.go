package keygentest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An object is a JSON object that remembers the order of its keys, so that the first wrong key is the one reported.
// Keys are in snake_case, however they were sent. Values are nil, bool, string, json.Number, []any and *object.
type object struct {
	keys   []string
	values map[string]any
}

// get follows keys downwards. found is false when one is absent or not in an object; a null is found.
func (o *object) get(keys ...string) (value any, found bool) {
	value = o
	for _, key := range keys {
		at, ok := value.(*object)
		if !ok || at == nil {
			return nil, false
		}
		if value, ok = at.values[key]; !ok {
			return nil, false
		}
	}
	return value, true
}

func (o *object) set(key string, value any) {
	if _, known := o.values[key]; !known {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// parseDocument reads a request body: nil for an empty one, JSON_INVALID for anything but one JSON text in UTF-8. That
// the document is an object is for validate to check, since endpoints without a document take no notice.
func parseDocument(raw []byte) (any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	invalid := malformed("JSON_INVALID", "The request body is not valid JSON")
	// The decoder would replace bad bytes and stop at the end of the first value.
	if !utf8.Valid(raw) || !json.Valid(raw) {
		return nil, invalid
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	value, err := decodeValue(dec)
	if err != nil {
		return nil, invalid
	}
	return value, nil
}

func decodeValue(dec *json.Decoder) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		return decodeObject(dec)
	case json.Delim('['):
		return decodeArray(dec)
	default:
		return tok, nil
	}
}

func decodeObject(dec *json.Decoder) (any, error) {
	o := &object{values: map[string]any{}}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		value, err := decodeValue(dec)
		if err != nil {
			return nil, err
		}
		o.set(snakeCase(key.(string)), value)
	}
	_, err := dec.Token()
	return o, err
}

func decodeArray(dec *json.Decoder) (any, error) {
	list := []any{}
	for dec.More() {
		value, err := decodeValue(dec)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := dec.Token()
	return list, err
}

var (
	acronymEnd = regexp.MustCompile(`([A-Z]+)([A-Z][a-z])`)
	wordEnd    = regexp.MustCompile(`([a-z\d])([A-Z])`)
	separators = strings.NewReplacer("-", "_", " ", "_")
)

// snakeCase turns fooBar, foo-bar and "Foo Bar" into foo_bar.
func snakeCase(s string) string {
	s = acronymEnd.ReplaceAllString(s, "${1}_${2}")
	s = wordEnd.ReplaceAllString(s, "${1}_${2}")
	return strings.ToLower(separators.Replace(s))
}

// camelCase is how keys leave: foo_bar becomes fooBar.
func camelCase(s string) string {
	words := strings.Split(s, "_")
	for i, word := range words {
		if i > 0 && word != "" {
			first, size := utf8.DecodeRuneInString(word)
			words[i] = string(unicode.ToUpper(first)) + word[size:]
		}
	}
	return strings.Join(words, "")
}
