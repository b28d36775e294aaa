// Where the user is signed in: each sign-in is a token.
import { ask, attempt, byId, focusOn, fromTemplate, Pages, say, thisVisit } from "./ui.js";
import { ago, atMoment, expiryOf } from "./words.js";

const status = byId("tokens-status");

export const tokens = new Pages({
  list: byId("tokens"),
  more: byId("tokens-more"),
  place: byId("tokens-alert"),
  empty: byId("tokens-empty"),
  load: (query, options) => keygenAuth.tokens.list(query, options),
  render({ id, attributes }) {
    const { root, part } = fromTemplate("token");
    const mine = () => id === keygenAuth.session?.tokenId;
    part("name").textContent = attributes.name || `Signed in ${ago(attributes.created)}`;
    part("here").hidden = !mine();
    part("about").textContent = `Since ${atMoment(attributes.created)} · ${expiryOf(attributes)}`;
    const button = part("revoke");
    button.setAttribute("aria-label", `Sign out: ${part("name").textContent}${mine() ? ", this one" : ""}`);
    button.addEventListener("click", async () => {
      if (mine()) return void (await attempt(button, byId("tokens-alert"), () => keygenAuth.signOut()));
      say(status, "");
      if (!(await attempt(button, byId("tokens-alert"), () => keygenAuth.tokens.revoke(id, thisVisit())))) return;
      tokens.retire(root, "Signed out");
      focusOn(root);
      say(status, "That sign-in has ended.");
    });
    return root;
  },
});

// othersEnded shows that this sign-in is the only one.
export function othersEnded() {
  for (const row of tokens.list.children) {
    if (row.querySelector('[data-part="here"]').hidden) tokens.retire(row, "Signed out");
  }
}

const others = byId("tokens-others");
others.addEventListener("click", async () => {
  const sure = await ask({
    title: "Sign out everywhere else?",
    text: "You stay signed in here. Everywhere else, you have to sign in again.",
    yes: "Sign out everywhere else",
  });
  if (!sure) return;
  say(status, "");
  await attempt(others, byId("tokens-alert"), async () => {
    const ended = await keygenAuth.tokens.revokeOthers(thisVisit());
    say(status, ended ? "You are signed out everywhere else." : "You are signed in nowhere else.");
    othersEnded();
  });
});
