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
	region, _ := f.region().Attr("id")
	id := region + "-otp"
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
	f.row(password).After(row) // below that of the password
	if _, outside := f.outside(); outside {
		f.element.AddAttr("id", region+"-form")
		form, _ := f.element.Attr("id")
		otp.SetAttr("form", form)
	}
}

// reveal shows an element of the form and remembers what had to be shown for it.
func (f *form) reveal(element browser.Element) {
	for {
		around, hidden := element.Closest("[hidden]")
		if !hidden || around.Contains(f.element) {
			return
		}
		around.SetHidden(false)
		f.revealed = append(f.revealed, around)
	}
}

// emptyOTP removes a code that is of no use any more.
func (f *form) emptyOTP() {
	if otp, ok := f.field(fieldOTP); ok {
		otp.SetValue("")
	}
}

// hideOTP removes our field for the code, or empties the page's and hides it again.
func (f *form) hideOTP() {
	otp, ok := f.field(fieldOTP)
	if !ok {
		return
	}
	if row, ours := otp.Closest("[data-keygen-otp]"); ours {
		row.Remove()
		return
	}
	otp.SetValue("")
	for _, around := range f.revealed {
		around.SetHidden(true)
	}
	f.revealed = nil
}
