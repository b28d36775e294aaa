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

// forget removes the stored sessions and the one in memory (kept.text), as far as
// storage allows, and adds their records to kept.gone.
export function forget({ storage, key }, kept) {
  const places = areas[storage].map((area) => () => {
    const text = window[area].getItem(key);
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
