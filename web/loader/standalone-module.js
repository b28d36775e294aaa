// keygen-auth.standalone.mjs: keygen-auth.mjs with all that it fetches inside.
import { once } from "./once.js";
import { fault } from "./types.js";

// start: as that of module.js. What assets says is not needed.
export const start = (settings) =>
  once(() => {
    const { main } = require("./index.js");
    const { readSettings } = require("./settings.js");
    const { embedded } = require("./embedded.js");
    main(() => readSettings(settings, undefined, fault(settings)), ...embedded);
  });
