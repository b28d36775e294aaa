// When the program is downloaded.
import { document } from "./document.js";
import { around } from "./form.js";

// whenWanted calls load() at once, soon, or once somebody turns to a sign-in
// form, as data-load says. load may be called more than once.
//   listen(target, type, handle, capture)
export function whenWanted({ load: when, forms }, listen, load) {
  if (when === "eager") return load();
  const signs = ["focusin", "pointerdown", "input"];
  const onSign = (event) => {
    if (!around(event.target, forms)) return;
    signs.forEach((sign) => removeEventListener(sign, onSign, true));
    load();
  };
  signs.forEach((sign) => listen(window, sign, onSign, true));
  if (when === "auto") {
    // Soon even on a page that is never idle. (setTimeout takes an object for 0.)
    // Where there is no such function an element may have its name.
    const idle = () => (window.requestIdleCallback?.call ? requestIdleCallback : setTimeout)(load, { timeout: 2000 });
    if (document.readyState === "complete") idle();
    else listen(window, "load", idle);
  }
}
