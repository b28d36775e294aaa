/**
 * Types of keygen-auth: `window.keygenAuth`, the events of the document, and
 * the module's `start`.
 *
 * `keygenAuth` is there as soon as the script tag has run, or `start`. Calls made before the
 * program is loaded are kept and answered later; they reject when it cannot be
 * loaded. Sessions, events and errors hold no password and no token; only
 * `token()` and `tokens.regenerate()` return one.
 */

/** Who is signed in. */
export interface Session {
  readonly tokenId: string;
  readonly userId: string;
  /** `"user-token"`, or a staff member's kind with `data-allow-staff`. */
  readonly kind: string;
  /** When the session ends unless it is renewed: ISO 8601; null for never. */
  readonly expiry: string | null;
  /** Whether it outlives the page; false when storage is blocked, full, forgetful or not wanted. */
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
 * - `SERVICE_UNAVAILABLE`: the API is in trouble: it answers, but not so that a page may read it
 * - `NETWORK_ERROR`, `TIMEOUT`, `BAD_RESPONSE`: no answer, none in time, none that is the API's (or, of the program's
 *   files, not what this script was built with: `NETWORK_ERROR` on pages without https)
 * - `ADDRESS_UNKNOWN`: with `data-public-key`, an unsigned refusal: the API has no such path or account; nothing else of it is believed
 * - `HTTP_<status>`: an answer of the API without a code
 * - `TOKEN_MISSING`: nobody is signed in
 * - `EMAIL_REQUIRED`, `EMAIL_COLON`, `ENCODING_INVALID`: what is no email address, one with a colon, or half a character
 *   (not sent; see `source.parameter`)
 * - `ARGUMENT_INVALID`: an argument is wrong; `message` names it. Ids are refused, too, that would make another path: `"."`,
 *   `".."`, also between slashes or percent-encoded, and what contains a `\`, `?` or `#`
 * - `SIGNATURE_INVALID`: with `data-public-key`, an answer or file that the account did not sign, or not for this
 *   request, or not within the last minutes
 * - `FILE_EXPIRED`: a license or machine file whose time is over
 * - `TOKEN_KIND_NOT_ALLOWED`: a staff member on a customer page
 * - `SIGNED_OUT`: the user signed out while the sign-in or the renewal was under way, or somebody else signed in during a call
 * - `CONFIG_INVALID`: the script tag or the form is wrong; `message` names the attribute or field
 * - `STORAGE_UNAVAILABLE`: the browser's storage does not keep a session that must outlive the page: with `data-redirect`,
 *   or a renewed one in place of the old
 * - `STORAGE_CORRUPT`: the stored session could not be read and was removed (event only)
 * - `WASM_UNAVAILABLE`, `INTERNAL_ERROR`, `DISPOSED`
 *
 * `message` is for developers: of a call that the program answered it begins with the method, and it names what is at
 * fault. `detail` is the API's own text where the API answered.
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

/**
 * Filters of a list, as the API names them: `{status: "ACTIVE"}`, or one level
 * deeper `{metadata: {order: "A-1"}}` for `metadata[order]=A-1`.
 */
export interface Filters {
  /** By time of creation; `desc`, newest first, by default. */
  order?: "asc" | "desc";
  [filter: string]: Scalar | { [name: string]: Scalar | undefined } | undefined;
}

/** Paging and filters of a list, such as `{page: {cursor: "", size: 5}, status: "ACTIVE"}`. */
export interface Query extends Filters {
  /** 1 to 100; 10 by default. Without `page` the API does not say whether there is more. */
  limit?: number;
  /** `cursor: ""` is the first page; `links.next` of the answer holds the next cursor. `size` is 1 to 100. */
  page?: { cursor?: string; number?: number; size?: number };
}

/** Filters of `tokens.list`. */
export interface TokenFilters extends Filters {
  bearer?: { id?: string; type?: string; role?: string };
}

export type LicenseStatus = "ACTIVE" | "INACTIVE" | "EXPIRING" | "EXPIRED" | "SUSPENDED" | "BANNED";

