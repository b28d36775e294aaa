// keygen-auth.cjs: what require("keygen-auth") gives. Servers only import it.
// Tests (Jest) have a page that can run no program and load no file: they get a
// keygenAuth where nobody is signed in, whose functions they can replace.
import { once } from "./once.js";

const groups = "users passwords secondFactors tokens licenses machines components processes".split(" ");

// start puts the stand-in on the page and returns it, or the one that is there.
export const start = () =>
  once(() => {
    if (typeof process !== "object")
      throw new Error("keygen-auth: this is the stand-in for tests and servers: have your bundler use the module, keygen-auth.mjs");
    const unable = async () => {
      const message = "keygen-auth: a test has to say what this does";
      throw Object.assign(new Error(message), { name: "KeygenAuthError", code: "WASM_UNAVAILABLE", status: 0, detail: message });
    };
    const all = {
      ready: Promise.resolve(null),
      session: null,
      signIn: unable,
      signOut: async () => {},
      renew: unable,
      token: async () => null,
      fetch: unable,
      attach: () => () => {},
      on(type, listener) {
        let heard = true;
        const name = "keygen:" + type;
        const hear = (event) => listener(event.detail, event);
        document.addEventListener(name, hear);
        if (type === "signed-out") all.ready.then(() => heard && listener({ reason: null }));
        return () => {
          heard = false;
          document.removeEventListener(name, hear);
        };
      },
      dispose: () => delete window.keygenAuth,
    };
    // The names in a group are the API's: those that a test has set, and else all. Vitest asks for them as properties.
    const unset = { value: unable, writable: true, configurable: true };
    const any = (name) => (/^(?!then$|toJSON$)\w+$/.test(String(name)) ? unset : undefined);
    for (const group of groups)
      all[group] = new Proxy({}, {
        get: (own, name) => own[name] ?? any(name)?.value,
        set: (own, name, value) => Reflect.set(own, name, value),
        getOwnPropertyDescriptor: (own, name) => Object.getOwnPropertyDescriptor(own, name) ?? any(name),
      });
    Object.defineProperty(window, "keygenAuth", { value: all, configurable: true, enumerable: true });
  });
