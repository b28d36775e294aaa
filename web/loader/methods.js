// The calls of window.keygenAuth that the Go program answers (internal/jsapi).

// methods returns them: functions of keygenAuth itself, and groups. What is in a
// group only the program knows: any name is passed on, save those by which the
// language asks objects what they are.
export function methods(call) {
  const all = {};
  for (const name of ["signIn", "renew", "token", "fetch"]) all[name] = (...args) => call(name, ...args);
  // records iterates over those of a group's list, page after page.
  async function* records(group, query, options) {
    for (let cursor = ""; cursor !== null; ) {
      const { data, links } = await call(group + ".list", { ...query, page: { size: 100, cursor } }, options ?? query);
      yield* data;
      cursor = links.next && new URLSearchParams(links.next.split("?")[1]).get("page[cursor]");
    }
  }
  for (const group of "users passwords secondFactors tokens licenses machines components processes releases artifacts".split(" "))
    all[group] = new Proxy(Object.freeze({}), {
      get: (_, name) =>
        /^(?!then$|toJSON$)\w+$/.test(String(name))
          ? (...args) => (name === "all" ? records(group, ...args) : call(group + "." + name, ...args))
          : undefined,
    });
  return all;
}
