package browser

// Element is an HTML element of the page.
type Element struct {
	Value
}

// methods are the platform's own, by name.
var methods = map[string]Value{}

// callMethod calls such a method of an event target: a control named like a method
// of its form hides it ("addEventListener").
func callMethod(target Value, name string, args ...any) Value {
	method, ok := methods[name]
	if !ok {
		method = prototype("HTMLElement").Get(name)
		methods[name] = method
	}
	result, _ := apply(method, target, args...)
	return result
}

// Create returns a new element that is not yet in the page.
func Create(tag string) Element {
	element, _ := callDocument("createElement", tag)
	return Element{element}
}

// ofTree returns the root of the tree that e is in, the page or a shadow root, and
// a member of it.
func (e Element) ofTree(name string) (root, member Value) {
	root = callMethod(e.Value, "getRootNode")
	if root.Equal(Document()) {
		return root, ofDocument(name)
	}
	return root, root.Get(name)
}

// Focused returns the element that has focus in the tree that e is in. It may be
// none.
func (e Element) Focused() Element {
	_, focused := e.ofTree("activeElement")
	return Element{focused}
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
func (e Element) controls() Value { return member(e.Value, "HTMLFormElement", "elements") }

// Control returns the control of a form that has this name or, where none has
// it, this id, and whether there is one. Those that were tied to the form from
// elsewhere, by form=, come last, and of several it takes none: anybody whose
// writing the page shows may have put one there.
func (e Element) Control(name string) (Element, bool) { return e.Named(e.Names(), name) }

// Names returns what Named looks for several controls of a form in, at once: it does
// not outlast a change.
func (e Element) Names() Value {
	controls := e.controls()
	controls.Len() // else WebKit does not see, later, that a name has come
	return controls
}

// Named is Control with the Names of the form.
func (e Element) Named(controls Value, name string) (Element, bool) {
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

// Others returns the elements that match a CSS selector, wherever they stand in the
// page, and belong to a form.
func (e Element) Others(selector string) []Element {
	root, all := e.ofTree("querySelectorAll")
	list, _ := apply(all, root, selector)
	var others []Element
	for _, other := range elements(list) {
		if other.Get("form").Equal(e.Value) {
			others = append(others, other)
		}
	}
	return others
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
func (e Element) Connected() bool { return member(e.Value, "Node", "isConnected").True() }

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
	setter, _ := Window().Get("Object").Call("getOwnPropertyDescriptor", prototype("HTMLInputElement"), "value")
	if _, err := apply(setter.Get("set"), e.Value, text); err != nil {
		_ = e.Set("value", text)
	}
	for _, name := range []string{"input", "change"} {
		dispatch(e.Value, "Event", name, map[string]any{"bubbles": true, "composed": name == "input"})
	}
}

// IsForm says whether e is a form.
func (e Element) IsForm() bool {
	is, err := e.v.InstanceOf(Window().Get("HTMLFormElement").v)
	return err == nil && is
}
