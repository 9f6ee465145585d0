/**
 * Answers that were given and may be given again: as long as nothing they are made of has changed, and for a second of domain time at
 * most, because what they say may hang on the present. Who may see everything gets the same answer as the next one; nobody else gets
 * one from here.
 */
import type { EpochMs } from "../core/time.ts";

/** An answer as text, without its `now`, which is each time's own. */
export interface Written {
  /** What follows the instant. */
  readonly rest: string;
  readonly etag: string;
}

interface Kept extends Written {
  readonly version: string;
  readonly at: EpochMs;
}

/** Milliseconds of domain time. */
const FRESH = 1_000;
/** Characters in all, and answers; the oldest give way. */
const ROOM = 8 * 1024 * 1024;
const MOST = 500;

export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  #size = 0;

  /** The answer of an address, if it would be given again. */
  find(address: string, version: string, now: EpochMs): Written | null {
    const kept = this.#kept.get(address);
    if (kept === undefined) return null;
    if (kept.version === version && now >= kept.at && now - kept.at < FRESH) return kept;
    this.#drop(address, kept);
    return null;
  }

  keep(address: string, version: string, now: EpochMs, written: Written): void {
    const former = this.#kept.get(address);
    if (former !== undefined) this.#drop(address, former);
    this.#kept.set(address, { ...written, version, at: now });
    this.#size += address.length + written.rest.length;
    for (const [oldest, kept] of this.#kept) {
      if (this.#size <= ROOM && this.#kept.size <= MOST) return;
      this.#drop(oldest, kept);
    }
  }

  #drop(address: string, { rest }: Kept): void {
    this.#kept.delete(address);
    this.#size -= address.length + rest.length;
  }
}

const BEGINS = '{"now":"';
/** The text without its first `now`; null where it does not begin with one. */
export function withoutNow(text: string, etag: string): Written | null {
  const end = text.indexOf('"', BEGINS.length);
  return text.startsWith(BEGINS) && end > 0 ? { rest: text.slice(end), etag } : null;
}

/** The text of a kept answer, given at an instant. */
export function given({ rest }: Written, now: string): string {
  return `${BEGINS}${now}${rest}`;
}
