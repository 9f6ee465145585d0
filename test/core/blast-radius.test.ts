import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  breakerTrips,
  issuesAmong,
  mayIssue,
  mayRetireEarly,
  retirementsAmong,
  scanTooLossy,
} from "../../src/core/schedule/blast-radius.ts";
import { DAY, type EpochMs, HOUR, latest, MINUTE, plus } from "../../src/core/time.ts";
import { NOW } from "./make.ts";

const LIMITS = { issuesPerHour: 60 };
const ago = (...spans: number[]) => spans.map((span) => plus(NOW, -span));
const many = (count: number, span: number) => Array.from({ length: count }, () => plus(NOW, -span));

describe("mayIssue", () => {
  const verdict = (
    issues: readonly EpochMs[],
    clean: number,
    urgent = false,
    limits: typeof LIMITS | null = LIMITS,
  ) => {
    const answer = mayIssue({ issues, clean }, limits, NOW, urgent);
    return answer.allowed ? "allowed" : `${answer.because} ${(answer.until - NOW) / HOUR} h`;
  };

  test.each([
    ["the first of a new tenant", [], 0, "allowed"],
    ["the second on the same day", ago(20 * HOUR), 0, "ramp 4 h"],
    ["the second a day later", ago(24 * HOUR), 0, "allowed"],
    ["five a day after one clean", many(4, HOUR), 1, "allowed"],
    ["not six", [...ago(23 * HOUR), ...many(4, HOUR)], 5, "ramp 1 h"],
    ["25 a day after six", many(24, 2 * HOUR), 6, "allowed"],
    ["not 26", many(25, 2 * HOUR), 29, "ramp 22 h"],
    ["then the hourly limit", many(60, 2 * HOUR), 30, "allowed"],
    ["sixty in the last hour", many(60, HOUR / 2), 30, "hourly-limit 0.5 h"],
    ["a few too many wait for the right one", [...ago(HOUR / 2), ...many(60, HOUR / 4)], 30, "hourly-limit 0.75 h"],
  ])("%s", (_, issues, clean, expected) => {
    expect(verdict(issues, clean)).toBe(expected);
  });

  test("urgent work and limits off pass; a limit of none blocks", () => {
    expect(verdict(many(100, MINUTE), 0, true)).toBe("allowed");
    expect(verdict(many(100, MINUTE), 0, false, null)).toBe("allowed");
    expect(verdict([], 30, false, { issuesPerHour: 0 })).toBe("hourly-limit 1 h");
  });

  test("whoever waits until told never exceeds a limit and is not told to wait for nothing", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 70 }), (clean, issuesPerHour) => {
        const issues: EpochMs[] = [];
        let now = NOW;
        while (issues.length < 120) {
          const recent = issues.filter((at) => at > plus(now, -DAY));
          const answer = mayIssue({ issues: recent, clean }, { issuesPerHour }, now, false);
          if (answer.allowed) {
            issues.push(now);
            const perDay = clean < 1 ? 1 : clean < 6 ? 5 : clean < 30 ? 25 : Number.POSITIVE_INFINITY;
            expect(issues.filter((at) => at > plus(now, -HOUR)).length).toBeLessThanOrEqual(issuesPerHour);
            expect(issues.filter((at) => at > plus(now, -DAY)).length).toBeLessThanOrEqual(perDay);
            now = plus(now, MINUTE);
          } else {
            expect(answer.until).toBeGreaterThan(now);
            now = answer.until;
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("mayRetireEarly", () => {
  /** Retires all of `due` as soon as allowed; the sizes of the waves. */
  function waves(due: number): number[] {
    const done: EpochMs[] = [];
    const sizes: number[] = [];
    let now = NOW;
    let fresh = true;
    while (done.length < due) {
      const answer = mayRetireEarly(done, due - done.length, LIMITS, now);
      if (answer.allowed) {
        if (fresh) sizes.push(0);
        fresh = false;
        sizes.push((sizes.pop() ?? 0) + 1);
        done.push(now);
        now = plus(now, MINUTE);
      } else {
        expect(answer.until).toBe(latest(...done) + 28 * HOUR);
        now = answer.until;
        fresh = true;
      }
    }
    return sizes;
  }

  test("waves of one, ten, then a tenth of what is due and at least ten", () => {
    expect(waves(1)).toEqual([1]);
    expect(waves(35)).toEqual([1, 10, 10, 10, 4]);
    expect(waves(511).slice(0, 5)).toEqual([1, 10, 50, 45, 40]);
  });

  test("limits off: no waves", () => {
    expect(mayRetireEarly(many(500, MINUTE), 500, null, NOW)).toEqual({ allowed: true });
  });

  test("what was begun counts as done until it is known, so nobody else is the first one meanwhile", () => {
    const begun = (span: number) => [{ action: "retire-intended", rotation: "a", at: plus(NOW, -span) }];
    for (const span of [MINUTE, 12 * HOUR, 28 * HOUR - 1]) {
      const { begun: retiring } = retirementsAmong(begun(span), NOW);
      expect(
        mayRetireEarly(
          retiring.map(({ at }) => at),
          9,
          LIMITS,
          NOW,
        ),
      ).toMatchObject({ allowed: false });
    }
    expect(retirementsAmong(begun(28 * HOUR), NOW)).toEqual({ done: [], begun: [] });
  });

  test("a stamp of more than a day ahead is of a clock that was wrong, and counts for nothing", () => {
    const stamped = (ahead: number) => {
      const at = plus(NOW, ahead);
      const removed = ["retire-intended", "removed", "retire-intended"].map((action) => ({
        action,
        rotation: "a",
        at,
      }));
      return {
        issues: issuesAmong([{ action: "issue-intended", rotation: "a", at }], NOW),
        ...retirementsAmong(removed, NOW),
      };
    };
    const at = plus(NOW, DAY);
    expect(stamped(DAY)).toEqual({ issues: [at], done: [at], begun: [{ rotation: "a", at }] });
    expect(stamped(DAY + 1)).toEqual({ issues: [], done: [], begun: [] });
  });

  test("what the directory has refused to remove is still there, so it was not the first one", () => {
    const trail = ["retire-intended", "retire-refused"].map((action) => ({ action, rotation: "a", at: NOW }));
    expect(retirementsAmong(trail, NOW)).toEqual({ done: [], begun: [] });
    const again = [...trail, { action: "retire-intended", rotation: "a", at: NOW }];
    expect(retirementsAmong(again, NOW).begun).toEqual([{ rotation: "a", at: NOW }]);
  });

  test("28 hours are counted from the last of the wave before", () => {
    expect(mayRetireEarly(ago(28 * HOUR), 9, LIMITS, NOW)).toEqual({ allowed: true });
    expect(mayRetireEarly(ago(28 * HOUR - 1), 9, LIMITS, NOW)).toEqual({ allowed: false, until: plus(NOW, 1) });
  });
});

describe("breakerTrips", () => {
  const outcomes = (text: string) => [...text].map((one) => one === "+");

  test.each([
    ["nothing yet", "", false],
    ["two failures", "--", false],
    ["three in a row", "---", true],
    ["three, not in a row", "-+--", false],
    ["three in a row, but before a success", "+---", false],
    ["one of the last twenty", `${"+".repeat(19)}-`, false],
    ["two of the last twenty", `-${"+".repeat(18)}-`, true],
    ["two of nineteen: too few to say", `-${"+".repeat(17)}-`, false],
    ["older ones no longer count", `-${"+".repeat(19)}---`, false],
  ])("%s", (_, text, trips) => {
    expect(breakerTrips(outcomes(text)) !== null).toBe(trips);
  });

  test("says why", () => {
    expect(breakerTrips([false, false, false])).toBe("the last 3 acceptances or verifications failed");
    expect(breakerTrips(outcomes(`-+-${"+".repeat(17)}`))).toBe("2 of the last 20 acceptances or verifications failed");
  });
});

test.each([
  [0, false],
  [0.1, false],
  [0.1001, true],
  [1, true],
  [Number.NaN, true],
])("a scan that lost %d of what was known: too lossy is %s", (lost, lossy) => {
  expect(scanTooLossy(lost)).toBe(lossy);
});
