// The user's licenses: what they are, whether they are valid, new ones, renewal and deletion.
import { ask, attempt, byId, focusOn, fromTemplate, onSubmit, Pages, say, thisVisit } from "./ui.js";
import { expiryOf, noteOn, short, statuses, verdictOf } from "./words.js";
import { activate, machinesOf } from "./machines.js";

export const licenses = new Pages({
  list: byId("licenses"),
  more: byId("licenses-more"),
  place: byId("licenses-alert"),
  empty: byId("licenses-empty"),
  load: (query, options) => keygenAuth.licenses.list(query, options),
  render: card,
});

const nameOf = (license) => license.attributes.name || "License";

// markOf tells a license from others of its name, by what its card shows.
const markOf = ({ attributes }) => (attributes.key ? `key …${attributes.key.slice(-9)}` : expiryOf(attributes));

// isOwn tells whether the user is the owner of a license or machine.
const isOwn = ({ relationships }) => relationships?.owner?.data?.id === keygenAuth.session?.userId;

// card returns the element of a license.
function card(license) {
  const { root, part } = fromTemplate("license");
  const id = license.id;
  const [alert, status] = [part("alert"), part("status")];
  const mayRemove = (machine) => !license.attributes.protected && (isOwn(license) || isOwn(machine));
  const machines = machinesOf(id, part, refresh, mayRemove);

  function show() {
    const { attributes, relationships } = license;
    const used = relationships?.machines?.meta?.count;
    const max = attributes.maxMachines;
    part("name").textContent = nameOf(license);
    part("badge").textContent = statuses[attributes.status] ?? attributes.status;
    part("badge").dataset.status = attributes.status;
    part("expiry").textContent = expiryOf(attributes);
    part("seats").textContent = used === undefined ? (max ?? "No limit") : max ? `${used} of ${max} used` : `${used} used, no limit`;
    part("key").textContent = attributes.key ?? "Not shown";
    part("copy").hidden = !attributes.key;
    const long = attributes.key?.length > 60; // the keys of signed schemes have up to 380 characters
    part("key").classList.toggle("long", long);
    part("unfold").hidden = !long;
    // What the user may do, as far as that shows. Whether the policy of an own license lets him is the API's.
    part("activate").hidden = attributes.protected;
    part("remove").hidden = attributes.protected || !isOwn(license);
    part("renew").hidden = part("remove").hidden || !attributes.expiry;
    part("note").textContent = noteOn(attributes, isOwn(license));
    part("note").hidden = !part("note").textContent;
    part("summary").textContent = used === undefined ? "Machines" : `Machines (${used})`;
    // Which of many, for those who hear the buttons one by one.
    for (const name of ["copy", "unfold", "validate", "activate", "renew", "remove", "summary"]) {
      const text = name === "copy" ? "Copy key" : name === "unfold" ? "Whole key" : part(name).textContent;
      part(name).setAttribute("aria-label", `${text}: ${nameOf(license)} (${markOf(license)})`);
    }
  }

  // refresh shows the license as it is now, after its machines changed.
  async function refresh() {
    ({ data: license } = await keygenAuth.licenses.get(id, thisVisit()));
    show();
  }

  // unfold shows all lines of a long key, or two.
  function unfold(open) {
    part("key").classList.toggle("open", open);
    part("unfold").ariaExpanded = String(open);
    part("unfold").textContent = open ? "Show less" : "Show all";
  }

  part("unfold").addEventListener("click", () => unfold(part("unfold").ariaExpanded !== "true"));

  part("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(license.attributes.key);
      say(status, "The key is copied.");
    } catch {
      unfold(true);
      getSelection().selectAllChildren(part("key")); // the user can copy it with the keyboard
      say(status, "The key is selected. Copy it with your keyboard or menu.");
    }
  });

  part("validate").addEventListener("click", async () => {
    say(status, "");
    await attempt(part("validate"), alert, async () => {
      const { data, meta } = await keygenAuth.licenses.validate(id, thisVisit());
      if (data) license = data;
      show();
      say(status, verdictOf(meta), meta.valid ? "done" : "error");
    });
  });

  part("activate").addEventListener("click", async () => {
    say(status, "");
    await attempt(part("activate"), alert, async () => {
      const { active, changed } = await activate(id);
      if (active) say(status, "This browser is active for this license now.");
      if (changed) await Promise.all([refresh(), machines.changed()]);
    });
  });

  part("renew").addEventListener("click", async () => {
    say(status, "");
    const renew = async () => {
      ({ data: license } = await keygenAuth.licenses.renew(id, thisVisit()));
      show();
      say(status, `Renewed. ${expiryOf(license.attributes)}.`);
    };
    await attempt(part("renew"), alert, renew, (error) =>
      error.status === 422 ? "This license cannot be renewed. Please ask support." : undefined,
    );
  });

  part("remove").addEventListener("click", async () => {
    const sure = await ask({
      title: `Delete “${nameOf(license)}” (${markOf(license)})?`,
      text: "The license and its machines are gone for good. Apps that use its key stop working.",
      yes: "Delete the license",
    });
    if (!sure) return;
    say(status, "");
    if (!(await attempt(part("remove"), alert, () => keygenAuth.licenses.delete(id, thisVisit())))) return;
    say(byId("licenses-status"), `“${short(nameOf(license))}” (${markOf(license)}) is deleted.`);
    await licenses.reload();
    focusOn(byId("licenses-title"));
  });

  show();
  return root;
}

const trial = byId("trial");
onSubmit(trial, async ({ name }) => {
  say(byId("licenses-status"), "");
  await keygenAuth.licenses.create({ policy: trial.dataset.policy, name: name.trim() || "Trial" }, thisVisit());
  trial.reset();
  say(byId("licenses-status"), "Your trial has started. It is the first of your licenses.");
  await licenses.reload();
  byId("licenses").querySelector("h3")?.focus();
});
