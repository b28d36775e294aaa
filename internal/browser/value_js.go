package browser

import "github.com/hack-pad/safejs"

// Value is a JavaScript value. The zero Value is undefined.
type Value struct {
	v safejs.Value
}

// Get returns a property of v. It returns undefined when there is none, when v is
// not an object, or when a getter threw. It calls Reflect.get, because syscall/js
// does not catch the exception of a getter: that would break Go's scheduler.
func (v Value) Get(name string) Value {
	if !v.Exists() {
		return Value{} // an exception and a panic would take a millisecond
	}
	got, err := builtin(&reflectGet, "Reflect", "get").v.Invoke(v.v, name)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// Set sets a property of v. It fails when v is not an object or the setter threw.
func (v Value) Set(name string, x any) error {
	_, err := builtin(&reflectSet, "Reflect", "set").v.Invoke(v.v, name, unwrap(x))
	return wrap("set "+name, err)
}

// Call calls a method of v. It fails when there is none or when it threw.
func (v Value) Call(method string, args ...any) (Value, error) {
	got, err := apply(v.Get(method), v, args...)
	return got, wrap(method, err)
}

// apply calls a function as a method of this. It is used in place of Call of
// syscall/js, which reads the method once more after an exception: a getter may
// throw then, see Get.
func apply(function, this Value, args ...any) (Value, error) {
	if !functionCall.Exists() {
		call := Window().Get("Function").Get("prototype").Get("call")
		bound, err := call.v.Call("bind", call.v)
		if err != nil {
			return Value{}, err
		}
		functionCall = Value{bound}
	}
	got, err := functionCall.v.Invoke(append([]any{function.v, this.v}, unwrapAll(args)...)...)
	return Value{got}, err
}

// Invoke calls v as a function. It fails when v is not a function or when it threw.
func (v Value) Invoke(args ...any) (Value, error) {
	got, err := v.v.Invoke(unwrapAll(args)...)
	return Value{got}, wrap("call", err)
}

// New calls v as a constructor. It fails when v is not one or when it threw.
func (v Value) New(args ...any) (Value, error) {
	got, err := v.v.New(unwrapAll(args)...)
	return Value{got}, wrap("new", err)
}

// jsType returns the type of v; undefined for a BigInt, for which Type panics.
func (v Value) jsType() (kind safejs.Type) {
	defer func() { _ = recover() }()
	return v.v.Type()
}

// Text returns the text of v. ok is false when v is not a string.
func (v Value) Text() (text string, ok bool) {
	if v.jsType() != safejs.TypeString {
		return "", false
	}
	text, err := v.v.String()
	return text, err == nil
}

// Number returns the number v. ok is false when v is not a number.
func (v Value) Number() (number float64, ok bool) {
	if v.jsType() != safejs.TypeNumber {
		return 0, false
	}
	number, err := v.v.Float()
	return number, err == nil
}

// True returns whether v is the boolean true.
func (v Value) True() bool {
	if !v.IsBoolean() {
		return false // a panic would take a millisecond
	}
	yes, err := v.v.Bool()
	return err == nil && yes
}

// Exists returns whether v is neither undefined nor null. It is not inlined, nor is
// Equal: that would make the program larger.
//
//go:noinline
func (v Value) Exists() bool { return !v.v.IsUndefined() && !v.v.IsNull() }

// IsNull returns whether v is null.
func (v Value) IsNull() bool { return v.v.IsNull() }

// Equal returns whether v === w.
//
//go:noinline
func (v Value) Equal(w Value) bool { return v.v.Equal(w.v) }

// Len returns the length of an array or NodeList, 0 for other values.
func (v Value) Len() int {
	length, _ := v.Get("length").Number()
	return int(length)
}

// At returns the item at an index of an array or NodeList, undefined when there is none.
func (v Value) At(i int) Value {
	got, err := builtin(&reflectGet, "Reflect", "get").v.Invoke(v.v, i)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// IsArray returns whether v is an array.
func (v Value) IsArray() bool {
	is, err := Window().Get("Array").Call("isArray", v)
	return err == nil && is.True()
}

// IsBoolean returns whether v is true or false.
func (v Value) IsBoolean() bool { return v.jsType() == safejs.TypeBoolean }

// IsObject returns whether v is an object. Arrays are, functions are not.
func (v Value) IsObject() bool { return v.jsType() == safejs.TypeObject }

// Keys returns the names of an object's own enumerable properties (Object.keys).
func (v Value) Keys() []string {
	list, err := Window().Get("Object").Call("keys", v)
	if err != nil {
		return nil
	}
	keys := make([]string, list.Len())
	for i := range keys {
		keys[i], _ = list.At(i).Text()
	}
	return keys
}

// unwrap returns x as safejs accepts it.
func unwrap(x any) any {
	switch x := x.(type) {
	case Value:
		return x.v
	case Element:
		return x.v
	case []Value:
		all := make([]any, len(x))
		for i := range x {
			all[i] = x[i].v
		}
		return all
	}
	return x
}

// unwrapAll replaces each argument by its unwrap.
func unwrapAll(args []any) []any {
	for i := range args {
		args[i] = unwrap(args[i])
	}
	return args
}

// Null returns JavaScript's null.
func Null() Value { return Value{safejs.Null()} }
