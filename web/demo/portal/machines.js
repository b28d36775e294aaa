// Machines of a license, and this browser as one of them.
import { ask, attempt, byId, during, focusOn, fromTemplate, Pages, say, thisVisit } from "./ui.js";
import { ago, atMoment, explain, short } from "./words.js";
import { adopt, fingerprint, thisBrowser } from "./browser.js";

// aboutOf describes a machine in a line.
function aboutOf({ platform, lastHeartbeat, heartbeatStatus, created }) {
  const beat = lastHeartbeat ? `last heartbeat ${ago(lastHeartbeat)}` : "no heartbeat yet";
  const parts = [platform, heartbeatStatus === "DEAD" ? `${beat}, not responding` : beat];
  if (!lastHeartbeat) parts.push(`active since ${atMoment(created)}`);
  return parts.filter(Boolean).join(" · ");
}

const nameOf = ({ name, hostname, fingerprint }) => name || hostname || fingerprint;

// machinesOf fills the list of a license's card once it is opened.
//   part: finds the parts of the card; refresh: shows the license as it is now
//   mayRemove: tells whether the user may deactivate a machine
// The changed function of the result is to be called after machines came or went elsewhere.
export function machinesOf(license, part, refresh, mayRemove) {
  const details = part("machines").closest("details");
  const pages = new Pages({
    list: part("machines"),
    more: part("machines-more"),
    place: part("alert"),
    empty: part("machines-empty"),
    load: (query, options) => keygenAuth.licenses.machines(license, query, options),
    render: row,
  });
  details.addEventListener("toggle", () => details.open && pages.reload());

  function row(machine) {
    const { id, attributes } = machine;
    const { root, part: own } = fromTemplate("machine");
    const name = nameOf(attributes);
    own("name").textContent = name;
    own("here").hidden = attributes.fingerprint !== fingerprint();
    own("about").textContent = aboutOf(attributes);
    const button = own("remove");
    button.hidden = !mayRemove(machine);
    button.setAttribute("aria-label", `Deactivate ${name}`);
    button.addEventListener("click", async () => {
      const sure = await ask({
        title: `Deactivate “${name}”?`,
        text: "The app stops working there, and its seat is free for another machine.",
        yes: "Deactivate",
      });
      if (!sure || !(await attempt(button, part("alert"), () => keygenAuth.machines.delete(id, thisVisit())))) return;
      pages.retire(root, "Deactivated");
      focusOn(root);
      say(part("status"), `“${short(name)}” is deactivated.`);
      await attempt(part("machines"), part("alert"), refresh);
    });
    return root;
  }

  return {
    async changed() {
      if (details.open) await pages.reload(); // otherwise opening it loads them
    },
  };
}

// entryOf returns the user's machine of a license that this browser may have been before it lost its fingerprint: it has the
// same name and platform, and no machine is this browser.
async function entryOf(license) {
  const { name, platform } = thisBrowser();
  let entry;
  for await (const { attributes, relationships } of keygenAuth.machines.all({ license }, thisVisit())) {
    if (attributes.fingerprint === fingerprint()) return;
    const own = relationships?.owner?.data?.id === keygenAuth.session?.userId;
    if (own && attributes.name === name && attributes.platform === platform) entry ??= attributes;
  }
  return entry;
}

// activate takes a seat of a license for this browser, after asking whether it had one before, and for a machine to give one
// up if all are taken. It resolves to whether it did, and whether the machines changed: a seat may be freed and then not taken.
export async function activate(license) {
  const create = () =>
    keygenAuth.machines.create(
      { license, owner: keygenAuth.session?.userId, fingerprint: fingerprint(), ...thisBrowser() },
      thisVisit(),
    );
  const entry = await entryOf(license);
  if (entry) {
    const answer = await ask({
      title: `Is “${short(entry.name)}” this browser?`,
      text: `It has been active since ${atMoment(entry.created)}. A browser may forget that, for example Safari after seven days without a visit.`,
      yes: "Yes, use it again",
      other: "No, take another seat",
    });
    if (!answer) return {};
    if (answer === "yes") {
      adopt(entry.fingerprint);
      return { active: true, changed: true };
    }
  }
  try {
    await create();
    return { active: true, changed: true };
  } catch (error) {
    if (error.code !== "MACHINE_LIMIT_EXCEEDED") throw error;
  }
  return offerSeats(license, create);
}

