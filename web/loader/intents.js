// Submits of sign-in forms, from the loader's first line on.
import { document } from "./document.js";
import { failure } from "./errors.js";
import { attribute, busy, controls, is, isBusy, isForm, isHeld, isOwn, rootOf, setAttributeTo, tell } from "./form.js";
import { warm } from "./wanted.js";

// keepIntents leaves no submit of a sign-in form to the browser: a password must
// never reach the URL. Unless the page objects, each is handed to the program, or
// kept until there is one (one, however many clicks). It returns two functions:
// attach(formOrRoot), as of keygenAuth; and one that is called with the error when
// the program has ended, and frees the forms that it was busy with. Without an
// error, at the end of this module, all are freed.
//   forms: selector of the page's; host: of the API; life: signal that is aborted
//   when this module leaves the page; start(): promise of the running program;
//   explain(form, error, done): tells the visitor that there is none, after it has
//   called done().
export function keepIntents({ forms: selector, host }, life, start, explain) {
  const waiting = new Set(); // forms with a submit that the page may object to, or that waits for the program
  const served = new Set(); // those in the page with an attempt so far
  let last; // event
  const heard = new Set(); // those whose submit the program hears at this moment, or once the rest of it is there
  let ended = 0; // programs

  // consider signs in once all listeners have heard of the submit, unless one has
  // called preventDefault or the like.
  function consider(event, form) {
    waiting.add(form);
    // Whatever they do, nothing is sent; and those who send forms in the browser's
    // place leave this one alone.
    const method = attribute(form, "method");
    setAttributeTo(form, "method", "dialog");
    Object.defineProperty(event, "defaultPrevented", { value: true });
    let decide = () => {
      decide = () => {};
      const objection = !event.returnValue; // what defaultPrevented would be
      event.preventDefault();
      setAttributeTo(form, "method", method);
      waiting.delete(form);
      const detail = { submitter: event.submitter };
      const ours = new CustomEvent("keygen:submit", { bubbles: true, cancelable: true, composed: true, detail });
      if (!objection && !life.aborted && EventTarget.prototype.dispatchEvent.call(form, ours)) attempt(form);
    };
    event.composedPath().at(-1).addEventListener("submit", () => decide(), { once: true });
    setTimeout(() => decide()); // where a listener keeps the event from getting there
  }

  function attempt(form) {
    const focus = rootOf(form).activeElement;
    const before = ended;
    waiting.add(form);
    for (const old of served) Reflect.get(Node.prototype, "isConnected", old) || served.delete(old);
    served.add(form);
    tell(form, "");
    busy(form, true);
    const done = () => {
      waiting.delete(form);
      busy(form, false);
      // Disabling the button that was pressed took the focus from it.
      if (document.activeElement === document.body) focus?.focus?.();
    };
    start()
      .then(async (invoke) => {
        done();
        if (ended > before) return attempt(form);
        heard.add(form);
        life.aborted || (await invoke("submit", [form]));
        heard.delete(form);
      })
      .catch((error) => explain(form, error, done));
  }

  // guard listens at a place to the forms that it has. (A form and what is around it
  // may both be guarded: each event counts once.)
  function guard(target, has, signal, attached) {
    const on = (type, handle, until = signal) => target.addEventListener(type, handle, { capture: true, signal: until });
    on("submit", (event) => {
      const form = event.target;
      if (!has(form) || event === last) return;
      last = event;
      if (is(event.submitter, "[formaction],[formmethod],[formnovalidate]") && isOwn(form, event.submitter))
        // It goes its own way, and takes no secret along.
        on(
          "formdata",
          ({ formData }) => {
            for (const { type, name, id } of controls(form))
              if ([type, name, id].some((word) => /^(password|otp)$/.test(word))) formData.delete(name);
          },
          AbortSignal.timeout(0),
        );
      else if (waiting.has(form) || isHeld(form)) event.preventDefault();
      else consider(event, form);
    });
    // The program finds the page's forms by itself.
    if (attached)
      on("focusin", ({ target: { form } }) => {
        if (!has(form)) return;
        warm(host);
        start().then((invoke) => invoke("attach", [form]), () => {});
      });
  }

  const matching = (form) => isForm(form, selector);
  guard(window, matching, life);

  return [
    (target) => {
      const isRoot = target instanceof ShadowRoot;
      if (!isRoot && !(target instanceof HTMLFormElement)) throw failure("ARGUMENT_INVALID", "attach: use a form or shadow root");
      const end = new AbortController();
      const { signal } = end;
      const undo = () => end.abort();
      life.addEventListener("abort", undo, { signal });
      guard(target, isRoot ? matching : (form) => form === target, signal, true);
      return undo;
    },
    (error) => {
      ended++;
      for (const form of served)
        if (!(error && waiting.has(form))) {
          const lost = heard.has(form) || isBusy(form);
          busy(form, false); // also where a countdown ran
          if (lost) explain(form, error);
        }
    },
  ];
}
