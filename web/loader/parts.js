// A Go program of which the browser has only the code to begin with, until the
// rest is there (internal/postlink, Split).

// The values of the state that such a program exports.
const PARKED = 1;

// park has a program wait, as it is, whenever it gets to code that is not there.
// The page goes on meanwhile; what it calls of Go is kept, and done in order once
// the code is there. Such a call returns a promise of its result.
//   go: of Go's support code, not yet running; exports: of the program;
//   more(): promise of the rest being there; broken(error): called when it cannot
//   be had, or when the program cannot wait, for JavaScript that Go itself called
//   has called Go.
export function park(go, exports, more, broken) {
  const { state, loop } = exports;
  if (!state) return; // the program is whole
  let depth = 0; // of Go that calls JavaScript that calls Go
  let kept; // events, while the program is parked
  let over; // promise of the program having gone on

  const enter = (run) => {
    depth++;
    try {
      run();
    } finally {
      depth--;
    }
    if (state.value !== PARKED || kept) return;
    if (depth) {
      // What Go goes on with has its results elsewhere.
      go._inst = undefined;
      return broken(Error("nothing can wait here"));
    }
    // Go may not have looked at the event itself.
    kept = [go._pendingEvent];
    go._parked = true;
    over = more().then(() => {
      const [first, ...events] = kept;
      kept = undefined;
      go._parked = false;
      go._pendingEvent = first;
      enter(loop);
      for (const event of events) {
        go._pendingEvent = event;
        go._resume();
      }
    });
    over.catch(broken);
  };

  const resume = go._resume;
  go._resume = () => {
    if (kept) {
      kept.push(go._pendingEvent);
      go._pendingEvent = null;
    } else enter(() => resume.call(go));
  };
  go._makeFuncWrapper = (id) =>
    function (...args) {
      const event = { id, this: this, args };
      go._pendingEvent = event;
      go._resume();
      return kept ? over.then(() => event.result) : event.result;
    };
}
