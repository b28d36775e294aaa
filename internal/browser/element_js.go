package browser

// Element is an HTML element of the page.
type Element struct {
	Value
}

// methods are the methods of HTMLElement.prototype, by name.
var methods = map[string]Value{}

// callMethod calls a method of HTMLElement.prototype on an event target. It returns
// undefined after an exception. A form's own member may be hidden by a control of the
// same name, such as "addEventListener" ("DOM clobbering").
func callMethod(target Value, name string, args ...any) Value {
	method, ok := methods[name]
	if !ok {
		method = prototype("HTMLElement").Get(name)
		methods[name] = method
	}
	result, _ := apply(method, target, args...)
	return result
}

// Create returns a new element that is not in the document.
func Create(tag string) Element {
	element, _ := callDocument("createElement", tag)
	return Element{element}
}

// rootMember returns the root of e's tree, the document or a shadow root, and a
// member of that root.
func (e Element) rootMember(name string) (root, member Value) {
	root = callMethod(e.Value, "getRootNode")
	if root.Equal(Document()) {
		return root, documentMember(name)
	}
	return root, root.Get(name)
}

// Focused returns the element that has the focus in e's tree, undefined for none.
func (e Element) Focused() Element {
	_, focused := e.rootMember("activeElement")
	return Element{focused}
}

// Active returns the element that has the focus. The result is false when that is
// the body or none.
func Active() (Element, bool) {
	active := documentMember("activeElement")
	return Element{active}, active.Exists() && !active.Equal(documentMember("body"))
}

// All returns the document's elements that match a CSS selector, none when the
// selector is not valid.
func All(selector string) []Element {
	list, _ := callDocument("querySelectorAll", selector)
	return elements(list)
}

// Clone returns a copy of e without its children. It is not in the document.
func (e Element) Clone() Element { return Element{callMethod(e.Value, "cloneNode")} }

// Controls returns a form's controls (form.elements), also those outside the form
// that belong to it by the form attribute. Image buttons are not among them.
func (e Element) Controls() []Element { return elements(e.controls()) }

// controls returns form.elements, also when a control is named "elements".
func (e Element) controls() Value { return member(e.Value, "HTMLFormElement", "elements") }

// Control returns a form's control of this name or, when there is none, of this id.
// Controls that belong to the form by their form attribute come last, and ok is false
// when several of them match: they may come from markup that the page shows for
// somebody else.
func (e Element) Control(name string) (Element, bool) { return e.Named(e.Names(), name) }

// Names returns a form's controls for Named, which finds several at less expense.
func (e Element) Names() Value {
	controls := e.controls()
	controls.Len() // without this WebKit's namedItem misses a name that is added later
	return controls
}

// Named is Control, given the form's Names.
func (e Element) Named(controls Value, name string) (control Element, ok bool) {
	found, _ := controls.Call("namedItem", name)
	if !found.Exists() || found.Get("nodeType").Exists() {
		return Element{found}, found.Exists()
	}
	best, several := -1, false
	for _, other := range elements(found) {
		rank := 0
		if otherName, _ := other.Attr("name"); otherName == name {
			rank = 1
		}
		if _, hasForm := other.Attr("form"); !hasForm || e.Contains(other) {
			rank += 2
		}
		several = several && rank <= best || rank == best && rank < 2
		if rank > best {
			best, control = rank, other
		}
	}
	return control, !several
}

// Others returns the elements of a form's tree that match a CSS selector and belong
// to the form. It also finds those that form.elements leaves out, such as image
// buttons.
func (e Element) Others(selector string) []Element {
	root, all := e.rootMember("querySelectorAll")
	list, _ := apply(all, root, selector)
	var others []Element
	for _, other := range elements(list) {
		if other.Get("form").Equal(e.Value) {
			others = append(others, other)
		}
	}
	return others
}

// elements returns the elements of a NodeList or HTMLCollection.
func elements(list Value) []Element {
	elements := make([]Element, list.Len())
	for i := range elements {
		elements[i] = Element{list.At(i)}
	}
	return elements
}

// Find returns the first descendant of e that matches a CSS selector, and whether
// there is one.
func (e Element) Find(selector string) (Element, bool) {
	found := callMethod(e.Value, "querySelector", selector)
	return Element{found}, found.Exists()
}

// Attr returns the value of an attribute, and whether e has it.
func (e Element) Attr(name string) (string, bool) {
	return callMethod(e.Value, "getAttribute", name).Text()
}

// SetAttr sets an attribute.
func (e Element) SetAttr(name, value string) { callMethod(e.Value, "setAttribute", name, value) }

// AddAttr sets an attribute unless e has it.
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

// SetHidden sets or removes the attribute hidden.
func (e Element) SetHidden(hidden bool) {
	if hidden {
		e.SetAttr("hidden", "")
	} else {
		e.RemoveAttr("hidden")
	}
}

// SetText sets e's textContent. The text is not parsed as HTML.
func (e Element) SetText(text string) { _ = e.Set("textContent", text) }

// Append appends elements or texts to e's children.
func (e Element) Append(parts ...any) { callMethod(e.Value, "append", parts...) }

// After inserts elements or texts after e.
func (e Element) After(parts ...any) { callMethod(e.Value, "after", parts...) }

// Before inserts elements or texts before e.
func (e Element) Before(parts ...any) { callMethod(e.Value, "before", parts...) }

// Remove removes e from its tree.
func (e Element) Remove() { callMethod(e.Value, "remove") }

// Parent returns the parent element of e, and whether there is one.
func (e Element) Parent() (Element, bool) {
	parent := e.Get("parentElement")
	return Element{parent}, parent.Exists()
}

// Closest returns e or its nearest ancestor that matches a CSS selector, and whether
// there is one.
func (e Element) Closest(selector string) (Element, bool) {
	found := callMethod(e.Value, "closest", selector)
	return Element{found}, found.Exists()
}

// Contains returns whether other is e or a descendant of e.
func (e Element) Contains(other Element) bool {
	return callMethod(e.Value, "contains", other).True()
}

// Connected returns whether e is in the document or in one of its shadow roots.
func (e Element) Connected() bool { return member(e.Value, "Node", "isConnected").True() }

// Rendered returns whether e is rendered (checkVisibility). It is true in browsers
// that do not have that method.
func (e Element) Rendered() bool {
	visible := callMethod(e.Value, "checkVisibility")
	return !visible.IsBoolean() || visible.True()
}

// Focus moves the focus to e if e is focusable.
func (e Element) Focus() { callMethod(e.Value, "focus") }

// SetValue sets a field's value and raises input and change, as typing does.
// Frameworks such as React need the events for their own copy of the value.
func (e Element) SetValue(text string) {
	if now, _ := e.Get("value").Text(); now == text {
		return
	}
	// Use the prototype's setter: React puts its own on the field.
	setter, _ := Window().Get("Object").Call("getOwnPropertyDescriptor", prototype("HTMLInputElement"), "value")
	if _, err := apply(setter.Get("set"), e.Value, text); err != nil {
		_ = e.Set("value", text)
	}
	for _, name := range []string{"input", "change"} {
		dispatch(e.Value, "Event", name, map[string]any{"bubbles": true, "composed": name == "input"})
	}
}

// IsForm returns whether e is a form.
func (e Element) IsForm() bool {
	is, err := e.v.InstanceOf(Window().Get("HTMLFormElement").v)
	return err == nil && is
}
