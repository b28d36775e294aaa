package page

import (
	"strconv"
	"strings"

	"keygenauth/internal/browser"
)

// regions counts error regions, for ids that are unique in the page.
var regions int

// region returns the form's error region. Where the page has none it is made, at
// the first submit at the latest: screen readers announce changes of regions they
// know. (The loader may have made it.)
func (f *form) region() browser.Element {
	region, ok := f.findRegion()
	if !ok {
		region = newRegion()
		f.place(region)
	}
	if id, ok := region.Attr("id"); !ok || id == "" {
		regions++
		region.SetAttr("id", "keygen-error-"+strconv.Itoa(regions))
	}
	region.AddAttr("role", "alert")
	return region
}

// newRegion returns an error region that is empty and hidden.
func newRegion() browser.Element {
	region := browser.Create("div")
	region.SetAttr("data-keygen-error", "")
	region.AddAttr("role", "alert")
	region.SetHidden(true)
	return region
}

// findRegion returns the region that there is: in the form, else, for fields that
// stand elsewhere (in a table, or tied by form=), in what is around both, and in no
// other form.
func (f *form) findRegion() (browser.Element, bool) {
	region, ok := f.element.Find("[data-keygen-error]")
	at, up := f.outside()
	for up && !ok && !at.Contains(f.element) {
		if at, up = at.Parent(); up {
			region, ok = at.Find("[data-keygen-error]:not(form *)")
		}
	}
	return region, ok
}

// outside returns the field for the password, and whether it stands outside of the
// form.
func (f *form) outside() (browser.Element, bool) {
	password, ok := f.field(fieldPassword)
	return password, ok && !f.element.Contains(password)
}

// place puts an element in front of the submit button, or what the page wrapped it
// in; without one at the form's end, or behind the password.
func (f *form) place(element browser.Element) {
	password, outside := f.outside()
	for _, button := range f.buttons() {
		if outside || f.element.Contains(button) {
			f.row(button).Before(element)
			return
		}
	}
	if outside {
		password.After(element)
	} else {
		f.element.Append(element)
	}
}

// row returns what the page has wrapped an element of the form in, or the element
// itself where that is not inside the form.
func (f *form) row(element browser.Element) browser.Element {
	for at := element; ; {
		parent, ok := at.Parent()
		switch {
		case !ok:
			return element
		case parent.Equal(f.element.Value):
			return at
		}
		at = parent
	}
}

// show puts a message in the region, marks the fields at fault and moves focus
// to the first of them.
func (f *form) show(advice Advice) {
	region := f.region()
	tone := "error"
	if advice.Notice {
		tone = "info"
	}
	region.SetAttr("data-keygen-tone", tone)
	region.SetHidden(false)
	// For the ear a moment later: Orca hears of Firefox's alerts that appear, not of
	// those that change, and misses what comes together with other parts of the form.
	region.SetAttr("aria-hidden", "true")
	f.said()
	f.said = browser.After(100, func() { region.RemoveAttr("aria-hidden") })
	region.SetText(advice.Message)
	if advice.Link != "" {
		link := browser.Create("a")
		link.SetAttr("href", advice.Link)
		link.SetAttr("rel", "noopener noreferrer")
		link.SetText(f.page.say(textSSOLink))
		region.Append(" ", link)
	}

	id, _ := region.Attr("id")
	for i, name := range advice.Fields {
		field, ok := f.field(name)
		if !ok {
			continue
		}
		if !advice.Notice {
			field.SetAttr("aria-invalid", "true")
		}
		describe := func() {
			described, _ := field.Attr("aria-describedby")
			field.SetAttr("aria-describedby", strings.TrimSpace(described+" "+id))
		}
		if i == 0 {
			field.Focus()
		}
		if !f.element.Focused().Equal(field.Value) {
			describe()
			continue
		}
		// A screen reader reads the message as it appears, and would read it again as a
		// part of the field that it is in: that is for who comes back to it.
		f.left()
		f.left = browser.Listen(field.Value, "blur", func(browser.Value) {
			f.left()
			describe()
		})
	}
}

// clear takes back what show did.
func (f *form) clear() {
	f.left()
	region := f.region()
	region.SetText("")
	region.SetHidden(true)
	region.RemoveAttr("data-keygen-tone")
	id, _ := region.Attr("id")
	for _, name := range []string{fieldEmail, fieldPassword, fieldOTP} {
		field, ok := f.field(name)
		if !ok {
			continue
		}
		field.RemoveAttr("aria-invalid")
		described, _ := field.Attr("aria-describedby")
		rest := strings.TrimSpace(strings.ReplaceAll(" "+described+" ", " "+id+" ", " "))
		if rest == "" {
			field.RemoveAttr("aria-describedby")
		} else {
			field.SetAttr("aria-describedby", rest)
		}
	}
}
