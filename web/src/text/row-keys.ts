/** Which row of a list a key leads to, and which one keeps the focus where the list changes. Pure. */

export interface Place {
  /** Which row has the focus, from 0 on; null where it is above all of them. */
  readonly at: number | null;
  readonly count: number;
  /** Rows that are seen at a time. */
  readonly seen: number;
}

/** Null for a key that leads nowhere. */
export function rowAfter(key: string, { at, count, seen }: Place): number | null {
  const last = count - 1;
  const from = at ?? -1;
  const to = { ArrowDown: from + 1, ArrowUp: from - 1, PageDown: from + seen, PageUp: from - seen, Home: 0, End: last }[
    key
  ];
  // above the first row lies the head, whose own keys do what they do
  if (to === undefined || last < 0 || (at === null && key !== "ArrowDown")) return null;
  return Math.min(Math.max(to, 0), last);
}

/** What is in a row; null where it was not read. */
export type IdAt = (row: number) => string | null;

export interface Held {
  readonly row: number;
  readonly id: string | null;
}

/** Where that is now which was in a row; the same row, or the last one, where it has left the list. `count`: at least 1. */
export function rowOf({ row, id }: Held, count: number, idAt: IdAt): number {
  if (id !== null && idAt(row) !== id) {
    for (let at = 0; at < count; at += 1) if (idAt(at) === id) return at;
  }
  return Math.min(row, count - 1);
}
