/** Lists of several tenants as one: in order, and never with a row missing in the middle. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { merged } from "../../web/src/text/merging.ts";

const key = (one: number) => one;
const sorted = (all: readonly number[]) => all.toSorted((a, b) => a - b);

test("what is shown is the beginning of the whole list, however much of each tenant was read", () => {
  const list = fc.tuple(fc.array(fc.nat(20), { maxLength: 8 }), fc.nat(8));
  fc.assert(
    fc.property(fc.array(list, { maxLength: 4 }), (lists) => {
      const whole = lists.map(([all]) => sorted(all));
      const parts = lists.map(([all, read], index) => ({
        tenant: `t${index}`,
        items: sorted(all).slice(0, read),
        more: read < all.length,
      }));
      const { rows, waiting } = merged(parts, key);
      const shown = rows.map(({ item }) => item);
      expect(shown).toEqual(sorted(whole.flat()).slice(0, shown.length));
      const ofAll = parts.every(({ more }) => !more);
      expect(waiting.length > 0).toBe(!ofAll);
      if (ofAll) expect(shown).toHaveLength(whole.flat().length);
    }),
  );
});

test("each row keeps its tenant; what is alike stays in the order of the tenants", () => {
  const parts = [
    { tenant: "contoso", items: [1, 3], more: false },
    { tenant: "fabrikam", items: [1, 2], more: true },
  ];
  expect(merged(parts, key)).toEqual({
    rows: [
      { tenant: "contoso", item: 1 },
      { tenant: "fabrikam", item: 1 },
      { tenant: "fabrikam", item: 2 },
    ],
    waiting: ["fabrikam"],
  });
});
