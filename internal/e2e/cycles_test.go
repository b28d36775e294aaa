package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/memory"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cyclesVariable is the environment variable that asks for a longer run than usual.
const cyclesVariable = "KEYGEN_AUTH_CYCLES"

// weighable lets a test read the size of the program's memory.
const weighable = `{
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (module, imports) => {
    const program = await instantiate.call(WebAssembly, module, imports);
    if (program.exports.mem) window.program = program; // its rest has none of its own
    return program;
  };
}`

// cycle signs Ada in by the form, uses the session, and signs out, so many times; in between somebody's password is
// wrong, and the form is replaced by another one.
const cycle = `window.cycles = async (count, ada) => {
  const event = (name) => new Promise((done, fail) => {
    const end = new AbortController();
    const hear = (type, then) => document.addEventListener("keygen:" + type, ({detail}) => { end.abort(); then(detail); }, {signal: end.signal});
    hear(name, done);
    if (name !== "error") hear("error", ({code}) => fail(new Error(code)));
  });
  const submit = (password) => {
    const [email, field] = document.querySelectorAll("form input");
    email.value = ada.email;
    field.value = password;
    document.querySelector("form").requestSubmit();
  };
  for (let i = 0; i < count; i++) {
    let heard = event("error");
    submit("wrong");
    await heard;
    const form = document.querySelector("form");
    while (form.ariaBusy) await new Promise((done) => setTimeout(done));
    if (i % 5 === 0) {
      form.replaceWith(form.cloneNode(true));
      await Promise.resolve();
    }
    heard = event("signed-in");
    submit(ada.password);
    await heard;
    await keygenAuth.users.me();
    await (await keygenAuth.fetch("me")).json();
    keygenAuth.on("signed-in", () => {})();
    heard = event("signed-out");
    await keygenAuth.signOut();
    await heard;
  }
}`

// weight is what a page holds on to, garbage left out.
type weight struct {
	listeners, nodes int64
	heap             float64 // bytes of JavaScript objects
	program          int     // bytes of the program's memory
}

func (w weight) String() string {
	return fmt.Sprintf("%d listeners, %d nodes, %.0f KiB of JavaScript, %d KiB of WebAssembly", w.listeners, w.nodes, w.heap/1024, w.program/1024)
}

func (p *tab) weigh() weight {
	p.t.Helper()
	p.idle()
	var w weight
	p.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		for range 3 { // what a finalizer lets go of is garbage of the next round
			if err := heapprofiler.CollectGarbage().Do(ctx); err != nil {
				return err
			}
		}
		if _, w.nodes, w.listeners, err = memory.GetDOMCounters().Do(ctx); err != nil {
			return err
		}
		w.heap, _, _, _, err = runtime.GetHeapUsage().Do(ctx)
		return err
	}))
	w.program = eval[int](p, `window.program.exports.mem.buffer.byteLength`)
	return w
}

// TestCycles signs in and out many times in one page: what it holds on to after ten times is what it holds on to at the
// end.
func TestCycles(t *testing.T) {
	t.Parallel()
	cycles := 50
	if text := os.Getenv(cyclesVariable); text != "" {
		var err error
		cycles, err = strconv.Atoi(text)
		require.NoError(t, err, cyclesVariable)
		require.Greater(t, cycles, 10, cyclesVariable)
	}
	s := newStage(t, map[string]string{"form.html": document(`data-load="eager"`, parts+tutorialForm)})
	s.bend(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			s.api.ResetThrottles()
			s.api.ResetRequests()
		}
		return false
	})
	s.allow(`="odd`) // what means nothing in these parts
	s.atStart(weighable + cycle)
	s.open("/form.html")
	s.untilAttached()
	run := func(count int) {
		for count > 0 {
			now := min(count, 5) // not longer than patience, on a busy machine either
			eval[any](s.tab, `cycles(`+strconv.Itoa(now)+`, `+credentials(s.demo.Plain)+`)`)
			count -= now
		}
		require.Eventually(t, func() bool { return len(s.api.Tokens(s.demo.Plain.ID)) == 0 }, patience, poll)
	}
	run(10)
	before := s.weigh()
	t.Logf("after 10 cycles: %v", before)
	start := time.Now()
	run(cycles - 10)
	after := s.weigh()
	t.Logf("after %d cycles: %v; %v each", cycles, after, (time.Since(start) / time.Duration(cycles-10)).Round(time.Millisecond))

	// Go lets go of nodes when it collects garbage, which so little of it does not bring about each time. What leaks stays.
	nodes := after.nodes
	for extra := 0; nodes > before.nodes+10 && extra < 400; extra += 20 {
		run(20)
		nodes = s.weigh().nodes
	}

	assert.LessOrEqual(t, nodes, before.nodes+10)
	assert.LessOrEqual(t, after.listeners, before.listeners+3)
	assert.Less(t, after.heap, before.heap+512*1024)
	assert.LessOrEqual(t, after.program, before.program+4*1024*1024)
}