/** Filters of `licenses.list`: ids where nothing else is said. */
export interface LicenseFilters extends Filters {
  product?: string;
  policy?: string;
  /** Id or email. */
  owner?: string;
  /** Id or email of the owner or of somebody who shares it. */
  user?: string;
  machine?: string;
  group?: string;
  /**
   * `ACTIVE` and `INACTIVE` ask for activity alone: new or used within 90 days, or not. Suspended and expired licenses are
   * among them. For those that are good look at `attributes.status` of what comes.
   */
  status?: LicenseStatus;
  suspended?: boolean;
  expiring?: boolean;
  expired?: boolean | Record<string, Scalar>;
  /** Whether somebody owns or shares it. */
  assigned?: boolean;
  unassigned?: boolean;
  /** Whether it is used on a machine. */
  activated?: boolean;
  expires?: { within?: string; in?: string; before?: string; after?: string; on?: string };
  activity?: { inside?: string; outside?: string; before?: string; after?: string };
  /** Number of machines. */
  activations?: { eq?: number; gt?: number; gte?: number; lt?: number; lte?: number };
  metadata?: Record<string, Scalar>;
}

/** Filters of `machines.list`: ids where nothing else is said. */
export interface MachineFilters extends Filters {
  fingerprint?: string;
  ip?: string;
  hostname?: string;
  status?: "ALIVE" | "DEAD";
  product?: string;
  policy?: string;
  license?: string;
  /** Key of a license. */
  key?: string;
  /** Id or email. */
  owner?: string;
  /** Id or email. */
  user?: string;
  group?: string;
  metadata?: Record<string, Scalar>;
}

type Metadata = Record<string, unknown>;

/** A JSON:API resource. */
export interface Resource<Type extends string = string, Attributes = Record<string, unknown>> {
  id: string;
  type: Type;
  attributes: Attributes;
  relationships?: Record<
    string,
    { data?: { type: string; id: string } | null; links?: { related: string | null }; meta?: Record<string, unknown> }
  >;
  links?: { self: string };
}

/** A JSON:API document, as the API sent it. */
export interface Document<Data> {
  data: Data;
  included?: Resource[];
  links?: {
    self?: string;
    next?: string | null;
    prev?: string | null;
    first?: string | null;
    last?: string | null;
    /** With `page.number` only. */
    meta?: { pages: number; count: number };
  };
  meta?: Record<string, unknown>;
}

export interface UserAttributes {
  /** Null unless both names are set. */
  fullName: string | null;
  firstName: string | null;
  lastName: string | null;
  email: string;
  status: "ACTIVE" | "INACTIVE" | "BANNED";
  role: string;
  permissions?: string[];
  metadata: Record<string, unknown>;
  created: string;
  updated: string;
}

export interface TokenAttributes {
  kind: string;
  name: string | null;
  /** Null for never. */
  expiry: string | null;
  permissions?: string[];
  created: string;
  updated: string;
}

export interface SecondFactorAttributes {
  /** For an authenticator app, as a link or a QR code; absent once enabled. */
  uri?: string;
  /** The same for people who type; absent once enabled. */
  secret?: string;
  enabled: boolean;
  created: string;
  updated: string;
}

/** Limits are the license's own, else its policy's; null for none. */
export interface LicenseAttributes {
  name: string | null;
  /** Absent where the policy encrypts keys. */
  key?: string;
  /** ISO 8601; null for never, or not yet. */
  expiry: string | null;
  status: LicenseStatus;
  uses: number;
  suspended: boolean;
  scheme: string | null;
  encrypted: boolean;
  /** Whether a validation looks at machines and their sizes. */
  strict: boolean;
  /** Whether it may be used on more than one machine. */
  floating: boolean;
  /** Whether users may only look at it. */
  protected: boolean;
  version: string | null;
  maxMachines: number | null;
  maxProcesses: number | null;
  maxUsers: number | null;
  maxCores: number | null;
  maxMemory: number | null;
  maxDisk: number | null;
  maxUses: number | null;
  requireHeartbeat: boolean;
  requireCheckIn: boolean;
  lastValidated: string | null;
  lastCheckIn: string | null;
  nextCheckIn: string | null;
  lastCheckOut: string | null;
  permissions?: string[];
  metadata: Metadata;
  created: string;
  updated: string;
}

export interface EntitlementAttributes {
  name: string;
  code: string;
  metadata: Metadata;
  created: string;
  updated: string;
}

