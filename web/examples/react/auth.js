import { useSyncExternalStore } from "react";
import { start } from "keygen-auth";

// Set your account, and leave out host for https://api.keygen.sh. A server that renders the page knows of nobody.
export const keygenAuth = globalThis.window && start({ account: "demo", host: "http://localhost:8081" });

function subscribe(changed) {
  const removes = ["signed-in", "renewed", "signed-out"].map((type) => keygenAuth.on(type, changed));
  return () => removes.forEach((remove) => remove());
}

/** The session, or null. */
export const useSession = () =>
  useSyncExternalStore(subscribe, () => keygenAuth.session, () => null);
