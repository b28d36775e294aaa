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

// member returns a member of e as the interface that defines it has it, whatever
// the page has put in front of that.
func (e Element) member(of, name string) Value {
	prototype := Window().Get(of).Get("prototype")
	got, err := intrinsic(&reflectGet, "Reflect", "get").v.Invoke(prototype.v, name, e.v)
	if err != nil {
		return Value{}
	}
	return Value{got}
}

// Create returns a new element that is not yet in the page.
func Create(tag string) Element {
	element, _ := callDocument("createElement", tag)
	return Element{element}
}

// Focused returns the element that has focus in the tree that e is in: the page,
// or a shadow root. It may be none.
func (e Element) Focused() Element {
	root := callMethod(e.Value, "getRootNode")
	if root.Equal(Document()) {
		focused, _ := Active()
		return focused
	}
	return Element{root.Get("activeElement")}
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

// Controls returns the controls of a form, wherever they stand in the page,
// other than image buttons: those that the form has by itself.
func (e Element) Controls() []Element { return elements(e.controls()) }

// controls returns their live list. A control named "elements" does not hide it.
func (e Element) controls() Value { return e.member("HTMLFormElement", "elements") }

// Control returns the control of a form that has this name or, where none has
// it, this id, and whether there is one. Those that were tied to the form from
// elsewhere, by form=, come last, and of several it takes none: anybody whose
// writing the page shows may have put one there.
func (e Element) Control(name string) (Element, bool) {
	controls := e.controls()
	controls.Len() // else WebKit does not see, later, that a name has come
	found, _ := controls.Call("namedItem", name)
	if !found.Exists() || found.Get("nodeType").Exists() {
		return Element{found}, found.Exists()
	}
	best, several := -1, false
	var control Element
	for _, other := range elements(found) {
		rank := 0
		if its, _ := other.Attr("name"); its == name {
			rank = 1
		}
		if _, tied := other.Attr("form"); !tied || e.Contains(other) {
			rank += 2
		}
		several = several && rank <= best || rank == best && rank < 2
		if rank > best {
			best, control = rank, other
		}
	}
	return control, !several
}

// Images returns the image buttons of a form, which are none of its Controls.
func (e Element) Images() []Element {
	const selector = "input[type=image]"
	all := callMethod(e.Value, "getRootNode")
	var list Value
	if all.Equal(Document()) {
		list, _ = callDocument("querySelectorAll", selector)
	} else {
		list, _ = all.Call("querySelectorAll", selector)
	}
	var images []Element
	for _, image := range elements(list) {
		if image.Get("form").Equal(e.Value) {
			images = append(images, image)
		}
	}
	return images
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

// Connected says whether e is in the page, be it in a shadow root.
func (e Element) Connected() bool { return e.member("Node", "isConnected").True() }

// Rendered says whether e takes part in what the page shows. Browsers that
// cannot tell say yes.
func (e Element) Rendered() bool {
	visible := callMethod(e.Value, "checkVisibility")
	return !visible.IsBoolean() || visible.True()
}

// Focus moves the focus to e, if e can have it.
func (e Element) Focus() { callMethod(e.Value, "focus") }

// SetValue sets what a field holds as somebody who types would: frameworks that
// keep it for themselves hear of it.
func (e Element) SetValue(text string) {
	if now, _ := e.Get("value").Text(); now == text {
		return
	}
	// By the platform's own setter, for some put another on the field.
	prototype := Window().Get("HTMLInputElement").Get("prototype")
	if done, err := intrinsic(&reflectSet, "Reflect", "set").v.Invoke(prototype.v, "value", text, e.v); err != nil || !(Value{done}).True() {
		_ = e.Set("value", text)
	}
	for _, name := range []string{"input", "change"} {
		options, _ := Object(map[string]any{"bubbles": true, "composed": name == "input"})
		event, _ := Window().Get("Event").New(name, options)
		callMethod(e.Value, "dispatchEvent", event)
	}
}

// IsForm says whether e is a form.
func (e Element) IsForm() bool {
	is, err := e.v.InstanceOf(Window().Get("HTMLFormElement").v)
	return err == nil && is
}
