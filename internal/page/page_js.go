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
	// Hear the submits of all forms, and the keys pressed in them.
	submits, keys browser.Listener
	// Counts the forms that came and went.
	changes int
	// What error regions are copied from.
	region browser.Element
	// What [data-keygen-text] elements show, by path such as "user.email".
	texts map[string]string
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
	// Attached is told of each form that the page listens to from now on, or not
	// any more.
	Attached func(form browser.Value, on bool)
}

// New returns a Page that has not touched the document yet.
func New(config Config) *Page {
	if config.Attached == nil {
		config.Attached = func(browser.Value, bool) {}
	}
	return &Page{config: config}
}

// Start attaches the forms there are and follows the document: forms that
// appear are attached, those that leave are released. It returns a function
// that releases everything again.
func (p *Page) Start() (stop func()) {
	p.submits = browser.NewListener("submit", func(event browser.Value) {
		_, _ = event.Call("preventDefault")
		p.submit(event.Get("currentTarget"))
	})
	p.keys = browser.NewListener("keydown", func(event browser.Value) {
		// Who holds Enter down submits once, not until the API refuses to listen.
		if key, _ := event.Get("key").Text(); key == "Enter" && event.Get("repeat").True() {
			_, _ = event.Call("preventDefault")
		}
	})
	p.region = newRegion()
	p.scan()
	unobserve := browser.Observe(p.scan)
	unfollow := p.followDownloads()
	return func() {
		unobserve()
		unfollow()
		for _, form := range p.forms {
			form.release()
		}
		p.forms = nil
		p.submits.Release()
		p.keys.Release()
	}
}

// Submit submits a form as if the user had; for an intent from before the
// program ran. A form that is none of Config.Forms is left alone.
func (p *Page) Submit(element browser.Value) {
	if !p.submit(element) {
		p.scan() // it may have become one without anything being inserted
		p.submit(element)
	}
}

// submit does so if the form is attached, and says whether it is.
func (p *Page) submit(element browser.Value) bool {
	for _, form := range p.forms {
		if form.element.Equal(element) {
			form.submit()
			return true
		}
	}
	return false
}

// ShowUser fills [data-keygen-text] elements, now and as they appear.
func (p *Page) ShowUser(state *session.State, user keygen.User) {
	p.texts = texts(state, user)
	if state == nil {
		for _, form := range p.forms {
			form.done = ""
		}
	}
	p.fill()
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
		if !p.attached(element) && element.IsForm() {
			fresh = append(fresh, element)
		}
	}
	disabled := len(fresh) > 0 && len(browser.All("["+mark+"]")) > 0
	for _, element := range fresh {
		p.forms = append(p.forms, attach(p, element, disabled))
		p.config.Attached(element.Value, true)
	}
	p.fill()
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

func (p *Page) attached(element browser.Element) bool {
	for _, form := range p.forms {
		if form.element.Equal(element.Value) {
			return true
		}
	}
	return false
}

func (p *Page) fill() {
	for _, element := range browser.All("[data-keygen-text]") {
		path, _ := element.Attr("data-keygen-text")
		// Only when it differs: each change is a mutation that brings us here.
		if now, _ := element.Get("textContent").Text(); now != p.texts[path] {
			element.SetText(p.texts[path])
		}
	}
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
