/** The same seed is the same story, on the real parts; and short runs of many seeds find nothing. */
import { describe, expect, test } from "vitest";
import { simulate } from "../../scripts/simulate.ts";
import { DAY } from "../../src/core/time.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";

const short = (seed: number, days: number) => simulate(seed, 1, { duration: days * DAY });

describe("the story of a run", () => {
  test("is the same for the same seed, and another one for another", { timeout: 240_000 }, async () => {
    const [first, second, other] = [await short(7, 60), await short(7, 60), await short(8, 60)];
    expect(first.figures.rotations).toBeGreaterThan(0);
    expect(first.figures.crashes).toBeGreaterThan(0);
    expect(second).toEqual(first);
    expect(other.report.storyHash).not.toBe(first.report.storyHash);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
    "finds nothing with seed %i in 90 days",
    { timeout: 240_000 },
    async (seed) => {
      const { findings, figures } = await simulate(seed, 1, { duration: 90 * DAY, applications: 5 });
      expect(findings.map(tell)).toEqual([]);
      expect(figures.rotations).toBeGreaterThan(2);
    },
  );
});
