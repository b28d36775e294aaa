// What the loader does to a sign-in form before Go has it: the same states, by
// the same attributes, that Go's package `page` sets later. Controls may be
// named like members of the form ("matches", "action"), so members are taken
// from the prototype.
import { document } from "./document.js";

const { closest, matches, getAttribute, setAttribute, removeAttribute, toggleAttribute, querySelector, append } = Element.prototype;

// around returns a node, or the nearest element around it, that matches.
export const around = (node, selector) => node instanceof Element && closest.call(node, selector);

// attribute returns an attribute of an element, null for none.
export const attribute = (element, name) => getAttribute.call(element, name);

// hide hides an element, or shows it.
export const hide = (element, on) => toggleAttribute.call(element, "hidden", on);

// isForm says whether a node is a sign-in form of the page.
export const isForm = (node, selector) => node instanceof HTMLFormElement && matches.call(node, selector);

const submitButtons = (form) =>
  [...document.querySelectorAll("button, input")].filter(
    (button) => button.form === form && /submit|image/.test(button.type),
  );

export const isBusy = (form) => attribute(form, "aria-busy") === "true";

// busy marks a form as waiting and disables its submit buttons, or undoes it.
// What the page itself disabled stays disabled: ours carry a mark, which also
// lets one program undo what another, now ended, has begun.
export function busy(form, on) {
  if (on) setAttribute.call(form, "aria-busy", "true");
  else removeAttribute.call(form, "aria-busy");
  const mark = "data-keygen-disabled";
  for (const button of submitButtons(form))
    if (on ? !button.disabled : button.hasAttribute(mark)) {
      button.disabled = on;
      button.toggleAttribute(mark, on);
    }
}

// tell shows a message in the form's error region, made if missing; "" hides it.
export function tell(form, message) {
  let region = querySelector.call(form, "[data-keygen-error]");
  if (!region) {
    if (!message) return;
    region = document.createElement("div");
    region.setAttribute("data-keygen-error", "");
    const button = submitButtons(form).find((b) => b.parentNode === form);
    if (button) button.before(region);
    else append.call(form, region);
  }
  region.role ||= "alert";
  region.setAttribute("data-keygen-tone", "error");
  hide(region, !message);
  region.textContent = message;
}
