// Fetches and checks the Go program and what runs it (web/runtime), both at once,
// and starts a new one when it ends.
import { answer, failure, report } from "./errors.js";

// once returns a function that keeps what get(arg) comes to, unless it fails.
const once = (get, kept) => (arg) =>
  (kept ??= get(arg).catch((error) => {
    kept = undefined;
    throw error;
  }));

// bootstrap returns two functions. start() resolves to the `call` function of the
// running program, starting one if there is none; rejections are
// KeygenAuthErrors, and the next start() tries again. stop() ends the program,
// once life is aborted.
//   advice: what follows what a host answered; locate(file): URL of a built file; get(url, init): gets it, as fetch does;
//   load(url): imports the runtime; timeout:
//   seconds for each download, and again for Go to come up; shown: promise of
//   when the program may start; call: of calls.js; life: signal that is aborted when this module
//   leaves the page; bridge(life, ready): see web/runtime; ended(error): called
//   when a program has ended.
export function bootstrap({ advice, locate, get, load, timeout, shown, call, life, bridge, ended }) {
  let running;
  let failures = 0;

  // download gets a file once; a later start needs no network.
  const download = (file, fetched) =>
    once(async (arg) => {
      const url = locate(file);
      const signal = AbortSignal.timeout(timeout * 1000);
      try {
        // A stream that ends too early may leave its reader waiting.
        return await Promise.race([fetched(url, signal, arg), new Promise((_, reject) => (signal.onabort = reject))]);
      } catch (error) {
        failures++;
        if (error.detail) throw error; // the other file's, who has said so
        // What the browser says of it names the Content-Security-Policy, for example.
        const failed = failure(
          signal.aborted ? "TIMEOUT" : error instanceof TypeError ? "NETWORK_ERROR" : "BAD_RESPONSE",
          url +
            (signal.aborted
              ? ` took over ${timeout} s`
              : ` is missing, blocked or of another build: ${error.message}` +
                // Hosts that have no such file answer 404, or with a page.
                (error.response ? answer(error.response) + advice : "")),
        );
        // Not at once: Firefox ends the requests of a page that goes away, and says
        // so. That page is gone by then.
        setTimeout(() => life.aborted || report(failed), 999);
        throw failed;
      }
    });

  // The program, and its rest: part 1, which nobody waits for at first.
  const wasm = (file, part) =>
    download(file, async (url, signal, runtime) => {
      // Whatever a server says of the status or the type: the hash decides, which the
      // runtime knows. What failed once may have been cached.
      const response = await get(url, { signal, cache: failures ? "reload" : "default", priority: part ? "low" : "auto" });
      return (await runtime).compile(response, signal, part);
    });
  const program = wasm(WASM_FILE);
  const rest = wasm(REST_FILE, 1);
  const runtime = download(RUNTIME_FILE, (url) => load(url + (failures ? "?" + failures : "")));

  async function begin() {
    if (!window.WebAssembly)
      throw report(failure("WASM_UNAVAILABLE", "WebAssembly is missing or turned off"));
    const script = runtime();
    const [module, { run }] = await Promise.all([program(script), script]);
    await shown;
    return run(module, {
      call,
      timeout,
      life,
      rest: () => rest(script),
      bridge,
      ended(why) {
        running = undefined;
        const error = why.code ? why : failure("INTERNAL_ERROR", why);
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
