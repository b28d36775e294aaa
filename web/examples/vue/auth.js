import { onScopeDispose, shallowRef } from "vue";
import { start } from "keygen-auth";

// Set your account, and leave out host for https://api.keygen.sh.
export const keygenAuth = start({ account: "demo", host: "http://localhost:8081" });

/** A ref of the session, or of null. */
export function useSession() {
  const session = shallowRef(keygenAuth.session);
  for (const type of ["signed-in", "renewed", "signed-out"])
    onScopeDispose(keygenAuth.on(type, () => (session.value = keygenAuth.session)));
  return session;
}
