// The settings of the module form, and what their values are.
const types = {
  account: "string",
  host: "string",
  environment: "string",
  form: "string",
  storage: "string",
  load: "string",
  redirect: "string",
  tokenName: "string",
  tokenExpiry: "string",
  publicKey: "string",
  timeout: "number",
  allowStaff: "boolean",
  assets: "string",
};

// fault says what is wrong with settings that no attribute could have; undefined for nothing.
export function fault(settings) {
  if (typeof settings !== "object" || settings === null) return 'settings are missing: call start({ account: "…" })';
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(types, name)) return `${name} is not a setting: use one of ${Object.keys(types).join(", ")}`;
    if (value != null && typeof value !== types[name])
      return `${name} is not valid: use a ${types[name]}, not a value of type ${typeof value}`;
  }
}
