package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

// clockOff makes a page's clock, and no other one that it has, wrong.
func clockOff(by time.Duration) string {
	return fmt.Sprintf(`{
		const off = %d;
		const Right = Date;
		window.rightNow = () => Right.now();
		window.Date = class Date extends Right {
			constructor(...parts) { parts.length ? super(...parts) : super(Right.now() + off); }
			static now() { return Right.now() + off; }
		};
	}`, by.Milliseconds())
}

// endTime notes when the session ends, by the right clock.
const endTime = `document.addEventListener("keygen:signed-out", () => (window.ended = (window.rightNow ?? Date.now)()));`

// timers notes the waits that a page's scripts ask for, and keeps what would run much later, to run it when the test says.
const timers = `{
	const {setTimeout, clearTimeout} = window;
	window.waits = [];
	window.later = new Map();
	window.setTimeout = (run, wait = 0, ...rest) => {
		window.waits.push(wait);
		if (wait < 60_000) return setTimeout(run, wait, ...rest);
		window.later.set(-window.waits.length, run);
		return -window.waits.length;
	};
	window.clearTimeout = (timer) => window.later.delete(timer) || clearTimeout(timer);
	window.muchLater = () => {
		const due = [...window.later.values()];
		window.later.clear();
		for (const run of due) run();
		return due.length;
	};
}`

func newClockStage(t *testing.T) *stage {
	s := newStage(t, map[string]string{
		"form.html":  document(`data-load="eager"`, member),
		"fixed.html": document(`data-load="eager" data-token-expiry="P1D"`, member), // not renewed by itself
	})
	s.atStart(listening + endTime)
	return s
}

// outlive opens a page with a session that has so long to live, or, where that was too short for a busy machine to load the
// page, twice as long. It returns when the session ends.
func (s *stage) outlive(life time.Duration) (expiry time.Time) {
	s.t.Helper()
	for ; life < 2*patience; life *= 2 {
		expiry = time.Now().Add(life).Truncate(time.Millisecond)
		s.plant(s.demo.Plain, expiry)
		s.open("/fixed.html")
		s.until(`window.ended || document.querySelector("b").textContent === ` + quote(s.demo.Plain.Email))
		if !eval[bool](s.tab, `Boolean(window.ended)`) {
			return expiry
		}
	}
	require.Fail(s.t, "too slow", "no page loads within %s", life)
	return expiry
}

// TestWrongClock has a page whose clock is off by two days: a token with one day left looks expired, or too young. The
// API's clock counts.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{0, 2 * day, -2 * day} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel() // this waits, mostly
			s := newClockStage(t)
			s.atStart(clockOff(off))

			t.Run("one day left", func(t *testing.T) {
				v := s.plant(s.demo.Plain, time.Now().Add(day))
				s.open("/fixed.html")
				s.untilNamed(s.demo.Plain)
				for range 3 {
					require.Empty(t, s.ask(me))
				}
				assert.Equal(t, showsUser(s.demo.Plain), s.shows())
				assert.Equal(t, []string{"restored"}, s.happened())
				assert.Equal(t, v.stored, s.saved())
				s.open("/fixed.html")
				s.untilNamed(s.demo.Plain)
			})
			t.Run("renewed in time", func(t *testing.T) {
				s.api.ResetRequests()
				v := s.plant(s.demo.Plain, time.Now().Add(day))
				s.open("/form.html")
				s.until(`window.heard.some((e) => e.Name === "renewed")`)
				require.Empty(t, s.ask(me))
				assert.Len(t, s.renewals(), 1)
				assert.Equal(t, []string{"restored", "renewed"}, s.happened())
				assert.NotContains(t, s.saved(), v.token)
			})
			t.Run("seconds left", func(t *testing.T) {
				expiry := s.outlive(8 * time.Second)
				s.until(`window.ended`)
				late := time.UnixMilli(int64(eval[float64](s.tab, `window.ended`))).Sub(expiry)
				assert.GreaterOrEqual(t, late, time.Duration(0), "not early")
				assert.Less(t, late, patience, "but then")
				assert.Equal(t, showsNobody, s.shows())
				assert.Equal(t, []string{"restored", "signed-out expired"}, s.happened())
				assert.Equal(t, map[string]int{"local": 0, "session": 0}, s.stored())
			})
			t.Run("expired", func(t *testing.T) {
				s.plant(s.demo.Plain, time.Now().Add(-time.Minute))
				s.open("/fixed.html")
				s.untilSignedOut()
				s.until(`localStorage.length === 0`)
				assert.Equal(t, showsNobody, s.shows())
				s.until(`window.heard.at(-1)?.Name === "signed-out"`)
				want := []string{"signed-out expired"}
				if off < 0 {
					want = []string{"restored", "signed-out expired"} // the page could not know
				}
				assert.Equal(t, want, s.happened())
			})
		})
	}
}

