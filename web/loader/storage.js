// The stored session as the page may know it before Go runs.

const areas = { local: ["sessionStorage", "localStorage"], session: ["sessionStorage"], memory: [] };

// restore returns the stored session without its token: null for none, and
// false where it looks expired, for this device's clock may be wrong, and Go asks
// the server. It changes nothing. The rule is Go's (internal/session/record.go).
export function restore({ storage, key, allowStaff }) {
  for (const area of areas[storage]) {
    try {
      const { v, token, tokenId, userId, kind, expiry } = JSON.parse(window[area].getItem(key));
      // What is no text has no such methods, and throws.
      const left = expiry === null || Date.parse(expiry.trim()) - Date.now();
      if (v === 1 && token.charAt(0) && tokenId.charAt(0) && (allowStaff || kind === "user-token") && left === left)
        return left > 0 && { tokenId, userId, kind, expiry, persistent: true };
    } catch {
      // Blocked, empty or corrupt: no session from here.
    }
  }
  return null;
}

// forget removes the stored sessions and the one in memory (kept.text), as far as
// storage allows, and adds their records to kept.gone. Staff's are left alone
// where they are not used.
export function forget({ storage, key, allowStaff }, kept) {
  const places = areas[storage].map((area) => () => {
    const text = window[area].getItem(key);
    if (!allowStaff && /"kind":"(?!user-)/.test(text)) return null;
    window[area].removeItem(key);
    return text;
  });
  for (const take of [...places, () => kept.text]) {
    try {
      const record = JSON.parse(take());
      if (record) kept.gone.push(record);
    } catch {
      // Blocked, empty or corrupt: there is nothing to revoke.
    }
  }
  kept.text = "";
}
