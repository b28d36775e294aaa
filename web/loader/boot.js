// Fetches and checks the Go program and what runs it (web/runtime), both at once,
// and starts a new one when it ends.
import { answer, failure, report } from "./errors.js";

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

// once returns a function that keeps what get() comes to, unless it fails.
const once = (get) => {
  let kept;
  return () =>
    (kept ??= get().catch((error) => {
      kept = undefined;
      throw error;
    }));
};

// bootstrap returns two functions. start() resolves to the `call` function of the
// running program, starting one if there is none; rejections are
// KeygenAuthErrors, and the next start() tries again. stop() ends the program,
// once life is aborted.
//   locate(file): URL of a built file; load(url): imports the runtime; timeout:
//   seconds for each download, and again for Go to come up; shown: promise of
//   when the program may start; life: signal that is aborted when this module
//   leaves the page; bridge(life, ready): see web/runtime; ended(error): called
//   when a program has ended.
export function bootstrap({ locate, load, timeout, shown, life, bridge, ended }) {
  let running;
  let failures = 0;

  // download gets a file once; a later start needs no network.
  const download = (file, get) =>
    once(async () => {
      const url = locate(file);
      const signal = AbortSignal.timeout(timeout * 1000);
      try {
        // A stream that ends too early may leave its reader waiting.
        return await Promise.race([get(url, signal), new Promise((_, reject) => (signal.onabort = reject))]);
      } catch (error) {
        failures++;
        // What the browser says of it names the Content-Security-Policy, for example.
        const failed = failure(
          signal.aborted ? "TIMEOUT" : error instanceof TypeError ? "NETWORK_ERROR" : "BAD_RESPONSE",
          url +
            (signal.aborted
              ? ` took over ${timeout} s`
              : ` is missing, blocked or of another build: ${error.message}` +
                // Hosts that have no such file answer 404, or with a page.
                (error.response ? answer(error.response) : "")),
        );
        // Not at once: Firefox ends the requests of a page that goes away, and says
        // so. That page is gone by then.
        setTimeout(() => life.aborted || report(failed), 999);
        throw failed;
      }
    });

  const program = download(WASM_FILE, async (url, signal) => {
    // Whatever a server says of the status or the type: the hash decides.
    // Insecure pages have the browser check it, which keeps them waiting for it.
    const response = await fetch(url, {
      integrity: crypto.subtle ? "" : WASM_INTEGRITY,
      signal,
      // What failed once may have been cached.
      cache: failures ? "reload" : "default",
    });
    try {
      // Not compileStreaming: the hash needs the bytes, too, and handing them to
      // both costs the page more than compiling early gains.
      const bytes = await read(response);
      const [module] = await Promise.all([WebAssembly.compile(bytes), crypto.subtle && check(bytes)]);
      return module;
    } catch (error) {
      throw Object.assign(error, { response });
    }
  });
  const runtime = download(RUNTIME_FILE, (url) => load(url + (failures ? "?" + failures : "")));

  async function begin() {
    if (typeof WebAssembly !== "object")
      throw report(failure("WASM_UNAVAILABLE", "WebAssembly is missing or turned off"));
    const [module, { run }] = await Promise.all([program(), runtime()]);
    await shown;
    return run(module, {
      timeout,
      life,
      bridge,
      ended(why) {
        running = undefined;
        const error = failure("INTERNAL_ERROR", why);
        ended(error);
        return error;
      },
    });
  }

  return {
    async start() {
      if (life.aborted) throw failure("DISPOSED", "keygenAuth was disposed of");
      return (running ??= begin().catch((error) => {
        running = undefined;
        throw error;
      }));
    },
    stop() {
      running?.then((invoke) => invoke("dispose", [])).catch(() => {});
    },
  };
}
