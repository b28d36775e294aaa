// What all pages of the portal share: forms that wait, lists with pages, questions.
import { explain, explainAttempt } from "./words.js";

export const byId = (id) => document.getElementById(id);

let visit = new AbortController();

// thisVisit returns the options of calls whose answers only the user of now may see: all that need a session.
export const thisVisit = () => ({ signal: visit.signal });

export function endVisit() {
  visit.abort();
  visit = new AbortController();
}

// fromTemplate returns a copy of a template's only element, and a function that finds its parts by data-part.
export function fromTemplate(id) {
  const root = byId(id).content.firstElementChild.cloneNode(true);
  return { root, part: (name) => root.querySelector(`[data-part="${name}"]`) };
}

// say puts a text where screen readers wait for it. Kind: "error" or "done".
//   place: an element with a role "alert" or "status" that is there from the start
export function say(place, text, kind = "done") {
  if (text) for (const other of place.closest(".room")?.querySelectorAll(".message") ?? []) other.textContent = ""; // there is room for one
  place.textContent = text;
  place.classList.toggle("error", kind === "error" && Boolean(text));
}

// focusOn moves the focus to something that may be no control, such as a heading. The page stays where it is, for by now
// the visitor may be elsewhere on it.
export function focusOn(element) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// during shows that an element waits for a task, and keeps its buttons from being pressed twice.
export async function during(element, task) {
  const focused = document.activeElement;
  const buttons = element.matches("button") ? [element] : [...element.querySelectorAll("button")];
  const pressable = buttons.filter((button) => !button.disabled);
  element.setAttribute("aria-busy", "true");
  for (const button of pressable) button.disabled = true;
  try {
    return await task();
  } finally {
    element.removeAttribute("aria-busy");
    for (const button of pressable) button.disabled = false;
    // A disabled button loses the focus: give it back unless it went somewhere else since, as the page may have, too.
    if (document.activeElement === document.body && focused?.isConnected) focused.focus({ preventScroll: true });
  }
}

// attempt runs a task of a button, with the failure said at place. It resolves to whether that was done, and the user is
// still the same.
//   words: the text for an error, if this task has its own
export async function attempt(button, place, task, words = () => undefined) {
  const { signal } = thisVisit();
  say(place, "");
  try {
    await during(button, task);
    return !signal.aborted;
  } catch (error) {
    if (!signal.aborted) say(place, words(error) ?? explain(error), "error");
    return false;
  }
}

// load runs a task without which a section is of no use. When it fails, that is said at place, and there is a button to
// try again.
//   words: as of attempt
export async function load(place, again, task, words) {
  const { signal } = thisVisit();
  const section = place.closest("section");
  const offer = (needed) => signal.aborted || (again.hidden = !needed);
  again.onclick = async () => {
    const done = await attempt(again, place, task, words);
    offer(!done);
    if (done) focusOn(section.querySelector("h2"));
  };
  offer(!(await attempt(section, place, task, words)));
}

// onSubmit runs a task with the values of a form. A failure is said in the form, and at its field if there is one.
//   fields: names of fields by what error.source.pointer ends in, where that differs from the name
//   words: the text for an error, if this form has its own
export function onSubmit(form, task, { fields = {}, words = () => undefined } = {}) {
  const alert = form.querySelector('[role="alert"]');
  if (!alert.id) alert.id = `${form.id}-error`;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy")) return;
    const { signal } = thisVisit();
    say(alert, "");
    absolve(form);
    // Our own words for what the browser found, beside the form as all others.
    const bad = [...form.elements].find((field) => field.willValidate && !field.validity.valid);
    if (bad) return blame(form, alert, [bad], complaintOf(bad));
    try {
      await during(form, () => task(Object.fromEntries(new FormData(form))));
    } catch (error) {
      if (signal.aborted) return;
      const all = error.errors?.length > 1 ? error.errors.map((one) => ({ ...one, status: error.status })) : [error];
      const ends = all.map((one) => (one.source?.pointer ?? "").split("/").pop());
      const faulty = ends.map((end) => form.elements[fields[end] ?? end]);
      const texts = new Set(all.map((one, n) => words(one) ?? explainAttempt(one, faulty[n] && labelOf(faulty[n]))));
      blame(form, alert, faulty, [...texts].join(" "));
    }
  });
}

// labelOf leaves out what a label says besides, such as that the field is optional.
const labelOf = (field) => field.labels?.[0]?.firstChild.textContent.trim() ?? field.name;

function complaintOf(field) {
  if (field.validity.valueMissing) return `${labelOf(field)}: please fill this in.`;
  return field.validity.typeMismatch ? explain({ code: "EMAIL_INVALID" }) : field.validationMessage;
}

// absolve takes back what blame did to the fields within an element.
export function absolve(element) {
  for (const field of element.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    describe(field, idsOf(field).slice(1));
  }
}

