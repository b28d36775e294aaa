// The calls of window.keygenAuth that the Go program answers (internal/jsapi).

// methods returns them: functions of keygenAuth itself, and groups. What is in a
// group only the program knows: any name is passed on, save those by which the
// language asks objects what they are.
export function methods(call) {
  const all = {};
  for (const name of ["signIn", "renew", "token", "fetch"]) all[name] = (...args) => call(name, ...args);
  // The records of a group's list are an iterator at once; the runtime has it.
  async function* records(...args) {
    yield* await call(...args);
  }
  for (const group of "users passwords secondFactors tokens licenses machines components processes releases artifacts".split(" "))
    all[group] = new Proxy(Object.freeze({}), {
      get: (_, name) =>
        /^(?!then$|toJSON$)\w+$/.test(String(name))
          ? (...args) => (name === "all" ? records : call)(group + "." + name, ...args)
          : undefined,
    });
  return all;
}
