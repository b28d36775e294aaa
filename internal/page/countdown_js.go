package page

import "keygenauth/internal/browser"

// wait holds submits back for so many seconds and shows how many are left.
// The countdown is no live region: a screen reader hears the message before it
// and the one after it, not each second.
func (f *form) wait(seconds int) {
	f.enable(false)
	timer := browser.Create("p")
	timer.SetAttr("data-keygen-countdown", "")
	timer.SetAttr("role", "timer")
	f.region().After(timer)

	// By the clock: ticks are late or missing in a tab out of sight.
	end := browser.Now() + int64(seconds)*1000
	cancel := func() {}
	f.endWait = func() {
		cancel()
		f.endWait = nil
		timer.Remove()
		f.enable(!f.busy)
		f.refocus()
	}
	text := f.page.say(textCountdown)
	var tick func()
	tick = func() {
		left := (end - browser.Now() + 999) / 1000
		if left <= 0 {
			f.endWait()
			f.show(Advice{Message: f.page.say(textRetryNow), Notice: true})
			return
		}
		timer.SetText(remaining(text, int(left)))
		cancel = browser.After(1000, tick)
	}
	tick()
}

// removeCountdown removes what a countdown of a program before this one shows.
func (f *form) removeCountdown() {
	if region, ok := f.findRegion(); ok {
		if next := (browser.Element{Value: region.Get("nextElementSibling")}); next.Exists() {
			if _, ok := next.Attr("data-keygen-countdown"); ok {
				next.Remove()
			}
		}
	}
}
