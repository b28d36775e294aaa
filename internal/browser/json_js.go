package browser

import "github.com/hack-pad/safejs"

// ToGo returns v as a string, float64, bool, nil, []any or map[string]any, without
// members that are undefined. ok is false for what JSON cannot express, for a lone
// surrogate, and when v is nested in more than so many levels.
func (v Value) ToGo(levels int) (value any, ok bool) {
	switch kind := v.jsType(); {
	case !v.Exists():
		return nil, true
	case kind == safejs.TypeString:
		text, ok := v.Text()
		return text, ok && v.WellFormed()
	case kind == safejs.TypeNumber:
		number, ok := v.Number()
		return number, ok && number-number == 0 // neither NaN nor infinite
	case kind == safejs.TypeBoolean:
		return v.True(), true
	case kind != safejs.TypeObject || levels == 0:
		return nil, false
	case v.IsArray():
		list := make([]any, v.Len())
		for i := range list {
			item, ok := v.At(i).ToGo(levels - 1)
			if !ok {
				return nil, false
			}
			list[i] = item
		}
		return list, true
	}
	members := map[string]any{}
	for _, name := range v.Keys() {
		member := v.Get(name)
		if member.v.IsUndefined() {
			continue
		}
		value, ok := member.ToGo(levels - 1)
		if !ok {
			return nil, false
		}
		members[name] = value
	}
	return members, true
}

// WellFormed returns whether a string has no lone surrogate. UTF-8 cannot encode
// one, and so Go would get another string without an error.
func (v Value) WellFormed() bool {
	_, err := Window().Call("encodeURIComponent", v)
	return err == nil
}

// Object returns a new JavaScript object with these properties. They may be
// strings, numbers, booleans, nil, and maps and slices of them; it fails for others.
func Object(properties map[string]any) (Value, error) {
	object, err := safejs.ValueOf(properties)
	return Value{object}, wrap("object", err)
}

// Parse parses JSON text. It fails when the text is not JSON.
func Parse(text string) (Value, error) { return Window().Get("JSON").Call("parse", text) }

// Stringify returns the JSON text of an object with these properties. It fails like
// Object.
func Stringify(properties map[string]any) (string, error) {
	object, err := Object(properties)
	if err != nil {
		return "", err
	}
	encoded, err := Window().Get("JSON").Call("stringify", object)
	text, _ := encoded.Text()
	return text, err
}
