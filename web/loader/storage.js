// The stored session as the page may know it before Go runs.

const areas = { local: ["sessionStorage", "localStorage"], session: ["sessionStorage"], memory: [] };

// restore returns the stored session without its token, null for none, and
// undefined where it looks expired: this device's clock may be wrong, and Go asks
// the server. It changes nothing. The rule is Go's (internal/session/record.go).
export function restore({ storage, key, allowStaff }) {
  for (const area of areas[storage]) {
    try {
      const { v, token, tokenId, userId, kind, expiry } = JSON.parse(window[area].getItem(key));
      const left = expiry === null ? 1 : Date.parse(expiry) - Date.now();
      if (
        v === 1 &&
        [token, tokenId, expiry ?? key].every((text) => text && text === "" + text) &&
        (allowStaff || kind === "user-token") &&
        left === left
      )
        return left > 0 ? { tokenId, userId, kind, expiry, persistent: true } : undefined;
    } catch {
      // Blocked, empty or corrupt: no session from here.
    }
  }
  return null;
}

// forget removes the stored session, if storage allows.
export function forget({ storage, key }) {
  for (const area of areas[storage]) {
    try {
      window[area].removeItem(key);
    } catch {
      // Blocked: then nothing was stored, either.
    }
  }
}
