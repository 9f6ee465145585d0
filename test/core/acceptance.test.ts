import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Probe, ProbeOutcome } from "../../src/core/credentials/sign-in.ts";
import type { AcceptanceRule } from "../../src/core/policy/settings.ts";
import {
  type AcceptanceVerdict,
  acceptanceProgress,
  foldProbe,
  judgeAcceptance,
  successOffsets,
} from "../../src/core/rotation/acceptance.ts";
import { DAY, type EpochMs, formatInstant, HOUR, latest, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { at, NOW, probe } from "./make.ts";

const RULE: AcceptanceRule = { successes: 4, over: 5 * MINUTE, window: 30 * MINUTE };
const ok = (offset: number) => probe("issued", plus(NOW, offset));
const no = (offset: number) => probe("not-authenticated", plus(NOW, offset));
const unsure = (offset: number, retryAfter: number | null = null) =>
  probe("inconclusive", plus(NOW, offset), retryAfter);
const ACCEPTED: AcceptanceVerdict = { verdict: "accepted", assurance: "token" };
const REFUSED: AcceptanceVerdict = { verdict: "refused" };

/** Plays answers as the engine does: asks, probes when told to (or `late` after), folds the answer in. */
function play(rule: AcceptanceRule, outcome: (index: number, at: EpochMs) => ProbeOutcome, late = 0, most = 300) {
  let probes: readonly Probe[] = [];
  let now = NOW;
  let since: EpochMs | null = null;
  const made: Probe[] = [];
  for (;;) {
    const verdict = judgeAcceptance(rule, "full", probes, since, now);
    if (verdict.verdict !== "probe" || made.length === most) return { verdict, made, now, kept: probes.length };
    now = latest(now, plus(verdict.at, late));
    since ??= now;
    const answer = probe(outcome(made.length, now), now);
    made.push(answer);
    probes = foldProbe(probes, answer);
  }
}

describe("successOffsets", () => {
  test.each([
    ["the default", 4, 5 * MINUTE, [0, 30, 120, 300]],
    ["two", 2, 5 * MINUTE, [0, 300]],
    ["seven keep the shape", 7, 5 * MINUTE, [0, 15, 30, 75, 120, 210, 300]],
    ["one cannot be spread", 1, 5 * MINUTE, [0, 300]],
    ["one at once", 1, 0, [0]],
    ["another time", 4, 10 * MINUTE, [0, 60, 240, 600]],
  ])("%s", (_, successes, over, seconds) => {
    expect(successOffsets({ successes, over, window: HOUR }).map((ms) => ms / SECOND)).toEqual(seconds);
  });
});

test.each([
  ["before the first", [], 0, null],
  ["two of them", [ok(0), ok(30 * SECOND)], 2, 5 * MINUTE],
  ["a refusal starts again", [no(40 * SECOND), ok(MINUTE)], 1, 6 * MINUTE],
  ["a refusal alone", [no(MINUTE)], 0, null],
  ["silence counts for nothing", [ok(0), unsure(MINUTE)], 1, 5 * MINUTE],
])("how far it is, %s", (_, probes, good, end) => {
  const endsAt = end === null ? null : plus(NOW, end);
  expect(acceptanceProgress(RULE, "full", probes)).toEqual({ good, needed: 4, endsAt });
  const least = acceptanceProgress(RULE, "minimal", probes);
  expect([least?.good, least?.needed]).toEqual([good, 1]);
  expect(acceptanceProgress(RULE, "none", probes)).toBeNull();
});

describe("judgeAcceptance", () => {
  const judge = (probes: readonly Probe[], now: EpochMs, rule = RULE) =>
    judgeAcceptance(rule, "full", probes, NOW, now);
  const next = (probes: readonly Probe[], now: EpochMs = probes.at(-1)?.at ?? NOW) => {
    const verdict = judge(probes, now);
    return verdict.verdict === "probe" ? (verdict.at - NOW) / SECOND : verdict;
  };

  test.each([
    ["at first", [], 0],
    ["after one success", [ok(0)], 30],
    ["after two", [ok(0), ok(30 * SECOND)], 120],
    ["after three", [ok(0), ok(30 * SECOND), ok(120 * SECOND)], 300],
    ["late ones are not bunched", [ok(0), ok(200 * SECOND)], 215],
    ["four too close together", [ok(0), ok(1000), ok(2000), ok(3000)], 300],
    ["after a refusal", [no(0)], 15],
    ["long after the first refusal", [no(60 * SECOND)], 90],
    ["never more than two minutes later", [no(10 * MINUTE)], 720],
    ["at the end of the window", [no(29 * MINUTE)], 1800],
    ["successes count from after the refusal", [no(10 * SECOND), ok(25 * SECOND)], 55],
    ["after one silence", [unsure(0)], 15],
    ["after two", [unsure(0), unsure(15 * SECOND)], 45],
    ["after many: five minutes", Array.from({ length: 8 }, (_, index) => unsure(index * MINUTE)), 720],
    ["as the service asks", [unsure(0, 90 * SECOND)], 90],
    ["silence between successes", [ok(0), unsure(30 * SECOND)], 45],
    ["silence does not bring a success forward", [ok(0), ok(30 * SECOND), unsure(35 * SECOND)], 120],
  ])("the next probe: %s", (_, probes, seconds) => {
    expect(next(probes)).toBe(seconds);
  });

  test("four successes over five minutes are accepted, not a moment earlier", () => {
    const three = [ok(0), ok(30 * SECOND), ok(2 * MINUTE)];
    expect(judge([...three, ok(5 * MINUTE)], plus(NOW, 5 * MINUTE))).toEqual(ACCEPTED);
    expect(judge([...three, ok(5 * MINUTE - 1)], plus(NOW, 5 * MINUTE)).verdict).toBe("probe");
    expect(judge([no(-SECOND), ...three], plus(NOW, 6 * MINUTE)).verdict).toBe("probe");
  });

  test("authenticated but refused is accepted as that, spread over time as tokens are, and probing stops", () => {
    const blocked = (offset: number) => probe("authenticated-refused", plus(NOW, offset));
    const accepted = { verdict: "accepted", assurance: "authenticated-blocked" };
    const [first, second, third, last] = [0, 30 * SECOND, 2 * MINUTE, 5 * MINUTE];
    expect(judge([no(-15 * SECOND), blocked(first)], NOW)).toEqual({ verdict: "probe", at: plus(NOW, second) });
    expect(judge([blocked(first), blocked(second), blocked(third), blocked(last)], plus(NOW, last))).toEqual(accepted);
    // one of them is enough for what it is accepted as
    expect(judge([ok(first), ok(second), blocked(third), ok(last)], plus(NOW, last))).toEqual(accepted);
  });

  test("refused needs a refusal made after the window", () => {
    const after = plus(NOW, 2 * HOUR);
    expect(judge([no(30 * MINUTE)], plus(NOW, 30 * MINUTE))).toEqual(REFUSED);
    expect(judge([no(MINUTE)], after).verdict).toBe("probe");
    expect(judge([no(MINUTE), unsure(2 * MINUTE)], after).verdict).toBe("probe");
    expect(judge([unsure(2 * MINUTE)], after).verdict).toBe("probe");
    expect(judge([ok(29 * MINUTE)], after).verdict).toBe("probe");
  });

  test("minimal takes one success, none takes the receipt's word", () => {
    expect(judgeAcceptance(RULE, "minimal", [], null, NOW)).toEqual({ verdict: "probe", at: NOW });
    expect(judgeAcceptance(RULE, "minimal", [no(-SECOND), ok(0)], NOW, NOW)).toEqual(ACCEPTED);
    expect(judgeAcceptance(RULE, "minimal", [no(31 * MINUTE)], NOW, plus(NOW, 31 * MINUTE))).toEqual(REFUSED);
    expect(judgeAcceptance(RULE, "none", [], null, NOW)).toEqual({ verdict: "accepted", assurance: "receipt" });
  });
});

describe("foldProbe", () => {
  test("a refusal leaves only itself", () => {
    expect(foldProbe([ok(0), unsure(1)], no(2))).toEqual([no(2)]);
  });

  test("silence is forgotten once something is known, and kept in a bounded number before", () => {
    expect(foldProbe([no(0), unsure(1), unsure(2)], ok(3))).toEqual([no(0), ok(3)]);
    let probes: readonly Probe[] = [no(0), ok(1)];
    for (let index = 0; index < 100; index++) probes = foldProbe(probes, unsure(index));
    expect(probes.length).toBe(10);
    expect(probes.slice(0, 2)).toEqual([no(0), ok(1)]);
    expect(probes.at(-1)).toEqual(unsure(99));
  });
});

describe("a whole acceptance", () => {
  const outcomes = fc.array(fc.constantFrom<ProbeOutcome>("issued", "not-authenticated", "inconclusive"), {
    maxLength: 40,
  });
  const anyRule = fc.record({
    successes: fc.integer({ min: 1, max: 9 }),
    over: fc.constantFrom(0, 7 * SECOND, 90 * SECOND, 5 * MINUTE, 20 * MINUTE),
    window: fc.constantFrom(MINUTE, 30 * MINUTE),
  });
  const anyLate = fc.constantFrom(0, 1, 7 * SECOND, 3 * MINUTE, HOUR);

  test("four probes where nothing lags", () => {
    const { verdict, made, now } = play(RULE, () => "issued");
    expect(verdict).toEqual(ACCEPTED);
    expect(made.length).toBe(4);
    expect(formatInstant(now)).toBe(formatInstant(at("2026-03-01T12:05:00Z")));
  });

  test("a secret that takes 18 seconds is accepted within six minutes", () => {
    const { verdict, now } = play(RULE, (_, when) => (when < plus(NOW, 18 * SECOND) ? "not-authenticated" : "issued"));
    expect(verdict).toEqual(ACCEPTED);
    expect(now - NOW).toBeLessThanOrEqual(6 * MINUTE);
  });

  test("one that is never known is refused soon after the window, with few probes", () => {
    const { verdict, made, now } = play(RULE, () => "not-authenticated");
    expect(verdict).toEqual(REFUSED);
    expect(now - NOW).toBe(30 * MINUTE);
    expect(made.length).toBeLessThan(30);
  });

  test("never with fewer successes than the rule, or less spread, or a refusal among them", () => {
    fc.assert(
      fc.property(anyRule, outcomes, anyLate, (rule, answers, late) => {
        const { verdict, made } = play(rule, (index) => answers[index] ?? "issued", late);
        if (verdict.verdict === "refused") return;
        expect(verdict).toEqual(ACCEPTED);
        const run = made.slice(made.findLastIndex((one) => one.outcome === "not-authenticated") + 1);
        const successes = run.filter((one) => one.outcome === "issued");
        expect(successes.length).toBeGreaterThanOrEqual(rule.successes);
        expect((successes.at(-1)?.at ?? 0) - (successes[0]?.at ?? 0)).toBeGreaterThanOrEqual(rule.over);
      }),
    );
  });

  test("refused only on a refusal after the window", () => {
    fc.assert(
      fc.property(anyRule, outcomes, anyLate, (rule, answers, late) => {
        const { verdict, made } = play(rule, (index) => answers[index] ?? "not-authenticated", late);
        if (verdict.verdict !== "refused") return;
        expect(made.at(-1)?.outcome).toBe("not-authenticated");
        expect(made.at(-1)?.at ?? 0).toBeGreaterThanOrEqual((made[0]?.at ?? 0) + rule.window);
      }),
    );
  });

  test("only silence never refuses, never accepts, keeps a bounded list and comes down to one probe in five minutes", () => {
    fc.assert(
      fc.property(anyRule, anyLate, (rule, late) => {
        const { verdict, made, now, kept } = play(rule, () => "inconclusive", late);
        expect(verdict.verdict).toBe("probe");
        expect(kept).toBeLessThan(10);
        expect(now - NOW).toBeGreaterThan((made.length - 10) * 5 * MINUTE);
      }),
      { numRuns: 20 },
    );
  });

  test("a silence of weeks is asked seldomer and seldomer, and never puts off by more than a sixteenth of itself", () => {
    for (const first of ["issued", "inconclusive"] as const) {
      const { made } = play(RULE, (index) => (index === 0 ? first : "inconclusive"));
      const week = made.filter(({ at }) => at < plus(NOW, 7 * DAY));
      expect(week.length).toBeLessThan(120);
      const pauses = made.slice(1).map(({ at }, index) => at - (made[index]?.at ?? at));
      expect(Math.max(...pauses)).toBe(6 * HOUR);
      for (const [index, pause] of pauses.entries()) {
        const spent = (made[index]?.at ?? NOW) - NOW;
        expect(pause).toBeLessThanOrEqual(Math.max(5 * MINUTE, spent / 16));
      }
    }
  });

  test("after anything but a success the next probe waits at least 15 seconds", () => {
    fc.assert(
      fc.property(anyRule, outcomes, (rule, answers) => {
        const { made } = play(rule, (index) => answers[index] ?? "issued");
        made.slice(1).forEach((one, index) => {
          const before = made[index];
          if (before === undefined || before.outcome === "issued") return;
          expect(one.at - before.at).toBeGreaterThanOrEqual(15 * SECOND);
        });
      }),
    );
  });
});
