// What must happen before Go runs, for the script tag (tag.js) and the module
// (module.js). Everything else is Go's.
import { document } from "./document.js";
import { bootstrap } from "./boot.js";
import { messages, text } from "./messages.js";
import { pageState } from "./state.js";
import { caller } from "./calls.js";
import { announce, failure, report } from "./errors.js";
import { attribute, is, tell } from "./form.js";
import { keepIntents } from "./intents.js";
import { methods } from "./methods.js";
import { forget, restore } from "./storage.js";
import { warm, whenWanted } from "./wanted.js";

// main puts keygenAuth on the page.
//   configure(): returns the configuration, see config.js;
//   find(file, assets): URL of a built file, by what follows "keygen-auth." in its
//   name; assets: of the configuration;
//   load(url): imports the script that runs Go programs;
//   get(url, init): gets a built file, as fetch does;
//   advice: what the developer is told about a file that is missing.
export function main(configure, find, load, get = (url, init) => fetch(url, init), advice = "") {
  const end = new AbortController();
  const life = end.signal; // of this module on this page
  const listen = (target, type, handle, capture) => target.addEventListener(type, handle, { capture, signal: life });
  const config = configure();
  const locate = (file) => find(file, config.assets);
  const texts = messages(locate, get);
  // A page that is rendered in advance may never be seen: until it is, nothing is
  // asked in its user's name. Meanwhile another page may change the state.
  const shown =
    document.prerendering &&
    new Promise((resolve) => listen(document, "prerenderingchange", () => resolve(recall())));
  let broken;
  // Nothing starts half-configured.
  const usable = Promise.resolve(config.publicKey).catch((error) => {
    broken = report(error);
    // Once the document's elements are there.
    const raise = () => announce(error);
    if (document.readyState === "loading") listen(document, "DOMContentLoaded", raise);
    else queueMicrotask(raise);
    throw error;
  });

  // explain tells a visitor of an error, if the page leaves that to us.
  //   done(): frees the form. A screen reader hears what is written into a form
  //   that is busy no more, and has room for it.
  const explain = async (form, error, done) => {
    const words = !life.aborted && (error === broken || announce(error)) && text(error, await texts());
    done?.();
    if (words) setTimeout(() => tell(form, words));
  };
  const start = () => (config.publicKey ? usable.then(program.start) : program.start());
  // Before all else: no submit may come first.
  const [attach, free] = keepIntents(config, life, start, explain);
  const [call, rejectAll] = caller(start);

  let running = false; // whether a program hears what happens on the page
  // What one program leaves to the next: a session that storage cannot hold, and
  // stored ones that were signed out of before there was a program to revoke them.
  const kept = { text: "", gone: [] };
  const program = bootstrap({
    advice,
    locate,
    get,
    load,
    timeout: config.timeout,
    shown,
    call,
    life,
    bridge: (life, ready) => ({
      config,
      life,
      ready,
      kept,
      // From when the program asks for this it hears of all that happens.
      get told() {
        running = true;
        return told();
      },
      setSession,
      observe,
      texts,
    }),
    ended(error) {
      running = false;
      if (!life.aborted) free(error);
      rejectAll(error);
    },
  });
  // A start that fails here is told to the console only: the next submit or call tries again.
  const warmUp = () => start().catch(() => {});
  // Before the session is looked up, for the first look into storage takes as long as asking for the program.
  whenWanted(config, listen, warmUp);

  const [session, setSession, told, observe] = pageState(life, config.forms);
  let restored;
  const recall = () => {
    setSession((restored = restore(config)));
    // Whose it is will be asked. (Browsers connect once the page is shown.)
    if (restored ? config.load !== "lazy" : restored === false) warm(config.host);
  };
  recall(); // before the first paint

  // Clicks are heard where no page can end their way, but the page comes first.
  const click = (event) => {
    const button = event.composedPath().find((node) => is(node, "[data-keygen-action],[data-keygen-download]"));
    const action = button && (attribute(button, "data-keygen-action") ?? "download");
    if (!/^(renew|show-password|sign-out|download)$/.test(action)) return;
    if (event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = () => {
      if (event.defaultPrevented) return; // by the page, or done
      event.preventDefault();
      (action === "sign-out" ? api.signOut() : call(action, button)).catch(() => {});
    };
    addEventListener("click", act, { once: true });
    // Where it does not get there: before the browser follows a link, if that can be.
    for (const name of ["stopPropagation", "stopImmediatePropagation"])
      event[name] = () => {
        Event.prototype[name].call(event);
        queueMicrotask(act);
      };
    setTimeout(act);
  };
  listen(window, "click", click, true);

  const api = {
    // What looks expired is for the server to say, whom token() waits for.
    ready: Promise.all([usable, shown]).then(() => (restored === false ? call("token").then(session, session) : session())),
    get session() {
      return session();
    },
    ...methods(call),
    attach,
    // Signing out needs no program: that one revokes, once it is there.
    async signOut() {
      if (running || life.aborted) return call("signOut");
      forget(config, kept);
      if (session()) {
        setSession(null);
        document.dispatchEvent(new CustomEvent("keygen:signed-out", { detail: { reason: "user" } }));
      }
      if (kept.gone[0]) warmUp();
    },
    on(type, listener) {
      if (typeof listener !== "function") throw failure("ARGUMENT_INVALID", "on: use a function");
      const name = "keygen:" + type;
      let news = false;
      const hear = (event) => {
        news = true;
        listener(event.detail, event);
      };
      listen(document, name, hear);
      // The state as it is, unless it changes before.
      const state = () => {
        if (!news && type === (session() ? "signed-in" : "signed-out")) listener(session() ?? { reason: null });
      };
      api.ready.then(state, state);
      return () => {
        news = true;
        document.removeEventListener(name, hear);
      };
    },
    dispose() {
      end.abort();
      free();
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
    setSession(restore(config), told());
    warmUp(); // and listeners hear of it
  };
  listen(window, "storage", ({ key }) => (key === null || key === config.key) && look());
  listen(window, "pageshow", ({ persisted }) => persisted && look());
}
