// Where a script finds its settings on the page.
import { readConfig } from "./config.js";
import { document } from "./document.js";
import { readSettings } from "./settings.js";

// Its own tag, if that has settings. A module knows of no tag, and bundlers and
// the like leave it without attributes: then the page's tag that has them, or
// its settings as an object. Data is no tag, whatever its attributes.
const own = document.currentScript;
const marked = "script:is([data-account],[data-host]):not([type*=json])";
const object = document.querySelector("script[data-keygen-settings]");
const tag = own?.matches(marked) ? own : document.querySelector(marked) ?? (object ? null : own);

// src is the URL of the script, "" where that is not known. (Now: a later <base> would change it.)
export const src = (tag ?? own)?.src ?? "";
export const nonce = (own ?? tag)?.nonce;

// configure returns the configuration, see config.js.
//   src: as of readConfig
export function configure(src) {
  if (tag || !object) return readConfig((name) => tag && tag.getAttribute("data-" + name), (name) => "data-" + name, src);
  let settings = {};
  let wrong;
  try {
    settings = JSON.parse(object.textContent);
  } catch {
    wrong = "data-keygen-settings is not JSON";
  }
  return readSettings(settings, src, wrong);
}
