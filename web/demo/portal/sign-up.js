// Creates an account and signs in with it.
import { byId, focusOn, onSubmit, say } from "./ui.js";
import { explain } from "./words.js";

const form = byId("sign-up");

onSubmit(
  form,
  async ({ email, password, ...names }) => {
    const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name.trim()));
    await keygenAuth.users.create({ email, password, ...given });
    try {
      await keygenAuth.signIn({ email, password });
      location.assign("account.html");
    } catch (error) {
      // There is an account now: asking for one again would not help.
      form.hidden = true;
      const created = byId("created");
      created.hidden = false;
      say(created.querySelector('[role="status"]'), `Your account is there, but you are not signed in yet. ${explain(error)}`);
      focusOn(byId("title"));
    }
  },
  {
    words: ({ code, status }) =>
      status === 403 && code !== "TOKEN_KIND_NOT_ALLOWED" ? "You cannot create an account yourself here. Please ask support for one." : undefined,
  },
);
