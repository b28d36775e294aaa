package browser

import (
	"syscall/js"

	"github.com/hack-pad/safejs"
)

// Value is a JavaScript value. The zero Value is undefined.
type Value struct {
	v safejs.Value
}

// Error is an exception that JavaScript code threw. It carries the exception's
// name alone ("TypeError", "QuotaExceededError"): messages of the platform may
// quote what was passed in, and that may be a secret.
type Error struct {
	Op   string // what was called
	Name string
}

// Error returns the operation and the exception's name.
func (e *Error) Error() string { return e.Op + ": " + e.Name }

// wrap turns an error of safejs into an Error; nil stays nil.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	// Not errors.As, which would bring reflection along: 7 KB.
	for err != nil {
		if thrown, ok := err.(js.Error); ok {
			return &Error{Op: op, Name: thrownName(Value{safejs.Safe(thrown.Value)})}
		}
		wrapper, ok := err.(interface{ Unwrap() error })
		if !ok {
			break
		}
		err = wrapper.Unwrap()
	}
	return &Error{Op: op, Name: "Error"}
}

// thrownName returns the name of whatever was thrown: pages may throw strings,
// or nothing at all.
func thrownName(thrown Value) string {
	if name, ok := thrown.Get("name").Text(); ok {
		return name
	}
	return "Error"
}

// Window returns the real global object, also where the program runs with a
// private one.
func Window() Value {
	if !window.Exists() {
		object, err := safejs.Global().Get("window")
		if err != nil {
			return Value{}
		}
		window = Value{object}
	}
	return window
}

// Document returns the page's document. The page may hide its members.
func Document() Value {
	if !document.Exists() {
		document = Window().Get("document")
	}
	return document
}

// What every call needs, looked up once.
var window, document Value

var prototypes = map[string]Value{}

// prototype returns the prototype of an interface.
func prototype(of string) Value {
	known, ok := prototypes[of]
	if !ok {
		known = Window().Get(of).Get("prototype")
		prototypes[of] = known
	}
	return known
}