export interface MachineAttributes {
  fingerprint: string;
  cores: number | null;
  /** Bytes. */
  memory: number | null;
  /** Bytes. */
  disk: number | null;
  ip: string | null;
  hostname: string | null;
  platform: string | null;
  name: string | null;
  requireHeartbeat: boolean;
  /** `RESURRECTED` only in the answer to the ping that did it. */
  heartbeatStatus: "NOT_STARTED" | "ALIVE" | "DEAD" | "RESURRECTED";
  /** Seconds between pings. */
  heartbeatDuration: number | null;
  maxProcesses: number | null;
  lastCheckOut: string | null;
  lastHeartbeat: string | null;
  nextHeartbeat: string | null;
  metadata: Metadata;
  created: string;
  updated: string;
}

export interface ComponentAttributes {
  fingerprint: string;
  name: string;
  metadata: Metadata;
  created: string;
  updated: string;
}

export interface ProcessAttributes {
  pid: string;
  status: "ALIVE" | "DEAD" | "RESURRECTED";
  /** Seconds between pings. */
  interval: number;
  lastHeartbeat: string | null;
  nextHeartbeat: string | null;
  metadata: Metadata;
  created: string;
  updated: string;
}

export interface ReleaseAttributes {
  name: string | null;
  /** Notes: text, whatever it looks like. */
  description: string | null;
  channel: "stable" | "rc" | "beta" | "alpha" | "dev";
  status: "PUBLISHED";
  tag: string | null;
  version: string;
  semver: { major: number; minor: number; patch: number; prerelease: string | null; build: string | null };
  metadata: Metadata;
  created: string;
  updated: string;
  backdated: string | null;
  yanked: string | null;
}

export interface ArtifactAttributes {
  filename: string;
  filetype: string | null;
  /** Bytes. */
  filesize: number | null;
  platform: string | null;
  arch: string | null;
  signature: string | null;
  checksum: string | null;
  status: "UPLOADED";
  metadata: Metadata;
  created: string;
  updated: string;
}

/**
 * What is in a license or machine file. It is there only for a file that the
 * account signed, and only until `meta.expiry`; the call rejects with
 * `SIGNATURE_INVALID` and `FILE_EXPIRED` otherwise, with `ARGUMENT_INVALID` for
 * what is no file or an encrypted one, and with `CONFIG_INVALID` without
 * `data-public-key`. Time is the device's, put right by what the API last said.
 */
export interface FileDocument<R> {
  readonly data: R;
  readonly included?: readonly Resource[];
  readonly meta: { readonly issued: string; readonly expiry: string | null; readonly ttl: number | null };
}

/** A license or machine file: proof for use without a network, signed by the account. */
export interface FileAttributes {
  /** What the program reads: the text between its BEGIN and END lines included. */
  certificate: string;
  algorithm: string;
  includes: string[];
  /** Seconds; null for no end. */
  ttl: number | null;
  expiry: string | null;
  issued: string;
}

export type User = Resource<"users", UserAttributes>;
export type Token = Resource<"tokens", TokenAttributes>;
export type SecondFactor = Resource<"second-factors", SecondFactorAttributes>;
export type License = Resource<"licenses", LicenseAttributes>;
export type Entitlement = Resource<"entitlements", EntitlementAttributes>;
export type Machine = Resource<"machines", MachineAttributes>;
export type Release = Resource<"releases", ReleaseAttributes>;
export type Artifact = Resource<"artifacts", ArtifactAttributes>;
export type Component = Resource<"components", ComponentAttributes>;
export type Process = Resource<"processes", ProcessAttributes>;

/** What a validation shall be about; what the policy requires must be there. */
export interface Scope {
  product?: string;
  policy?: string;
  machine?: string;
  /** Id or email. */
  user?: string | null;
  fingerprint?: string;
  fingerprints?: string[];
  /** Fingerprints; needs `fingerprint`. */
  components?: string[];
  /** Codes. */
  entitlements?: string[];
  checksum?: string;
  version?: string;
  environment?: string;
}

export interface Question {
  /** A whole number that the answer repeats. */
  nonce?: number;
  scope?: Scope;
}

/** The verdict of a validation. */
export interface Validation {
  /** When it was made. */
  ts: string;
  /** This decides; `code` explains. A license may be valid with a code other than `VALID`, as while an overage is allowed. */
  valid: boolean;
  detail: string;
  /** `VALID`, `EXPIRED`, `SUSPENDED`, `NO_MACHINE`, `NOT_FOUND` … : an open list. */
  code: string;
  nonce?: number;
  scope?: Scope;
}

