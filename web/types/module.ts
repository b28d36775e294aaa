// The same as example.ts for the module.
import { start, type KeygenAuth, type Settings } from "../keygen-auth";

const settings: Settings = {
  account: "demo",
  environment: undefined,
  storage: "session",
  load: "eager",
  tokenName: "Portal",
  tokenExpiry: "P30D",
  timeout: 10,
  allowStaff: true,
};
const auth: KeygenAuth = start(settings);
void auth.ready.then((session) => console.log(session?.userId));
start({ host: "https://licensing.example.com" }).dispose();

// @ts-expect-error: an attribute of the script tag, not a setting
start({ "data-account": "demo" });
// @ts-expect-error: seconds are a number
start({ account: "demo", timeout: "30" });
// @ts-expect-error: no such place
start({ account: "demo", storage: "cookie" });
