/** Many instants in their order: how many lie between two is settled by halving, however many there are. Pure. */

export class Instants {
  #at: Float64Array;
  #count: number;

  /** @param given milliseconds since the epoch, in any order. */
  constructor(given: Iterable<number> = []) {
    this.#at = Float64Array.from(given).sort();
    this.#count = this.#at.length;
  }

  get count(): number {
    return this.#count;
  }

  add(at: number): void {
    if (this.#count === this.#at.length) {
      const grown = new Float64Array(Math.max(16, Math.ceil(this.#count * 1.5)));
      grown.set(this.#at);
      this.#at = grown;
    }
    const place = this.#first(at);
    this.#at.copyWithin(place + 1, place, this.#count);
    this.#at[place] = at;
    this.#count += 1;
  }

  /** Takes one of them away; nothing where there is none. */
  drop(at: number): void {
    const place = this.#first(at);
    if (place === this.#count || this.#at[place] !== at) return;
    this.#at.copyWithin(place, place + 1, this.#count);
    this.#count -= 1;
  }

  /** Those from `from` on and before `to`. */
  between(from: number, to: number): number {
    return to <= from ? 0 : this.#first(to) - this.#first(from);
  }

  /** The place of the first one that is not before `at`. */
  #first(at: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#at[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
