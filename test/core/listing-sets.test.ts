/** Sets, orders and searches that lists are answered from: each says what a plain look at all of them would say. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Bits } from "../../src/core/pictures/bits.ts";
import { IdSearch } from "../../src/core/pictures/id-search.ts";
import { Instants } from "../../src/core/pictures/instants.ts";
import { NameSearch } from "../../src/core/pictures/name-search.ts";
import { Order } from "../../src/core/pictures/order.ts";
import { SLICE } from "../../src/core/slices.ts";

const numbers = fc.array(fc.nat(200), { maxLength: 60 });
const bitsOf = (all: readonly number[]) => {
  const bits = new Bits();
  for (const one of all) bits.put(one, true);
  return bits;
};
const sorted = (all: Iterable<number>) => [...new Set(all)].sort((a, b) => a - b);

test("bits are sets", () => {
  fc.assert(
    fc.property(numbers, numbers, numbers, (one, other, taken) => {
      const [a, b] = [bitsOf(one), bitsOf(other)];
      const [setA, setB] = [new Set(one), new Set(other)];
      expect([...a]).toEqual(sorted(one));
      expect(a.count).toBe(setA.size);
      expect([...a.and(b)]).toEqual(sorted([...setA].filter((it) => setB.has(it))));
      expect(a.countWith(b)).toBe(a.and(b).count);
      expect([...a.or(b)]).toEqual(sorted([...one, ...other]));
      expect([...a.without(b)]).toEqual(sorted([...setA].filter((it) => !setB.has(it))));
      for (const it of taken) a.put(it, false);
      expect([...a]).toEqual(sorted(one.filter((it) => !taken.includes(it))));
    }),
  );
});

test("instants between two are those that a look at all of them finds", () => {
  const at = fc.array(fc.nat(50), { maxLength: 40 });
  fc.assert(
    fc.property(at, at, at, fc.nat(60), fc.nat(60), (given, added, dropped, from, to) => {
      const instants = new Instants(given);
      const all = [...given, ...added];
      for (const one of added) instants.add(one);
      for (const one of dropped) {
        instants.drop(one);
        const index = all.indexOf(one);
        if (index >= 0) all.splice(index, 1);
      }
      expect(instants.count).toBe(all.length);
      expect(instants.between(from, to)).toBe(all.filter((one) => one >= from && one < to).length);
    }),
  );
});

test("an order follows each change as if it were sorted anew", () => {
  const change = fc.tuple(fc.nat(29), fc.nat(9));
  fc.assert(
    fc.property(fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }), fc.array(change), (given, changes) => {
      const keys = [...given];
      const compare = (a: number, b: number) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b;
      const order = new Order(keys.keys(), compare);
      for (const [which, key] of changes) {
        const number = which % keys.length;
        order.drop(number);
        keys[number] = key;
        order.add(number);
      }
      const seen = Array.from({ length: order.count }, (_, place) => order.at(place));
      expect(seen).toEqual([...keys.keys()].sort(compare));
    }),
  );
});

test("an order of many is made in slices, and is the one that sorting at one go would make", () => {
  for (const count of [0, 1, SLICE, SLICE + 1, 3 * SLICE, 20_000]) {
    const keys = Array.from({ length: count }, (_, number) => (number * 7_919) % 1_013);
    let compared = 0;
    const compare = (a: number, b: number) => {
      compared += 1;
      return (keys[a] ?? 0) - (keys[b] ?? 0) || a - b;
    };
    const work = Order.of(keys.keys(), compare);
    const slices: number[] = [];
    for (let step = work.next(); ; step = work.next()) {
      slices.push(compared);
      compared = 0;
      if (step.done !== true) continue;
      const order = step.value;
      const seen = Array.from({ length: order.count }, (_, place) => order.at(place));
      expect(seen).toEqual([...keys.keys()].sort(compare));
      break;
    }
    expect(Math.max(...slices)).toBeLessThanOrEqual(20 * SLICE + SLICE * Math.log2(SLICE));
  }
});

/** Letters with places of their own, others that share one, and some that lower case makes longer. */
const name = fc
  .string({ unit: fc.constantFrom(..."ab1 -éßжあ😀İ".split("")), maxLength: 12 })
  .map((text) => text.toLowerCase());

test("a text is found in the names that have it, also after they were changed", () => {
  fc.assert(
    fc.property(
      fc.array(name, { maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(29), name)),
      name,
      (given, changes, text) => {
        const [search, names] = [new NameSearch(), [...given]];
        for (const [number, one] of names.entries()) search.put(number, one);
        for (const [which, one] of names.length === 0 ? [] : changes) {
          names[which % names.length] = one;
          search.put(which % names.length, one);
        }
        const wanted = [...names.keys()].filter((number) => names[number]?.includes(text));
        expect([...search.find(text)]).toEqual(wanted);
      },
    ),
  );
});

test("an id is found by its beginning, also after it was changed", () => {
  const id = fc.string({ unit: fc.constantFrom(..."0af-"), minLength: 1, maxLength: 5 });
  const ids = fc.array(id, { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(ids, { maxLength: 20 }), fc.array(fc.tuple(fc.nat(19), ids)), id, (given, changes, text) => {
      const [search, all] = [new IdSearch(), [...given]];
      for (const [number, one] of all.entries()) search.put(number, one);
      for (const [which, one] of all.length === 0 ? [] : changes) {
        all[which % all.length] = one;
        search.put(which % all.length, one);
      }
      const wanted = [...all.keys()].filter((number) => all[number]?.some((one) => one.startsWith(text)));
      expect([...search.find(text)]).toEqual(wanted);
    }),
  );
});

test("an id that stands there twice is gone when it stands there no more", () => {
  const search = new IdSearch();
  for (const ids of [["0a", "0a"], ["0a"], []]) search.put(0, ids);
  expect([...search.find("0a")]).toEqual([]);
});
