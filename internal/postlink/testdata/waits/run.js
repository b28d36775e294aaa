// Runs a program in node that waits for its page: node run.js wasm_exec.js program.wasm
"use strict";
const [support, program] = process.argv.slice(2);
globalThis.fs = require("fs");
globalThis.crypto ??= require("crypto").webcrypto;
require(support);

const go = new Go();
WebAssembly.instantiate(fs.readFileSync(program), go.importObject).then(({ instance }) => {
  const { exports } = instance;
  const run = (...args) => {
    if (exports.run) exports.run(...args);
    else
      for (const value of [Object, Array, {}]) {
        go._ids.set(value, go._values.push(value) - 1);
        go._goRefCounts.push(1);
      }
    go._pendingEvent = { id: 1, args: [] };
    go._resume();
  };
  return go.run(Object.create(instance, { exports: { value: { ...exports, run } } }));
}).then(() => process.exit()); // whatever timers are left