export interface ValidationDocument<Data> extends Document<Data> {
  meta: Validation & Record<string, unknown>;
}

export interface CheckOutOptions {
  /** Seconds, 3600 or more; null for no end. A month by default. */
  ttl?: number | null;
  /** What the file holds besides: `entitlements`, `owner`, `users`, of machines also `license`, `components` … */
  include?: string[];
  /** By the license's key, of machines also the fingerprint. */
  encrypt?: boolean;
  /** `base64+ed25519`, or `aes-256-gcm+ed25519` with `encrypt`, unless you say so: `verifyFile` takes no other. */
  algorithm?: string;
}

/** Filters of `releases.list`. */
export interface ReleaseFilters extends Filters {
  /** An id. */
  product?: string;
  /** Takes in what is more stable: `beta` also rc and stable. */
  channel?: string;
  engine?: string;
  package?: string;
  status?: string;
}

/** Filters of `artifacts.list`. */
export interface ArtifactFilters extends ReleaseFilters {
  /** An id. */
  release?: string;
  platform?: string;
  arch?: string;
  filetype?: string;
}

export interface UpgradeQuery {
  /** That of the release unless you say so. */
  channel?: string;
  /** Such as `"1.0"`: no further than that. */
  constraint?: string;
  product?: string;
}

/** A group's `list` and `all`. */
export interface Lists<Item, Narrowed extends Filters = Filters> {
  /** A page of them, newest first. */
  list(query?: Narrowed & Pick<Query, "limit" | "page">, options?: Options): Promise<Document<Item[]>>;
  list(options: Options): Promise<Document<Item[]>>;
  /** All of them, fetched page after page: `for await (const one of group.all()) …` */
  all(query?: Narrowed, options?: Options): AsyncIterableIterator<Item>;
  all(options: Options): AsyncIterableIterator<Item>;
}

/** `fetch` for paths of the account. `Authorization`, `Keygen-Version` and `Keygen-Environment` are set by the module. */
export interface FetchInit extends Options {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: HeadersInit;
  body?: BodyInit;
}

/** Events, without their prefix `keygen:`, and what their `detail` holds. */
export interface Events {
  /**
   * Somebody is about to sign in by a form, which is the event's target. `preventDefault()` keeps the attempt from being made;
   * what was typed stays.
   */
  submit: { submitter: HTMLElement | null };
  /** A stored session was taken up. */
  restored: Session;
  /** Somebody signed in, here or in another tab. `preventDefault()` keeps a form from redirecting the page. */
  "signed-in": Session;
  /** The session has a new token: it got more time, or the same user signed in again in another tab. */
  renewed: Session;
  /** The session ended; `reason` is null for a listener that hears the state as it was when it was added. */
  "signed-out": { reason: "user" | "expired" | "invalid" | "banned" | "other-tab" | null };
  /** A code of the second factor is needed. `preventDefault()` suppresses the built-in field. */
  "otp-required": null;
  /** This user signs in elsewhere. `preventDefault()` suppresses the built-in message. */
  "sso-required": { link: string };
  /** An attempt failed, the stored session was corrupt, or the settings are wrong. `preventDefault()` suppresses the built-in message. */
  error: Pick<KeygenAuthError, "code" | "status" | "title" | "detail" | "message" | "source" | "retryAfter" | "requestId" | "errors">;
}

/**
 * Calls that change nothing (GET, HEAD) are tried again, three times in all, when
 * no answer came, or a 502, 503 or 504, or a 429 that is over in five seconds at
 * most. All tries together have the `timeout`; a `signal` ends the waits between
 * them, too. There is no further try offline, after a timeout, or once the user
 * has signed out. No other call is sent twice.
 */
