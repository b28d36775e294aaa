// The user's names, email and password.
import { byId, load, onSubmit, say, thisVisit } from "./ui.js";
import { othersEnded } from "./tokens.js";

const [profile, password] = [byId("profile"), byId("new-password")];
const [saved, changed] = [profile, password].map((form) => form.querySelector('[role="status"]'));

function show({ firstName, lastName, email }) {
  profile.elements.firstName.value = firstName ?? "";
  profile.elements.lastName.value = lastName ?? "";
  profile.elements.email.value = email;
  nameAccount(email);
}

// nameAccount tells password managers whose passwords these are.
function nameAccount(email) {
  for (const field of document.querySelectorAll('input[name="username"]')) field.value = email;
}

export const loadProfile = () =>
  load(byId("profile-alert"), byId("profile-again"), async () => {
    const { data } = await keygenAuth.users.me(thisVisit());
    show(data.attributes);
    profile.hidden = false; // before, what is there could be overwritten unseen
  });

export function clearProfile() {
  profile.reset();
  profile.hidden = true;
  password.reset();
  nameAccount("");
}

onSubmit(profile, async ({ firstName, lastName, email }) => {
  say(saved, "");
  const attributes = { firstName, lastName, email };
  const { data } = await keygenAuth.users.update(keygenAuth.session.userId, attributes, thisVisit());
  show(data.attributes);
  say(saved, "Your profile is saved.");
});

onSubmit(
  password,
  async ({ oldPassword, newPassword }) => {
    say(changed, "");
    await keygenAuth.users.updatePassword(keygenAuth.session.userId, { oldPassword, newPassword }, thisVisit());
    password.elements.oldPassword.value = "";
    password.elements.newPassword.value = "";
    say(changed, "Your password is changed, and you are signed out everywhere else.");
    othersEnded();
  },
  { fields: { password: "newPassword" } },
);
