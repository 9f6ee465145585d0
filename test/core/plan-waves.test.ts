/** The plan's foresight plays the engine's own rules forward: ramp, hourly limit, windows, freezes, waves. */
import { describe, expect, test } from "vitest";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { CLEAN_AFTER, mayIssue, mayRetireEarly } from "../../src/core/schedule/blast-radius.ts";
import { type Due, issueTimes, type Pace, retirementTimes } from "../../src/core/schedule/plan-waves.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { NOW } from "./make.ts";

const POLICY = completePolicy("default", {});
const PACE: Pace = {
  limits: { issuesPerHour: 60 },
  tally: { issues: [], clean: 0 },
  cleanAt: [],
  acceptance: { successes: 4, over: 5 * MINUTE, window: 30 * MINUTE },
  timeZone: "UTC",
};
const OLD_HAND: Pace = { ...PACE, tally: { issues: [], clean: 30 } };
const due = (count: number, more: Partial<Due> = {}): Due[] =>
  Array.from({ length: count }, () => ({ policy: POLICY, urgentAt: plus(NOW, 1_000 * DAY), ...more }));
const hours = (from: EpochMs, at: EpochMs) => (at - from) / HOUR;
const perDay = (starts: readonly { readonly at: EpochMs }[]) => {
  const days: number[] = [];
  for (const { at } of starts) {
    const day = Math.floor((at - NOW) / DAY);
    days[day] = (days[day] ?? 0) + 1;
  }
  return Array.from(days, (count) => count ?? 0);
};

describe("issuing", () => {
  test("a tenant new to us: one, then five, then 25 a day, each step earned a day after the one before; then the hourly limit", () => {
    const starts = issueTimes(due(3_000), PACE, NOW);
    // the first is clean 28 h and 5 min after it was issued
    expect(hours(NOW, starts[1]?.at as EpochMs)).toBe(24);
    expect(perDay(starts).slice(0, 8)).toMatchInlineSnapshot(`
      [
        1,
        5,
        25,
        745,
        1440,
        784,
      ]
    `);
    expect(perDay(starts).at(-1)).toBeLessThanOrEqual(1_440);
    expect(starts).toHaveLength(3_000);
  });

  test("never faster than the engine's own check allows, and never slower", () => {
    const starts = issueTimes(due(400), PACE, NOW);
    const verdict = (at: EpochMs, before: readonly { readonly at: EpochMs }[]) =>
      mayIssue(
        {
          issues: before.map((one) => one.at).filter((one) => one > plus(at, -DAY)),
          clean: before.filter((one) => plus(one.at, PACE.acceptance.over + CLEAN_AFTER) <= at).length,
        },
        PACE.limits,
        at,
        false,
      );
    for (const [index, { at }] of starts.entries()) {
      const before = starts.slice(0, index);
      expect(verdict(at, before).allowed, String(index)).toBe(true);
      const last = before.at(-1)?.at ?? plus(NOW, -1);
      if (at > last && index > 0) expect(verdict(plus(at, -1), before).allowed, `${index} earlier`).toBe(false);
    }
  });

  test("what is past its urgent time goes beside the limits, and counts towards them", () => {
    const all = [...due(100), ...due(50, { urgentAt: plus(NOW, HOUR) })];
    const starts = issueTimes(all, PACE, NOW);
    expect(starts.slice(100).every(({ at, urgent }) => urgent && at === plus(NOW, HOUR))).toBe(true);
    expect(hours(NOW, starts[1]?.at as EpochMs), "the 50 fill the ramp for a day").toBeGreaterThanOrEqual(25);
  });

  test("windows and freezes: closed ones wait, others go meanwhile; a freeze holds back urgent ones too", () => {
    const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
    const nightly = completePolicy("nightly", { windows: [{ days: [...days], from: "22:00", to: "23:00" }] });
    const frozen = completePolicy("frozen", { freeze: [{ from: "2026-02-20", to: "2026-03-10", reason: "audit" }] });
    const starts = issueTimes(
      [...due(1, { policy: nightly }), ...due(1), ...due(1, { policy: frozen, urgentAt: NOW })],
      OLD_HAND,
      NOW,
    );
    expect(new Date(starts[0]?.at as number).toISOString()).toMatch(/T22:00:00/);
    expect(starts[1]?.at).toBe(NOW);
    expect(new Date(starts[2]?.at as number).toISOString()).toBe("2026-03-11T00:00:00.000Z");
  });

  test("limits off: as fast as Graph takes writes", () => {
    const starts = issueTimes(due(401), { ...PACE, limits: null }, NOW);
    expect(starts.map(({ at }) => at - NOW).filter((at) => at === 0)).toHaveLength(200);
    expect(starts.at(-1)?.at).toBe(plus(NOW, 20_000));
  });

  test("rotations that are verified already bring the end of the ramp nearer", () => {
    const soon = Array.from({ length: 30 }, () => plus(NOW, 2 * HOUR));
    const starts = issueTimes(due(100), { ...PACE, cleanAt: soon }, NOW);
    expect(hours(NOW, starts[59]?.at as EpochMs)).toBe(2);
  });
});

describe("retiring", () => {
  const target = { name: "t", type: "env-file", kinds: ["secret"], reload: MINUTE } as const;
  const quick = completePolicy("quick", { retire: "after-overlap", overlap: 7 * DAY });
  const ending = {
    policy: quick,
    targets: [target],
    consumersComplete: true,
    verifiedAt: NOW,
    oldEnd: plus(NOW, 90 * DAY),
  };

  test("early ones in waves of one, ten, then a tenth, 28 hours apart; as the engine's own check has it", () => {
    const all = Array.from({ length: 500 }, () => ending);
    const times = retirementTimes(all, [], PACE.limits).map(({ at }) => at as EpochMs);
    const waves = [...new Set(times)].map((at) => times.filter((one) => one === at).length);
    expect(waves.slice(0, 4)).toEqual([1, 10, 48, 44]);
    expect(times[0]).toBe(plus(NOW, 7 * DAY));
    expect(hours(times[0] as EpochMs, times[1] as EpochMs)).toBe(28);
    for (const [index, at] of times.entries()) {
      const waiting = 500 - index;
      expect(mayRetireEarly(times.slice(0, index), waiting, PACE.limits, at).allowed, String(index)).toBe(true);
      if (index > 0 && at > (times[index - 1] as number)) {
        expect(mayRetireEarly(times.slice(0, index), waiting, PACE.limits, plus(at, -1)).allowed).toBe(false);
      }
    }
  });

  test("at its own end a week later, never where the policy keeps it, with evidence at the latest then", () => {
    const rules = ["at-expiry", "never", "after-evidence"] as const;
    const endings = rules.map((retire) => ({ ...ending, policy: completePolicy(retire, { retire }) }));
    expect(retirementTimes(endings, [], PACE.limits)).toEqual([
      { at: plus(NOW, 97 * DAY), early: false },
      { at: null, early: false },
      { at: plus(NOW, 97 * DAY), early: false },
    ]);
  });

  test("a wave that has begun goes on", () => {
    const done = [plus(NOW, -2 * DAY), plus(NOW, 7 * DAY - HOUR)];
    const times = retirementTimes([ending, ending], done, PACE.limits);
    expect(times.map(({ at }) => at)).toEqual([plus(NOW, 7 * DAY), plus(NOW, 7 * DAY)]);
  });
});
