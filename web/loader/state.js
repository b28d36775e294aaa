// Who is signed in, as far as the page knows.
import { document } from "./document.js";
import { attribute, hide } from "./form.js";

// pageState shows it on the document, and in parts with data-keygen-show,
// whenever they come, until life is aborted. It returns three functions: one
// gives the state, a session or null; one sets it; one gives what listeners were
// last told, which is another where a change is still to be told.
export function pageState(life) {
  let session, told;
  const show = () => {
    const state = session ? "signed-in" : "signed-out";
    document.documentElement.setAttribute("data-keygen-state", state);
    for (const part of document.querySelectorAll("[data-keygen-show]"))
      hide(part, attribute(part, "data-keygen-show") !== state);
  };
  const observer = new MutationObserver(show);
  life.addEventListener("abort", () => observer.disconnect());
  observer.observe(window.document, { childList: true, subtree: true });
  return [
    () => session,
    (next, news = next) => {
      session = next ? Object.freeze(next) : null;
      told = news;
      show();
    },
    () => told,
  ];
}
