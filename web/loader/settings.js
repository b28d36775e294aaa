// Reads the settings of the module form: those of the script tag, in camelCase.
import { failure } from "./errors.js";
import { readConfig } from "./config.js";

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
};

// readSettings returns the configuration as readConfig does, with errors that
// name the setting. What is left out, undefined or null has its default.
export function readSettings(settings) {
  // The rules are the script tag's, so they read the settings as its attributes.
  const config = readConfig({
    getAttribute(attribute) {
      const value = settings?.[camelCase(attribute)];
      return value == null || value === false ? null : String(value);
    },
  });
  const wrong = fault(settings);
  const publicKey = config.publicKey?.catch(({ code, detail }) => {
    throw failure(code, detail.replace(/^data-[a-z-]+/, camelCase));
  });
  if (!wrong) return { ...config, publicKey };
  publicKey?.catch(() => {}); // this comes first
  return { ...config, storage: "memory", publicKey: Promise.reject(failure("CONFIG_INVALID", wrong)) };
}

// fault says what is wrong with settings that no attribute could have; undefined for nothing.
function fault(settings) {
  if (typeof settings !== "object" || settings === null) return 'settings are missing: call start({ account: "…" })';
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(types, name)) return `${name} is not a setting: use one of ${Object.keys(types).join(", ")}`;
    if (value != null && typeof value !== types[name])
      return `${name} is not valid: use a ${types[name]}, not a value of type ${typeof value}`;
  }
}

// camelCase returns the setting of an attribute: data-token-name is tokenName.
const camelCase = (attribute) =>
  attribute.replace("data-", "").replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
