// Who is signed in, as far as the page knows.
import { document } from "./document.js";
import { attribute, hide, inside, is } from "./form.js";

const shows = "[data-keygen-show]";
const texts = "[data-keygen-text]";

// pageState shows it on the document, and in parts with data-keygen-show,
// whenever they come or change, until life is aborted. It returns four functions:
// one gives the state, a session or null; one sets it; one gives what listeners
// were last told, which is another where a change is still to be told; one takes
// what to call when sign-in forms or elements with data-keygen-text came, changed
// or went.
//   forms: selector of the sign-in forms
export function pageState(life, forms) {
  const watched = forms + "," + texts;
  let session, told, frame, changed;
  const state = () => (session ? "signed-in" : "signed-out");
  const show = (part) => {
    const when = attribute(part, "data-keygen-show");
    if (when) hide(part, when !== state());
  };
  const showAll = () => {
    document.documentElement.setAttribute("data-keygen-state", state());
    inside(document.documentElement, shows).forEach(show);
  };
  // Only what was added is looked at: a page may be large, and move all the time.
  const observer = new MutationObserver((records) => {
    let mend, news;
    for (const { target, attributeName, addedNodes, removedNodes } of records) {
      mend ||= attributeName && is(target, shows);
      news ||= is(target, texts);
      for (const node of [...addedNodes, ...removedNodes])
        if (node instanceof Element) {
          show(node);
          inside(node, shows).forEach(show);
          news ||= is(node, watched) || inside(node, watched)[0];
        }
    }
    if (news) changed?.();
    // What a script puts back is mended at once, and then when the page is drawn: not for ever, where it does so again.
    if (mend && !frame) {
      showAll();
      frame = requestAnimationFrame(() => {
        frame = 0;
        showAll();
      });
    }
  });
  observer.observe(window.document, {
    childList: true,
    subtree: true,
    attributeFilter: ["hidden", "data-keygen-show", "data-keygen-text"],
  });
  // The page says how parts are displayed, but not those that are hidden.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:is(${shows},:is(${forms}) *)[hidden]{display:none!important}`);
  document.adoptedStyleSheets.push(sheet);
  life.addEventListener("abort", () => {
    observer.disconnect();
    sheet.disabled = true;
  });
  return [
    () => session,
    (next, news = next) => {
      session = next ? Object.freeze(next) : null;
      told = news;
      showAll();
    },
    () => told,
    (hear) => (changed = hear),
  ];
}
