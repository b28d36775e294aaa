package page

import (
	"strconv"
	"strings"

	"keygenauth/internal/browser"
)

// regions counts error regions, for ids that are unique in the page.
var regions int

// region returns the form's error region. Where the page has none it is made,
// in front of the submit button, before there is anything to say: screen
// readers announce changes of regions they know.
func (f *form) region() browser.Element {
	region, ok := f.element.Find("[data-keygen-error]")
	if !ok {
		region = f.page.region.Clone()
	}
	if id, ok := region.Attr("id"); !ok || id == "" {
		regions++
		region.SetAttr("id", "keygen-error-"+strconv.Itoa(regions))
	}
	if ok {
		region.AddAttr("role", "alert")
	} else {
		f.place(region)
	}
	return region
}

// newRegion returns what error regions are copied from.
func newRegion() browser.Element {
	region := browser.Create("div")
	region.SetAttr("data-keygen-error", "")
	region.SetAttr("role", "alert")
	region.SetHidden(true)
	return region
}

// submitButton matches submit buttons that are no deeper in the form.
const submitButton = ":scope>button:not([type=button],[type=reset]),:scope>input:is([type=submit],[type=image])"

// place puts an element in front of the form's submit button, or at its end.
func (f *form) place(element browser.Element) {
	if button, ok := f.element.Find(submitButton); ok {
		button.Before(element)
	} else {
		f.element.Append(element)
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
	region.SetText(advice.Message)
	if advice.Link != "" {
		link := browser.Create("a")
		link.SetAttr("href", advice.Link)
		link.SetAttr("rel", "noopener noreferrer")
		link.SetText(f.page.say(textSSOLink))
		region.Append(" ", link)
	}
	region.SetHidden(false)

	id, _ := region.Attr("id")
	for i, name := range advice.Fields {
		field, ok := f.field(name)
		if !ok {
			continue
		}
		if !advice.Notice {
			field.SetAttr("aria-invalid", "true")
		}
		described, _ := field.Attr("aria-describedby")
		field.SetAttr("aria-describedby", strings.TrimSpace(described+" "+id))
		if i == 0 {
			field.Focus()
		}
	}
}

// clear takes back what show did.
func (f *form) clear() {
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
		rest := strings.Fields(described)
		kept := rest[:0]
		for _, other := range rest {
			if other != id {
				kept = append(kept, other)
			}
		}
		if len(kept) == 0 {
			field.RemoveAttr("aria-describedby")
		} else {
			field.SetAttr("aria-describedby", strings.Join(kept, " "))
		}
	}
}
