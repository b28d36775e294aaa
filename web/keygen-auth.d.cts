// The types of keygen-auth for require(), which gives the stand-in for servers and tests.
import type { KeygenAuth, Settings } from "./keygen-auth.js" with { "resolution-mode": "import" };

export type * from "./keygen-auth.js" with { "resolution-mode": "import" };

/**
 * Puts a stand-in on a page of tests (jsdom): nobody is signed in, and what would ask the API rejects. Put in its place what
 * a test needs: `jest.spyOn(start({}), "signIn")`. On a page in a browser, and on a server, it throws.
 */
export function start(settings: Settings): KeygenAuth;
