import { readable } from "svelte/store";
import { start } from "keygen-auth";

// Set your account, and leave out host for https://api.keygen.sh.
export const keygenAuth = start({ account: "demo", host: "http://localhost:8081" });

/** A store of the session, or of null. */
export const session = readable(keygenAuth.session, (set) => {
  const removes = ["signed-in", "renewed", "signed-out"].map((type) => keygenAuth.on(type, () => set(keygenAuth.session)));
  return () => removes.forEach((remove) => remove());
});
