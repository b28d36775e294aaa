// keygen-auth.js: what must happen before Go runs. Everything else is Go's.
import { announce, failure, KeygenAuthError } from "./errors.js";
import { readConfig } from "./config.js";
import { forget, restore } from "./storage.js";
import { bootstrap } from "./boot.js";
import { busy, isBusy, isForm, tell } from "./form.js";

// The tag may stand twice on a page. (An element with this id is no own property.)
if (!Object.hasOwn(window, "keygenAuth"))
  main(document.currentScript ?? document.querySelector('script[src*="keygen-auth.js"]'));

function main(script) {
  let config, broken, start;
  try {
    config = readConfig(script);
  } catch (error) {
    broken = error;
    config = { forms: "#login, form[data-keygen-form]", storage: "memory" };
    console.error("keygen-auth: " + error.detail);
    whenParsed(() => announce(error));
  }

  // The state of the page, known from storage before the first paint.
  let session = restore(config);
  const setSession = (next) => {
    session = next && Object.freeze(next);
    const state = session ? "signed-in" : "signed-out";
    document.documentElement.setAttribute("data-keygen-state", state);
    const focused = document.activeElement;
    for (const part of document.querySelectorAll("[data-keygen-show]"))
      part.hidden = part.getAttribute("data-keygen-show") !== state;
    // Who was in what is gone now, by keyboard, goes on in what came instead.
    const part = focused?.closest("[data-keygen-show][hidden]") && document.querySelector("[data-keygen-show]:not([hidden])");
    if (part) {
      if (part.tabIndex < 0) part.tabIndex = -1; // a section takes no focus without; a link does
      part.focus({ preventScroll: true });
    }
  };
  setSession(session);
  whenParsed(() => setSession(session));

  let attached = new WeakSet(); // forms whose submits the running program hears
  const waiting = new Set(); // forms with an intent that waits for the program
  let heard; // the form whose submit the program hears at this moment
  const calls = new Set(); // settle functions of calls the program has not answered

  if (broken) {
    start = () => Promise.reject(broken);
  } else {
    start = bootstrap({
      url: new URL("keygen-auth.wasm", script.src).href,
      timeout: config.timeout,
      bridge: (life) => ({ config, life, attached: (attached = new WeakSet()), setSession }),
      ended(error) {
        attached = new WeakSet();
        for (const form of document.forms)
          if (isForm(form, config.forms) && !waiting.has(form) && (form === heard || isBusy(form))) {
            busy(form, false);
            if (announce(error)) tell(form, error.message);
          }
        for (const reject of calls) reject(error);
        calls.clear();
      },
    });
  }

  // call asks the running program, started if need be, to do something.
  const call = async (method, ...args) => {
    const invoke = await start();
    return new Promise((resolve, reject) => {
      calls.add(reject);
      const settle = (how) => (value) => {
        calls.delete(reject);
        how(value);
      };
      invoke(method, args, settle(resolve), settle((fields) => reject(new KeygenAuthError(fields))));
    });
  };

  // A password must never reach the URL: no submit of a sign-in form is left
  // to the browser, from here on. While no program hears the form, the intent
  // is kept (one, however many clicks) and handed over when one does.
  addEventListener(
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
          invoke("submit", [form]);
        })
        .catch((error) => {
          done();
          if (error === broken || announce(error)) tell(form, error.message);
        });
    },
    true,
  );

  const actions = { "sign-out": "signOut" };
  addEventListener("click", (event) => {
    const method = actions[event.target.closest?.("[data-keygen-action]")?.getAttribute("data-keygen-action")];
    if (method) api[method]().catch(() => {});
  });

  const api = {
    ready: broken ? Promise.reject(broken) : Promise.resolve(session),
    get session() {
      return session;
    },
    signIn: (credentials) => call("signIn", credentials),
    // Signing out must work on this device even when nothing can be loaded.
    signOut: () =>
      call("signOut").catch((error) => {
        forget(config);
        setSession(null);
        throw error;
      }),
  };
  api.ready.catch(() => {}); // a page that does not ask gets no unhandled rejection
  Object.defineProperty(window, "keygenAuth", { value: Object.freeze(api), configurable: true, enumerable: true });

  if (broken) return;
  // A start that fails here is not reported: the next submit or call tries again.
  const warmUp = () => start().catch(() => {});
  if (config.load === "eager") return warmUp();
  const signs = ["focusin", "pointerdown", "input"];
  const onSign = (event) => {
    if (!event.target.closest?.(config.forms)) return;
    signs.forEach((sign) => removeEventListener(sign, onSign, true));
    warmUp();
  };
  signs.forEach((sign) => addEventListener(sign, onSign, true));
  if (config.load === "auto") {
    const idle = () => (window.requestIdleCallback ?? setTimeout)(warmUp);
    if (document.readyState === "complete") idle();
    else addEventListener("load", idle, { once: true });
  }
}

// whenParsed runs a function once the document's elements are there.
function whenParsed(run) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run, { once: true });
  else queueMicrotask(run);
}
