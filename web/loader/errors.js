import { document } from "./document.js";

// The one error type that callers of window.keygenAuth see.
export class KeygenAuthError extends Error {
  // fields: at least `code` and `message`; see keygen-auth.d.ts for the rest.
  constructor({ message, ...fields }) {
    super(message);
    Object.assign(this, { name: "KeygenAuthError" }, fields);
  }
}

// failure makes an error that the loader itself reports.
//   detail: what a developer needs to mend it.
export const failure = (code, detail) => new KeygenAuthError({ code, message: detail, detail, status: 0 });

// report tells the page's developer of an error, and returns it.
export const report = (error) => {
  console.error("keygen-auth: " + error.detail);
  return error;
};

// answer says, for the developer, what a server answered where a built file should be.
export const answer = ({ status, headers }) => ` (status ${status}, ${headers.get("content-type")})`;

// announce raises keygen:error for a failure that happened outside Go, and says
// whether the page left the message to us.
export const announce = ({ code, status, detail, message }) =>
  document.dispatchEvent(
    new CustomEvent("keygen:error", {
      cancelable: true,
      detail: { code, status, detail, message },
    }),
  );
