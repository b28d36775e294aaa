// Sets a new password with the token of a mailed link: reset.html#token=...&user=... (the user's id or email). Behind the
// "#" it reaches no server and no log; it leaves the address bar, and so the history, at once. Keygen's own mail links to
// https://app.keygen.sh/recover/ACCOUNT.USER.TOKEN, which does not know servers of one's own: it can be pasted here.
import { byId, focusOn, onSubmit, say } from "./ui.js";

const form = byId("reset");
let [token, user] = ["", ""];

function readLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token")) {
    history.replaceState(history.state, "", location.pathname + location.search);
    // Who wrote the link may not have escaped the "+" of an email, which here stands for a space. None has one.
    [token, user] = [given.get("token"), given.get("user")?.replaceAll(" ", "+")];
    form.elements.username.value = user ?? "";
    say(form.querySelector('[role="alert"]'), ""); // which was about the link before
  }
  show(token && user ? "reset" : "incomplete");
}

// readPasted finds user and token in a link, Keygen's or one of ours, and says whether it did.
function readPasted(text) {
  const keygens = text.match(/\/recover\/[0-9a-f]{32}\.([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.([^\s/?#]+)/i);
  const ours = new URLSearchParams(text.trim().split("#")[1]);
  [token, user] = keygens ? [keygens[6], keygens.slice(1, 6).join("-")] : [ours.get("token"), ours.get("user")?.replaceAll(" ", "+")];
  return Boolean(token && user);
}

byId("pasted").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.link;
  const found = readPasted(field.value);
  say(event.target.querySelector('[role="alert"]'), found ? "" : "This is not the link of our email. Copy all of its address, and paste it here.");
  field.ariaInvalid = found ? null : "true";
  if (!found) return field.focus();
  field.value = "";
  show("reset");
  form.elements.newPassword.focus();
});

function show(id) {
  for (const part of ["reset", "incomplete", "done"]) byId(part).hidden = part !== id;
}

readLink();
addEventListener("hashchange", () => location.hash && readLink());

onSubmit(
  form,
  async ({ newPassword }) => {
    await keygenAuth.users.resetPassword(user, { passwordResetToken: token, newPassword });
    token = "";
    form.reset();
    show("done");
    focusOn(byId("title"));
  },
  {
    fields: { password: "newPassword" },
    words: ({ status }) => (status === 404 ? "This link does not work any more. Ask for a new one and open the newest." : undefined),
  },
);