// member returns a member of an object of the page as the interface that defines
// it has it: an image, form, frame or control that is named like one hides it on
// the object itself.
func member(object Value, of, name string) Value {
	got, err := intrinsic(&reflectGet, "Reflect", "get").v.Invoke(prototype(of).v, name, object.v)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// ofDocument returns such a member of the page's document.
func ofDocument(name string) Value { return member(Document(), "Document", name) }

// callDocument calls a method of the page's document.
func callDocument(method string, args ...any) (Value, error) {
	got, err := apply(ofDocument(method), Document(), args...)
	return got, wrap(method, err)
}

// Root returns the document's outermost element, <html>.
func Root() Element { return Element{ofDocument("documentElement")} }

var reflectGet, reflectSet, functionCall Value

// intrinsic looks a built-in function up once, when first used.
func intrinsic(cached *Value, object, name string) Value {
	if !cached.Exists() {
		object, _ := Window().v.Get(object)
		function, _ := object.Get(name)
		*cached = Value{function}
	}
	return *cached
}

// Get returns the property, or undefined when there is none, when v is no
// object, or when reading it threw: a plain read of a throwing getter would
// unwind through the Go stack and break the scheduler.
func (v Value) Get(name string) Value {
	if !v.Exists() {
		return Value{} // without an exception and a panic, which take a millisecond
	}
	got, err := intrinsic(&reflectGet, "Reflect", "get").v.Invoke(v.v, name)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// Set assigns the property. It fails when v is no object or the setter threw.
func (v Value) Set(name string, x any) error {
	_, err := intrinsic(&reflectSet, "Reflect", "set").v.Invoke(v.v, name, plain(x))
	return wrap("set "+name, err)
}

// Call calls a method. It fails when there is none, or when it threw.
func (v Value) Call(method string, args ...any) (Value, error) {
	got, err := apply(v.Get(method), v, args...)
	return got, wrap(method, err)
}

// apply calls a function as a method of this. It takes the place of
// syscall/js's Call, which after a failure reads the method once more: a
// getter that throws would throw through Go then, as in Get.
func apply(function, this Value, args ...any) (Value, error) {
	if !functionCall.Exists() {
		call := Window().Get("Function").Get("prototype").Get("call")
		bound, err := call.v.Call("bind", call.v)
		if err != nil {
			return Value{}, err
		}
		functionCall = Value{bound}
	}
	got, err := functionCall.v.Invoke(append([]any{function.v, this.v}, plainAll(args)...)...)
	return Value{got}, err
}

// Invoke calls v as a function. It fails when v is none, or when it threw.
func (v Value) Invoke(args ...any) (Value, error) {
	got, err := v.v.Invoke(plainAll(args)...)
	return Value{got}, wrap("call", err)
}

// New calls v as a constructor. It fails when v is none, or when it threw.
func (v Value) New(args ...any) (Value, error) {
	got, err := v.v.New(plainAll(args)...)
	return Value{got}, wrap("new", err)
}

// kind returns the type of v; undefined for a BigInt, on which Type panics.
func (v Value) kind() (kind safejs.Type) {
	defer func() { _ = recover() }()
	return v.v.Type()
}

// Text returns the text of a string, and whether v is one.
func (v Value) Text() (string, bool) {
	if v.kind() != safejs.TypeString {
		return "", false
	}
	text, err := v.v.String()
	return text, err == nil
}

// Number returns the value of a number, and whether v is one.
func (v Value) Number() (float64, bool) {
	if v.kind() != safejs.TypeNumber {
		return 0, false
	}
	number, err := v.v.Float()
	return number, err == nil
}

// True says whether v is the boolean true.
func (v Value) True() bool {
	if !v.IsBoolean() {
		return false // without a panic, which takes a millisecond
	}
	yes, err := v.v.Bool()
	return err == nil && yes
}

// Exists says whether v is neither undefined nor null. (It takes more room inlined
// than called, as Equal does.)
//
//go:noinline
func (v Value) Exists() bool { return !v.v.IsUndefined() && !v.v.IsNull() }

// IsNull says whether v is null.
func (v Value) IsNull() bool { return v.v.IsNull() }

// Equal says whether v and w are the same by JavaScript's ===.
//
//go:noinline
func (v Value) Equal(w Value) bool { return v.v.Equal(w.v) }

// Len returns the length of an array or a list of nodes, else 0.
func (v Value) Len() int {
	length, _ := v.Get("length").Number()
	return int(length)
}

// At returns the element at an index of an array or a list of nodes.
func (v Value) At(i int) Value {
	got, err := intrinsic(&reflectGet, "Reflect", "get").v.Invoke(v.v, i)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// IsArray says whether v is an array.
func (v Value) IsArray() bool {
	is, err := Window().Get("Array").Call("isArray", v)
	return err == nil && is.True()
}

// IsBoolean says whether v is true or false.
func (v Value) IsBoolean() bool { return v.kind() == safejs.TypeBoolean }

// IsObject says whether v is an object, arrays included and functions not.
func (v Value) IsObject() bool { return v.kind() == safejs.TypeObject }

// Keys returns the names of an object's own properties.
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

// Go returns what v stands for in JSON as a string, float64, bool, nil,
// []any or map[string]any; members that JSON leaves out are left out. It fails
// for what JSON cannot say, for lone surrogates, and below so many levels.
func (v Value) Go(levels int) (any, bool) {
	switch kind := v.kind(); {
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
			item, ok := v.At(i).Go(levels - 1)
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
		value, ok := member.Go(levels - 1)
		if !ok {
			return nil, false
		}
		members[name] = value
	}
	return members, true
}

// WellFormed says whether a string has no lone surrogate. Such a string cannot
// be sent: it silently becomes another one on its way to Go and to UTF-8.
func (v Value) WellFormed() bool {
	_, err := Window().Call("encodeURIComponent", v)
	return err == nil
}

// Object returns a new JavaScript object with these properties: strings,
// numbers, booleans, nil, and maps and slices of them.
func Object(properties map[string]any) (Value, error) {
	object, err := safejs.ValueOf(properties)
	return Value{object}, wrap("object", err)
}

// Parse parses JSON text. It fails when the text is not JSON.
func Parse(text string) (Value, error) { return Window().Get("JSON").Call("parse", text) }

// Stringify returns the JSON text of a value made of the types of Object.
func Stringify(properties map[string]any) (string, error) {
	object, err := Object(properties)
	if err != nil {
		return "", err
	}
	encoded, err := Window().Get("JSON").Call("stringify", object)
	text, _ := encoded.Text()
	return text, err
}

// plain returns x as safejs takes it.
func plain(x any) any {
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

func plainAll(args []any) []any {
	for i := range args {
		args[i] = plain(args[i])
	}
	return args
}

// Null returns JavaScript's null.
func Null() Value { return Value{safejs.Null()} }
