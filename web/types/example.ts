// Compiled, never run, by `make lint`: the types of keygen-auth must let correct
// code through and catch mistakes.
import type { KeygenAuthError, Session } from "../keygen-auth";

async function use(): Promise<void> {
  const first: Session | null = await keygenAuth.ready;
  console.log(first?.expiry, keygenAuth.session?.persistent);

  const remove = keygenAuth.on("signed-out", ({ reason }) => console.log(reason === "other-tab"));
  remove();
  document.addEventListener("keygen:error", (event) => {
    event.preventDefault();
    console.log(event.detail.code, event.detail.retryAfter ?? 0);
  });

  try {
    const session = await keygenAuth.signIn({ email: "a@example.com", password: "secret", remember: false });
    console.log(session.userId);
  } catch (error) {
    const { code, status } = error as KeygenAuthError;
    console.log(code, status);
  }

  const me = await keygenAuth.users.me({ signal: AbortSignal.timeout(1000) });
  console.log(me.data.attributes.email, me.data.attributes.fullName?.length);
  const tokens = await keygenAuth.tokens.list({ limit: 5, page: { cursor: "", size: 5 }, bearer: { id: me.data.id } });
  for (const token of tokens.data) await keygenAuth.tokens.revoke(token.id);
  const answer = await keygenAuth.fetch("licenses?limit=5", { headers: { Accept: "application/json" } });
  console.log(answer.ok, (await keygenAuth.token())?.length, (await keygenAuth.renew()).expiry);
  await keygenAuth.signOut();
  keygenAuth.dispose();

  // @ts-expect-error: a password is needed
  await keygenAuth.signIn({ email: "a@example.com" });
  // @ts-expect-error: there is no such event
  keygenAuth.on("signedIn", () => {});
  // @ts-expect-error: no other methods
  await keygenAuth.fetch("licenses", { method: "TRACE" });
  // @ts-expect-error: read only
  keygenAuth.session = null;
}
void use;
