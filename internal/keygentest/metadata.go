package keygentest

import (
	"bytes"
	"encoding/json"
	"strconv"
)

const (
	metadataDepth = 2
	metadataKeys  = 64
	metadataBytes = 16 << 10
)

// metadata renders what clients have stored with a record. Its keys leave in camelCase like all others, except that
// clients before 1.5 know the nested ones in snake_case.
func (x *exchange) metadata(o *object) json.RawMessage {
	return encode(o, 0, func(key string, depth int) string {
		if depth > 1 && x.version <= 4 {
			return key
		}
		return camelCase(key)
	})
}

// echo renders part of a request as the service repeats it.
func echo(value any) json.RawMessage {
	return encode(value, 0, func(key string, _ int) string { return camelCase(key) })
}

// encode writes a parsed value with its keys in order and renamed. The keys of the outermost object are at depth 1.
func encode(value any, depth int, rename func(key string, depth int) string) json.RawMessage {
	var out bytes.Buffer
	switch value := value.(type) {
	case *object:
		if value == nil {
			return json.RawMessage("{}")
		}
		for _, key := range value.keys {
			out.WriteByte(',')
			out.Write(encode(rename(key, depth+1), depth+1, rename))
			out.WriteByte(':')
			out.Write(encode(value.values[key], depth+1, rename))
		}
		return enclose('{', out.Bytes(), '}')
	case []any:
		for _, item := range value {
			out.WriteByte(',')
			out.Write(encode(item, depth+1, rename))
		}
		return enclose('[', out.Bytes(), ']')
	}
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // only what a parser returned gets here
	}
	return raw
}

func enclose(start byte, members []byte, end byte) json.RawMessage {
	return append(append([]byte{start}, bytes.TrimPrefix(members, []byte(","))...), end)
}

// checkLists refuses lists that hold more than texts, numbers and the like.
func checkLists(at string, value any) error {
	switch value := value.(type) {
	case *object:
		for _, key := range value.keys {
			if err := checkLists(at+"/"+pointerEscapes.Replace(camelCase(key)), value.values[key]); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range value {
			if kind := kindOf(item); kind == kindObject || kind == kindArray {
				return invalidBody(at+"/"+strconv.Itoa(i), "type mismatch (received "+string(kind)+")")
			}
		}
	}
	return nil
}

// checkMetadata judges nesting and texts of a free-form object.
func checkMetadata(at string, value any, depth int) error {
	var members []any
	switch value := value.(type) {
	case string:
		return validText(value)
	case *object:
		for _, key := range value.keys {
			members = append(members, value.values[key])
		}
	case []any:
		members = value
	default:
		return nil
	}
	if depth > metadataDepth {
		return invalidBody(at, "maximum depth of 2 exceeded")
	}
	for _, member := range members {
		if err := checkMetadata(at, member, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// judgeMetadata adds an error if the metadata of a new record is too much to store, and returns it.
func (x *exchange) judgeMetadata(f *findings) *object {
	sent, _ := x.attribute("metadata")
	o, _ := sent.(*object)
	if o != nil && (len(o.keys) > metadataKeys || len(x.metadata(o)) > metadataBytes) {
		f.add("METADATA_TOO_LONG", "is too large (64 keys and 16 KiB are allowed)", "/data/attributes/metadata")
	}
	return o
}

// storedMetadata is how a client would have sent what a test adds.
func storedMetadata(values map[string]any) *object {
	raw, err := json.Marshal(values)
	if err != nil {
		panic("keygentest: metadata: " + err.Error())
	}
	document, err := parseDocument(raw)
	if err != nil {
		panic("keygentest: metadata: " + err.Error())
	}
	o, _ := document.(*object)
	return o
}

// matchesMetadata applies filters such as metadata[customerId]=5. Values compare as text.
func (x *exchange) matchesMetadata(o *object) bool {
	for name := range x.query {
		key, ok := nestedParameter(name, "metadata")
		if !ok {
			continue
		}
		value, found := o.get(snakeCase(key))
		if !found || plainText(value) != x.query.Get(name) {
			return false
		}
	}
	return true
}

func plainText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return string(echo(value))
}
