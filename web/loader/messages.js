// What visitors read. The English texts that the loader needs come from the one
// table of them all (web/messages), the others from a file of the page's
// language, fetched when there is first something to say.
import { document } from "./document.js";
import { answer, report } from "./errors.js";
import { CONFIG_INVALID, INTERNAL_ERROR, LOAD_FAILED, WASM_UNAVAILABLE } from "../messages/en.json";

const english = { CONFIG_INVALID, INTERNAL_ERROR, WASM_UNAVAILABLE };
const files = { de: "de", es: "es", fr: "fr", ja: "ja", pt: "pt-BR" };

// messages returns texts(): a promise of the texts by code that are not
// English, the page's own first. It never fails: English is always there.
//   locate(file): URL of a built file, may throw where that is not known;
//   get(url, init): gets it, as fetch does.
export function messages(locate, get) {
  const tables = {};
  return async () => {
    const file = files[document.documentElement.lang.toLowerCase().split("-")[0]];
    if (file)
      tables[file] ??= load(get, locate, file + ".json").catch(() => (tables[file] = undefined));
    const texts = { ...(await tables[file]) };
    for (const script of document.querySelectorAll("script[data-keygen-messages]")) {
      try {
        Object.assign(texts, JSON.parse(script.textContent));
      } catch {
        // The page's own mistake must not keep a visitor from reading what went wrong.
      }
    }
    return texts;
  };
}

// load returns the texts of a file, and tells the page's developer of one that has none.
async function load(get, locate, file) {
  const response = await get(locate(file), { signal: AbortSignal.timeout(3000) });
  return response.json().catch((error) => {
    report({ detail: response.url + " has no texts" + answer(response) });
    throw error;
  });
}

// text returns what a visitor reads about an error of the loader. Whatever
// kept the program from loading comes to the same for them.
export const text = ({ code }, texts) => {
  const known = english[code] ? code : "LOAD_FAILED";
  return texts[known] ?? english[known] ?? LOAD_FAILED;
};
