// keygen-auth.mjs: the same as keygen-auth.js for pages that are built from
// modules and have no script tag.
import { files, names, runtime } from "keygen-auth:files"; // made by internal/dist
import { fault } from "./types.js";

// start puts keygenAuth on the page and returns it. Where it is there already,
// as after a second call, that one is returned and the settings are not read.
// What is wrong with them is reported as the script tag's attributes are.
export function start(settings) {
  if (typeof window !== "object")
    throw new Error("keygen-auth: start() needs a page: on a server, only import the module and call start() in the browser");
  if (!Object.hasOwn(window, "keygenAuth")) {
    // Not imported above: the rest looks for the page as soon as it is run, and
    // a server that renders pages imports this file, too.
    const { main } = require("./index.js");
    const { readSettings } = require("./settings.js");
    const { importChecked } = require("./checked.js");
    const { document } = require("./document.js");
    let bundled = !settings?.assets;
    main(
      () => readSettings(settings, undefined, fault(settings)),
      (file, assets) => (assets ? new URL(names[file], assets) : files[file]),
      (url) => {
        // What failed once fails again by that way in most browsers.
        if (!bundled) return importChecked(url, document.querySelector("script[nonce]")?.nonce);
        bundled = false;
        return runtime();
      },
    );
  }
  return window.keygenAuth;
}
