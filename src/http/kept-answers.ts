/**
 * Answers that were given and may be given again: as long as nothing they are made of has changed, and for a second of domain time at
 * most, because what they say may hang on the present. Who may see everything gets the same answer as the next one; nobody else gets
 * one from here.
 */
import type { EpochMs } from "../core/time.ts";

/** An answer as it was sent. */
export interface Written {
  /** As bytes, so that it is not encoded again for each who asks; its `now` is written anew each time. */
  readonly body: Buffer;
  /** Bytes of the instant that stands at its beginning. */
  readonly instant: number;
  readonly etag: string;
}

interface Kept extends Written {
  readonly version: string;
  readonly at: EpochMs;
}

/** Milliseconds of domain time. */
const FRESH = 1_000;
/** Bytes in all, and answers; the oldest give way. */
const ROOM = 8 * 1024 * 1024;
const MOST = 500;
/** Addresses whose having been asked is remembered. */
const MOST_ASKED = 2_000;

export class KeptAnswers {
  readonly #kept = new Map<string, Kept>();
  /** The one not asked for longest first. */
  readonly #asked = new Set<string>();
  /** Stands before that one: to begin anew at a set's beginning is to pass all that was ever taken away there. */
  readonly #oldest = this.#asked.values();
  /** Those that are being made, by address and version. */
  readonly #making = new Map<string, Promise<Written | null>>();
  #size = 0;

  /**
   * Whether an address was asked before, which is remembered from here on. What is asked once, a part of a long list that somebody passes,
   * is not worth keeping, nor what would have to give way to it.
   */
  isAskedAgain(address: string): boolean {
    const again = this.#asked.delete(address);
    this.#asked.add(address);
    if (this.#asked.size > MOST_ASKED) this.#asked.delete(this.#oldest.next().value ?? "");
    return again;
  }

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
    this.#size += address.length + written.body.length;
    for (const [oldest, kept] of this.#kept) {
      if (this.#size <= ROOM && this.#kept.size <= MOST) return;
      this.#drop(oldest, kept);
    }
  }

  /**
   * Makes an answer once for all who ask for it at the same version meanwhile. Null where it cannot be kept, or where who made it for
   * somebody else failed: then each makes his own.
   */
  async together(address: string, version: string, make: () => Promise<Written | null>): Promise<Written | null> {
    const key = `${version} ${address}`;
    const others = this.#making.get(key);
    if (others !== undefined) return others.catch(() => null);
    const made = make();
    this.#making.set(key, made);
    try {
      return await made;
    } finally {
      this.#making.delete(key);
    }
  }

  #drop(address: string, { body }: Kept): void {
    this.#kept.delete(address);
    this.#size -= address.length + body.length;
  }
}

const BEGINS = '{"now":"';
/** An answer that begins with its `now`, as what can be kept of it; null where it does not. */
export function writtenOf(body: Buffer, etag: string): Written | null {
  const end = body.indexOf('"', BEGINS.length);
  return end > 0 && body.toString("latin1", 0, BEGINS.length) === BEGINS
    ? { body, instant: end - BEGINS.length, etag }
    : null;
}

/**
 * A kept answer, given at an instant. The instant is written over the one before it: a copy for each who asks costs more than all else
 * about an answer, and where an earlier one still waits to be sent, it says the present of its sending, and else the same.
 */
export function given({ body, instant }: Written, now: string): Buffer {
  if (now.length !== instant) return Buffer.concat([Buffer.from(BEGINS + now), body.subarray(BEGINS.length + instant)]);
  body.write(now, BEGINS.length, "latin1");
  return body;
}
