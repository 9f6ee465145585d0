/** The numbers of many things in an order of theirs, which follows a change of one without being made anew. Pure. */

export class Order {
  readonly #compare: (a: number, b: number) => number;
  #numbers: Int32Array;
  #count: number;

  /** @param compare total: never 0 for two different numbers. */
  constructor(numbers: Iterable<number>, compare: (a: number, b: number) => number) {
    this.#compare = compare;
    this.#numbers = Int32Array.from(numbers).sort(compare);
    this.#count = this.#numbers.length;
  }

  get count(): number {
    return this.#count;
  }

  /** The number at a place, which is below {@link count}. */
  at(place: number): number {
    return this.#numbers[place] ?? -1;
  }

  /** Puts a number to its place. */
  add(number: number): void {
    const place = this.placeOf((other) => this.#compare(other, number) < 0);
    if (this.#count === this.#numbers.length) {
      const grown = new Int32Array(Math.max(16, Math.ceil(this.#count * 1.5)));
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers.copyWithin(place + 1, place, this.#count);
    this.#numbers[place] = number;
    this.#count += 1;
  }

  /** Takes a number away, which must still compare as it did when it was put there. */
  drop(number: number): void {
    const place = this.placeOf((other) => this.#compare(other, number) < 0);
    if (this.#numbers[place] !== number) return;
    this.#numbers.copyWithin(place, place + 1, this.#count);
    this.#count -= 1;
  }

  /** The first place whose number is not before, by a question that only a beginning of the order answers with yes. */
  placeOf(isBefore: (number: number) => boolean): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.at(middle))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
