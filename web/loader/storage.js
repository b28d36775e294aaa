// The stored session as the page may know it before Go runs.

const areas = { local: ["sessionStorage", "localStorage"], session: ["sessionStorage"], memory: [] };

// restore returns the stored session without its token, or null. It changes
// nothing: judging and removing what is corrupt or expired is Go's business.
export function restore({ storage, key }) {
  for (const area of areas[storage]) {
    try {
      const { v, token, tokenId, userId, kind, expiry } = JSON.parse(window[area].getItem(key));
      if (tokenId && v === 1 && token.length && (expiry === null || Date.parse(expiry) > Date.now()))
        return { tokenId, userId, kind, expiry, persistent: true };
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
