// keygen-auth.js, as a script tag loads it, or any script that it was put into.
import { importChecked } from "./checked.js";
import { main } from "./index.js";
import { readConfig } from "./config.js";
import { document } from "./document.js";
import { readSettings } from "./settings.js";

// The script may come twice to a page. (An element with this id is no own property.)
if (!Object.hasOwn(window, "keygenAuth")) {
  // Its own tag, if that has settings. A module knows of no tag, and bundlers and
  // the like leave it without attributes: then the page's tag that has them, or
  // its settings as an object. Data is no tag, whatever its attributes.
  const own = document.currentScript;
  const marked = "script:is([data-account],[data-host]):not([type*=json])";
  const object = document.querySelector("script[data-keygen-settings]");
  const tag = own?.matches(marked) ? own : document.querySelector(marked) ?? (object ? null : own);
  const src = (tag ?? own)?.src ?? ""; // now: a later <base> would change it
  const nonce = (own ?? tag)?.nonce;
  let settings = {};
  let wrong;
  try {
    settings = JSON.parse(object?.textContent ?? null);
  } catch {
    wrong = "data-keygen-settings is not JSON";
  }
  main(
    () =>
      tag || !object
        ? readConfig((name) => tag && tag.getAttribute("data-" + name), (name) => "data-" + name, src)
        : readSettings(settings, src, wrong),
    (file, assets) => new URL("keygen-auth." + file, assets),
    (url) => importChecked(url, nonce),
  );
}
