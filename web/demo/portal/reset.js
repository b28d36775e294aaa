// Sets a new password with the token of a mailed link: reset.html#token=...&user=... (the user's id or email). Behind the
// "#" it reaches no server and no log; it leaves the address bar, and so the history, at once.
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
