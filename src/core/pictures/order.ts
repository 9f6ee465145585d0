import { atOnce, SLICE, type Slices } from "../slices.ts";

/** The numbers of many things in an order of theirs, which follows a change of one without being made anew. Pure. */

export class Order {
  readonly #compare: (a: number, b: number) => number;
  #numbers: Int32Array<ArrayBuffer>;
  #count: number;

  /** @param compare total: never 0 for two different numbers. */
  constructor(numbers: Iterable<number>, compare: (a: number, b: number) => number) {
    this.#compare = compare;
    this.#numbers = atOnce(sorted(Int32Array.from(numbers), compare));
    this.#count = this.#numbers.length;
  }

  /** The same in slices. */
  static *of(numbers: Iterable<number>, compare: (a: number, b: number) => number): Slices<Order> {
    const order = new Order([], compare);
    order.#numbers = yield* sorted(Int32Array.from(numbers), compare);
    order.#count = order.#numbers.length;
    return order;
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

/** Comparisons before others have their turn: each of them is far less than the work on one thing. */
const COMPARED = 20 * SLICE;

/** Parts that are sorted at one go, then merged two by two. */
function* sorted(
  numbers: Int32Array<ArrayBuffer>,
  compare: (a: number, b: number) => number,
): Slices<Int32Array<ArrayBuffer>> {
  for (let from = 0; from < numbers.length; from += SLICE) {
    if (from > 0) yield;
    numbers.subarray(from, from + SLICE).sort(compare);
  }
  let [given, made] = [numbers, new Int32Array(numbers.length)];
  for (let width = SLICE; width < numbers.length; width *= 2) {
    let [left, right, middle, end] = [0, 0, 0, 0];
    for (let place = 0; place < given.length; place += 1) {
      if (place % COMPARED === 0) yield;
      if (place === end) {
        [left, middle] = [end, Math.min(end + width, given.length)];
        [right, end] = [middle, Math.min(middle + width, given.length)];
      }
      const [a, b] = [given[left] ?? 0, given[right] ?? 0];
      const isLeft = left < middle && (right === end || compare(a, b) <= 0);
      made[place] = isLeft ? a : b;
      if (isLeft) left += 1;
      else right += 1;
    }
    [given, made] = [made, given];
  }
  return given;
}
