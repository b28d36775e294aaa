package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// keyOf is how the page tells a license from others of its name.
func (p *tab) keyOf(license string) string {
	p.t.Helper()
	key := p.read(card(license).part("key"))
	return "key …" + key[len(key)-9:]
}

// namesOf returns the names of all elements with a role in the accessibility tree.
func (p *tab) namesOf(wanted string) (names []string) {
	p.t.Helper()
	p.run(chromedp.ActionFunc(func(ctx context.Context) error {
		nodes, err := accessibility.GetFullAXTree().Do(ctx)
		for _, node := range nodes {
			if role(node) == wanted {
				var name string
				if err := json.Unmarshal(node.Name.Value, &name); err != nil {
					return err
				}
				names = append(names, name)
			}
		}
		return err
	}))
	return names
}

// TestPortalTwins tells two licenses of one name apart, and deletes the right one.
func TestPortalTwins(t *testing.T) {
	t.Parallel()
	s, _ := newPortal(t, plain, func(s *stage) {
		s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Plain.ID, Name: "Trial",
			Key: "DEC0DE-000000-000000-000000-ABCDEF-V3"})
	})
	for _, role := range []string{"button", "DisclosureTriangle"} {
		names := s.namesOf(role)
		slices.Sort(names)
		require.NotEmpty(t, names, role)
		assert.Equal(t, slices.Compact(slices.Clone(names)), names, "no two of them have one name")
	}
	assert.Subset(t, s.namesOf("button"), []string{"Delete: Trial (key …ABCDEF-V3)", "Delete: Trial (key …000001-V3)"})
	assert.Subset(t, s.namesOf("DisclosureTriangle"), []string{"Machines (0): Trial (key …ABCDEF-V3)", "Machines (2): Trial (key …000001-V3)"})

	s.hit(card("Trial").part("remove")) // the newest
	s.answer("Delete “Trial” (key …ABCDEF-V3)?", true)
	s.untilReads(at("#licenses-status"), "“Trial” (key …ABCDEF-V3) is deleted.")
	s.untilLoaded()
	assert.Equal(t, s.demo.Licenses.Active.Key, s.read(card("Trial").part("key")))
}

// TestPortalManyLicenses shows more licenses than the API gives at a time, and as many after one is gone.
func TestPortalManyLicenses(t *testing.T) {
	t.Parallel()
	const all = 115
	s, _ := newPortal(t, func(d keygentest.Demo) keygentest.User { return d.Mate }, func(s *stage) {
		for n := range all - 1 { // and the one that he shares
			s.api.AddLicense("demo", keygentest.License{Policy: s.demo.Trial.ID, Owner: s.demo.Mate.ID, Name: fmt.Sprintf("License %d", n+1)})
		}
	})
	const count = `document.querySelectorAll("#licenses > li").length`
	for shown := 10; shown < 110; shown += 10 {
		require.Equal(t, shown, eval[int](s.tab, count))
		s.do(`document.querySelector("#licenses-more").click()`)
		s.until(fmt.Sprintf(`%s === %d`, count, shown+10))
		s.untilLoaded()
	}
	c := card("License 20")
	remove := func() {
		s.do(string(c.part("remove")) + `.click()`)
		s.answer("Delete “License 20” ("+s.keyOf("License 20")+")?", true)
	}
	s.fails(http.MethodDelete, "", c.part("alert"), remove)
	remove()
	s.until(`document.querySelector("#licenses-status").textContent`)
	s.until(`!` + string(c))
	s.untilLoaded()
	assert.Equal(t, 110, eval[int](s.tab, count))
	assert.True(t, s.seen(at("#licenses-more")))
	s.hit(at("#licenses-more"))
	s.until(fmt.Sprintf(`%s === %d`, count, all-1))
	assert.False(t, s.seen(at("#licenses-more")))
	assert.Equal(t, all-1, eval[int](s.tab, `new Set([...document.querySelectorAll("#licenses code")].map((e) => e.textContent)).size`))
}

// TestPortalTooManyRequests opens the account page while the API takes no more requests: nobody has attempted anything.
func TestPortalTooManyRequests(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.plant(s.demo.Plain, time.Time{})
	s.bend(func(w http.ResponseWriter, r *http.Request) bool {
		r.Method = http.MethodPost // as reply answers no other
		return reply(429, `{"errors":[{"title":"Too many requests","code":"TOO_MANY_REQUESTS"}]}`)(w, r)
	})
	s.open("/account.html")
	for _, part := range []string{"#licenses-alert", "#profile-alert", "#factor-alert", "#tokens-alert"} {
		s.untilReads(at(part), "Too many requests just now. Try again in 60 seconds.")
	}
	s.bend(nil)
	s.hit(at("#licenses-more"))
	s.until(string(card("Trial")))
	assert.Empty(t, s.read(at("#licenses-alert")))
}
