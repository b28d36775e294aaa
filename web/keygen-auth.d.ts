/**
 * Types of keygen-auth: `window.keygenAuth` and the events of the document.
 *
 * `keygenAuth` is there as soon as the script tag has run. Calls made before the
 * program is loaded are kept and answered later; they reject when it cannot be
 * loaded. No object here holds a password, and only `token()` holds a token.
 */

/** Who is signed in. */
export interface Session {
  readonly tokenId: string;
  readonly userId: string;
  /** `"user-token"`, or a staff member's kind with `data-allow-staff`. */
  readonly kind: string;
  /** When the session ends unless it is renewed: ISO 8601; null for never. */
  readonly expiry: string | null;
  /** Whether it outlives the page; false when storage is blocked, full or not wanted. */
  readonly persistent: boolean;
}

/** What a problem is about: one member is set. */
export interface Source {
  /** JSON pointer into the document sent, such as `/data/attributes/email`. */
  readonly pointer?: string;
  /** Parameter of the query, or field of the credentials. */
  readonly parameter?: string;
  readonly header?: string;
}

/** One problem of an answer of the API. */
export interface Problem {
  readonly code: string | null;
  readonly title: string;
  readonly detail: string;
  readonly source: Source | null;
}

/**
 * Why a call failed. `code` is the API's, or one of the module's own:
 *
 * - `NETWORK_ERROR`, `TIMEOUT`, `BAD_RESPONSE`: no answer, none in time, none that is the API's
 * - `HTTP_<status>`: an answer of the API without a code
 * - `TOKEN_MISSING`: nobody is signed in
 * - `ARGUMENT_INVALID`: an argument is wrong; `message` names it
 * - `TOKEN_KIND_NOT_ALLOWED`: a staff member on a customer page
 * - `SIGNED_OUT`: the user signed out while the sign-in was under way
 * - `CONFIG_INVALID`: the script tag is wrong; `message` names the attribute
 * - `STORAGE_CORRUPT`: the stored session could not be read and was removed (event only)
 * - `WASM_UNAVAILABLE`, `INTERNAL_ERROR`, `DISPOSED`
 */
export interface KeygenAuthError extends Error {
  readonly name: "KeygenAuthError";
  readonly code: string;
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  readonly title?: string;
  readonly detail?: string;
  readonly source?: Source | null;
  /** Seconds to wait before trying again, after too many attempts. */
  readonly retryAfter?: number | null;
  /** The API's name for the request, for its support. */
  readonly requestId?: string | null;
  /** All problems of the answer; the members above are the first one's. */
  readonly errors?: readonly Problem[];
}

export interface Credentials {
  email: string;
  password: string;
  /** Code of the second factor, once `OTP_REQUIRED` asked for it. */
  otp?: string;
  /** False ends the session with the tab. Default: true. */
  remember?: boolean;
}

export interface Options {
  /** Ends the call early: it then rejects with the signal's reason. */
  signal?: AbortSignal;
}

type Scalar = string | number | boolean;

/** Paging and filters of a list, such as `{limit: 5, page: {cursor: "", size: 5}, status: "ACTIVE"}`. */
export interface Query {
  /** 1 to 100; 10 by default. Without `page` the API does not say whether there is more. */
  limit?: number;
  /** `cursor: ""` is the first page; `links.next` of the answer holds the next cursor. */
  page?: { cursor?: string; number?: number; size?: number };
  [filter: string]: Scalar | { [name: string]: Scalar | undefined } | undefined;
}

/** A JSON:API resource. */
export interface Resource<Type extends string = string, Attributes = Record<string, unknown>> {
  id: string;
  type: Type;
  attributes: Attributes;
  relationships?: Record<string, { data?: { type: string; id: string } | null; links?: { related: string | null } }>;
  links?: { self: string };
}

/** A JSON:API document, as the API sent it. */
export interface Document<Data> {
  data: Data;
  included?: Resource[];
  links?: { self?: string; next?: string | null; prev?: string | null; first?: string | null; last?: string | null };
  meta?: Record<string, unknown>;
}

export interface UserAttributes {
  fullName: string | null;
  firstName: string | null;
  lastName: string | null;
  email: string;
  status: "ACTIVE" | "INACTIVE" | "BANNED";
  role: string;
  metadata: Record<string, unknown>;
  created: string;
  updated: string;
}