export interface KeygenAuth {
  /**
   * The first known state, from storage, without network: a session or null.
   * Only of a stored session that looks expired by this device's clock the API
   * is asked first, for five seconds at most.
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
   * Gives the session two more weeks from now, or what `data-token-expiry` says,
   * unless that would shorten it. Its token is another one then. Happens by itself
   * when less than a week is left and the page was quiet for five seconds, unless
   * the script tag has `data-token-expiry`.
   */
  renew(options?: Options): Promise<Session>;
  /** The raw token, or null. Keep it out of URLs, logs and storage. */
  token(options?: Options): Promise<string | null>;
  /**
   * `fetch` with the API's address, headers, token, timeout and session rules.
   * Resolves to the `Response` whatever its status; rejects with
   * `NETWORK_ERROR`, `SERVICE_UNAVAILABLE`, `TIMEOUT` or, for a path that leads
   * out of the account, `ARGUMENT_INVALID`. With `data-public-key` it also rejects
   * with `SIGNATURE_INVALID`, with the code of a 429 or 5xx, which are never
   * signed, and with `ADDRESS_UNKNOWN` for a path that the API does not have.
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
  /**
   * Serves a form that no selector reaches, or the forms in a shadow root that
   * match `form` of the settings, those that come later included. Their submits
   * are kept from the browser from then on, as those of the page's forms are.
   *
   * @returns a function that undoes it
   * @throws KeygenAuthError `ARGUMENT_INVALID` for what is neither
   */
  attach(formOrRoot: HTMLFormElement | ShadowRoot): () => void;
  /** The signed-in user, and those who share a license with them. Ids may be emails. */
  readonly users: Lists<User> & {
    /** The signed-in user (GET me), with the token in `included`. */
    me(options?: Options): Promise<Document<User>>;
    get(id: string, options?: Options): Promise<Document<User>>;
    /** Signs somebody up, unless the account is protected. Needs nobody to be signed in, and signs nobody in. */
    create(
      user: { email: string; password?: string | null; firstName?: string; lastName?: string; metadata?: Metadata },
      options?: Options,
    ): Promise<Document<User>>;
    /** Changes oneself; the page's `data-keygen-text` follows. */
    update(id: string, attributes: { email?: string; firstName?: string; lastName?: string }, options?: Options): Promise<Document<User>>;
    /** Sets a new password. Ends all other sessions of the user. A wrong old one is `HTTP_401` with `source.pointer` `/meta/oldPassword`. */
    updatePassword(id: string, passwords: { oldPassword: string; newPassword: string }, options?: Options): Promise<Document<User>>;
    /** Sets a new password by the token of a reset mail. Ends all sessions of the user: sign in afterwards. */
    resetPassword(id: string, passwords: { passwordResetToken: string; newPassword: string }, options?: Options): Promise<Document<User>>;
  };
  readonly passwords: {
    /**
     * Asks for a reset mail. Resolves whether or not somebody has that email.
     * With `deliver: false` Keygen sends none, but tells the vendor's webhook.
     */
    create(request: { email: string; deliver?: boolean }, options?: Options): Promise<void>;
  };
  /** One-time codes, at most one factor a user. `user` is the signed-in user's id. */
  readonly secondFactors: {
    list(user: string, options?: Options): Promise<Document<SecondFactor[]>>;
    /** Makes one that is not enabled yet. Takes a code instead of the password where one is enabled. */
    create(user: string, proof: { password: string } | { otp: string }, options?: Options): Promise<Document<SecondFactor>>;
    /** Enables or disables it, by a code of the app. A code works once. */
    update(user: string, id: string, fields: { enabled: boolean; otp: string }, options?: Options): Promise<Document<SecondFactor>>;
    /** Removes it: by a code if it is enabled. */
    delete(user: string, id: string, proof?: { otp?: string }, options?: Options): Promise<void>;
    delete(user: string, id: string, options: Options): Promise<void>;
  };
  /** The user's own tokens: one for each session, and what else was made. */
  readonly tokens: Lists<Token, TokenFilters> & {
    get(id: string, options?: Options): Promise<Document<Token>>;
    /** Gives another token than the session's a new value, which the answer holds. */
    regenerate(id: string, options?: Options): Promise<Document<Resource<"tokens", TokenAttributes & { token: string }>>>;
    /** Revokes a token of the user. Revoking the session's own signs out. */
    revoke(id: string, options?: Options): Promise<void>;
    /** Revokes all but the session's own, and resolves to their number. */
    revokeOthers(options?: Options): Promise<number>;
  };
  /** Licenses that the user owns or shares. Ids may be keys. */
  readonly licenses: Lists<License, LicenseFilters> & {
    get(id: string, options?: Options): Promise<Document<License>>;
    /** Makes one for the signed-in user, by a policy that is not protected. */
    create(license: { policy: string; name?: string | null; key?: string; metadata?: Metadata }, options?: Options): Promise<Document<License>>;
    delete(id: string, options?: Options): Promise<void>;
    /** Asks whether one is valid: `meta.valid` decides. */
    validate(id: string, question?: Question, options?: Options): Promise<ValidationDocument<License>>;
    validate(id: string, options: Options): Promise<ValidationDocument<License>>;
    /** The same by key, for anybody: no token is sent. `data` is null for a key that does not exist. */
    validateKey(key: string, question?: Question, options?: Options): Promise<ValidationDocument<License | null>>;
    validateKey(key: string, options: Options): Promise<ValidationDocument<License | null>>;
    /** Makes a license file. */
    checkOut(id: string, file?: CheckOutOptions, options?: Options): Promise<Document<Resource<"license-files", FileAttributes>>>;
    checkOut(id: string, options: Options): Promise<Document<Resource<"license-files", FileAttributes>>>;
    /** Reads a license file's certificate, without the network: see `FileDocument`. An encrypted one needs the license's key. */
    verifyFile(certificate: string, secret?: { key: string }): Promise<FileDocument<License>>;
    /** Checks in, where the policy wants that. */
    checkIn(id: string, options?: Options): Promise<Document<License>>;
    /** Adds the policy's duration to the expiry. */
    renew(id: string, options?: Options): Promise<Document<License>>;
    /** Counts uses: one, or so many. */
    incrementUsage(id: string, increment?: number, options?: Options): Promise<Document<License>>;
    incrementUsage(id: string, options: Options): Promise<Document<License>>;
    /** Moves a license to another policy of its product that is not protected. */
    changePolicy(id: string, policy: string, options?: Options): Promise<Document<License>>;
    entitlements(id: string, query?: Query, options?: Options): Promise<Document<Entitlement[]>>;
    machines(id: string, query?: Query, options?: Options): Promise<Document<Machine[]>>;
  };
  /** Machines that the licenses are used on. Ids may be fingerprints. */
  readonly machines: Lists<Machine, MachineFilters> & {
    get(id: string, options?: Options): Promise<Document<Machine>>;
    /** Activates a license for a machine. Who shares a license must be the `owner`. */
    create(
      machine: {
        license: string;
        fingerprint: string;
        owner?: string;
        name?: string | null;
        platform?: string | null;
        hostname?: string | null;
        ip?: string | null;
        cores?: number | null;
        memory?: number | null;
        disk?: number | null;
        metadata?: Metadata;
      },
      options?: Options,
    ): Promise<Document<Machine>>;
    update(
      id: string,
      attributes: { name?: string | null; ip?: string | null; hostname?: string | null; platform?: string | null },
      options?: Options,
    ): Promise<Document<Machine>>;
    /** Deactivates it, which frees its place. */
    delete(id: string, options?: Options): Promise<void>;
    /** Says that it is alive. */
    ping(id: string, options?: Options): Promise<Document<Machine>>;
    /** Makes a machine file. */
    checkOut(id: string, file?: CheckOutOptions, options?: Options): Promise<Document<Resource<"machine-files", FileAttributes>>>;
    checkOut(id: string, options: Options): Promise<Document<Resource<"machine-files", FileAttributes>>>;
    /** Reads a machine file's certificate, without the network: see `FileDocument`. An encrypted one needs key and fingerprint. */
    verifyFile(certificate: string, secret?: { key: string; fingerprint: string }): Promise<FileDocument<Machine>>;
  };
  /** Parts of machines, such as a processor. */
  readonly components: Lists<Component> & {
    get(id: string, options?: Options): Promise<Document<Component>>;
    create(component: { machine: string; fingerprint: string; name: string; metadata?: Metadata }, options?: Options): Promise<Document<Component>>;
    delete(id: string, options?: Options): Promise<void>;
  };
  /** Programs that run on machines. */
  readonly processes: Lists<Process> & {
    get(id: string, options?: Options): Promise<Document<Process>>;
    create(process: { machine: string; pid: string; metadata?: Metadata }, options?: Options): Promise<Document<Process>>;
    delete(id: string, options?: Options): Promise<void>;
    /** Says that it is alive. */
    ping(id: string, options?: Options): Promise<Document<Process>>;
  };
  /**
   * What there is to download: of products that the user has a good license of, and of open ones, for which nobody has to
   * be signed in. What they may not have is `NOT_FOUND`; with suspended licenses alone it is `HTTP_403`.
   */
  readonly releases: Lists<Release, ReleaseFilters> & {
    /** By id, version or tag. */
    get(id: string, options?: Options): Promise<Document<Release>>;
    /** The newest release after one; `NOT_FOUND` where there is none. `meta` has both versions. */
    upgrade(id: string, query?: UpgradeQuery, options?: Options): Promise<Document<Release>>;
    upgrade(id: string, options: Options): Promise<Document<Release>>;
  };
  /** The files of releases. Ids may be filenames. */
  readonly artifacts: Lists<Artifact, ArtifactFilters> & {
    /** What is known of a file. Counts no download. */
    get(id: string, options?: Options): Promise<Document<Artifact>>;
    /**
     * Asks for a file. `data.links.redirect` is where to send the browser, good for 15 minutes: by `location.assign` or a
     * link, for no script may read what is there. Rejects with `BAD_RESPONSE` if that is neither https nor on this device.
     *
     * @param from the release, by id, version or tag, where a filename alone says too little
     */
    download(artifact: string, from?: { release?: string }, options?: Options): Promise<Document<Artifact & { links: { redirect: string } }>>;
    download(artifact: string, options: Options): Promise<Document<Artifact & { links: { redirect: string } }>>;
  };
  /** Removes every listener and the module itself. The session stays stored. */
  dispose(): void;
}

