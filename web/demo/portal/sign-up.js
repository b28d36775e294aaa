// Creates an account and signs in with it.
import { byId, focusOn, onSubmit, say } from "./ui.js";
import { explainAttempt } from "./words.js";

const form = byId("sign-up");
let elsewhere = ""; // where the user signs in, if it is not here

keygenAuth.on("sso-required", ({ link }) => (elsewhere = link));

// showCreated takes the place of the form: asking for an account again would not help.
function showCreated(error) {
  form.hidden = true;
  const created = byId("created");
  created.hidden = false;
  byId("title").textContent = "Your account is there";
  if (elsewhere) {
    byId("sign-in").textContent = "Sign in with your organization";
    byId("sign-in").href = elsewhere;
  }
  say(created.querySelector('[role="status"]'), `You are not signed in yet. ${explainAttempt(error)}`);
  focusOn(byId("title"));
}

onSubmit(
  form,
  async ({ email, password, ...names }) => {
    const given = Object.fromEntries(Object.entries(names).filter(([, name]) => name.trim()));
    let taken; // perhaps by an attempt whose answer was lost: then the password fits
    await keygenAuth.users.create({ email, password, ...given }).catch((error) => {
      if (error.code !== "EMAIL_TAKEN") throw error;
      taken = error;
    });
    try {
      const { persistent } = await keygenAuth.signIn({ email, password });
      if (persistent) location.assign("account.html");
      else {
        await keygenAuth.signOut(); // the next page would know of no session
        showCreated({ code: "STORAGE_UNAVAILABLE" });
      }
    } catch (error) {
      if (taken && error.code !== "SSO_REQUIRED") throw taken;
      showCreated(error);
    }
  },
  {
    words: ({ code, status }) =>
      status === 403 && code !== "TOKEN_KIND_NOT_ALLOWED" ? "You cannot create an account yourself here. Please ask support for one." : undefined,
  },
);
