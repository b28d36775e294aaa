// The calls of window.keygenAuth that the Go program answers (internal/jsapi):
// its methods by group, "" for those of keygenAuth itself.
const names = {
  "": ["signIn", "renew", "token", "fetch"],
  users: ["me"],
  tokens: ["list", "revoke"],
};

// methods returns them as functions and frozen objects of functions.
export function methods(call) {
  const all = {};
  for (const [group, members] of Object.entries(names)) {
    const into = group ? (all[group] = {}) : all;
    for (const name of members) into[name] = (...args) => call(group ? `${group}.${name}` : name, ...args);
    if (group) Object.freeze(into);
  }
  return all;
}
