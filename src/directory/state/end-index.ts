/** Credentials in the order of their ends, for whoever asks what ends soon without looking at all of them. */
import type { ObjectRecord } from "./state.ts";

/** Where a credential stands: its end in epoch milliseconds, its key id, and the place of its object, as two may have one key id. */
export interface Ending {
  readonly end: number;
  readonly keyId: string;
  readonly seq: number;
}

interface Entry extends Ending {
  readonly record: ObjectRecord;
}

export class EndIndex {
  readonly #entries: Entry[];

  constructor(records: Iterable<ObjectRecord>) {
    this.#entries = Array.from(records, entriesOf).flat().sort(compare);
  }

  add(record: ObjectRecord): void {
    for (const entry of entriesOf(record)) this.#entries.splice(this.#place(entry), 0, entry);
  }

  delete(record: ObjectRecord): void {
    for (const entry of entriesOf(record)) {
      const place = this.#place(entry);
      const [found] = this.#entries.slice(place, place + 1);
      if (found !== undefined && compare(found, entry) === 0) this.#entries.splice(place, 1);
    }
  }

  /** What ends behind a place, up to an instant and including it, the soonest first. */
  *between(after: Ending, until: number): Generator<Entry> {
    let place = this.#place(after);
    for (let entry = this.#entries[place]; entry !== undefined && entry.end <= until; entry = this.#entries[place]) {
      if (compare(entry, after) !== 0) yield entry;
      place += 1;
    }
  }

  #place(ending: Ending): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && compare(entry, ending) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Held {
  readonly keyId: string;
  readonly endDateTime: string | null;
}

/** Credentials without an end are not in it. */
function entriesOf(record: ObjectRecord): Entry[] {
  const { passwordCredentials, keyCredentials } = record.entity as unknown as Record<string, Held[] | undefined>;
  return [...(passwordCredentials ?? []), ...(keyCredentials ?? [])].flatMap(({ endDateTime, keyId }) =>
    endDateTime === null ? [] : { end: Date.parse(endDateTime), keyId, seq: record.seq, record },
  );
}

function compare(one: Ending, other: Ending): number {
  if (one.end !== other.end) return one.end - other.end;
  if (one.keyId !== other.keyId) return one.keyId < other.keyId ? -1 : 1;
  return one.seq - other.seq;
}