export interface TokenAttributes {
  kind: string;
  name: string | null;
  expiry: string | null;
  created: string;
  updated: string;
}

/** `fetch` for paths of the account. `Authorization`, `Keygen-Version` and `Keygen-Environment` are set by the module. */
export interface FetchInit extends Options {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: HeadersInit;
  body?: BodyInit;
}

/** Events, without their prefix `keygen:`, and what their `detail` holds. */
export interface Events {
  /** A stored session was taken up. */
  restored: Session;
  /** Somebody signed in, here or in another tab. `preventDefault()` keeps the page from being redirected. */
  "signed-in": Session;
  /** The session got more time. */
  renewed: Session;
  /** The session ended. */
  "signed-out": { reason: "user" | "expired" | "invalid" | "banned" | "other-tab" | null };
  /** A code of the second factor is needed. `preventDefault()` suppresses the built-in field. */
  "otp-required": null;
  /** This user signs in elsewhere. `preventDefault()` suppresses the built-in message. */
  "sso-required": { link: string };
  /** An attempt failed. `preventDefault()` suppresses the built-in message. */
  error: Pick<KeygenAuthError, "code" | "status" | "title" | "detail" | "message" | "source" | "retryAfter" | "requestId" | "errors">;
}

export interface KeygenAuth {
  /**
   * The first known state, from storage, without network: a session or null.
   * Rejects with `CONFIG_INVALID` when the script tag is wrong.
   */
  readonly ready: Promise<Session | null>;
  /** Who is signed in now, or null. */
  readonly session: Session | null;
  /** Signs a user in, and resolves to the session. A failure leaves the session as it was. */
  signIn(credentials: Credentials, options?: Options): Promise<Session>;
  /** Ends the session on this device at once, then revokes its token as far as the network lets it. */
  signOut(): Promise<void>;
  /**
   * Gives the session two more weeks from now, unless that would shorten it.
   * Happens by itself while less than a week is left and the page is in use,
   * unless the script tag has `data-token-expiry`.
   */
  renew(): Promise<Session>;
  /** The raw token, or null. Keep it out of URLs, logs and storage. */
  token(): Promise<string | null>;
  /**
   * `fetch` with the API's address, headers, token, timeout and session rules.
   * Resolves to the `Response` whatever its status; rejects with
   * `NETWORK_ERROR`, `TIMEOUT` or, for a path that leads out of the account,
   * `ARGUMENT_INVALID`.
   *
   * @param path below the account, such as `"licenses?limit=5"`, or a paging link
   */
  fetch(path: string, init?: FetchInit): Promise<Response>;
  /**
   * Calls a listener for each event of a type. One for `signed-in` or
   * `signed-out` is also told the state as it is, once, a moment later.
   *
   * @returns a function that removes the listener
   */
  on<Type extends keyof Events>(type: Type, listener: (detail: Events[Type], event?: CustomEvent<Events[Type]>) => void): () => void;
  readonly users: {
    /** The signed-in user (GET me), with the token in `included`. */
    me(options?: Options): Promise<Document<Resource<"users", UserAttributes>>>;
  };
  readonly tokens: {
    /** The user's own tokens, newest first. */
    list(query?: Query, options?: Options): Promise<Document<Resource<"tokens", TokenAttributes>[]>>;
    /** Revokes a token of the user. Revoking the session's own signs out. */
    revoke(id: string, options?: Options): Promise<void>;
  };
  /** Removes every listener and the module itself. The session stays stored. */
  dispose(): void;
}

declare global {
  interface Window {
    readonly keygenAuth: KeygenAuth;
  }
  const keygenAuth: KeygenAuth;
  interface DocumentEventMap {
    "keygen:restored": CustomEvent<Events["restored"]>;
    "keygen:signed-in": CustomEvent<Events["signed-in"]>;
    "keygen:renewed": CustomEvent<Events["renewed"]>;
    "keygen:signed-out": CustomEvent<Events["signed-out"]>;
    "keygen:otp-required": CustomEvent<Events["otp-required"]>;
    "keygen:sso-required": CustomEvent<Events["sso-required"]>;
    "keygen:error": CustomEvent<Events["error"]>;
  }
}
