// All that knows Go.
import { explainSilence } from "./network.js";
import { inParts } from "./parts.js";
import { records } from "./records.js";
import { scope } from "./scope.js";
import "../../wasm_exec.js";

let unsplit; // whether the next program is to be there as a whole before it starts

// run starts the program, a compiled WebAssembly.Module. It resolves to its `call`
// function once the program says that it is ready, and rejects if it ends before.
//   call(method, ...args): of keygenAuth; timeout: seconds for it to come up; life: signal that is aborted when the
//   loader leaves the page; rest(): promise of the module with the rest of the
//   program; bridge(life, ready): what the program may use, `life`
//   being a signal that is aborted when it ends, ready(call) what it says that it
//   runs by, which returns a promise where it has to wait for the rest; ended(why): called once, then, with an error or what one says; returns
//   what run rejects with.
export function run(module, { call, timeout, life, rest, bridge, ended }) {
  return new Promise((resolve, reject) => {
    const go = new scope.Go();
    const own = new AbortController();
    const limit = () => setTimeout(() => end(), timeout * 1000);
    let late = limit();
    let whole;
    let over = false;

    const end = (cause) => {
      if (over) return;
      over = true;
      clearTimeout(late);
      // Calls into an ended program throw. Its timers, promises and any
      // listener still held somewhere shall find nothing to do instead.
      go._resume = () => {};
      go._scheduledTimeouts.forEach(clearTimeout);
      go._scheduledTimeouts.clear();
      own.abort();
      reject(ended(cause?.code ? cause : cause ? String(cause.message) : "the program ended"));
    };
    // All that enters Go once it runs comes this way: events (go._pendingEvent) and
    // timers. A trap (a Go runtime fault, memory) leaves the program broken but not
    // "exited": treat it as ended, too.
    const withExports = inParts(go, rest, (error) => {
      unsplit = true; // the next one shall not get there
      end(error);
    });
    const resume = go._resume;
    go._resume = () => {
      try {
        resume.call(go);
      } catch (error) {
        end(error);
      }
    };
    const ready = (invoke) => {
      clearTimeout(late);
      resolve((method, args, answer, refuse) => {
        const [group, all] = method.split(/\.(all$)/);
        if (all) answer(records(call, group, ...args));
        else if (/\.|fetch|download/.test(method))
          whole().then(() => args.at(-1)?.signal?.aborted || invoke(method, args, answer, refuse), refuse);
        else return invoke(method, args, answer, refuse);
      });
      if (scope.bridge.config.load !== "lazy") whole().catch(() => {}); // the next call tries again
    };
    scope.bridge = Object.assign(bridge(own.signal, ready), { explainSilence });
    // The program goes on from where it waits for the page, with its first
    // function. It has these values if it was started when it was built
    // (internal/postlink, Preinit); else it gets there, and to them, by itself.
    const begin = (start) => {
      if (start) start();
      else
        for (const value of [Object, Array, {}]) {
          go._ids.set(value, go._values.push(value) - 1);
          go._goRefCounts.push(1);
        }
      go._pendingEvent = { id: 1, args: [] };
      go._resume();
    };
    WebAssembly.instantiate(module, go.importObject)
      .then(async ({ exports }) => {
        whole = withExports(exports);
        // Every answer is to be verified, by code of the rest.
        if (scope.bridge.config.publicKey || unsplit) {
          clearTimeout(late); // the download has a limit of its own
          await whole();
          late = limit();
        }
        return over || life.aborted || go.run({ exports: { ...exports, run: () => begin(exports.run) } });
      })
      .then(() => end(), end);
  });
}
