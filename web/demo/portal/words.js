// What the pages say about times, failures and licenses, in words.

const dates = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
const moments = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
const spans = new Intl.RelativeTimeFormat(document.documentElement.lang);
const units = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];

// ago tells how far a time is from now, such as "in 3 days" or "2 hours ago".
export function ago(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length * 0.99) ?? ["second", 1];
  if (unit === "second") return "just now";
  return spans.format(Math.round(seconds / length), unit);
}

export const onDate = (time) => dates.format(new Date(time));
export const atMoment = (time) => moments.format(new Date(time));

export function expiryOf({ expiry }) {
  if (!expiry) return "Never expires";
  return `${new Date(expiry) < new Date() ? "Expired" : "Expires"} ${ago(expiry)}, on ${onDate(expiry)}`;
}

export const statuses = {
  ACTIVE: "Active",
  INACTIVE: "Not used lately",
  EXPIRING: "Expires soon",
  EXPIRED: "Expired",
  SUSPENDED: "Suspended",
  BANNED: "Blocked",
};

const validations = {
  VALID: "This license is valid.",
  NOT_FOUND: "This license no longer exists.",
  BANNED: "Not valid: the owner of this license is blocked.",
  SUSPENDED: "Not valid: this license is suspended. Support can tell you why.",
  EXPIRED: "Not valid: this license has expired.",
  OVERDUE: "Not valid: this license is overdue for its regular check-in.",
  NO_MACHINE: "Not valid yet: activate this license on a machine first.",
  NO_MACHINES: "Not valid yet: activate this license on a machine first.",
  TOO_MANY_USERS: "Not valid: more people use this license than it allows.",
  TOO_MANY_MACHINES: "Not valid: this license is on more machines than it allows.",
  TOO_MANY_CORES: "Not valid: its machines have more processor cores than this license allows.",
  TOO_MUCH_MEMORY: "Not valid: its machines have more memory than this license allows.",
  TOO_MUCH_DISK: "Not valid: its machines have more disk space than this license allows.",
  TOO_MANY_PROCESSES: "Not valid: more copies are running than this license allows.",
  HEARTBEAT_NOT_STARTED: "Not valid: the machine has not reported in yet.",
  HEARTBEAT_DEAD: "Not valid: the machine has not reported in for too long.",
  ENTITLEMENTS_MISSING: "Not valid: this license does not include all that was asked for.",
  FINGERPRINT_SCOPE_MISMATCH: "Not valid: this license is not active on this machine.",
};

// verdictOf tells the outcome of a validation.
//   meta: that of the answer; valid decides, code explains
export function verdictOf({ valid, code, detail }) {
  if (valid && code !== "VALID") return (validations[code] ?? `Not valid: it ${detail}.`).replace("Not valid: ", "Still valid, but ");
  if (/_SCOPE_REQUIRED$/.test(code)) return "This license can only be checked from within the app.";
  return validations[code] ?? (valid ? "This license is valid." : `Not valid: it ${detail}.`);
}

// noteOn tells why a user may not do everything with a license; nothing if he may, as far as that shows.
//   own: whether he is its owner, and does not only share it
export function noteOn({ protected: managed }, own) {
  if (managed) return own ? "This license is managed by the seller." : "This license is shared with you, and managed by the seller.";
  return own ? "" : "This license is shared with you. Only its owner can renew or delete it.";
}

const failures = {
  NETWORK_ERROR: "The service could not be reached. Check your connection and try again.",
  SERVICE_UNAVAILABLE: "The service has a problem. Try again in a few minutes.",
  TIMEOUT: "The service took too long to answer. Try again.",
  BAD_RESPONSE: "The service did not answer as it should. Try again in a few minutes.",
  WASM_UNAVAILABLE: "This page cannot run in this browser, because WebAssembly is missing or turned off.",
  STORAGE_UNAVAILABLE:
    "This browser keeps no data for this site, so that you would be signed out again on the next page. Allow cookies and site data for it, then sign in again.",
  CONFIG_INVALID: "This page is not set up correctly. Please tell the owner of this site.",
  TOKEN_MISSING: "You are signed out. Sign in again.",
  TOKEN_INVALID: "You are signed out. Sign in again.",
  TOKEN_EXPIRED: "You are signed out. Sign in again.",
  EMAIL_TAKEN: "There is already an account with this email address.",
  EMAIL_INVALID: "Enter a full email address, such as name@example.com.",
  SSO_REQUIRED: "This account signs in through its organization, not here.",
  SSO_NOT_SUPPORTED: "This account signs in through its organization, not here. Ask your administrator how.",
  PASSWORD_INVALID: "That password is not right.",
  PASSWORD_TOO_SHORT: "Choose a longer password.",
  PASSWORD_TOO_LONG: "Choose a shorter password.",
  OTP_INVALID: "That code is not right, or was used before. Wait for a new one in your app and enter it.",
  FINGERPRINT_TAKEN: "This browser is active for this license already.",
  MACHINE_LIMIT_EXCEEDED: "All seats of this license are taken.",
  POLICY_NOT_FOUND: "Trials are not available at the moment.",
  POLICY_POOL_EMPTY: "There are no trials left at the moment.",
};

// What the API refuses without a code, by the end of what it is about.
const refusals = {
  oldPassword: "The current password is not right.",
  passwordResetToken: "This link has expired. Ask for a new one.",
};

// How the API's number is told, where it gives one.
const bounds = { PASSWORD_TOO_SHORT: "at least", PASSWORD_TOO_LONG: "at most" };

// short is a name for a message, for which there is only so much room.
export const short = (name) => [...name].length > 30 ? `${[...name].slice(0, 29).join("")}…` : name;

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// spanOf tells a number of seconds, rounded up to what people count in.
function spanOf(seconds) {
  const [amount, unit] = seconds > 90 ? [seconds / 60, "minute"] : [seconds, "second"];
  const style = { style: "unit", unit, unitDisplay: "long" };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(Math.ceil(amount));
}

const waitOf = ({ retryAfter }) => (retryAfter > 0 ? spanOf(retryAfter) : "a moment");

// explain tells a failure of window.keygenAuth in words.
//   label: that of the field which it is about, if there is one
export function explain(error, label) {
  const { code, status, detail, source } = error;
  // Whatever was asked, by the page itself perhaps: see explainAttempt for what somebody tried.
  if (status === 429) return `Too many requests just now. Try again in ${waitOf(error)}.`;
  const known = failures[code] ?? refusals[source?.pointer?.split("/").pop()];
  const bound = bounds[code] && detail?.match(/\d+/);
  if (bound) return known.replace(".", `: ${bounds[code]} ${bound} characters.`);
  if (known) return known;
  if (status === 403) return "Refused: your account is not allowed to do this. Please ask support.";
  if (status === 404) return "This is no longer there. Reload the page to see what is.";
  if (status >= 500) return "The service has a problem. Try again in a few minutes.";
  if (!detail) return "Something went wrong. Try again.";
  return `${label ? `${label}: ${detail}` : capital(detail)}`.replace(/\.?$/, ".");
}

// explainAttempt is explain for what a form sent: a password or a code, that may be tried so many times only.
export function explainAttempt(error, label) {
  return error.status === 429 ? `Too many attempts. Wait ${waitOf(error)} before you try again.` : explain(error, label);
}
