// Fetches, checks and runs the Go program, and starts a new one when it ends.
import { scope } from "./scope.js";
import { answer, failure, report } from "./errors.js";
import "../../wasm_exec.js";

// check rejects unless these are the bytes of the program.
async function check(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (WASM_INTEGRITY !== "sha256-" + btoa(String.fromCharCode(...sum))) throw Error("wrong hash");
}

// read returns the bytes of a response, of the size that the program has, or
// fewer. They go into one buffer: arrayBuffer() copies what it has whenever it
// needs more room. What may follow is not waited for: a stream can end without
// telling such a reader.
async function read(response) {
  let reader;
  try {
    reader = response.body.getReader({ mode: "byob" });
  } catch {
    return new Uint8Array(await response.arrayBuffer()).subarray(0, WASM_SIZE); // a browser without such readers
  }
  let bytes = new Uint8Array(WASM_SIZE);
  for (let at = 0; at < WASM_SIZE; ) {
    const { done, value } = await reader.read(bytes.subarray(at));
    bytes = new Uint8Array(value.buffer);
    if (done) return bytes.subarray(0, at);
    at += value.length;
  }
  return bytes;
}

// bootstrap returns two functions. start() resolves to the `call` function of the
// running program, starting one if there is none; rejections are
// KeygenAuthErrors, and the next start() tries again. stop() ends the program for
// good.
//   url(): of the wasm; timeout: seconds for the download, and again for Go to
//   come up; bridge(life, ready): what the program may use, `life` being a signal
//   that is aborted when it ends, ready(call) what it says that it runs by; ended(error): called then.
export function bootstrap({ url, timeout, shown, bridge, ended }) {
  let compiled, running, refetch, stopped;

  // compile keeps its result, so that a later start needs no network.
  async function compile() {
    if (typeof WebAssembly !== "object")
      throw report(failure("WASM_UNAVAILABLE", "WebAssembly is missing or turned off"));
    const signal = AbortSignal.timeout(timeout * 1000);
    let response;
    try {
      // Whatever a server says of the status or the type: the hash decides.
      // Insecure pages have the browser check it, which keeps them waiting for it.
      response = await fetch(url(), {
        integrity: crypto.subtle ? "" : WASM_INTEGRITY,
        signal,
        // What failed once may have been cached.
        cache: refetch ? "reload" : "default",
      });
      // Not compileStreaming: the hash needs the bytes, too, and handing them to
      // both costs the page more than compiling early gains.
      // A stream that ends too early may leave the reader waiting.
      const bytes = await Promise.race([read(response), new Promise((_, reject) => (signal.onabort = reject))]);
      const [module] = await Promise.all([WebAssembly.compile(bytes), crypto.subtle && check(bytes)]);
      return module;
    } catch (error) {
      refetch = true;
      // What the browser says of it names the Content-Security-Policy, for example.
      const failed = failure(
        signal.aborted ? "TIMEOUT" : error instanceof TypeError ? "NETWORK_ERROR" : "BAD_RESPONSE",
        url() +
          (signal.aborted
            ? ` took over ${timeout} s`
            : ` is missing, blocked or of another build: ${error.message}` +
              // Hosts that have no such file answer 404, or with a page.
              (response ? answer(response) : "")),
      );
      // Not at once: Firefox ends the requests of a page that goes away, and says
      // so. That page is gone by then.
      setTimeout(() => stopped || report(failed), 999);
      throw failed;
    }
  }

  // run resolves once the program says it is ready, and rejects if it ends before.
  function run(module) {
    return new Promise((resolve, reject) => {
      const go = new scope.Go();
      const life = new AbortController();
      const resume = go._resume;
      const late = setTimeout(() => end(), timeout * 1000);
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
        life.abort();
        running = undefined;
        const error = failure("INTERNAL_ERROR", cause ? String(cause.message) : "the program ended");
        reject(error);
        ended(error);
      };
      // A trap (a Go runtime fault, memory) leaves the program broken but not
      // "exited": treat it as ended, too.
      go._resume = () => {
        try {
          resume.call(go);
        } catch (error) {
          end(error);
        }
      };
      scope.bridge = bridge(life.signal, (call) => {
        clearTimeout(late);
        resolve(call);
      });
      // The program goes on from where it waits for the page, with its first
      // function. It has these values if it was started when it was built
      // (internal/postlink, Preinit); else it gets there, and to them, by itself.
      const begin = (run) => {
        if (run) run();
        else
          for (const value of [Object, Array, {}]) {
            go._ids.set(value, go._values.push(value) - 1);
            go._goRefCounts.push(1);
          }
        go._pendingEvent = { id: 1, args: [] };
        go._resume();
      };
      WebAssembly.instantiate(module, go.importObject)
        .then(({ exports }) => over || stopped || go.run({ exports: { ...exports, run: () => begin(exports.run) } }))
        .then(() => end(), end);
    });
  }

  return {
    async start() {
      if (stopped) throw failure("DISPOSED", "keygenAuth was disposed of");
      return (running ??= (async () => {
        try {
          compiled ??= await compile();
          await shown;
          return await run(compiled);
        } catch (error) {
          running = undefined;
          throw error;
        }
      })());
    },
    stop() {
      stopped = true;
      running?.then((invoke) => invoke("dispose", [])).catch(() => {});
    },
  };
}
