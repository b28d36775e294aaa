// When the program is downloaded, and the API connected to.
import { document, makeLink } from "./document.js";
import { around } from "./form.js";

// warm has the browser connect to the API, sending nothing, so that the first
// request finds the line open; it does nothing where one is open, or where the
// browser connects to nothing in advance. Browsers act as the link comes, so that
// nobody need ever find it in the page.
//   host: where the settings are wrong there is none, which means the page's own
export function warm(host) {
  const link = makeLink("preconnect", host);
  document.documentElement.append(link);
  link.remove();
}

// whenWanted calls load() at once, soon, or once somebody turns to a sign-in
// form, as data-load says. Whoever does has the line to the API warm: with each
// sign of theirs a few seconds after another it is made anew where it is closed.
// Unused ones are: by WebKit after three, by Firefox (which makes one for each page)
// after five, by Chromium after ten seconds, however often it was asked for them.
//   listen(target, type, handle, capture)
export function whenWanted({ load: when, forms, host }, listen, load) {
  let loading = when === "eager" && load();
  let next; // time from which the line may be closed
  const onSign = ({ target, timeStamp }) => {
    if (!around(target, forms)) return;
    loading ||= load();
    if (timeStamp < next) return;
    next = timeStamp + 3400;
    warm(host);
  };
  for (const sign of ["focusin", "pointerdown", "input"]) listen(window, sign, onSign, true);
  if (when === "auto") {
    // Soon even on a page that is never idle. (setTimeout takes an object for 0.)
    // Where there is no such function an element may have its name.
    const idle = () => (window.requestIdleCallback?.call ? requestIdleCallback : setTimeout)(load, { timeout: 2000 });
    if (document.readyState === "complete") idle();
    else listen(window, "load", idle);
  }
}
