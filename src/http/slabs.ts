/**
 * Memory that long answers are put together in, used again when they are sent: what is taken anew for each, a hundred kilobytes at a time,
 * makes the collector walk the whole heap every few hundred answers.
 */

/** Bytes of each; a longer answer gets memory of its own. */
const SIZE = 256 * 1024;
/** So many wait to be used again at most. */
const MOST = 16;

export interface Lent {
  readonly bytes: Buffer;
  /** Gives it back; once, and only when nobody reads the bytes any more. Who never does leaves it to the collector. */
  giveBack(): void;
}

export class Slabs {
  readonly #free: Buffer[] = [];

  /** So many bytes, with whatever was written there before. */
  take(length: number): Lent {
    if (length > SIZE) return { bytes: Buffer.allocUnsafeSlow(length), giveBack: () => undefined };
    const slab = this.#free.pop() ?? Buffer.allocUnsafeSlow(SIZE);
    return {
      bytes: slab.subarray(0, length),
      giveBack: () => {
        if (this.#free.length < MOST) this.#free.push(slab);
      },
    };
  }
}
