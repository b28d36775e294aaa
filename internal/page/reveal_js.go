package page

import "keygenauth/internal/browser"

// showPassword shows what is typed as password, or hides it, for a button that the
// page has for that.
func (f *form) showPassword(button browser.Element, on bool) {
	password, ok := f.field(fieldPassword)
	if !ok {
		return
	}
	kind, pressed := "password", "false"
	if on {
		kind, pressed = "text", "true"
	}
	password.SetAttr("type", kind)
	button.SetAttr("aria-pressed", pressed)
}

// conceal hides the password again: whoever looks over a shoulder has time to read
// while an attempt is under way.
func (f *form) conceal() {
	for _, button := range f.element.Others("[data-keygen-action=show-password][aria-pressed=true]") {
		f.showPassword(button, false)
	}
}
