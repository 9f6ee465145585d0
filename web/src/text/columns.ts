/** Which columns are shown, out of what was kept of a choice. Pure. */

/** In their own order, whatever was kept of them; what is no choice, or of columns that are no more, chooses nothing. */
export function shownOf(kept: string | null, all: readonly string[], first: readonly string[]): readonly string[] {
  const chosen = listIn(kept);
  return all.filter((one) => (chosen ?? first).includes(one));
}

function listIn(kept: string | null): readonly unknown[] | null {
  try {
    const read: unknown = JSON.parse(kept ?? "null");
    return Array.isArray(read) ? read : null;
  } catch {
    return null;
  }
}