// unless passes on all errors but those that mean no harm.
const unless = (harmless) => (error) => {
  if (!harmless(error)) throw error;
};

// offerSeats lets the user free a seat, and tries again. Whatever goes wrong is said in the dialog, which stays open.
async function offerSeats(license, create) {
  const [dialog, form] = [byId("seats"), byId("seats-form")];
  const alert = form.querySelector('[role="alert"]');
  const more = byId("seats-more").cloneNode(true); // without listeners of the time before
  byId("seats-more").replaceWith(more);
  const pages = new Pages({
    list: byId("seats-list"),
    more,
    place: alert,
    empty: byId("seats-empty"),
    load: (query, options) => keygenAuth.licenses.machines(license, query, options),
    render({ id, attributes }) {
      const { root, part } = fromTemplate("seat");
      root.querySelector("input").value = id;
      part("name").textContent = nameOf(attributes);
      part("about").textContent = aboutOf(attributes);
      return root;
    },
  });
  let [active, changed, freed] = [false, false, false]; // freed: there is a seat to take
  let late; // what went wrong after the dialog was closed

  function show() {
    byId("seats-title").textContent = freed ? "A seat is free now" : "All seats are taken";
    // They keep their room: the button below is to be pressed again.
    for (const part of [byId("seats-text"), form.querySelector("fieldset")]) part.classList.toggle("unseen", freed);
  }

  show();
  pages.clear();
  const { signal } = thisVisit();
  await pages.reload(); // first, so that the dialog opens with the focus on a machine
  if (signal.aborted) return {}; // and not for somebody else
  dialog.showModal();

  // exchange gives up a machine's seat, unless that is done, and takes it. What is done already, by somebody else or by
  // an attempt whose answer was lost, is done.
  async function exchange(machine) {
    say(alert, "");
    try {
      await during(form, async () => {
        if (!freed) await keygenAuth.machines.delete(machine, thisVisit()).catch(unless(({ status }) => status === 404));
        freed = changed = true;
        await create().catch(unless(({ code }) => code === "FINGERPRINT_TAKEN"));
      });
      active = true;
      dialog.close();
    } catch (error) {
      if (!dialog.open) {
        late = error; // for the card to say
        return;
      }
      if (error.code === "MACHINE_LIMIT_EXCEEDED") freed = false; // another machine was faster
      if (changed && !freed) await pages.reload();
      show();
      if (freed) form.querySelector('[type="submit"]').focus();
      say(alert, explain(error) + (freed ? " The seat is free now, only this browser has not taken it yet." : ""), "error");
    }
  }

  return new Promise((resolve, reject) => {
    const closed = new AbortController();
    const on = (target, type, handle) => target.addEventListener(type, handle, { signal: closed.signal });
    let running;
    on(dialog, "cancel", (event) => form.getAttribute("aria-busy") && event.preventDefault());
    on(byId("seats-cancel"), "click", () => dialog.close());
    on(dialog, "close", () => {
      closed.abort();
      pages.clear();
      // A second Escape closes it whatever is under way.
      Promise.resolve(running).then(() => (late ? reject(late) : resolve({ active, changed })));
    });
    on(form, "submit", (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy")) return;
      const machine = new FormData(form).get("machine");
      if (machine || freed) {
        running = exchange(machine);
        return;
      }
      say(alert, "Choose a machine first.", "error");
      form.querySelector("input")?.focus();
    });
  });
}
