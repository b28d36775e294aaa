// Checks the settings, whether they come as attributes or as an object.
import { document } from "./document.js";
import { failure } from "./errors.js";

// Of an account or environment: "." and ".." would mean something in a URL.
const name = /^(?!\.+$)[\w.-]+$/;
// Of a host, as browsers write it.
const safe = /^https|^http:\/\/(([^/]*\.)?localhost|127[\d.]+|\[::1])[:/]/;
// Go adds up what a duration holds, in any order; Date knows the rest of a time.
const duration = /^P(?=.*[1-9])(\d+[YMWD])*(T(\d+[HMS])+)?$/;
const time = /^\d{4}-.*T.*(Z|[+-]\d\d:\d\d)$/;

// readConfig returns the checked configuration. The page must not sign in
// half-configured: with the first wrong value, which is reported by name and with
// the fix, comes a configuration whose publicKey rejects (CONFIG_INVALID), and
// that guards the page's forms all the same.
//   get(name): a setting by its attribute's name without "data-", null for none;
//   label(name): what the page calls it; src: URL that the built files lie
//   beside, undefined where that is not known and not needed.
export function readConfig(get, label, src) {
  const bad = (name, fix) => {
    const value = get(name);
    throw failure("CONFIG_INVALID", `${label(name)}${value === null ? " is missing" : `="${value}" is not valid`}: ${fix}`);
  };
  const usual = "#login, form[data-keygen-form]";
  let forms = usual;
  try {
    forms = get("form") ?? usual;
    try {
      document.querySelector(forms);
    } catch {
      forms = usual;
      bad("form", "use a CSS selector, such as #login");
    }
    return { ...check(get, bad, src), forms };
  } catch (error) {
    return { forms, storage: "memory", publicKey: Promise.reject(error) };
  }
}

// check returns the rest of the configuration, or throws by bad().
function check(get, bad, src) {
  // one returns a setting that is valid, or null; what throws is not valid.
  const one = (name, valid, fix) => {
    const value = get(name);
    try {
      if (value === null || valid(value)) return value;
    } catch {
      // See below.
    }
    bad(name, fix);
  };
  const among = (name, ...values) => one(name, (v) => values.includes(v), "use one of " + values.join(", ")) ?? values[0];
  const base = document.documentElement.baseURI; // the document's own may be hidden
  const fix = "use the id or slug of your Keygen account";
  const folder = "use the URL of the built files' folder";
  let host = new URL("https://api.keygen.sh");
  let redirect;

  const account = one("account", (v) => name.test(v), fix) ?? "";
  const origin = one(
    "host",
    (v) => ((host = new URL(v)), host.href === host.origin + "/" && safe.test(host.href)),
    "use the https: origin alone, such as https://api.keygen.sh",
  );
  if (!account && origin === null) bad("account", fix);
  const timeout = one("timeout", (v) => v > 0 && v <= 3600, "use seconds, up to 3600") ?? 30;
  one(
    "redirect",
    // Of a page without a URL of its own (srcdoc), only the window knows the origin.
    (v) => ((redirect = new URL(v, base)), redirect.host && [location.origin, self.origin].includes(redirect.origin)),
    "use a URL of this site",
  );
  const tokenExpiry = one(
    "token-expiry",
    (v) => duration.test(v) || (time.test(v) && Date.parse(v) > Date.now()),
    "use P30D, or a future time",
  );
  const hex = one("public-key", (v) => /^[\da-f]{64}$/i.test(v), "use 64 hexadecimal digits");
  const environment = one("environment", (v) => name.test(v), "use the id or code of the environment") ?? "";
  one("assets", (v) => /^http/.test((src = new URL(v.replace(/\/?$/, "/"), base).href)), folder);
  if (src === "") bad("assets", folder);
  const storage = among("storage", "local", "session", "memory");
  if (redirect && storage === "memory") bad("storage", "use local or session with data-redirect");
  const allowStaff = get("allow-staff") !== null;
  return {
    account,
    host: host.origin,
    environment,
    timeout: +timeout,
    redirect: redirect?.href,
    storage,
    load: among("load", "auto", "eager", "lazy"),
    allowStaff,
    tokenName: one("token-name", (v) => v.trim() && v.length < 256, "use 1 to 255 characters"),
    tokenExpiry, // what it comes to is Go's business
    // A promise where there is one.
    publicKey:
      hex &&
      (async () => crypto.subtle.importKey("raw", Uint8Array.from(hex.match(/../g), (byte) => "0x" + byte), "Ed25519", false, ["verify"]))().catch(
        () => bad("public-key", "use https: and a browser with Ed25519"),
      ),
    key: ["keygen-auth", host.host, account, environment, allowStaff && "staff"].filter(Boolean).join(":"),
    assets: src,
  };
}
