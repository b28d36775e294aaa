// Compiled, never run, by `make lint`: the types of keygen-auth must let correct
// code through and catch mistakes.
import type { KeygenAuthError, License, Session, Validation } from "../keygen-auth";

async function use(): Promise<void> {
  const first: Session | null = await keygenAuth.ready;
  console.log(first?.expiry, keygenAuth.session?.persistent);

  const undo: () => void = keygenAuth.attach(document.createElement("form"));
  keygenAuth.attach(document.createElement("div").attachShadow({ mode: "open" }));
  undo();
  document.addEventListener("keygen:submit", (event) => console.log(event.detail.submitter?.id));
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
  const revoked: number = await keygenAuth.tokens.revokeOthers();
  const raw: string = (await keygenAuth.tokens.regenerate("t")).data.attributes.token;
  const nothing: void = await keygenAuth.tokens.revoke("t");
  console.log(revoked, raw.length, nothing);
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

const signal = AbortSignal.timeout(1000);

async function account(id: string): Promise<void> {
  const { users, passwords, secondFactors } = keygenAuth;
  await users.create({ email: "a@example.com", password: null, metadata: { plan: "trial" } }, { signal });
  await users.update(id, { firstName: "Ada" });
  await users.updatePassword(id, { oldPassword: "old", newPassword: "new" });
  await passwords.create({ email: "a@example.com", deliver: false });
  await users.resetPassword(id, { passwordResetToken: "t", newPassword: "new" });
  for await (const user of users.all()) console.log(user.attributes.status === "BANNED");

  const factor = await secondFactors.create(id, { password: "secret" });
  console.log(factor.data.attributes.uri?.length);
  await secondFactors.update(id, factor.data.id, { enabled: true, otp: "123456" });
  await secondFactors.delete(id, factor.data.id, { otp: "123456" }, { signal });
  await secondFactors.delete(id, factor.data.id, { signal });

  // @ts-expect-error: the role is not the user's to set
  await users.update(id, { role: "admin" });
  // @ts-expect-error: codes are texts
  await secondFactors.update(id, factor.data.id, { enabled: true, otp: 123456 });
}
void account;

async function licenses(id: string): Promise<void> {
  const { licenses, machines, components, processes } = keygenAuth;
  const page = await licenses.list({ status: "ACTIVE", activations: { gte: 1 }, page: { cursor: "", size: 5 }, order: "asc" }, { signal });
  console.log(page.links?.next, page.data[0]?.attributes.maxMachines);
  const all: AsyncIterableIterator<License> = licenses.all({ status: "EXPIRED", metadata: { order: "A-1" } });
  for await (const license of all) console.log(license.attributes.key, license.relationships?.policy?.data);
  for await (const license of licenses.all({ signal })) console.log(license.relationships?.machines?.meta?.count);
  console.log((await licenses.list({ page: { number: 1, size: 5 } })).links?.meta?.pages, (await licenses.list({ signal })).data.length);
  const made = await licenses.create({ policy: "p", name: "Trial" });
  const { data, meta } = await licenses.validate(made.data.id, { nonce: 1, scope: { fingerprint: "f", entitlements: ["EXPORT"] } });
  const verdict: Validation = meta;
  console.log(data.attributes.expiry, verdict.valid, verdict.code, verdict.nonce, verdict.scope?.fingerprint);
  console.log((await licenses.validateKey("key", { signal })).data?.id);
  const { certificate } = (await licenses.checkOut(id, { ttl: null, include: ["owner"] })).data.attributes;
  const file = await licenses.verifyFile(certificate);
  console.log(file.data.attributes.name, file.meta.expiry);
  await licenses.checkIn(id);
  await licenses.renew(id);
  await licenses.incrementUsage(id, { signal });
  await licenses.incrementUsage(id, 2, { signal });
  await licenses.changePolicy(id, "p");
  console.log((await licenses.entitlements(id)).data.map((entitlement) => entitlement.attributes.code));
  console.log((await licenses.machines(id, { limit: 100 })).data.length);

  const machine = await machines.create({ license: id, fingerprint: "f", cores: 8 });
  await machines.update(machine.data.id, { name: null });
  console.log((await machines.ping(machine.data.id)).data.attributes.heartbeatStatus === "ALIVE");
  await machines.checkOut(machine.data.id, { signal });
  for await (const one of machines.all({ status: "DEAD" })) await machines.delete(one.id);
  await components.create({ machine: id, fingerprint: "f", name: "CPU" });
  const process = await processes.create({ machine: id, pid: "7" });
  await processes.ping(process.data.id);
  await licenses.delete(id);

  // @ts-expect-error: a policy is needed
  await licenses.create({ name: "Trial" });
  // @ts-expect-error: users may not
  await licenses.suspend(id);
  // @ts-expect-error: a fingerprint is for good
  await machines.update(id, { fingerprint: "f" });
  // @ts-expect-error: unknown data
  console.log((await licenses.validateKey("key")).data.id);
  // @ts-expect-error: no such status
  await licenses.list({ status: "active" });
}
void licenses;
