// Reads and checks the attributes of the script tag.
import { failure } from "./errors.js";

const loopback = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/;
// Of an account or environment: "." and ".." would mean something in a URL.
const name = /^(?!\.+$)[\w.-]+$/;
const duration =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/; // Date knows the rest

// readConfig returns the checked configuration of a script tag. The page must
// not sign in half-configured: with the first wrong value, which is reported by
// name and with the fix, comes a configuration whose publicKey rejects
// (CONFIG_INVALID), and that guards the page's forms all the same.
export function readConfig(script) {
  const get = (name) => script.getAttribute("data-" + name);
  const bad = (name, fix) => {
    const value = get(name);
    throw failure(
      "CONFIG_INVALID",
      `data-${name}${value === null ? " is missing" : `="${value}" is not valid`}: ${fix}`,
    );
  };
  const usual = "#login, form[data-keygen-form]";
  let forms = get("form") ?? usual;
  try {
    try {
      document.querySelector(forms);
    } catch {
      forms = usual;
      bad("form", "use a CSS selector, such as #login");
    }
    return { ...check(get, bad), forms };
  } catch (error) {
    return { forms, storage: "memory", publicKey: Promise.reject(error) };
  }
}

// check returns the rest of the configuration, or throws by bad().
function check(get, bad) {
  // one checks a value against a pattern or a list, keeping a default.
  const one = (name, fallback, valid, fix) => {
    const value = get(name);
    if (value === null) return fallback;
    return valid(value) ? value : bad(name, fix);
  };
  const among = (name, ...values) =>
    one(name, values[0], (v) => values.includes(v), `use one of ${values.join(", ")}`);

  const account = one("account", "", (v) => name.test(v), "use the id or slug of your Keygen account");
  const origin = get("host");
  if (!account && origin === null) bad("account", "use the id or slug of your Keygen account");
  let host;
  try {
    host = new URL(origin ?? "https://api.keygen.sh");
  } catch {
    bad("host", "use an origin such as https://api.keygen.sh");
  }
  if (host.href !== host.origin + "/") bad("host", "use the origin alone, such as https://api.keygen.sh");
  if (host.protocol !== "https:" && !(host.protocol === "http:" && loopback.test(host.hostname)))
    bad("host", "use https: (http: is for loopback hosts)");

  const timeout = Number(get("timeout") ?? 30);
  if (!(timeout > 0 && timeout <= 3600)) bad("timeout", "use seconds, up to 3600");

  let redirect = get("redirect");
  if (redirect !== null) {
    try {
      redirect = new URL(redirect, document.baseURI);
    } catch {
      redirect = {};
    }
    if (redirect.origin !== location.origin) bad("redirect", "use a URL of this site");
    redirect = redirect.href;
  }

  const expiry = get("token-expiry");
  if (expiry !== null && expiryOf(expiry) === undefined)
    bad("token-expiry", "use a duration such as P30D, or a future time in ISO 8601");

  const hex = one("public-key", null, (v) => /^[\da-f]{64}$/i.test(v), "use the account's Ed25519 key, 64 hexadecimal digits");
  if (hex && !crypto.subtle) bad("public-key", "serve the page over https:, else browsers verify nothing");

  const storage = among("storage", "local", "session", "memory");
  if (redirect && storage === "memory") bad("storage", "use local or session with data-redirect");
  const allowStaff = get("allow-staff") !== null;
  const environment = one("environment", "", (v) => name.test(v), "use the code or id of the environment");
  return {
    account,
    host: host.origin,
    environment,
    timeout,
    redirect,
    storage,
    load: among("load", "auto", "eager", "lazy"),
    allowStaff,
    tokenName: one("token-name", null, (v) => v.trim() && v.length < 256, "use 1 to 255 characters"),
    tokenExpiry: () => expiryOf(expiry),
    fixedLife: expiry !== null,
    // A promise where there is one.
    publicKey:
      hex &&
      crypto.subtle
        .importKey("raw", Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16)), "Ed25519", false, ["verify"])
        .catch(() => bad("public-key", "use a browser that can verify Ed25519")),
    key: ["keygen-auth", host.host, account, environment, allowStaff && "staff"].filter(Boolean).join(":"),
  };
}

// expiryOf returns the time (ISO 8601, UTC) that a duration from now or a time
// stands for; undefined when there is none, when it cannot be read, or when it
// is not in the future. POST tokens takes an unreadable expiry for "never", so
// nothing unchecked may be sent.
function expiryOf(text) {
  const parts = duration.exec(text);
  const at = new Date();
  if (parts) {
    const [years, months, weeks, days, hours, minutes, seconds] = parts.slice(1).map((n) => Number(n ?? 0));
    at.setUTCFullYear(at.getUTCFullYear() + years, at.getUTCMonth() + months, at.getUTCDate() + 7 * weeks + days);
    at.setTime(at.getTime() + 1000 * (seconds + 60 * (minutes + 60 * hours)));
  } else if (time.test(text)) {
    at.setTime(Date.parse(text));
  }
  return at.getTime() > Date.now() ? at.toISOString() : undefined;
}
