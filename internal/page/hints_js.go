package page

import (
	"strings"

	"keygenauth/internal/browser"
)

// Check tells the page's developer, on the console, of what looks like a mistake
// in the page as it is now. It is for a page that has come to rest.
func (p *Page) Check() {
	p.checkForms()
	checkScript()
	checkValues("data-keygen-show", shown)
	checkValues("data-keygen-action", actions)
	checkValues("data-keygen-text", paths)
	for _, script := range browser.All("script[data-keygen-messages]") {
		text, _ := script.Get("textContent").Text()
		if _, err := browser.Parse(text); err != nil {
			browser.Warn(describe(script) + " is not JSON: its texts are not used")
		}
	}
}

// checkForms looks for forms that sign nobody in. Of those the password would go
// where the page sends its forms.
func (p *Page) checkForms() {
	for _, form := range p.forms {
		if missing := form.missing(); missing != "" {
			browser.Warn(missing)
		}
	}
	const fix = ": give the form that signs in the attribute data-keygen-form"
	for _, element := range browser.All(p.config.Forms) {
		if !element.IsForm() {
			browser.Warn(describe(element) + " is no form" + fix)
		}
	}
	if len(p.forms) > 0 {
		return
	}
	for _, form := range browser.All("form") {
		// Those of a sign-up say that the password is a new one.
		if _, ok := form.Find("[type=password]:not([autocomplete=new-password])"); ok {
			if _, ok := form.Find("[autocomplete=new-password]"); !ok {
				browser.Warn("no form matches " + p.config.Forms + ", but there is a password field in " + describe(form) + fix)
			}
		}
	}
}

// missing says which field the form has not, "" when it has both.
func (f *form) missing() string {
	for _, name := range []string{fieldEmail, fieldPassword} {
		if field, ok := f.field(name); !ok || !isText(field) {
			return describe(f.element) + ` has no field with the name "` + name + `", nor with that id`
		}
	}
	return ""
}

func isText(field browser.Element) bool {
	_, ok := field.Get("value").Text()
	return ok
}

// checkScript looks for settings that are misspelt on the script tag.
func checkScript() {
	for _, script := range browser.All(`script[src*="keygen-auth"]`) {
		for _, name := range script.AttrNames() {
			setting, ok := strings.CutPrefix(name, "data-")
			if meant := near(setting, settings); ok && meant != "" {
				browser.Warn("the script tag has " + name + ": data-" + meant + " is meant?")
			}
		}
	}
}

// checkValues looks for values of an attribute that mean nothing.
func checkValues(attribute, values string) {
	for _, element := range browser.All("[" + attribute + "]") {
		if value, _ := element.Attr(attribute); !has(values, value) {
			browser.Warn(describe(element) + " has " + attribute + `="` + value + `": use one of ` + values)
		}
	}
}

// has says whether a value is one of a list.
func has(values, value string) bool {
	for _, one := range strings.Fields(values) {
		if one == value {
			return true
		}
	}
	return false
}

// describe returns an element as its start tag might be, for a developer to find it.
func describe(element browser.Element) string {
	tag, _ := element.Get("localName").Text()
	for _, name := range []string{"id", "class", "name"} {
		if value, ok := element.Attr(name); ok && value != "" {
			return "<" + tag + " " + name + `="` + value + `">`
		}
	}
	return "<" + tag + ">"
}
