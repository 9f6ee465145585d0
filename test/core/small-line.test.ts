/** The life line of a list's row. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SMALL_HALF, sameLineBetween, smallLine } from "../../src/core/pictures/small-line.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import { NOW } from "./make.ts";

const day = (days: number) => plus(NOW, days * DAY);
const said = (spans: readonly (readonly [number | null, number | null])[], covered = false) =>
  smallLine(
    {
      spans: spans.map(([from, to]) => ({ from: from === null ? null : day(from), to: to === null ? null : day(to) })),
      covered,
    },
    NOW,
  ).map(({ from, to, tense, what }) => `${tense} ${what} ${(from - NOW) / DAY}..${(to - NOW) / DAY}`);

test("what worked, what is on record, where two work, and what a renewal adds", () => {
  expect(said([[-100, 80]])).toEqual(["happened worked -100..0", "recorded valid 0..80"]);
  expect(said([[-100, 80]], true)).toEqual([
    "happened worked -100..0",
    "recorded valid 0..80",
    "forecast valid 80..365",
  ]);
  expect(
    said([
      [-100, 10],
      [-5, 90],
    ]),
  ).toEqual(["happened worked -100..-5", "happened overlap -5..0", "recorded overlap 0..10", "recorded valid 10..90"]);
});

test("a lapse is a gap; what has no beginning or no end goes to the edge; nothing is drawn of nothing", () => {
  expect(
    said([
      [-300, -200],
      [-100, -50],
    ]),
  ).toEqual(["happened worked -300..-200", "happened worked -100..-50"]);
  expect(said([[null, null]])).toEqual(["happened worked -365..0", "recorded valid 0..365"]);
  expect(said([[-900, -400]])).toEqual([]);
  expect(said([])).toEqual([]);
});

test("segments lie in the line, in order, one after the other; the past is happened and nothing else is", () => {
  const moment = fc.option(fc.integer({ min: -1_000, max: 1_000 }).map((days) => epochMs(NOW + days * DAY)));
  const span = fc.record({ from: moment, to: moment });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 6 }), fc.boolean(), (spans, covered) => {
      const line = smallLine({ spans, covered }, NOW);
      let last = NOW - SMALL_HALF;
      for (const { from, to, tense } of line) {
        expect(from).toBeGreaterThanOrEqual(last);
        expect(to).toBeGreaterThan(from);
        expect(tense === "happened").toBe(to <= NOW);
        last = to;
      }
      expect(last).toBeLessThanOrEqual(NOW + SMALL_HALF);
    }),
  );
});

test("as long as it is said to be the same, its edges at the present and a year from it alone are others", () => {
  const near = fc.integer({ min: -20, max: 20 });
  const half = fc.constantFrom(-SMALL_HALF, 0, SMALL_HALF);
  const moment = fc.option(fc.tuple(half, near).map(([by, ms]) => epochMs(NOW + by + ms)));
  const span = fc.record({ from: moment, to: moment });
  const marked = (line: ReturnType<typeof smallLine>, now: number) => {
    const mark = (at: number) => (Math.abs(at - now) === SMALL_HALF || at === now ? `now ${at - now}` : at);
    return line.map(({ from, to, ...rest }) => ({ ...rest, from: mark(from), to: mark(to) }));
  };
  let same = 0;
  fc.assert(
    fc.property(fc.array(span, { maxLength: 4 }), fc.boolean(), near, (spans, covered, by) => {
      const [facts, other] = [{ spans, covered }, epochMs(NOW + by)];
      const { after, before } = sameLineBetween(facts, NOW);
      expect(after <= NOW && NOW <= before).toBe(true);
      if (other <= after || other >= before) return;
      same += 1;
      expect(marked(smallLine(facts, other), other)).toEqual(marked(smallLine(facts, NOW), NOW));
    }),
  );
  expect(same).toBeGreaterThan(5);
});
