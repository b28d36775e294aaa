// keygen-auth.js, as a script tag loads it.
import { main } from "./index.js";
import { readConfig } from "./config.js";

// The tag may stand twice on a page. (An element with this id is no own property.)
if (!Object.hasOwn(window, "keygenAuth")) {
  const script = document.currentScript ?? document.querySelector("script[src*=keygen-auth]");
  const { src } = script; // now: a later <base> would change it
  main(
    () => readConfig(script),
    (file) => new URL("keygen-auth." + file, src),
  );
}
