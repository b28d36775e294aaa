// keygen-auth.mjs: the same as keygen-auth.js for pages that are built from
// modules and have no script tag. To import it runs nothing and asks nothing of
// where it runs: servers import it, and bundlers make plain scripts of it.
import { names, texts, urls } from "keygen-auth:files"; // made by internal/dist
import { once } from "./once.js";
import { fault } from "./types.js";

// start puts keygenAuth on the page and returns it. Where it is there already,
// as after a second call, that one is returned and the settings are not read.
// What is wrong with them is reported as the script tag's attributes are.
export const start = (settings) =>
  once(() => {
    const { main } = require("./index.js");
    const { readSettings } = require("./settings.js");
    const { document } = require("./document.js");
    const own = !settings?.assets; // the files are the bundle's
    main(
      () => readSettings(settings, beside(document), fault(settings)),
      (file, assets) =>
        // The texts are scripts then, and what runs the program is part of this one. Next says a path for a URL.
        file === RUNTIME_FILE || (own && !urls[file]) ? file : assets ? new URL(names[file], assets) : new URL(urls[file](), document.baseURI),
      () => import("../runtime/runtime.js"),
      async (url, init) => (url.href ? fetch(url, init) : new Response(JSON.stringify((await (await texts()).default[url]()).default))),
      own ? ADVICE : "",
    );
  });

// beside returns undefined where the bundler says where the files lie. Where it
// cannot, or says it of its own disk, they lie beside the script that calls start(); "" where
// that is not known.
function beside(document) {
  try {
    if (urls.wasm().protocol !== "file:" || location.protocol === "file:") return;
  } catch {
    // A plain script, which has no import.meta.
  }
  return document.currentScript?.src ?? "";
}
