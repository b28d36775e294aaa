// Why a request of the program may have had no answer.

const permissions = ["local-network-access", "local-network", "loopback-network"]; // their names so far
let told;

// explainSilence tells the page's developer, once, of a permission without which the
// browser keeps this site from private addresses, as Chromium does where its user
// was asked and said no. That is all that a page can find out.
export const explainSilence = () =>
  permissions.forEach(async (name) => {
    try {
      const { state } = await navigator.permissions.query({ name });
      if (state !== "denied" || told) return;
      told = true;
      console.error(
        `keygen-auth: a request failed, and this site lacks the permission ${name}: if the API has a private address, allow it in the browser's settings for this site`,
      );
    } catch {
      // The browser knows no such name.
    }
  });