/**
 * What the module needs to know: the attributes of the script tag, in camelCase
 * and without `data-`. What is left out has its default.
 */
export interface Settings {
  /** Id or slug of your Keygen account. May be left out only with `host`. */
  account?: string;
  /** Origin of the API, for custom domains and self-hosted servers: `https://api.keygen.sh`. */
  host?: string;
  /** Id or code of a Keygen environment. */
  environment?: string;
  /** CSS selector of the sign-in forms: `#login, form[data-keygen-form]`. `none` where there is none. */
  form?: string;
  /** Where the session is kept: `local` (this browser), `session` (this tab), `memory` (this page; not with `redirect`). */
  storage?: "local" | "session" | "memory";
  /**
   * When the program is fetched: `eager`, at once; `auto`, when the page is idle. Either way, and with `lazy` only then,
   * when somebody turns to the form or a call needs it.
   */
  load?: "auto" | "eager" | "lazy";
  /** URL of this site to open after a sign-in by a form, if the browser keeps the session for it. */
  redirect?: string;
  /** Name of the tokens, as your dashboard shows it. */
  tokenName?: string;
  /** How long a session lasts: a duration such as `P30D`, or a time. Two weeks by default. */
  tokenExpiry?: string;
  /** Your account's Ed25519 key, 64 hexadecimal digits: believe only answers that it signed. */
  publicKey?: string;
  /** Seconds after which a request, or the download of the program, is given up: 30. */
  timeout?: number;
  /** Also lets people of your team sign in. */
  allowStaff?: boolean;
  /** URL of the folder that holds the program and the languages under their hashed names. */
  assets?: string;
}

/**
 * Puts `keygenAuth` on the page and returns it: what the script tag does, for
 * pages that are built from modules (`import { start } from "keygen-auth"`).
 * It can be called before the form is there. Where `keygenAuth` is on the page
 * already, that one is returned and the settings are not read. Wrong settings
 * are reported once, on the console, as event `keygen:error` and by `ready`;
 * `message` names the setting.
 *
 * Only a page can call it; a server that renders pages can import it.
 */
export function start(settings: Settings): KeygenAuth;

declare global {
  interface Window {
    readonly keygenAuth: KeygenAuth;
  }
  const keygenAuth: KeygenAuth;
  interface DocumentEventMap {
    "keygen:submit": CustomEvent<Events["submit"]>;
    "keygen:restored": CustomEvent<Events["restored"]>;
    "keygen:signed-in": CustomEvent<Events["signed-in"]>;
    "keygen:renewed": CustomEvent<Events["renewed"]>;
    "keygen:signed-out": CustomEvent<Events["signed-out"]>;
    "keygen:otp-required": CustomEvent<Events["otp-required"]>;
    "keygen:sso-required": CustomEvent<Events["sso-required"]>;
    "keygen:error": CustomEvent<Events["error"]>;
  }
}
