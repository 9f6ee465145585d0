/** Where the keyboard is in a life line, and where a key leads: rows below each other, the events of a row beside each other. Pure. */

export interface Cursor {
  readonly row: string;
  /** Null: the row itself. */
  readonly event: number | null;
}

/** A row one can be at, and how many events it has. */
export interface Stop {
  readonly row: string;
  readonly events: number;
}

/** Rows change under it: what is gone is left for the first one, and what is fewer for the last. */
export function settled(cursor: Cursor | null, stops: readonly Stop[]): Cursor {
  const found = stops.find(({ row }) => row === cursor?.row);
  if (found === undefined) return { row: stops[0]?.row ?? "", event: null };
  const event = cursor?.event ?? null;
  return { row: found.row, event: event === null || found.events === 0 ? null : Math.min(event, found.events - 1) };
}

/** Null where the key means nothing here. */
export function moved(cursor: Cursor, key: string, stops: readonly Stop[]): Cursor | null {
  const at = stops.findIndex(({ row }) => row === cursor.row);
  const events = stops[at]?.events ?? 0;
  const to = (event: number | null): Cursor => ({ row: cursor.row, event: events === 0 ? null : event });
  switch (key) {
    case "ArrowDown":
    case "ArrowUp": {
      const next = stops[at + (key === "ArrowDown" ? 1 : -1)];
      return next === undefined ? cursor : { row: next.row, event: null };
    }
    case "ArrowRight":
      return to(Math.min((cursor.event ?? -1) + 1, events - 1));
    case "ArrowLeft":
      return to(cursor.event === null || cursor.event === 0 ? null : cursor.event - 1);
    case "Home":
      return to(0);
    case "End":
      return to(events - 1);
    default:
      return null;
  }
}

/** The next shorter or longer of some spans, in their order; the same where there is none. */
export function zoomed(key: string, spans: readonly number[], now: number, usual: number): number | null {
  const at = spans.indexOf(now);
  // the key that has + says = without Shift
  if (key === "+" || key === "=") return spans[at - 1] ?? now;
  if (key === "-" || key === "−") return spans[at + 1] ?? now;
  return key === "0" ? usual : null;
}
