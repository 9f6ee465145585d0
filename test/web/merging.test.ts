/** Lists of several tenants as one: in order, never with a row missing in the middle, and no row twice. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joined, merged, once, summed, type Wants } from "../../web/src/text/merging.ts";

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

test("names are in their order, and what is read from its end is in that", () => {
  const parts = (first: readonly string[], second: readonly string[]) => [
    { tenant: "contoso", items: first, more: false },
    { tenant: "fabrikam", items: second, more: false },
  ];
  const shown = (isDescending: boolean, ...given: Parameters<typeof parts>) =>
    merged(parts(...given), (name) => name, isDescending).rows.map(({ item }) => item);
  expect(shown(false, ["a", "c"], ["b", "d"])).toEqual(["a", "b", "c", "d"]);
  expect(shown(true, ["c", "a"], ["d", "b"])).toEqual(["d", "c", "b", "a"]);
});

test("of what two pages have the later one is left, whatever moved meanwhile", () => {
  const page = fc.uniqueArray(fc.nat(12), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(page, { maxLength: 4 }), (pages) => {
      const rows = pages.map((of, at) => of.map((id) => ({ id, at })));
      const left = once(rows, ({ id }) => String(id));
      const last = new Map(rows.flat().map((row) => [row.id, row]));
      expect(left).toHaveLength(last.size);
      for (const row of left) expect(row).toBe(last.get(row.id));
      expect(left).toEqual(rows.flat().filter((row) => left.includes(row)));
    }),
  );
});

test("a row that moved to a later page is there once, where it is now; the same id in another tenant is another row", () => {
  type Item = { readonly id: string; readonly at: number };
  const coverage = {} as never;
  const answer = (now: string, next: string | null, ...items: readonly (readonly [id: string, at: number])[]) => ({
    answer: { coverage, now, next, total: 3, items: items.map(([id, at]) => ({ id, at })) },
    problem: null,
  });
  const way = { order: ({ at }: Item) => at, idOf: ({ id }: Item) => id };
  const first = [
    { tenant: "contoso", ...answer("then", "2", ["a", 1], ["b", 2]) },
    { tenant: "fabrikam", ...answer("there", null, ["a", 4]) },
  ];
  expect(joined([first], way).wants).toEqual({ contoso: "2" });
  // it was renewed while somebody read
  const second = [{ tenant: "contoso", ...answer("later", null, ["c", 3], ["a", 9]) }];
  const { rows, wants, total, told } = joined([first, second], way);
  expect(wants).toBeUndefined();
  expect(total).toBe(6);
  expect(told).toEqual([second[0], first[1]]);
  expect(rows).toEqual([
    { tenant: "contoso", now: "then", item: { id: "b", at: 2 } },
    { tenant: "contoso", now: "then", item: { id: "c", at: 3 } },
    { tenant: "fabrikam", now: "there", item: { id: "a", at: 4 } },
    { tenant: "contoso", now: "then", item: { id: "a", at: 9 } },
  ]);
});

describe("a list of several tenants that is read on, page by page", () => {
  const SIZE = 5;
  type Item = { readonly id: string; readonly at: number };
  const counted = () => {
    let asked = 0;
    const order = ({ at }: Item) => {
      asked += 1;
      return at;
    };
    return { order, idOf: ({ id }: Item) => id, asked: () => asked };
  };
  const coverage = {} as never;
  const pageOf = (lists: Readonly<Record<string, readonly Item[]>>, wants: Wants) =>
    Object.entries(wants).map(([tenant, cursor]) => {
      const [all, from] = [lists[tenant] ?? [], Number(cursor ?? 0)];
      const next = from + SIZE < all.length ? String(from + SIZE) : null;
      const items = all.slice(from, from + SIZE);
      return { tenant, answer: { coverage, now: "", next, total: all.length, items }, problem: null };
    });
  const listOf = (ats: readonly number[]) => sorted(ats).map((at, id): Item => ({ id: `${id}`, at }));
  const begin = { contoso: undefined, fabrikam: undefined, tailspin: undefined };

  test("is the list that is read at once, also where a page was read anew after a change", () => {
    const ats = fc.array(fc.nat(30), { maxLength: 30 });
    fc.assert(
      fc.property(ats, ats, ats, fc.boolean(), (one, two, three, isMoved) => {
        const lists = { contoso: listOf(one), fabrikam: listOf(two), tailspin: listOf(three) };
        const pages: ReturnType<typeof pageOf>[] = [];
        for (let wants: Wants | undefined = begin; wants !== undefined; ) {
          const read = pageOf(lists, wants);
          const again = pages[0]?.[0]?.answer.items[0];
          // the first row of all has moved to this page
          if (isMoved && again !== undefined && read[0]?.tenant === "contoso") read[0].answer.items.push(again);
          pages.push(read);
          const shown: ReturnType<typeof joined<Item, (typeof read)[number]["answer"]>> = joined([...pages], counted());
          if (!isMoved) expect(shown.rows).toEqual(joined(structuredClone(pages), counted()).rows);
          expect(new Set(shown.rows.map(({ tenant, item }) => `${tenant} ${item.id}`)).size).toBe(shown.rows.length);
          wants = shown.wants;
        }
        const rows = joined([...pages], counted()).rows;
        expect(rows).toHaveLength(one.length + two.length + three.length);
        if (!isMoved) expect(rows.map(({ item }) => item.at)).toEqual(sorted([...one, ...two, ...three]));
      }),
    );
  });

  test("costs for a page more what is in that page", () => {
    const lists = Object.fromEntries(
      Object.keys(begin).map((tenant, index) => [
        tenant,
        listOf(Array.from({ length: 200 }, (_, at) => 3 * at + index)),
      ]),
    );
    const pages: ReturnType<typeof pageOf>[] = [];
    const costs: number[] = [];
    for (let wants: Wants | undefined = begin; wants !== undefined; ) {
      pages.push(pageOf(lists, wants));
      const way = counted();
      wants = joined([...pages], way).wants;
      costs.push(way.asked());
    }
    expect(pages.length).toBeGreaterThan(40);
    // what is in it, and what was read before and had not had its turn
    expect(Math.max(...costs)).toBeLessThanOrEqual(6 * SIZE);
  });
});

test("counts of the same name are one", () => {
  expect(summed<string>([{ secret: 2, none: 1 }, { secret: 3 }])).toEqual({ secret: 5, none: 1 });
});

test("a list of one tenant that is read on page by page is the list that is read at once", () => {
  const page = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(page, { minLength: 1, maxLength: 8 }), page, (ids, other) => {
      const told = (items: readonly number[]) => [
        {
          tenant: "contoso",
          answer: { coverage: {} as never, now: "", next: null, total: 9, items: items.map((id) => ({ id: `${id}` })) },
          problem: null,
        },
      ];
      const way = { order: ({ id }: { id: string }) => id, idOf: ({ id }: { id: string }) => id };
      const idsOf = (pages: readonly ReturnType<typeof told>[]) => joined(pages, way).rows.map(({ item }) => item.id);
      const pages = ids.map(told);
      for (let read = 1; read <= pages.length; read += 1) {
        const expected = once(ids.slice(0, read), (id) => `${id}`).map(String);
        expect(idsOf(pages.slice(0, read))).toEqual(expected);
      }
      // another last page in place of the one that was read, as after a change
      const replaced = [...pages.slice(0, -1), told(other)];
      expect(idsOf(replaced)).toEqual(once([...ids.slice(0, -1), other], (id) => `${id}`).map(String));
    }),
  );
});
