package browser

import "github.com/hack-pad/safejs"

// The page's global objects, looked up once.
var window, document Value

// Window returns the page's global object. The program itself may run with
// another one (web/runtime).
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

// Document returns the page's document. A named element may hide one of its
// members: read them with documentMember.
func Document() Value {
	if !document.Exists() {
		document = Window().Get("document")
	}
	return document
}

// Root returns the document's root element, <html>.
func Root() Element { return Element{documentMember("documentElement")} }

// prototypes are those of interfaces, by name.
var prototypes = map[string]Value{}

// prototype returns the prototype object of an interface, such as "Document".
func prototype(of string) Value {
	known, ok := prototypes[of]
	if !ok {
		known = Window().Get(of).Get("prototype")
		prototypes[of] = known
	}
	return known
}

// member returns a member of an object as the interface of that name defines it.
// On the object itself an image, form, frame or control of the same name may hide
// it ("DOM clobbering").
func member(object Value, of, name string) Value {
	got, err := builtin(&reflectGet, "Reflect", "get").v.Invoke(prototype(of).v, name, object.v)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// documentMember returns a member of the page's document.
func documentMember(name string) Value { return member(Document(), "Document", name) }

// callDocument calls a method of the page's document.
func callDocument(method string, args ...any) (Value, error) {
	got, err := apply(documentMember(method), Document(), args...)
	return got, wrap(method, err)
}

// Built-in functions, looked up once.
var reflectGet, reflectSet, functionCall Value

// builtin returns a built-in function such as Reflect.get. It looks the function
// up at the first call and stores it in cached.
func builtin(cached *Value, object, name string) Value {
	if !cached.Exists() {
		object, _ := Window().v.Get(object)
		function, _ := object.Get(name)
		*cached = Value{function}
	}
	return *cached
}
