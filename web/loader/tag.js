// keygen-auth.js, as a script tag loads it, or any script that it was put into.
import { importChecked } from "./checked.js";
import { main } from "./index.js";
import { configure, nonce, src } from "./page.js";

// The script may come twice to a page. (An element with this id is no own property.)
if (!Object.hasOwn(window, "keygenAuth"))
  main(
    () => configure(src),
    (file, assets) => new URL(NAME + file, assets),
    (url) => importChecked(url, nonce),
  );
