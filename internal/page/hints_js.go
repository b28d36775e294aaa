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
// where the page sends its forms. A page that signs in by a script of its own says
// that there is none.
func (p *Page) checkForms() {
	for _, form := range p.forms {
		if missing := form.missing(); missing != "" {
			browser.Warn(missing)
		}
		if more := form.mistyped(); more != "" {
			browser.Warn(more)
		}
	}
	if len(p.forms) > 0 || p.config.Forms == "none" {
		return
	}
	for _, form := range browser.All("form") {
		if asksPassword(form) {
			browser.Warn(describe(form) + " has a password field, but does not match " + p.config.Forms +
				": if it is to sign in, give it the attribute data-keygen-form; if there is no such form here, say data-form=\"none\"")
		}
	}
}

// asksPassword says whether a form looks like one to sign in: it asks for an email
// or name, and for one password, which is no new one.
func asksPassword(form browser.Element) bool {
	passwords, names := 0, 0
	for _, control := range form.Controls() {
		kind, _ := control.Get("type").Text()
		name, _ := control.Attr("name")
		id, _ := control.Attr("id")
		complete, _ := control.Attr("autocomplete")
		switch {
		case strings.Contains(complete, "new-password"):
			return false
		case kind == "password":
			passwords++
		case kind == "email", kind == "text" && strings.Contains(name+id+complete, "user"), strings.Contains(name+id, "email"):
			names++
		}
	}
	return passwords == 1 && names > 0
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

// mistyped says which button signs in, too, though perhaps it was not meant to, ""
// for none: a button without a type submits.
func (f *form) mistyped() string {
	var plain, untyped []browser.Element
	for _, button := range f.buttons() {
		_, own := button.Closest("[formaction],[formmethod],[formnovalidate]")
		if !own {
			plain = append(plain, button)
		}
		if _, typed := button.Attr("type"); !own && !typed {
			untyped = append(untyped, button)
		}
	}
	if len(plain) < 2 || len(untyped) == 0 {
		return ""
	}
	return describe(untyped[len(untyped)-1]) + ` signs in, as each button without a type does: if that is not meant, give it type="button"`
}

func isText(field browser.Element) bool {
	_, ok := field.Get("value").Text()
	return ok
}

// checkScript looks for settings that are misspelt on the script tag.
func checkScript() {
	for _, script := range browser.All(`script:is([src*="keygen-auth."],[data-account],[data-host])`) {
		for _, name := range script.AttrNames() {
			setting, ok := strings.CutPrefix(name, "data-")
			if meant := near(setting, settings); ok && meant != "" {
				browser.Warn("the script tag has " + name + ": data-" + meant + " is meant?")
			}
		}
	}
}

// checkValues looks for a value of an attribute that means nothing. It tells of
// the first: a page may have thousands.
func checkValues(attribute, values string) {
	others := "[" + attribute + "]"
	for _, value := range strings.Fields(values) {
		others += ":not([" + attribute + `="` + value + `"])`
	}
	page := browser.Root()
	if element, ok := page.Find(others); ok {
		value, _ := element.Attr(attribute)
		browser.Warn(describe(element) + " has " + attribute + `="` + value + `": use one of ` + values)
	}
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
