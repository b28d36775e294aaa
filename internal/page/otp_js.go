package page

import "keygenauth/internal/browser"

// askOTP shows the field for the one-time code: the page's own, or one made
// below the password.
func (f *form) askOTP() {
	if otp, ok := f.field(fieldOTP); ok {
		f.reveal(otp)
		labels := otp.Get("labels")
		for i := range labels.Len() {
			f.reveal(browser.Element{Value: labels.At(i)})
		}
		return
	}
	password, ok := f.field(fieldPassword)
	if !ok {
		return
	}
	id, _ := f.region().Attr("id")
	id += "-otp"
	label := browser.Create("label")
	label.SetAttr("for", id)
	label.SetText(f.page.say(textOTPLabel))
	otp := browser.Create("input")
	for attribute, value := range map[string]string{
		"name": fieldOTP, "id": id, "autocomplete": "one-time-code", "inputmode": "numeric",
	} {
		otp.SetAttr(attribute, value)
	}
	row := browser.Create("p")
	row.SetAttr("data-keygen-otp", "")
	row.Append(label, " ", otp)
	// Below the row of the password, whatever the page wrapped it in.
	for {
		parent, ok := password.Parent()
		if !ok || parent.Equal(f.element.Value) {
			break
		}
		password = parent
	}
	password.After(row)
}

// reveal shows an element of the form and remembers what had to be shown for it.
func (f *form) reveal(element browser.Element) {
	for {
		around, hidden := element.Closest("[hidden]")
		if !hidden || around.Equal(f.element.Value) || !f.element.Contains(around) {
			return
		}
		around.SetHidden(false)
		f.revealed = append(f.revealed, around)
	}
}

// emptyOTP removes a code that is of no use any more.
func (f *form) emptyOTP() {
	if otp, ok := f.field(fieldOTP); ok {
		_ = otp.Set("value", "")
	}
}

// hideOTP removes our field for the code, or empties the page's and hides it again.
func (f *form) hideOTP() {
	if row, ok := f.element.Find("[data-keygen-otp]"); ok {
		row.Remove()
		return
	}
	f.emptyOTP()
	for _, around := range f.revealed {
		around.SetHidden(true)
	}
	f.revealed = nil
}
