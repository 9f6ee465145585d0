/** Objects in the order of one property, for `$orderby` and for looking up names. */
import type { ObjectRecord } from "./state.ts";

/** Where a record stands: its property in lower case, then its place in the directory. */
export interface Position {
  readonly text: string;
  readonly seq: number;
}

export class SortedIndex {
  readonly #entries: (Position & { readonly record: ObjectRecord })[];
  readonly #property: string;

  constructor(property: string, records: Iterable<ObjectRecord>) {
    this.#property = property;
    this.#entries = Array.from(records, (record) => ({ ...this.position(record), record })).sort(compare);
  }

  position({ entity, seq }: ObjectRecord): Position {
    return { text: String(entity[this.#property] ?? "").toLowerCase(), seq };
  }

  add(record: ObjectRecord): void {
    const entry = { ...this.position(record), record };
    this.#entries.splice(this.#place(entry), 0, entry);
  }

  delete(record: ObjectRecord): void {
    const place = this.#place(this.position(record));
    if (this.#entries[place]?.seq === record.seq) this.#entries.splice(place, 1);
  }

  /** All records in order, those behind a position. */
  *walk(descending: boolean, after: Position | undefined): Generator<ObjectRecord> {
    const entries = this.#entries;
    if (descending) {
      const from = after === undefined ? entries.length : this.#place(after);
      for (let index = from - 1; index >= 0; index -= 1) {
        const entry = entries[index];
        if (entry !== undefined) yield entry.record;
      }
      return;
    }
    const from = after === undefined ? 0 : this.#place({ ...after, seq: after.seq + 1 });
    for (let index = from; index < entries.length; index += 1) {
      const entry = entries[index];
      if (entry !== undefined) yield entry.record;
    }
  }

  /** The records whose property begins so. */
  *beginning(text: string): Generator<ObjectRecord> {
    const start = text.toLowerCase();
    for (let index = this.#place({ text: start, seq: 0 }); index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry?.text.startsWith(start) !== true) return;
      yield entry.record;
    }
  }

  #place(position: Position): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && compare(entry, position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(one: Position, other: Position): number {
  if (one.text !== other.text) return one.text < other.text ? -1 : 1;
  return one.seq - other.seq;
}
