/** Which row of a list a key leads to. Pure. */

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
