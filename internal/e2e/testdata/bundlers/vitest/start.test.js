import { start } from "keygen-auth";
import { expect, test, vi } from "vitest";

test("nobody is signed in, and a test says what calls do", async () => {
  const auth = start({ account: "demo" });
  expect(window.keygenAuth).toBe(auth);
  expect(await auth.ready).toBeNull();
  await expect(auth.signIn({ email: "ada@example.com", password: "secret" })).rejects.toMatchObject({ code: "WASM_UNAVAILABLE" });
  vi.spyOn(auth, "signIn").mockResolvedValue({ userId: "1" });
  expect(await auth.signIn({})).toEqual({ userId: "1" });
  vi.spyOn(auth.users, "me").mockResolvedValue({ data: {} });
  expect(await auth.users.me()).toEqual({ data: {} });
});
