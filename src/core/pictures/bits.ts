/**
 * A set of small numbers as bits: what the applications of a tenant have in common. A hundred thousand of them are 12 KB, and which of two
 * sets are in both, and how many, is settled 32 at a time. Pure.
 */

const WORD = 32;

export class Bits {
  #words: Uint32Array;

  /** Empty, with room for numbers below `size`; it grows by itself. */
  constructor(size = 0) {
    this.#words = new Uint32Array(Math.ceil(size / WORD));
  }

  has(number: number): boolean {
    return (((this.#words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  put(number: number, isIn: boolean): void {
    const word = number >>> 5;
    if (word >= this.#words.length) {
      if (!isIn) return;
      const grown = new Uint32Array(Math.max(word + 1, Math.ceil(this.#words.length * 1.5)));
      grown.set(this.#words);
      this.#words = grown;
    }
    const bit = 1 << (number & 31);
    const before = this.#words[word] ?? 0;
    this.#words[word] = isIn ? before | bit : before & ~bit;
  }

  /** How many are in it. */
  get count(): number {
    let so = 0;
    for (const word of this.#words) so += ones(word);
    return so;
  }

  /** How many are in both. */
  countWith(other: Bits): number {
    const [a, b] = [this.#words, other.#words];
    const words = Math.min(a.length, b.length);
    let so = 0;
    for (let at = 0; at < words; at += 1) so += ones((a[at] ?? 0) & (b[at] ?? 0));
    return so;
  }

  /** Those that are in both, as a new set. */
  and(other: Bits): Bits {
    const [a, b] = [this.#words, other.#words];
    const both = new Bits();
    both.#words = a.length <= b.length ? a.slice() : b.slice();
    const more = a.length <= b.length ? b : a;
    for (let at = 0; at < both.#words.length; at += 1) both.#words[at] = (both.#words[at] ?? 0) & (more[at] ?? 0);
    return both;
  }

  /** Those that are not in the other one, as a new set. */
  without(other: Bits): Bits {
    const left = new Bits();
    left.#words = this.#words.slice();
    const words = Math.min(left.#words.length, other.#words.length);
    for (let at = 0; at < words; at += 1) left.#words[at] = (left.#words[at] ?? 0) & ~(other.#words[at] ?? 0);
    return left;
  }

  /** Those that are in one of the two, as a new set. */
  or(other: Bits): Bits {
    const [short, long] =
      this.#words.length <= other.#words.length ? [this.#words, other.#words] : [other.#words, this.#words];
    const either = new Bits();
    either.#words = long.slice();
    for (let at = 0; at < short.length; at += 1) either.#words[at] = (either.#words[at] ?? 0) | (short[at] ?? 0);
    return either;
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.#words.length; at += 1) {
      for (let word = this.#words[at] ?? 0; word !== 0; word &= word - 1) {
        yield at * WORD + 31 - Math.clz32(word & -word);
      }
    }
  }
}

/** The bits of a word that are set (Warren, Hacker's Delight, 5-1). */
function ones(word: number): number {
  let so = word - ((word >>> 1) & 0x55555555);
  so = (so & 0x33333333) + ((so >>> 2) & 0x33333333);
  return Math.imul((so + (so >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