// TestDistantExpiry has tokens that outlive any timer. No wait is longer than browsers can count, and none ends the
// session.
func TestDistantExpiry(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		expiry time.Time
	}{
		{"90 days", time.Now().Add(90 * day)},
		{"2049", time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"never", time.Time{}},
	}
	s := newClockStage(t)
	s.atStart(timers)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s.api.ResetRequests()
			v := s.plant(s.demo.Plain, test.expiry)
			s.open("/form.html")
			s.untilNamed(s.demo.Plain)
			for range 3 {
				ran := eval[int](s.tab, `window.muchLater()`)
				assert.Equal(t, !test.expiry.IsZero(), ran > 0, "it looks at the clock now and then, if there is a reason")
				require.Empty(t, s.ask(me))
			}
			assert.LessOrEqual(t, eval[float64](s.tab, `Math.max(...window.waits)`), float64(1<<31-1))
			assert.Equal(t, showsUser(s.demo.Plain), s.shows())
			assert.Equal(t, []string{"restored"}, s.happened())
			assert.Equal(t, v.stored, s.saved())
			assert.Equal(t, 0, len(s.renewals()))
		})
	}
}

// TestRenewByItself renews what has less than a week left, while the page is looked at.
func TestRenewByItself(t *testing.T) {
	t.Parallel()
	const hide = `Object.defineProperty(Document.prototype, "visibilityState", {configurable: true, get: () => window.looked ? "visible" : "hidden"});`
	tests := []struct {
		name, page, script string
		left               time.Duration // 0 for ever
		renewed            bool
		then               func(s *stage) // makes it renew after all
	}{
		{name: "six days left", page: "form", left: 6 * day, renewed: true},
		{name: "eight days left", page: "form", left: 8 * day},
		{name: "never expires", page: "form"},
		{name: "the page says how long", page: "fixed", left: 6 * day},
		{name: "hidden", page: "form", script: hide, left: 6 * day, then: func(s *stage) {
			s.do(`window.looked = true; document.dispatchEvent(new Event("visibilitychange"))`)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newClockStage(t)
			s.atStart(test.script)
			expiry := time.Time{}
			if test.left != 0 {
				expiry = time.Now().Add(test.left)
			}
			v := s.plant(s.demo.Plain, expiry)
			s.open("/" + test.page + ".html")
			s.untilNamed(s.demo.Plain)
			if test.renewed {
				s.until(`window.heard.length === 2`) // when it has been quiet for some seconds
			}
			for range 3 {
				require.Empty(t, s.ask(me)) // each of which judges the session again
			}
			renewals := 0
			if test.renewed {
				renewals = 1
			} else {
				assert.Equal(t, []string{"restored"}, s.happened())
				assert.Equal(t, v.stored, s.saved())
			}
			assert.Equal(t, renewals, len(s.renewals()))
			if test.then != nil {
				test.then(s)
				s.until(`window.heard.length === 2`)
				require.Empty(t, s.ask(me))
				assert.Equal(t, 1, len(s.renewals()))
			}
			if test.renewed || test.then != nil {
				assert.Equal(t, []string{"restored", "renewed"}, s.happened())
				assert.NotContains(t, s.saved(), v.token)
				s.untilOne(s.demo.Plain, eval[string](s.tab, `keygenAuth.session.tokenId`))
				assert.WithinDuration(t, time.Now().Add(14*day), s.api.Tokens(s.demo.Plain.ID)[0].Expiry, time.Hour)
			}
		})
	}
}
