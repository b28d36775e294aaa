// The second factor: off, about to be turned on, or on.
import { attempt, byId, focusOn, load, onSubmit, say, thisVisit } from "./ui.js";
import { drawQR } from "./qr.js";

const [off, pending, on] = ["factor-off", "factor-pending", "factor-on"].map(byId);
const status = byId("factor-status");
// digitsOf takes a code as apps show it, in groups, and as keyboards write it, full-width for one.
const digitsOf = (code) => code.normalize("NFKC").replace(/\D/g, "");
const userId = () => keygenAuth.session?.userId;
let factor; // the user's, if there is one

function show(next) {
  factor = next;
  const enabled = factor?.attributes.enabled;
  off.hidden = Boolean(factor);
  pending.hidden = !factor || enabled;
  on.hidden = !enabled;
  for (const form of [off, pending, on].map((part) => part.querySelector("form"))) {
    // The name of the account stays, for password managers.
    for (const field of form.querySelectorAll("input:not([hidden])")) field.value = "";
  }
  const secret = factor && !enabled ? factor.attributes : { uri: "", secret: "" };
  byId("factor-secret").textContent = secret.secret.replace(/.{4}(?=.)/g, "$& ");
  const qr = byId("factor-qr");
  qr.replaceChildren();
  byId("factor-link").removeAttribute("href");
  if (!secret.uri) return;
  qr.toggleAttribute("hidden", !drawQR(qr, secret.uri));
  byId("factor-link").href = secret.uri;
}

export const loadFactor = () =>
  load(byId("factor-alert"), byId("factor-again"), async () => {
    const { data } = await keygenAuth.secondFactors.list(userId(), thisVisit());
    show(data[0]);
  });

export function clearFactor() {
  show(undefined);
  off.hidden = true; // not known yet
}

onSubmit(byId("factor-start"), async ({ password }) => {
  say(status, "");
  const { data } = await keygenAuth.secondFactors.create(userId(), { password }, thisVisit());
  show(data);
  focusOn(byId("factor-scan"));
});

onSubmit(byId("factor-confirm"), async ({ otp }) => {
  const { data } = await keygenAuth.secondFactors.update(userId(), factor.id, { enabled: true, otp: digitsOf(otp) }, thisVisit());
  show(data);
  say(status, "Two-step sign-in is on.");
  focusOn(byId("factor-title"));
});

byId("factor-cancel").addEventListener("click", async () => {
  const done = await attempt(byId("factor-cancel"), byId("factor-alert"), () =>
    keygenAuth.secondFactors.delete(userId(), factor.id, undefined, thisVisit()),
  );
  if (!done) return;
  show(undefined);
  focusOn(byId("factor-title"));
});

onSubmit(byId("factor-remove"), async ({ otp }) => {
  say(status, "");
  await keygenAuth.secondFactors.delete(userId(), factor.id, { otp: digitsOf(otp) }, thisVisit());
  show(undefined);
  say(status, "Two-step sign-in is off.");
  focusOn(byId("factor-title"));
});
