// Calls of window.keygenAuth that the program answers.
import { KeygenAuthError } from "./errors.js";

// caller returns two functions: call(method, ...args), which asks the program to
// do something and resolves to its answer (the last argument may hold an
// AbortSignal), and one that rejects with an error what is not answered.
//   start(): promise of the running program.
export function caller(start) {
  const calls = new Set(); // reject functions of those that are not answered
  return [
    (method, ...args) =>
      new Promise((resolve, reject) => {
        const signal = args.at(-1)?.signal;
        const abort = () => fail(signal.reason);
        const settle = (how) => (value) => {
          calls.delete(fail);
          signal?.removeEventListener?.("abort", abort);
          how(value);
        };
        const fail = settle(reject);
        if (signal?.aborted) return abort();
        signal?.addEventListener?.("abort", abort); // what is none is for Go to refuse
        calls.add(fail);
        start().then(
          (invoke) => calls.has(fail) && invoke(method, args, settle(resolve), (fields) => fail(new KeygenAuthError(fields))),
          fail,
        );
      }),
    (error) => {
      for (const reject of calls) reject(error);
    },
  ];
}
