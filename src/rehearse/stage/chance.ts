/** Seeded chance: the only source of randomness of a rehearsal, so that a seed names one run. */
import type { Random } from "../../ports/random.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** A stream of pseudo-random numbers (sfc32, seeded from text), and what is drawn from it. */
export class Chance implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string) {
    [this.#a, this.#b, this.#c] = [mixed(`a:${seed}`), mixed(`b:${seed}`), mixed(`c:${seed}`)];
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** An independent stream: what is drawn from it does not depend on what is drawn here. */
  static of(seed: number, purpose: string): Chance {
    return new Chance(`${seed}/${purpose}`);
  }

  /** From 0 (included) to 1 (excluded). */
  fraction(): number {
    return this.#next() / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True with this probability. */
  hits(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of the entries. @throws TypeError when there is none. */
  pick<T>(entries: readonly T[]): T {
    const entry = entries[this.between(0, entries.length - 1)];
    if (entry === undefined) throw new TypeError("nothing to pick from");
    return entry;
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.between(0, 15).toString(16));
    hex[12] = "4";
    hex[16] = (8 + this.between(0, 3)).toString(16);
    const text = hex.join("");
    return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
  }

  base32(length: number): string {
    return Array.from({ length }, () => BASE32[this.between(0, 31)]).join("");
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}

/** FNV-1a, then mixed: every bit of the seed reaches every bit of the state. */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
