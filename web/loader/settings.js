// Reads settings that are an object: those of the module form, or the page's own
// (<script type="application/json" data-keygen-settings>). They are the script
// tag's, in camelCase.
import { failure } from "./errors.js";
import { readConfig } from "./config.js";

// readSettings returns the configuration as readConfig does, with errors that
// name the setting. What is left out, undefined or null has its default.
//   src: as of readConfig; wrong: what else is wrong with them.
export const readSettings = (settings, src, wrong) =>
  // The rules are the script tag's, so they read the settings as its attributes.
  readConfig(
    (attribute) => {
      // First comes where to find the form, which is guarded whatever else is wrong.
      if (wrong && attribute !== "form") throw failure("CONFIG_INVALID", wrong);
      const value = settings?.[camelCase(attribute)];
      return value == null || value === false ? null : String(value);
    },
    camelCase,
    src,
  );

// camelCase returns the setting of an attribute: token-name is tokenName.
const camelCase = (attribute) => attribute.replace(/-./g, (part) => part[1].toUpperCase());
