package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
	"keygenauth/internal/webdriver"
)

// What the portal says in more than one place.
const (
	saysUnreachable = "The service could not be reached. Check your connection and try again."
	saysInTrouble   = "The service has a problem. Try again in a few minutes."
	saysOdd         = "The service did not answer as it should. Try again in a few minutes."
	saysRefused     = "Refused: your account is not allowed to do this. Please ask support."
)

// newPortal returns a stage whose page is the account of one of the demo's users, with all that there is to see. Given,
// which may be nil, prepares it.
func newPortal(t *testing.T, who func(keygentest.Demo) keygentest.User, given func(*stage)) (*stage, visit) {
	t.Helper()
	s := newStage(t, nil)
	if given != nil {
		given(s)
	}
	v := s.plant(who(s.demo), time.Time{})
	s.open("/account.html")
	s.untilLoaded()
	return s, v
}

func plain(d keygentest.Demo) keygentest.User { return d.Plain }

// untilLoaded waits until the account page has come to rest with somebody's data.
func (p *tab) untilLoaded() {
	p.t.Helper()
	p.until(`document.querySelector("#profile-email").value && !document.querySelector("[aria-busy]")`)
}

// row is the item with a name in the list that a selector finds.
func row(list, name string) place {
	return place(fmt.Sprintf(`[...document.querySelectorAll(%s)].find((e) => e.querySelector('[data-part="name"]').textContent === %s)`,
		quote(list+" > li"), quote(name)))
}

// card is that of a license.
func card(license string) place { return row("#licenses", license) }

// read returns the text of an element.
func (p *tab) read(where place) string {
	p.t.Helper()
	return eval[string](p, string(where)+`.textContent.replace(/\s+/g, " ").trim()`)
}

// untilReads waits until the text of an element is this one.
func (p *tab) untilReads(where place, text string) {
	p.t.Helper()
	p.until(string(where) + `?.textContent.replace(/\s+/g, " ").trim() === ` + quote(text))
}

// tabTo moves the focus to an element by the Tab key.
func (p *tab) tabTo(where place) {
	p.t.Helper()
	for range 150 {
		if p.holds(where) {
			return
		}
		// Round past the last element, where no bars of the browser's own are in between.
		back := !p.inChromium() && eval[bool](p, fmt.Sprintf(`Boolean(document.activeElement.compareDocumentPosition(%s) & Node.DOCUMENT_POSITION_PRECEDING)`, where))
		p.press(map[bool]string{false: "\t", true: webdriver.BackTab}[back])
	}
	require.Fail(p.t, "out of reach", "of the Tab key: %s", where)
}

// seen says whether an element can be seen, or could be after scrolling.
func (p *tab) seen(where place) bool {
	p.t.Helper()
	return eval[bool](p, `Boolean(`+string(where)+`?.checkVisibility({visibilityProperty: true}))`)
}

// holds says whether an element has the focus.
func (p *tab) holds(where place) bool {
	p.t.Helper()
	return eval[bool](p, `document.activeElement === `+string(where))
}

// answer answers the page's question, which has to be this one.
func (p *tab) answer(question string, yes bool) {
	p.t.Helper()
	p.until(`document.querySelector("#ask").open`)
	assert.Equal(p.t, question, p.read(at("#ask-title")))
	assert.Equal(p.t, "Cancel", eval[string](p, `document.activeElement.textContent`), "the harmless answer has the focus")
	if yes {
		p.press("\t\r")
	} else {
		p.press("\x1b")
	}
	p.until(`!document.querySelector("#ask").open`)
	p.untilPainted()
}

// fails has requests with this method and end of path go wrong in each way, one after the other, and expects what is said
// about it, and then. Act does what sends one: that must be possible again and again.
func (s *stage) fails(method, end string, where place, act func(), then ...string) {
	s.t.Helper()
	s.allow("CORS policy")
	s.allow("data-host")
	for _, trouble := range []struct {
		fault keygentest.Fault
		says  string
	}{
		{keygentest.Fault{Kind: keygentest.FaultCut}, saysUnreachable},
		{keygentest.Fault{Kind: keygentest.FaultStatus, Status: 500}, saysInTrouble},
		{keygentest.Fault{Kind: keygentest.FaultHTML}, saysOdd},
	} {
		trouble.fault.Method, trouble.fault.Path = method, end
		remove := s.api.AddFault(trouble.fault)
		if trouble.says == saysUnreachable {
			remove = s.unreachable(method, end, remove)
		}
		act()
		s.untilReads(where, strings.Join(append([]string{trouble.says}, then...), " "))
		assert.True(s.t, s.seen(where))
		remove()
	}
}

// held makes a request wait while the user acts, presses again, and sees that it goes on. It must be sent once.
func (s *stage) held(method, end string, button place, act func()) (release func()) {
	s.t.Helper()
	before := len(s.requests(method, end))
	release = s.api.AddFault(keygentest.Fault{Method: method, Path: end, Delay: time.Hour})
	act()
	s.eventually(func() bool { return len(s.requests(method, end)) > before }, "%s %s is sent", method, end)
	s.until(string(button) + `.disabled && ` + string(button) + `.closest('[aria-busy="true"]')`)
	s.do(string(button) + `.click(); ` + string(button) + `.form?.requestSubmit()`)
	s.untilPainted()
	require.Len(s.t, s.requests(method, end), before+1, "pressed twice, sent once")
	return release
}

// sent returns how many requests changed something.
func (s *stage) sent() int {
	n := 0
	for _, r := range s.api.Requests() {
		if r.Method != http.MethodGet {
			n++
		}
	}
	return n
}

// traces returns what of the texts the page still holds, in its text, its fields or its attributes.
func (p *tab) traces(texts ...string) (found []string) {
	p.t.Helper()
	all := eval[string](p, `[document.documentElement.outerHTML, ...[...document.querySelectorAll("input")].map((e) => e.value)].join("\n")`)
	for _, text := range texts {
		if strings.Contains(all, text) {
			found = append(found, text)
		}
	}
	return found
}

// listed returns the names of what the API has in a list of a user. It takes a new token of his.
func (s *stage) listed(user keygentest.User, list string) (names []string) {
	s.t.Helper()
	_, token := s.api.AddToken(user.ID, time.Time{})
	r, err := http.NewRequest(http.MethodGet, s.apiURL+"/v1/accounts/demo/"+list+"?limit=100", nil)
	require.NoError(s.t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	var document struct {
		Data []struct{ Attributes struct{ Name string } }
	}
	require.NoError(s.t, json.NewDecoder(response.Body).Decode(&document))
	for _, one := range document.Data {
		names = append(names, one.Attributes.Name)
	}
	return names
}
