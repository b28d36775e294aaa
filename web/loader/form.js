// What the loader does to a sign-in form before Go has it: the same states, by
// the same attributes, that Go's package `page` sets later. Controls may be
// named like members of the form ("matches", "action"), so members are taken
// from the prototype.
import { document } from "./document.js";

const { closest, matches, getAttribute, setAttribute, removeAttribute, toggleAttribute, querySelector, querySelectorAll, append, getRootNode, contains } =
  Element.prototype;

// is says whether a node is an element that matches.
export const is = (node, selector) => node instanceof Element && matches.call(node, selector);

// inside returns the elements inside one that match.
export const inside = (element, selector) => querySelectorAll.call(element, selector);

// around returns a node, or the nearest element around it, that matches.
export const around = (node, selector) => node instanceof Element && closest.call(node, selector);

// attribute returns an attribute of an element, null for none.
export const attribute = (element, name) => getAttribute.call(element, name);

// setAttributeTo sets an attribute of an element; null removes it.
export const setAttributeTo = (element, name, value) =>
  value === null ? removeAttribute.call(element, name) : setAttribute.call(element, name, value);

// hide hides an element, or shows it.
export const hide = (element, on) => toggleAttribute.call(element, "hidden", on);

// isForm says whether a node is a sign-in form of the page.
export const isForm = (node, selector) => node instanceof HTMLFormElement && matches.call(node, selector);

// rootOf returns the document or the shadow root that an element is in.
export function rootOf(element) {
  const root = getRootNode.call(element);
  return root === window.document ? document : root;
}

// controls returns a form's own.
export const controls = (form) => [...Reflect.get(HTMLFormElement.prototype, "elements", form)];

// isOwn says whether a control is the form's by where it stands, not by form=: that
// anybody may have written whose writing the page shows.
export const isOwn = (form, control) => !control.hasAttribute("form") || contains.call(form, control);

// field returns a control of the form by its name or, where none has it, by its id;
// those that are its own first, and of several others none.
export function field(form, name) {
  const rank = (control) => 2 * isOwn(form, control) + (control.name === name);
  const [first, second] = controls(form)
    .filter((control) => control.name === name || control.id === name)
    .sort((one, other) => rank(other) - rank(one));
  return second && rank(first) < 2 && rank(second) === rank(first) ? undefined : first;
}

const submitButtons = (form) =>
  [...rootOf(form).querySelectorAll("button, input")].filter(
    (button) => button.form === form && /submit|image/.test(button.type),
  );

const mark = "data-keygen-disabled";

export const isBusy = (form) => attribute(form, "aria-busy") === "true";

// isHeld says whether the form waits for something: an attempt, or the end of a countdown.
export const isHeld = (form) => isBusy(form) || submitButtons(form).some((button) => button.hasAttribute(mark));

// busy marks a form as waiting and disables its submit buttons, or undoes it.
// What the page itself disabled stays disabled: ours carry a mark, which also
// lets one program undo what another, now ended, has begun.
export function busy(form, on) {
  setAttributeTo(form, "aria-busy", on || null);
  for (const button of submitButtons(form))
    if (on ? !button.disabled : button.hasAttribute(mark)) {
      button.disabled = on;
      button.toggleAttribute(mark, on);
    }
}

// tell shows a message in the form's error region, made if missing; "" hides it.
export function tell(form, message) {
  const any = "[data-keygen-error]";
  let region = querySelector.call(form, any);
  // The fields may stand outside of the form: in a table, or tied by form=. Then it
  // is in what is around both, and in no other form.
  const password = field(form, "password") ?? form;
  for (let at = password; !region && at && !contains.call(at, form); region = at && querySelector.call(at, any + ":not(form *)"))
    at = at.parentElement;
  if (!region) {
    const inside = contains.call(form, password);
    region = document.createElement("div");
    region.toggleAttribute("data-keygen-error");
    let row = submitButtons(form).find((button) => !inside || contains.call(form, button));
    while (inside && row && row.parentNode !== form) row = row.parentNode;
    if (row) row.before(region);
    else if (inside) append.call(form, region);
    else password.after(region);
  }
  region.role ||= "alert";
  region.setAttribute("data-keygen-tone", "error");
  hide(region, !message);
  region.textContent = message;
}