// What describes a field. Its hint stays beside what is wrong, which comes first.
const idsOf = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

function describe(field, ids) {
  if (ids.length) field.setAttribute("aria-describedby", ids.join(" "));
  else field.removeAttribute("aria-describedby");
}

function blame(form, alert, fields, text) {
  say(alert, text, "error");
  const faulty = [...new Set(fields)].filter((field) => field instanceof HTMLInputElement);
  for (const field of faulty) {
    field.setAttribute("aria-invalid", "true");
    describe(field, [alert.id, ...idsOf(field)]);
  }
  (faulty[0] ?? form.querySelector('button[type="submit"]')).focus();
}

// ask shows a question and resolves to the answer: "yes", "other" where there is such a choice, or "".
export function ask({ title, text, yes, other }) {
  const dialog = byId("ask");
  const put = (texts) =>
    ["ask-title", "ask-text", "ask-yes", "ask-other"].forEach((id, i) => (byId(id).textContent = texts[i] ?? ""));
  put([title, text, yes, other]);
  byId("ask-other").hidden = !other;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const answered = () => {
      put([]); // it names what only this user may know of
      resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", answered, { once: true });
  });
}

const pageSize = 10;
const maxPageSize = 100; // the API's

// Pages is a list whose records come page after page, on request.
export class Pages {
  #from = "";
  #rows = new Map(); // what was rendered, by the record's id
  #shown = 0;
  #run = 0;
  #failed = false; // there is nothing to show more of: the button tries again
  #stale = false; // a record that is shown is gone

  // list: element of the list; more: its button "Show more"; place: where failures are said; empty: shown for no records
  // load(query, options) asks for a page, render(record) makes its element
  constructor({ list, more, place, empty, load, render }) {
    Object.assign(this, { list, more, place, empty, load, render, label: more.textContent });
    more.addEventListener("click", async () => {
      const last = list.lastElementChild;
      const done = await attempt(more, place, () => {
        if (this.#failed) return this.#start();
        // The API pages by the last record shown, which must still exist.
        return this.#stale ? this.#start(this.#shown + pageSize) : this.#add(pageSize);
      });
      if (done) focusOn(last?.nextElementSibling ?? list.firstElementChild ?? this.empty);
    });
  }

  // retire shows that the record of a row is gone. The row keeps its place until the list is next asked for: otherwise what
  // follows it would come under the finger that has just pressed.
  retire(row, text) {
    this.#stale = true;
    const about = row.querySelector('[data-part="about"]');
    about.style.minHeight = `${about.offsetHeight}px`;
    about.textContent = text;
    for (const part of row.querySelectorAll("button")) part.classList.add("unseen");
  }

  // reload starts again, with as many records as there were.
  async reload() {
    const { signal } = thisVisit();
    const done = await attempt(this.list, this.place, () => this.#start());
    if (!done && !signal.aborted) this.#offer(true, true);
    return done;
  }

  clear() {
    this.#run++;
    this.#shown = 0;
    this.#rows.clear();
    this.list.replaceChildren();
    this.#offer(false, false);
    this.empty.hidden = true;
    say(this.place, "");
  }

  // #offer shows the button if there is more, or if the list has to be asked for again.
  #offer(needed, failed) {
    this.#failed = failed;
    this.more.textContent = failed ? "Try again" : this.label;
    this.more.hidden = !needed;
  }

  #start(count = Math.max(pageSize, this.#shown)) {
    this.#from = "";
    return this.#add(count, true);
  }

  // #add shows so many more records, all at once.
  async #add(count, anew) {
    const run = ++this.#run;
    const records = [];
    let from = this.#from;
    do {
      const size = Math.min(maxPageSize, count - records.length);
      const { data, links } = await this.load({ page: { cursor: from, size } }, thisVisit());
      if (run !== this.#run) return; // somebody else's list by now, or a newer one
      records.push(...data);
      from = links?.next ? new URLSearchParams(links.next.split("?")[1]).get("page[cursor]") : "";
    } while (from && records.length < count);
    // What has not changed stays as it is, with what is open in it.
    const rows = records.map((record) => {
      const text = JSON.stringify(record);
      const known = this.#rows.get(record.id);
      return [record.id, known?.text === text ? known : { text, element: this.render(record) }];
    });
    this.#rows = new Map(anew ? rows : [...this.#rows, ...rows]);
    const elements = rows.map(([, { element }]) => element);
    if (anew) this.list.replaceChildren(...elements);
    else this.list.append(...elements);
    this.#shown = this.list.childElementCount;
    this.#from = from;
    if (anew) this.#stale = false;
    this.#offer(Boolean(this.#from), false);
    this.empty.hidden = this.#shown > 0;
  }
}
