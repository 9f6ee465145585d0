/** How much the plan begins on each day, as bars and in words. */
import { expect, test } from "vitest";
import { loadBars, loadSentence } from "../../web/src/lines/load-bars.ts";

test("what the plan begins by day stands at its day, as tall as its count, and is said in words", () => {
  const load = [
    { day: "2026-11-28", issues: 40, urgent: 10 },
    { day: "2026-12-01", issues: 1, urgent: 0 },
  ];
  expect(loadBars(load, 80, 48)).toEqual([
    { day: "2026-11-28", x: 0, width: 18, height: 48, urgent: 12, count: 40 },
    { day: "2026-12-01", x: 60, width: 18, height: 3, urgent: 0, count: 1 },
  ]);
  expect(loadBars(load, 9_000, 48)[1]?.x).toBe(72);
  expect(loadBars([], 80, 48)).toEqual([]);
  expect(loadSentence(load)).toBe("By day (UTC): 40 on Sat 28 Nov 2026, 10 of them urgent; 1 on Tue 1 Dec 2026.");
});
