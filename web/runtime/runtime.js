// keygen-auth.runtime.js: what is needed once there is a program. The loader
// fetches it beside that (web/loader/boot.js).
export { compile } from "./compile.js";
export { run } from "./run.js";
