// Asks for a mail to set a new password. The page says the same whether or not there is such an account, so that it
// tells nobody who has one.
import { byId, onSubmit, say } from "./ui.js";

const form = byId("forgot");
const status = form.querySelector('[role="status"]');

onSubmit(form, async ({ email }) => {
  say(status, "");
  await keygenAuth.passwords.create({ email, deliver: form.dataset.deliver === "true" });
  say(status, "If there is an account with this email address, a link is on its way to it. Look in the spam folder too.");
});
