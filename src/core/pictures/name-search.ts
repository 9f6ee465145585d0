/**
 * Which of many names have a text in them. Each pair of characters has the set of the names it is in; only those that have all pairs of
 * what is looked for are looked into. Pure.
 */
import { Bits } from "./bits.ts";

/** Characters that have a place of their own, as they are in names; all others share the last few. */
const OWN = "abcdefghijklmnopqrstuvwxyz0123456789 -_.()/:'";
const SHARED = 19;
const PLACES = OWN.length + SHARED;
const placeOf = new Map([...OWN].map((one, place) => [one.charCodeAt(0), place]));

export class NameSearch {
  readonly #names: string[] = [];
  readonly #all = new Bits();
  readonly #single = new Map<number, Bits>();
  readonly #pairs = new Map<number, Bits>();

  /** Names number `number`, in lower case. */
  put(number: number, name: string): void {
    const former = this.#names[number];
    if (former === name) return;
    if (former !== undefined) this.#mark(number, former, false);
    this.#names[number] = name;
    this.#all.put(number, true);
    this.#mark(number, name, true);
  }

  /** The numbers of those whose names have `wanted` in them. `looked` hears how many names were looked into. */
  find(wanted: string, looked: (names: number) => void = () => undefined): Bits {
    if (wanted === "") return this.#all;
    const codes = codesOf(wanted);
    const sets =
      codes.length === 1
        ? [this.#single.get(codes[0] ?? 0)]
        : codes.slice(1).map((code, index) => this.#pairs.get((codes[index] ?? 0) * PLACES + code));
    let found: Bits | undefined;
    for (const set of sets) {
      if (set === undefined) return new Bits();
      found = found?.and(set) ?? set;
    }
    if (found === undefined) return new Bits();
    // one or two characters with places of their own are in the name if their set says so
    if (codes.length <= 2 && codes.every((code) => code < OWN.length)) return found;
    const sure = new Bits();
    let count = 0;
    for (const number of found) {
      count += 1;
      if (this.#names[number]?.includes(wanted)) sure.put(number, true);
    }
    looked(count);
    return sure;
  }

  #mark(number: number, name: string, isIn: boolean): void {
    let before = -1;
    for (const code of codesOf(name)) {
      setOf(this.#single, code).put(number, isIn);
      if (before >= 0) setOf(this.#pairs, before * PLACES + code).put(number, isIn);
      before = code;
    }
  }
}

function setOf(sets: Map<number, Bits>, key: number): Bits {
  const known = sets.get(key);
  if (known !== undefined) return known;
  const made = new Bits();
  sets.set(key, made);
  return made;
}

function codesOf(text: string): number[] {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    codes.push(placeOf.get(unit) ?? OWN.length + (unit % SHARED));
  }
  return codes;
}
