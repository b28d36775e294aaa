// Runs programs that were split, one after another: node run.mjs wasm_exec.js parts.js delay directory...
// Each directory has program.wasm, and rest.wasm unless that program is whole. The rest comes so many milliseconds after
// the program began, or once the program is parked for it if that is "parked"; a program that asks to be whole is told
// so at once if it is "asked", and does nothing else. Prints what each program printed, how often it was parked, and what broke it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [support, parts, delay, ...directories] = process.argv.slice(2);
globalThis.fs = { constants: {} };
const { inParts } = await import(pathToFileURL(parts));
// As internal/dist makes it: a timer finds out by itself that nobody heard it, but a parked program hears later.
const again = "while (this._scheduledTimeouts.has(id))";
const text = readFileSync(support, "utf8").replace(again, "while (!this._parked && this._scheduledTimeouts.has(id))");
if (!text.includes("_parked")) throw Error("the support code is unknown");
(0, eval)(text);
if (delay === "asked") globalThis.only = "nested";
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

globalThis.callBack = (f, n) => f(n);
globalThis.callManyTimes = (f) => {
  let i = 0;
  const next = () => {
    f("call" + i, i++);
    if (i < 30) i % 5 ? setTimeout(next) : next();
  };
  setTimeout(next);
};
globalThis.takeResults = async (f) => {
  const results = [];
  for (let i = 0; i < 3; i++) {
    await sleep(1);
    results.push(await f(i));
  }
  return results;
};

for (const directory of directories) {
  const go = new Go();
  let output = "";
  fs.writeSync = (_, bytes) => ((output += new TextDecoder().decode(bytes)), bytes.length);
  let rest;
  let parked = 0;
  const more = () => (rest ??= sleep(+delay || 1).then(() => new WebAssembly.Module(readFileSync(join(directory, "rest.wasm")))));
  let broke;
  const broken = new Promise((done) => (broke = (error) => done(error.message)));
  const finished = new Promise((done) => (globalThis.done = done));
  const withExports = inParts(go, () => (parked++, more()), broke);
  const { instance } = await WebAssembly.instantiate(readFileSync(join(directory, "program.wasm")), go.importObject);
  const whole = withExports(instance.exports);
  globalThis.untilWhole = async () => delay !== "asked" && whole();
  if (+delay) whole();
  const run = () => {
    for (const value of [Object, Array, {}]) {
      go._ids.set(value, go._values.push(value) - 1);
      go._goRefCounts.push(1);
    }
    go._pendingEvent = { id: 1, args: [] };
    go._resume();
  };
  go.run(Object.create(instance, { exports: { value: { ...instance.exports, run } } })).then(() => broke(Error("it ended")));
  const error = await Promise.race([finished, broken]);
  process.stdout.write(JSON.stringify({ output, parked, error }) + "\n");
}
process.exit();
