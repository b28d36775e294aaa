// This browser as a machine: what tells it from others.

const key = "keygen-auth-demo:fingerprint";
let kept = ""; // where storage is blocked: until the page is left

// fingerprint is random, and stays the same for this browser on this site. It says nothing about its user.
export function fingerprint() {
  try {
    kept ||= localStorage.getItem(key) ?? "";
  } catch {
    // blocked
  }
  if (!kept) {
    adopt(Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  return kept;
}

// adopt makes this browser the machine of another fingerprint: the one it had before it forgot it.
export function adopt(old) {
  kept = old;
  try {
    localStorage.setItem(key, kept);
  } catch {
    // blocked or full
  }
}

const firstOf = (table, agent) => table.find(([pattern]) => pattern.test(agent))?.[1];

// thisBrowser returns the name and platform to show in the list of machines.
export function thisBrowser() {
  const agent = navigator.userAgent;
  const platform =
    navigator.userAgentData?.platform ||
    firstOf([[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac/, "macOS"], [/Linux/, "Linux"]], agent) ||
    "Unknown platform";
  const browser =
    firstOf([[/Edg/, "Edge"], [/Firefox|FxiOS/, "Firefox"], [/Chrome|CriOS/, "Chrome"], [/Safari/, "Safari"]], agent) ?? "Browser";
  return { name: `${browser} on ${platform}`, platform };
}
