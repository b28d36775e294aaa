// A Go program of which there is only the code to begin with, until the rest is
// there (internal/postlink, Split).

// The values of the state that such a program exports.
const PARKED = 1;
const WHOLE = 2;

// inParts prepares a program for that. When it gets to code that is not there it is
// parked as it is, and the page goes on. What the page calls of Go meanwhile is
// kept, and done in order later; such a call returns a promise of its result.
//   go: of Go's support code, before the program is instantiated;
//   fetchRest(): promise of the WebAssembly.Module; end(error): called when it cannot
//   be had, or when the program cannot wait: JavaScript that Go itself has called
//   has called Go.
// It returns a function, to be called with what the program exports, that returns
// another: whole() resolves once all of the program is there.
export function inParts(go, fetchRest, end) {
  let exports;
  let depth = 0; // of Go that calls JavaScript that calls Go
  let kept; // events, while the program is parked
  let over; // promise of the program having gone on
  let lost; // why the program must not go on

  const whole = async () => {
    if (!exports.state || exports.state.value === WHOLE) return;
    const module = await fetchRest();
    // Another call may have been faster.
    if (exports.state.value !== WHOLE) await WebAssembly.instantiate(module, { go: exports });
  };

  const enter = (run) => {
    depth++;
    try {
      run();
    } finally {
      depth--;
    }
    if (kept || exports.state?.value !== PARKED) return;
    if (depth) return end((lost = Error("there is no waiting inside a call")));
    kept = [go._pendingEvent]; // Go may not have looked at it
    go._parked = true;
    over = whole().then(() => {
      const [first, ...events] = kept;
      kept = undefined;
      go._parked = false;
      go._pendingEvent = first;
      enter(exports.loop);
      for (const event of events) {
        go._pendingEvent = event;
        go._resume();
      }
    });
    over.catch(end);
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
      return kept ? over.then(() => event.result, () => {}) : event.result;
    };
  // A program that is lost does not go on with what Go called.
  const { gojs } = go.importObject;
  for (const name in gojs) {
    const call = gojs[name];
    gojs[name] = (sp) => {
      call(sp);
      if (lost) throw lost;
    };
  }
  return (all) => {
    exports = all;
    return whole;
  };
}
