package browser

// Element is an HTML element of the page.
type Element struct {
	Value
}

// elementMethods are the platform's own methods, by name.
var elementMethods = map[string]Value{}

// callMethod calls a method of an event target by the platform's own function:
// a control named like a method of its form hides it ("addEventListener").
func callMethod(target Value, name string, args ...any) Value {
	method, ok := elementMethods[name]
	if !ok {
		method = Window().Get("HTMLElement").Get("prototype").Get(name)
		elementMethods[name] = method
	}
	result, _ := apply(method, target, args...)
	return result
}

// Create returns a new element that is not yet in the page.
func Create(tag string) Element {
	element, _ := callDocument("createElement", tag)
	return Element{element}
}

// Active returns the element that has focus, and whether there is one besides
// the page itself.
func Active() (Element, bool) {
	active := ofDocument("activeElement")
	return Element{active}, active.Exists() && !active.Equal(ofDocument("body"))
}

// All returns the document's elements that match a CSS selector.
func All(selector string) []Element {
	list, _ := callDocument("querySelectorAll", selector)
	return elements(list)
}

// Clone returns a copy of e, without what is inside it, that is not yet in the
// page.
func (e Element) Clone() Element { return Element{callMethod(e.Value, "cloneNode")} }

var formElements Value

// Controls returns the controls of a form, wherever they stand in the page,
// other than image buttons: those that the form has by itself. A control named
// "elements" does not hide them.
func (e Element) Controls() []Element {
	if !formElements.Exists() {
		prototype := Window().Get("HTMLFormElement").Get("prototype")
		property, _ := Window().Get("Object").Call("getOwnPropertyDescriptor", prototype, "elements")
		formElements = property.Get("get")
	}
	list, _ := apply(formElements, e.Value)
	return elements(list)
}

func elements(list Value) []Element {
	elements := make([]Element, list.Len())
	for i := range elements {
		elements[i] = Element{list.At(i)}
	}
	return elements
}

// Find returns the first element below e that matches, and whether there is one.
func (e Element) Find(selector string) (Element, bool) {
	found := callMethod(e.Value, "querySelector", selector)
	return Element{found}, found.Exists()
}

// Attr returns an attribute, and whether e has it.
func (e Element) Attr(name string) (string, bool) {
	return callMethod(e.Value, "getAttribute", name).Text()
}

// SetAttr sets an attribute.
func (e Element) SetAttr(name, value string) { callMethod(e.Value, "setAttribute", name, value) }

// AddAttr sets an attribute unless the page has set it.
func (e Element) AddAttr(name, value string) {
	if _, ok := e.Attr(name); !ok {
		e.SetAttr(name, value)
	}
}

// AttrNames returns the names of e's attributes.
func (e Element) AttrNames() []string {
	list := callMethod(e.Value, "getAttributeNames")
	names := make([]string, list.Len())
	for i := range names {
		names[i], _ = list.At(i).Text()
	}
	return names
}

// RemoveAttr removes an attribute.
func (e Element) RemoveAttr(name string) { callMethod(e.Value, "removeAttribute", name) }

// SetHidden hides e, or shows it.
func (e Element) SetHidden(hidden bool) {
	if hidden {
		e.SetAttr("hidden", "")
	} else {
		e.RemoveAttr("hidden")
	}
}

// SetText replaces e's content by text, never markup.
func (e Element) SetText(text string) { _ = e.Set("textContent", text) }

// Append adds elements or texts at e's end.
func (e Element) Append(parts ...any) { callMethod(e.Value, "append", parts...) }

// After puts elements or texts behind e.
func (e Element) After(parts ...any) { callMethod(e.Value, "after", parts...) }

// Before puts elements or texts in front of e.
func (e Element) Before(parts ...any) { callMethod(e.Value, "before", parts...) }

// Remove takes e out of the page.
func (e Element) Remove() { callMethod(e.Value, "remove") }

// Parent returns the element around e, and whether there is one.
func (e Element) Parent() (Element, bool) {
	parent := e.Get("parentElement")
	return Element{parent}, parent.Exists()
}

// Closest returns e or the nearest element around it that matches.
func (e Element) Closest(selector string) (Element, bool) {
	found := callMethod(e.Value, "closest", selector)
	return Element{found}, found.Exists()
}

// Contains says whether other is e or stands inside it.
func (e Element) Contains(other Element) bool {
	return callMethod(e.Value, "contains", other).True()
}

// Connected says whether e is in the page.
func (e Element) Connected() bool { return callMethod(Document(), "contains", e.Value).True() }

// Rendered says whether e takes part in what the page shows. Browsers that
// cannot tell say yes.
func (e Element) Rendered() bool {
	visible := callMethod(e.Value, "checkVisibility")
	return !visible.IsBoolean() || visible.True()
}

// Focus moves the focus to e, if e can have it.
func (e Element) Focus() { callMethod(e.Value, "focus") }

// IsForm says whether e is a form.
func (e Element) IsForm() bool {
	is, err := e.v.InstanceOf(Window().Get("HTMLFormElement").v)
	return err == nil && is
}

// Observe calls changed, synchronously, whenever elements were added to the
// document or removed from it, until stop is called.
func Observe(changed func()) (stop func()) {
	f := NewFunc(func([]Value) { changed() })
	options, _ := Object(map[string]any{"childList": true, "subtree": true})
	observer, err := Window().Get("MutationObserver").New(f.Value())
	if err == nil {
		_, err = observer.Call("observe", Document(), options)
	}
	if err != nil {
		f.Release()
		return func() {}
	}
	return func() {
		_, _ = observer.Call("disconnect")
		f.Release()
	}
}
