package page

import (
	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// download asks for the file of a link, or of a button, with data-keygen-download,
// and sends the browser to where it lies.
func (p *Page) download(link browser.Element) {
	if _, busy := link.Attr("aria-busy"); busy {
		return
	}
	link.SetAttr("aria-busy", "true")
	free := func() { link.RemoveAttr("aria-busy") }
	browser.Go(func() { p.follow(link, free) }, free)
}

func (p *Page) follow(link browser.Element, free func()) {
	file, _ := link.Attr("data-keygen-download")
	release, _ := link.Attr("data-keygen-release")
	region, said := p.regionAfter(link)
	if said {
		region.SetHidden(true)
	}
	address, err := p.config.Download(release, file)
	free()
	if err == nil {
		visit(address)
		return
	}
	failure := keygen.AsError(err)
	refused := failure.Status == 401 || failure.Status == 403 || failure.Status == 404
	if _, elsewhere := link.Attr("href"); refused && elsewhere && p.user == "" {
		address, _ := link.Get("href").Text()
		visit(address) // where the page's owner sends those who have no license
		return
	}
	if !p.config.Auth.Fail(err).Proceed {
		return
	}
	p.translate()
	code := failure.Code
	switch failure.Status {
	case 403:
		code = textSuspended
	case 404:
		code = textNoFile
	}
	if !said {
		link.After(region.Value)
	}
	region.SetAttr("data-keygen-tone", "error")
	region.SetText(p.say(code))
	region.SetHidden(false)
}

// regionAfter returns the error region behind a link, and whether it was there.
func (p *Page) regionAfter(link browser.Element) (region browser.Element, found bool) {
	next := browser.Element{Value: link.Get("nextElementSibling")}
	if next.Exists() {
		if _, ok := next.Attr("data-keygen-error"); ok {
			return next, true
		}
	}
	return newRegion(), false
}

func visit(url string) { _, _ = browser.Window().Get("location").Call("assign", url) }
