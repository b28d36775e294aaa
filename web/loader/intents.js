// Submits of sign-in forms, from the loader's first line until a program hears
// them, and again when it ends.
import { document } from "./document.js";
import { busy, isBusy, isForm, tell } from "./form.js";

// keepIntents leaves no submit of a sign-in form to the browser: a password must
// never reach the URL. While no program hears a form, the intent is kept (one,
// however many clicks) and handed over when one does. It returns two functions:
// one gives the set to which the running program adds the forms whose submits it
// hears; one is called with the error when it has ended, and frees the forms that
// it was busy with. Without an error, at the end of this module, all are freed.
//   selector: of the forms; listen(target, type, handle, capture); life: signal
//   that is aborted when this module leaves the page; start(): promise of the
//   running program; explain(form, error): tells the visitor that there is none.
export function keepIntents(selector, listen, life, start, explain) {
  const waiting = new Set(); // forms with an intent that waits for the program
  let attached = new WeakSet();
  let heard; // the form whose submit the program hears at this moment

  listen(
    window,
    "submit",
    (event) => {
      const form = event.target;
      if (!isForm(form, selector)) return;
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
          if (!life.aborted) invoke("submit", [form]);
        })
        // Freed last: what is said late must not be about an attempt before the last.
        .catch((error) => explain(form, error).then(done));
    },
    true,
  );

  return [
    () => attached,
    (error) => {
      attached = new WeakSet();
      for (const form of document.querySelectorAll("form"))
        if (isForm(form, selector) && !(error && waiting.has(form))) {
          const lost = form === heard || isBusy(form);
          busy(form, false); // also where a countdown ran
          if (lost) explain(form, error);
        }
    },
  ];
}
