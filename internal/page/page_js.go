package page

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
	"keygenauth/web/messages"
)

// Auth signs users in. SignIn waits for the outcome, and fails where a session
// that must be lasting would end with the page; Fail is told of attempts that
// failed before they got there.
type Auth interface {
	SignIn(credentials keygen.Credentials, remember, lasting bool) session.Attempt
	Fail(error) session.Attempt
}

// Page is the module's part of the document. Make it with New.
type Page struct {
	config Config
	forms  []*form
	// Hears the keys pressed in all forms.
	keys browser.Listener
	// Counts the forms that came and went.
	changes int
	// What [data-keygen-text] elements show, by path such as "user.email", the
	// selector of those that do not yet, and whom they are about.
	texts          map[string]string
	unfilled, user string
	// Whether the page was looked at since it was last drawn, and has to be once more.
	looked, again bool
	cancel        func() // ends the wait for that
	// What messages are made of: objects by code. Those that take the place of
	// the English ones, undefined for none, and these, once they are needed.
	translation, english browser.Value
}

// Config is what a Page is made of.
type Config struct {
	Auth Auth
	// Forms is the CSS selector of sign-in forms.
	Forms string
	// Redirect is the URL to open after a sign-in; none when empty.
	Redirect string
	// Download returns where a file of a release lies; of any when that is empty. It
	// waits.
	Download func(release, file string) (address string, err error)
	// Texts returns what a visitor reads in place of the English texts, by code:
	// a JavaScript object. It may wait. Nil for nothing.
	Texts func() browser.Value
	// Known is the session that the page was told of before there was a program,
	// nil for none.
	Known *session.State
	// Observe calls changed whenever elements that match Forms, or have
	// data-keygen-text, came, changed or went, until stop is called.
	Observe func(changed func()) (stop func())
}

// New returns a Page that has not touched the document yet.
func New(config Config) *Page {
	if config.Observe == nil {
		config.Observe = func(func()) func() { return func() {} }
	}
	return &Page{config: config, cancel: func() {}}
}

// Start attaches the forms there are and follows the document: forms that
// appear are attached, those that leave are released. It returns a function
// that releases everything again.
func (p *Page) Start() (stop func()) {
	p.keys = browser.NewListener("keydown", func(event browser.Value) {
		// Who holds Enter down submits once, not until the API refuses to listen.
		if key, _ := event.Get("key").Text(); key == "Enter" && event.Get("repeat").True() {
			_, _ = event.Call("preventDefault")
		}
	})
	p.setTexts(texts(p.config.Known, keygen.User{}))
	p.fill(p.config.Known != nil)
	p.scan()
	unobserve := p.config.Observe(p.look)
	return func() {
		unobserve()
		p.cancel()
		for _, form := range p.forms {
			form.release()
		}
		p.forms = nil
		p.keys.Release()
	}
}

// Do does what the loader, which listens to the page, asks for: to "submit" a form,
// to "attach" one before somebody types, to "show-password", with the button
// for that, or to "download" the file of a link.
func (p *Page) Do(what string, element browser.Value) {
	target := browser.Element{Value: element}
	switch {
	case !target.Connected():
	case what == "show-password":
		if form := p.attached(element.Get("form")); form != nil {
			pressed, _ := target.Attr("aria-pressed")
			form.showPassword(target, pressed != "true")
		}
	case what == "download":
		p.download(target)
	case what == "attach":
		p.form(element)
	default:
		p.form(element).submit()
	}
}

// form returns a form of the page, attached if it was not: it may have become one
// without anything being inserted, or be where the page does not look.
func (p *Page) form(element browser.Value) *form {
	if form := p.attached(element); form != nil {
		return form
	}
	form := attach(p, browser.Element{Value: element}, true)
	p.forms = append(p.forms, form)
	return form
}

// attached returns a form that is attached, nil for none.
func (p *Page) attached(element browser.Value) *form {
	for _, form := range p.forms {
		if form.element.Equal(element) {
			return form
		}
	}
	return nil
}

// KeepFocus does something that shows and hides parts of the page. Who was, by
// keyboard, in what is gone then goes on in what came instead.
func (p *Page) KeepFocus(change func()) {
	focused, some := browser.Active()
	change()
	if !some || focused.Rendered() {
		return
	}
	shown := browser.All("[data-keygen-show]:not([hidden])")
	if len(shown) == 0 {
		return
	}
	// A section takes no focus without one; a link does.
	if index, _ := shown[0].Get("tabIndex").Number(); index < 0 {
		shown[0].SetAttr("tabindex", "-1")
	}
	shown[0].Focus()
}

// frame is about how many milliseconds pass until a page is drawn again. Browsers
// tell of that only where somebody sees it.
const frame = 16

// look scans at once, but no more often than the page is drawn: what comes
// meanwhile is looked at then.
func (p *Page) look() {
	if p.again = p.looked; p.again {
		return
	}
	p.looked = true
	p.cancel = browser.After(frame, func() {
		p.looked = false
		if p.again {
			p.look()
		}
	})
	p.scan()
}

// scan brings the attached forms and the texts in line with the document.
func (p *Page) scan() {
	kept := p.forms[:0]
	for _, form := range p.forms {
		if form.element.Connected() {
			kept = append(kept, form)
		} else {
			form.release()
		}
	}
	clear(p.forms[len(kept):]) // let go of their nodes
	p.forms = kept
	var fresh []browser.Element
	for _, element := range browser.All(p.config.Forms) {
		if p.attached(element.Value) == nil && element.IsForm() {
			fresh = append(fresh, element)
		}
	}
	some := len(fresh) > 0 && len(browser.All(remains)) > 0
	for _, element := range fresh {
		p.forms = append(p.forms, attach(p, element, some))
	}
	p.fill(false)
}

// successor returns the one form that was attached since a time, nil when there
// are none or more.
func (p *Page) successor(since int) *form {
	var found *form
	for _, form := range p.forms {
		if form.since <= since {
			continue
		}
		if found != nil {
			return nil
		}
		found = form
	}
	return found
}

// say returns the text for a code.
func (p *Page) say(code string) string {
	if !p.english.Exists() {
		p.english, _ = browser.Parse(messages.English)
	}
	look := func(table browser.Value) func(string) string {
		return func(code string) string {
			text, _ := table.Get(code).Text()
			return text
		}
	}
	return message(code, look(p.translation), look(p.english))
}

// translate gets the texts that take the place of the English ones. It may wait.
func (p *Page) translate() {
	if p.config.Texts != nil {
		p.translation = p.config.Texts()
	}
}

// translated does something that says something, at once where there is nothing
// to wait for.
func (p *Page) translated(do func()) {
	if p.config.Texts == nil {
		do()
		return
	}
	browser.Go(func() {
		p.translate()
		do()
	}, nil)
}
