// keygen-auth.standalone.js: keygen-auth.js with all that it fetches inside.
import { embedded } from "./embedded.js";
import { main } from "./index.js";
import { configure } from "./page.js";

if (!Object.hasOwn(window, "keygenAuth")) main(configure, ...embedded);
