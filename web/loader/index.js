// What must happen before Go runs, for the script tag (tag.js) and the module
// (module.js). Everything else is Go's.
import { announce, failure, KeygenAuthError } from "./errors.js";
import { forget, restore } from "./storage.js";
import { bootstrap } from "./boot.js";
import { busy, isBusy, isForm, tell } from "./form.js";
import { messages, text } from "./messages.js";
import { methods } from "./methods.js";

// main puts keygenAuth on the page.
//   configure(): returns the configuration, see config.js;
//   locate(file): URL of a built file, by what follows "keygen-auth." in its name.
export function main(configure, locate) {
  const life = new AbortController(); // of this module on this page
  const listen = (target, type, handle, capture) =>
    target.addEventListener(type, handle, { capture, signal: life.signal });
  const texts = messages(locate);

  const config = configure();
  let broken;
  // Nothing starts half-configured.
  const usable = Promise.resolve(config.publicKey).catch((error) => {
    broken = error;
    console.error("keygen-auth: " + error.detail);
    whenParsed(() => announce(error));
    throw error;
  });

  // A password must never reach the URL: no submit of a sign-in form is left
  // to the browser, from here on. While no program hears the form, the intent
  // is kept (one, however many clicks) and handed over when one does.
  listen(
    window,
    "submit",
    (event) => {
      const form = event.target;
      if (!isForm(form, config.forms)) return;
      event.preventDefault();
      if (waiting.has(form)) return;
      if (attached.has(form)) {
        heard = form;
        setTimeout(() => (heard = undefined));
        return;
      }
      waiting.add(form);
      tell(form, "");
      busy(form, true);
      const done = () => {
        waiting.delete(form);
        busy(form, false);
      };
      start()
        .then((invoke) => {
          done();
          if (!life.signal.aborted) invoke("submit", [form]);
        })
        .catch((error) => {
          done();
          explain(form, error);
        });
    },
    true,
  );

  let running = false; // whether a program hears what happens on the page
  let attached = new WeakSet(); // forms whose submits it hears
  const waiting = new Set(); // forms with an intent that waits for the program
  let heard; // the form whose submit the program hears at this moment
  const calls = new Set(); // reject functions of calls that are not answered

  const explain = async (form, error) => {
    if (!life.signal.aborted && (error === broken || announce(error))) tell(form, text(error, await texts()));
  };
  const rejectAll = (error) => {
    for (const reject of calls) reject(error);
  };

  const program = bootstrap({
    url: locate(WASM_FILE),
    timeout: config.timeout,
    bridge(life) {
      running = true;
      return { config, life, told, kept, attached, setSession, texts };
    },
    ended(error) {
      running = false;
      attached = new WeakSet();
      for (const form of document.forms)
        if (isForm(form, config.forms) && !waiting.has(form) && (form === heard || isBusy(form))) {
          busy(form, false);
          explain(form, error);
        }
      rejectAll(error);
    },
  });
  const start = () => (config.publicKey ? usable.then(program.start) : program.start());

  // call asks the running program, started if need be, to do something. The
  // last argument may hold an AbortSignal.
  const call = (method, ...args) =>
    new Promise((resolve, reject) => {
      const signal = args.at(-1)?.signal;
      const abort = () => fail(signal.reason);
      const settle = (how) => (value) => {
        calls.delete(fail);
        signal?.removeEventListener?.("abort", abort);
        how(value);
      };
      const fail = settle(reject);
      if (signal?.aborted) return abort();
      signal?.addEventListener?.("abort", abort); // what is none is for Go to refuse
      calls.add(fail);
      start().then(
        (invoke) => calls.has(fail) && invoke(method, args, settle(resolve), (fields) => fail(new KeygenAuthError(fields))),
        fail,
      );
    });

  // A start that fails here is not reported: the next submit or call tries again.
  const warmUp = () => start().catch(() => {});
  // Before the session is looked up, for the first look into storage takes as long as asking for the program.
  if (config.load === "eager") warmUp();

  let session; // the state of the page
  let told; // the same as listeners know it
  const kept = { text: "" }; // what a program leaves to the next: a session that storage cannot hold
  const show = () => {
    const state = session ? "signed-in" : "signed-out";
    document.documentElement.setAttribute("data-keygen-state", state);
    for (const part of document.querySelectorAll("[data-keygen-show]"))
      part.hidden = part.getAttribute("data-keygen-show") !== state;
  };
  const setSession = (next, news = next) => {
    session = next && Object.freeze(next);
    told = news;
    show();
  };
  setSession(restore(config)); // before the first paint
  const observer = new MutationObserver(show);
  observer.observe(document, { childList: true, subtree: true });

  const actions = { "sign-out": "signOut", renew: "renew" };
  listen(window, "click", (event) => {
    const method = actions[event.target.closest?.("[data-keygen-action]")?.getAttribute("data-keygen-action")];
    if (!method) return;
    event.preventDefault();
    api[method]().catch(() => {});
  });

  const api = {
    ready: usable.then(() => session),
    get session() {
      return session;
    },
    ...methods(call),
    // Signing out must work on this device even when nothing can be loaded.
    signOut: () =>
      call("signOut").catch((error) => {
        if (running || life.signal.aborted) throw error;
        forget(config);
        kept.text = "";
        if (!session) return;
        setSession(null);
        document.dispatchEvent(new CustomEvent("keygen:signed-out", { detail: { reason: "user" } }));
      }),
    on(type, listener) {
      if (typeof listener !== "function") throw failure("ARGUMENT_INVALID", "on: listener must be a function");
      const name = "keygen:" + type;
      let news = false;
      const hear = (event) => {
        news = true;
        listener(event.detail, event);
      };
      listen(document, name, hear);
      // The state as it is, unless it changes before.
      queueMicrotask(() => {
        if (!news && type === (session ? "signed-in" : "signed-out")) listener(session ?? { reason: null });
      });
      return () => {
        news = true;
        document.removeEventListener(name, hear);
      };
    },
    dispose() {
      life.abort();
      observer.disconnect();
      program.stop();
      rejectAll(failure("DISPOSED", "keygenAuth was disposed of"));
      if (window.keygenAuth === api) delete window.keygenAuth;
    },
  };
  api.ready.catch(() => {}); // a page that does not ask gets no unhandled rejection
  Object.defineProperty(window, "keygenAuth", { value: Object.freeze(api), configurable: true, enumerable: true });

  // Other tabs sign in and out, too. Once a program runs it hears of that itself.
  const look = () => {
    if (running) return;
    setSession(restore(config), told);
    warmUp(); // and listeners hear of it
  };
  listen(window, "storage", ({ key }) => (key === null || key === config.key) && look());
  listen(window, "pageshow", ({ persisted }) => persisted && look());

  if (config.load === "eager") return;
  const signs = ["focusin", "pointerdown", "input"];
  const onSign = (event) => {
    if (!event.target.closest?.(config.forms)) return;
    signs.forEach((sign) => removeEventListener(sign, onSign, true));
    warmUp();
  };
  signs.forEach((sign) => listen(window, sign, onSign, true));
  if (config.load === "auto") {
    // Soon even on a page that is never idle. (setTimeout takes an object for 0.)
    const idle = () => (window.requestIdleCallback ?? setTimeout)(warmUp, { timeout: 2000 });
    if (document.readyState === "complete") idle();
    else listen(window, "load", idle);
  }
}

// whenParsed runs a function once the document's elements are there.
function whenParsed(run) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run);
  else queueMicrotask(run);
}
