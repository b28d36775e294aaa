// Imports the script that runs Go programs.
import { document, makeLink } from "./document.js";

// importChecked imports a script, if its bytes are those of the build; it rejects
// with an error whose `response` is what the host answers. What has failed once
// stays so for the page, in most browsers: the next time, use another URL.
//   nonce: of the page's policy
export async function importChecked(url, nonce = "") {
  // A preload can have a hash, import() cannot, and under Trusted Types only the
  // page itself makes script elements.
  const link = makeLink("modulepreload", url, { integrity: RUNTIME_INTEGRITY, nonce });
  try {
    await new Promise((resolve, reject) => {
      link.onload = resolve;
      link.onerror = () => reject(Error("refused"));
      // WebKit does not look at the hash of a preload. It compares what it is asked for here.
      if (/Apple/.test(navigator.vendor)) fetch(url, { integrity: link.integrity }).then(resolve, reject);
      else document.head.append(link);
    });
    return await import(url);
  } catch (error) {
    // No browser says why. What it keeps of a failure goes, too.
    error.response = await fetch(url, { cache: "reload" });
    throw error;
  } finally {
    link.remove();
  }
}
