/** Many seeds side by side, as `npm run prove` lives through them and writes them down. */
import { expect, test } from "vitest";
import { simulateMany } from "../../scripts/prove/many.ts";
import { nextSeed, rowOf } from "../../scripts/prove.ts";

/** Application-years in CI; `npm run prove` lives through as many as one likes. */
const YEARS = process.env.NOLAPSE_REQUIRE_ALL === "1" ? 120 : 20;

test("seed after seed, nothing is found", { timeout: 600_000 }, async () => {
  const { total, lived } = await simulateMany({
    firstSeed: 1,
    applicationYears: YEARS,
    years: 1,
    applications: 10,
    workers: 2,
  });
  expect(lived.flatMap((one) => one.findings.map(({ told }) => `seed ${one.report.seed}: ${told}`))).toEqual([]);
  expect(total).toMatchObject({
    seeds: { first: 1, last: YEARS / 10, count: YEARS / 10 },
    lapses: 0,
    orphans: 0,
    breaks: 0,
  });
  expect(total.applicationYears).toBe(YEARS);
  expect(new Set(total.storyHashes).size).toBe(YEARS / 10);
});

test("a run goes on after the last seed that is written down", async () => {
  const { total } = await simulateMany({ firstSeed: 41, applicationYears: 1, years: 1, applications: 1, workers: 1 });
  expect(nextSeed("nothing yet")).toBe(1);
  expect(nextSeed(`| 1–40 | 2031-01-01 | 400 |\n${rowOf(total, "2031-01-02")}`)).toBe(42);
});
