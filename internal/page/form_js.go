package page

import (
	"runtime"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// form is one attached sign-in form.
type form struct {
	page    *Page
	element browser.Element

	since, until int // when it came and went, by Page.changes; until is 0 before

	busy     bool
	focus    browser.Element   // what had it when the form was submitted
	submits  int               // counts them
	done     string            // the email that it has signed in with, as long as that lasts
	endWait  func()            // ends a countdown; nil when none runs
	otpEmail string            // the email a one-time code has been asked for
	revealed []browser.Element // what was hidden around the page's own field for it
	left     func()            // ends the wait for the field at fault to lose the focus
	said     func()            // ends the wait for the message to be said
}

// attach makes a form of the page ours: it adds the attributes that its markup
// lacks and, where something may be left in it of an attempt that nothing will end,
// takes that back: of a program before this one, or from before the form left the
// page. A page may have hundreds of forms, and each call into it costs about 10 µs.
// It inserts nothing: a framework may still be about to take the page over from its
// server.
func attach(p *Page, element browser.Element, unsettled bool) *form {
	p.changes++
	f := &form{page: p, element: element, since: p.changes, left: func() {}, said: func() {}}
	// A script that calls form.submit() skips all listeners: then nothing is sent.
	element.AddAttr("method", "dialog")
	names := element.Names()
	if email, ok := element.Named(names, fieldEmail); ok {
		email.AddAttr("autocomplete", "username")
		email.AddAttr("autocapitalize", "none")
		email.AddAttr("spellcheck", "false")
	}
	if password, ok := element.Named(names, fieldPassword); ok {
		password.AddAttr("autocomplete", "current-password")
	}
	if otp, ok := element.Named(names, fieldOTP); ok {
		otp.AddAttr("autocomplete", "one-time-code")
		otp.AddAttr("inputmode", "numeric")
	}
	if unsettled {
		f.setBusy(false)
		f.removeCountdown()
	}
	p.keys.Add(element.Value)
	return f
}

// release undoes attach as far as it could matter to others. An attempt under
// way goes on; its failure is shown in the form that came instead, if any.
func (f *form) release() {
	f.page.changes++
	f.until = f.page.changes
	f.page.keys.Remove(f.element.Value)
	f.left()
	f.said()
	if f.endWait != nil {
		f.endWait()
	}
}

// field returns a field by name or, as in a form without names, by id.
func (f *form) field(name string) (browser.Element, bool) { return f.element.Control(name) }

// submit starts one attempt, unless one is under way. It never waits: it runs
// inside the event.
func (f *form) submit() {
	if f.busy || f.endWait != nil {
		return
	}
	f.submits++
	credentials, ok := f.read()
	if !ok {
		f.clear()
		failure := &keygen.Error{Code: keygen.CodeConfig, Detail: f.missing()}
		if f.page.config.Auth.Fail(failure).Proceed {
			f.refuse(failure)
		}
		return
	}
	if f.done != "" && f.done == credentials.Email && credentials.Password == "" {
		return // one Enter too many: the first has emptied the field
	}
	if f.otpEmail != "" && credentials.OTP == "" && credentials.Email == f.otpEmail {
		f.clear()
		f.refuse(&keygen.Error{Code: keygen.CodeOTPRequired})
		return
	}
	if f.otpEmail != "" && credentials.Email != f.otpEmail {
		credentials.OTP = "" // it was asked of someone else
		f.otpEmail = ""
		f.hideOTP()
	}
	f.focus = f.element.Focused()
	f.busy = true
	browser.Go(func() {
		// Of no use on the page that comes next, it would only bring the visitor back here.
		lasting := f.page.config.Redirect != ""
		f.finish(f.page.config.Auth.SignIn(credentials, f.remember(), lasting), credentials)
	}, func() {
		f.finish(f.page.config.Auth.Fail(&keygen.Error{Code: keygen.CodeInternal}), credentials)
	})
	// The request goes out first; that it is under way is shown while it travels.
	runtime.Gosched()
	if f.busy {
		f.clear()
		f.setBusy(true)
		f.conceal()
	}
}

// refuse shows why a submit leads to no attempt, unless the next one comes first.
func (f *form) refuse(failure *keygen.Error) {
	submit := f.submits
	f.page.translated(func() {
		if f.submits == submit && f.until == 0 {
			f.fail(failure, false)
		}
	})
}

// read returns what is typed, and whether the form has the fields for it.
func (f *form) read() (credentials keygen.Credentials, ok bool) {
	value := func(name string) string {
		field, found := f.field(name)
		typed := field.Get("value")
		text, isText := typed.Text()
		if isText && !typed.WellFormed() {
			credentials.Malformed = name
		}
		ok = found && isText
		return text
	}
	credentials.OTP = value(fieldOTP)
	if credentials.Password = value(fieldPassword); !ok {
		return credentials, false
	}
	credentials.Email = value(fieldEmail)
	credentials = credentials.Normalize()
	credentials.Email = browser.SendableEmail(credentials.Email)
	return credentials, ok
}

// remember says whether the session shall outlive the tab.
func (f *form) remember() bool {
	box, ok := f.field("remember")
	return !ok || box.Get("checked").True()
}

// finish ends an attempt.
func (f *form) finish(attempt session.Attempt, credentials keygen.Credentials) {
	if attempt.Err != nil && attempt.Proceed {
		f.page.translate()
	}
	if f.until > 0 {
		// A framework may have rendered the form anew meanwhile.
		if next := f.page.successor(f.until); next != nil && !next.busy && next.endWait == nil {
			next.focus = f.focus
			f = next
		} else if attempt.Err != nil {
			return
		}
	}
	f.clear() // for an attempt that was over at once
	f.setBusy(false)
	if attempt.Err == nil {
		f.signedIn(credentials)
		if attempt.Proceed && f.page.config.Redirect != "" {
			_, _ = browser.Window().Get("location").Call("assign", f.page.config.Redirect)
		}
		return
	}
	if attempt.Err.Code == keygen.CodeOTPRequired && attempt.Proceed {
		f.otpEmail = credentials.Email
	}
	f.refocus()
	if attempt.Proceed {
		f.fail(attempt.Err, credentials.OTP != "")
	}
}

// refocus gives the focus back to the button that was pressed: disabling it took
// it away. Who has gone elsewhere stays there.
func (f *form) refocus() {
	if _, elsewhere := browser.Active(); !elsewhere && f.focus.Exists() && f.focus.Connected() {
		f.focus.Focus()
	}
}

// signedIn leaves no secret behind in the fields, and offers the password to the
// browser, unless the page wants none kept.
func (f *form) signedIn(credentials keygen.Credentials) {
	f.otpEmail = ""
	f.done = credentials.Email
	keep := credentials.Password != "" && !isOff(f.element)
	if password, ok := f.field(fieldPassword); ok {
		keep = keep && !isOff(password)
		password.SetValue("")
	}
	f.hideOTP()
	f.clear()
	if keep {
		browser.OfferPassword(credentials.Email, credentials.Password)
	}
}

func isOff(element browser.Element) bool {
	_, off := element.Closest("[autocomplete=off i]")
	return off
}

// fail shows what went wrong and what to do about it.
func (f *form) fail(failure *keygen.Error, withOTP bool) {
	if fix := setupFix(failure); fix != "" {
		browser.Report(failure.Code + ": " + fix)
	}
	advice := Advise(failure, withOTP, f.page.say)
	if advice.AskOTP {
		f.askOTP()
	}
	if advice.SpentOTP {
		f.emptyOTP()
	}
	f.show(advice)
	if advice.Wait > 0 {
		f.wait(advice.Wait)
	}
}

// setBusy shows that an attempt is under way, or over.
func (f *form) setBusy(busy bool) {
	f.busy = busy
	if busy {
		f.element.SetAttr("aria-busy", "true")
	} else {
		f.element.RemoveAttr("aria-busy")
	}
	f.enable(!busy)
}

// mark is on submit buttons that were disabled by us (or the loader) rather
// than by the page.
const mark = "data-keygen-disabled"

// remains selects what attempts leave in a page.
const remains = "form[aria-busy=true],[data-keygen-countdown],[" + mark + "]"

// enable enables or disables the form's submit buttons, wherever they stand.
func (f *form) enable(on bool) {
	for _, button := range f.buttons() {
		switch _, marked := button.Attr(mark); {
		case on && marked:
			_ = button.Set("disabled", false)
			button.RemoveAttr(mark)
		case !on && !button.Get("disabled").True():
			_ = button.Set("disabled", true)
			button.SetAttr(mark, "")
		}
	}
}

// buttons returns the form's submit buttons, those elsewhere in the page that
// name it included. It asks the form, not the page: a page of many forms would
// pay for a search many times over.
func (f *form) buttons() []browser.Element {
	var buttons []browser.Element
	for _, control := range f.element.Controls() {
		if kind, _ := control.Get("type").Text(); kind == "submit" {
			buttons = append(buttons, control)
		}
	}
	return append(buttons, f.element.Others("input[type=image]")...)
}
