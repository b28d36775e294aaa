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

// readSettings returns the checked configuration. It throws CONFIG_INVALID,
// naming the setting and the fix, for the first wrong one. What is left out,
// undefined or null has its default.
export function readSettings(settings) {
  const bad = (detail) => {
    throw failure("CONFIG_INVALID", detail);
  };
  if (typeof settings !== "object" || settings === null) bad('settings are missing: call start({ account: "…" })');
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(types, name)) bad(`${name} is not a setting: use one of ${Object.keys(types).join(", ")}`);
    if (value != null && typeof value !== types[name])
      bad(`${name} is not valid: use a ${types[name]}, not a value of type ${typeof value}`);
  }
  // The rules are the script tag's, so they read the settings as its attributes.
  const attributes = {
    getAttribute(attribute) {
      const value = settings[camelCase(attribute)];
      return value == null || value === false ? null : String(value);
    },
  };
  const rename = ({ code, detail }) => {
    throw failure(code, detail.replace(/^data-[a-z-]+/, camelCase));
  };
  try {
    const config = readConfig(attributes);
    return { ...config, publicKey: config.publicKey?.catch(rename) };
  } catch (error) {
    return rename(error);
  }
}

// camelCase returns the setting of an attribute: data-token-name is tokenName.
const camelCase = (attribute) =>
  attribute.replace("data-", "").replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
