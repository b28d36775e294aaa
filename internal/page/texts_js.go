package page

import (
	"strings"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// ShowUser fills [data-keygen-text] elements, now and as they appear.
func (p *Page) ShowUser(state *session.State, user keygen.User) {
	if state == nil {
		for _, form := range p.forms {
			form.done = ""
		}
	}
	known := texts(state, user)
	if state != nil && state.UserID != p.user {
		// Nothing of the one before may stay until it is known who this is.
		for path := range texts(nil, keygen.User{}) {
			if _, ok := known[path]; !ok {
				known[path] = ""
			}
		}
	}
	p.setTexts(known)
	p.fill(false)
}

func (p *Page) setTexts(texts map[string]string) {
	p.user, p.texts, p.unfilled = texts["user.id"], texts, unfilled(texts)
}

// fill gives elements their texts. With keep set it leaves alone those that say
// something: the page knew as much.
func (p *Page) fill(keep bool) {
	for _, element := range browser.All(p.unfilled) {
		path, _ := element.Attr("data-keygen-text")
		text := p.texts[path]
		if now, _ := element.Get("textContent").Text(); !keep || strings.TrimSpace(now) == "" {
			element.SetText(text)
		}
		element.SetAttr(filled, sum(text))
		if strings.HasPrefix(path, "user.") {
			element.AddAttr("translate", "no")
		}
	}
}

// filled is on elements that were given a text, and tells which: what the page or
// a translator has made of it since stays, until there is another. A page that is
// made anew from its markup loses the mark with the text.
const filled = "data-keygen-filled"

// unfilled returns a selector of the elements that do not have their texts yet.
func unfilled(texts map[string]string) string {
	selector := "none"
	for path, text := range texts {
		selector += `,[data-keygen-text="` + path + `"]:not([` + filled + `="` + sum(text) + `"])`
	}
	return selector
}
