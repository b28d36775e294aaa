package session

import (
	"encoding/json"
	"errors"
	"sync"
	"time"

	"keygenauth/internal/keygen"
)

// hostJSON is a JSON by encoding/json.
type hostJSON struct{}

func (hostJSON) Parse(text string) keygen.Node {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return node{value, true}
}

func (hostJSON) Stringify(fields map[string]any) string {
	text, _ := json.Marshal(fields)
	return string(text)
}

// node is a value in a document, or none.
type node struct {
	value any
	there bool
}

func (n node) Get(name string) keygen.Node {
	members, _ := n.value.(map[string]any)
	value, there := members[name]
	return node{value, there}
}
func (n node) At(int) keygen.Node      { return node{} }
func (n node) Len() int                { return 0 }
func (n node) Text() (string, bool)    { text, ok := n.value.(string); return text, ok }
func (n node) Number() (float64, bool) { number, ok := n.value.(float64); return number, ok }
func (n node) IsNull() bool            { return n.there && n.value == nil }

// fault is a way in which an area fails.
type fault int

const (
	works      fault = iota
	fails            // everything throws
	full             // writing throws
	forgets          // writing does nothing
	unreadable       // reading throws
)

var errFault = errors.New("storage is broken")

// area is sessionStorage, or what one tab sees of localStorage. It has one key.
type area struct {
	mu    sync.Mutex
	text  string
	fault fault
	// onChange, if not nil, is called after each change.
	onChange func(text string)
	pending  int // changes that are on their way to the browser
}

func (a *area) Get(string) (string, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fault == fails || a.fault == unreadable {
		return "", false, errFault
	}
	return a.text, a.text != "", nil
}

func (a *area) Set(_, text string) error {
	a.mu.Lock()
	switch a.fault {
	case fails, full:
		a.mu.Unlock()
		return errFault
	case forgets:
		a.mu.Unlock()
		return nil
	}
	changed := a.text != text
	a.text = text
	a.mu.Unlock()
	if changed && a.onChange != nil {
		a.onChange(text)
	}
	return nil
}

func (a *area) Remove(key string) error {
	a.mu.Lock()
	broken := a.fault == fails
	a.mu.Unlock()
	if broken {
		return errFault
	}
	a.mu.Lock()
	changed := a.text != ""
	a.text = ""
	a.mu.Unlock()
	if changed && a.onChange != nil {
		a.onChange("")
	}
	return nil
}

func (a *area) setFault(fault fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fault = fault
}

// profile is the localStorage that the tabs of one browser share. Each tab has its own
// view of it, as each has its own process: a change by another tab arrives after the
// lag, and not while a change of the tab itself is on its way.
type profile struct {
	mu       sync.Mutex
	text     string
	views    []*area
	onEvent  []func() // the storage event of each tab
	lag      time.Duration
	noEvents bool // no event comes
}

func (p *profile) view(onEvent func()) *area {
	p.mu.Lock()
	defer p.mu.Unlock()
	view, tab := &area{text: p.text}, len(p.views)
	view.onChange = func(text string) {
		if p.lag == 0 {
			p.commit(tab, text)
			return
		}
		view.mu.Lock()
		view.pending++
		view.mu.Unlock()
		time.AfterFunc(p.lag, func() {
			view.mu.Lock()
			view.pending--
			view.mu.Unlock()
			p.commit(tab, text)
		})
	}
	p.views, p.onEvent = append(p.views, view), append(p.onEvent, onEvent)
	return view
}

func (p *profile) commit(from int, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	for tab, view := range p.views {
		if tab == from {
			continue
		}
		see := func() {
			p.mu.Lock()
			now := p.text
			p.mu.Unlock()
			view.mu.Lock()
			defer view.mu.Unlock()
			if view.pending == 0 {
				view.text = now
			}
		}
		if p.lag == 0 {
			view.mu.Lock()
			view.text = text
			view.mu.Unlock()
			if !p.noEvents {
				time.AfterFunc(time.Millisecond, p.onEvent[tab])
			}
			continue
		}
		onEvent := p.onEvent[tab]
		time.AfterFunc(p.lag, func() {
			see()
			onEvent()
		})
	}
}

// put stores a text without an event.
func (p *profile) put(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	for _, view := range p.views {
		view.mu.Lock()
		view.text = text
		view.mu.Unlock()
	}
}
