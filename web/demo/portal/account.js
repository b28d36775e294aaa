// My account: everything about whoever is signed in, loaded anew for each.
import { clearDownloads, loadDownloads } from "./downloads.js";
import { clearFactor, loadFactor } from "./factor.js";
import { licenses } from "./licenses.js";
import { clearProfile, loadProfile } from "./profile.js";
import { tokens } from "./tokens.js";
import { absolve, byId, endVisit, say, thisVisit } from "./ui.js";

let shown = ""; // id of the user whose data the page holds

// What is loaded for each user, in the order of the page.
const sections = document.querySelectorAll("section[data-loading]");
const loads = [() => licenses.reload(), loadDownloads, loadProfile, loadFactor, () => tokens.reload()];

// clear leaves nothing behind for whoever signs in next.
function clear() {
  shown = "";
  endVisit();
  licenses.clear();
  tokens.clear();
  clearDownloads();
  clearProfile();
  clearFactor();
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  for (const message of document.querySelectorAll(".account .message")) say(message, "");
  for (const again of document.querySelectorAll(".again")) again.hidden = true;
  absolve(document.querySelector(".account"));
  for (const section of sections) section.dataset.loading = "";
  byId("trial").reset();
}

const endings = {
  expired: "Your session has ended. Sign in again.",
  invalid: "Your session was ended elsewhere. Sign in again.",
  banned: "This account is blocked. Please ask support.",
  "other-tab": "You signed out in another tab.",
};

keygenAuth.on("signed-out", ({ reason }) => {
  clear();
  if (reason) byId("login").reset(); // which still names the user; without a reason somebody may be typing
  say(byId("ended"), endings[reason] ?? "");
});
keygenAuth.on("signed-in", ({ userId }) => {
  if (userId === shown) return; // another session of the same user
  clear();
  byId("login").reset(); // lest the browser remembers it with the page
  say(byId("ended"), "");
  shown = userId;
  const { signal } = thisVisit();
  sections.forEach(async (section, n) => {
    await loads[n]();
    if (!signal.aborted) delete section.dataset.loading;
  });
});

// On the way back to this page browsers put back what stood in its fields, of another user perhaps, and may do so after
// the events above.
addEventListener("pageshow", () => {
  if (!shown) clear();
  else if (byId("profile").hidden) clearProfile(); // which is not loaded yet
});
