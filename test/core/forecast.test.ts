import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { forecast } from "../../src/core/schedule/forecast.ts";
import { DAY, epochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { anyInstant, anyPolicy, anyTargets, at, target } from "./make.ts";

const END = at("2026-12-31T00:00:00Z");
const START = at("2026-07-04T00:00:00Z");
const credential = { keyId: "7d9a0000-0000-4000-8000-000000000009", start: START, end: END };
const policy = completePolicy("default", {});
const anyCredential = fc.record({
  keyId: fc.uuid(),
  start: fc.option(anyInstant),
  end: anyInstant,
});

/** The forecast of something that has an end. */
function deadlines(...[one, rules, targets, now]: Parameters<typeof forecast>) {
  const answer = forecast(one, rules, targets, now);
  if (answer === null) throw new Error("there is an end");
  return answer;
}

describe("forecast", () => {
  test("without an end there is none", () => {
    expect(forecast({ ...credential, end: null }, policy, [], START)).toBeNull();
  });

  test("the formulas of the design", () => {
    const { rotateAt, urgentAt, lastSafeAt } = deadlines(credential, policy, [target(30 * MINUTE)], START);
    expect(rotateAt).toBeLessThanOrEqual(END - 60 * DAY);
    expect(rotateAt).toBeGreaterThanOrEqual(END - 66 * DAY);
    expect(urgentAt).toBe(END - 15 * DAY);
    expect(lastSafeAt).toBe(END - (10 * MINUTE + 30 * MINUTE + HOUR));
  });

  test.each([
    ["a quarter of renewBefore", 60 * DAY, 15 * DAY],
    ["at least a week", 20 * DAY, 7 * DAY],
    ["at most half of renewBefore", 10 * DAY, 5 * DAY],
  ])("urgent is %s before the end", (_, renewBefore, before) => {
    const rules = completePolicy("p", { renewBefore });
    expect(deadlines(credential, rules, [], START).urgentAt).toBe(END - before);
  });

  test("a credential made for a century is due by its age", () => {
    const old = { ...credential, end: at("2126-01-01T00:00:00Z") };
    const { rotateAt } = deadlines(old, policy, [], START);
    expect(rotateAt).toBeLessThanOrEqual(START + 730 * DAY);
    expect(rotateAt).toBeGreaterThanOrEqual(START + 724 * DAY);
    expect(deadlines(old, policy, [], plus(START, 730 * DAY)).dueBecause).toBe("age-reached");
    expect(deadlines({ ...old, start: null }, policy, [], plus(START, 730 * DAY)).dueBecause).toBeNull();
  });

  test.each([
    ["not yet", -67 * DAY, null],
    ["in the renewal time", -60 * DAY, "lead-time-reached"],
    ["urgent", -15 * DAY, "urgent"],
    ["past the last safe moment", -70 * MINUTE, "last-safe-passed"],
    ["after the end", DAY, "last-safe-passed"],
  ])("%s", (_, offset, because) => {
    expect(deadlines(credential, policy, [], plus(END, offset)).dueBecause).toBe(because);
  });

  test("an unbounded reload counts as none, with a warning; so does a hook, without", () => {
    const start = deadlines(credential, policy, [target("start")], START);
    expect(start.lastSafeAt).toBe(END - 70 * MINUTE);
    expect(start.warnings).toEqual(["unbounded-reload"]);
    expect(deadlines(credential, policy, [target("hook")], START).warnings).toEqual([]);
  });

  test("a lifetime under 14 days is warned of", () => {
    const short = completePolicy("short", { lifetime: 13 * DAY });
    expect(deadlines(credential, short, [], START).warnings).toEqual(["lifetime-too-short"]);
  });

  test("no field of the policy moves the last safe moment", () => {
    fc.assert(
      fc.property(anyCredential, anyPolicy, anyPolicy, anyTargets, anyInstant, (one, a, b, targets, now) => {
        expect(deadlines(one, a, targets, now).lastSafeAt).toBe(deadlines(one, b, targets, now).lastSafeAt);
      }),
    );
  });

  test("jitter only makes it earlier, by at most a tenth of renewBefore, and always by the same", () => {
    fc.assert(
      fc.property(anyCredential, anyPolicy, anyTargets, anyInstant, anyInstant, (one, rules, targets, now, later) => {
        const lead = one.end - rules.renewBefore;
        const formula = one.start === null ? lead : Math.min(lead, one.start + rules.maxAge);
        const { rotateAt } = deadlines(one, rules, targets, now);
        expect(rotateAt).toBeLessThanOrEqual(formula);
        expect(rotateAt).toBeGreaterThanOrEqual(formula - rules.renewBefore / 10 - 1);
        expect(deadlines(one, rules, targets, later).rotateAt).toBe(rotateAt);
        expect(deadlines({ ...one, keyId: one.keyId.toUpperCase() }, rules, targets, now).rotateAt).toBe(rotateAt);
      }),
    );
  });

  test("jitter spreads a thousand credentials made in one second", () => {
    const keyIds = Array.from(
      { length: 1000 },
      (_, index) => `7d9a0000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    );
    const hours = new Map<number, number>();
    for (const keyId of keyIds) {
      const hour = Math.floor(deadlines({ ...credential, keyId }, policy, [], START).rotateAt / HOUR);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    // 144 hours hold them, seven in each on average.
    expect(hours.size).toBeGreaterThan(130);
    expect(Math.max(...hours.values())).toBeLessThan(25);
  });

  test("jitter also spreads those that are due by their age", () => {
    const old = { ...credential, end: at("2126-01-01T00:00:00Z") };
    const keyIds = Array.from({ length: 50 }, (_, index) => `key-${index}`);
    const instants = keyIds.map((keyId) => deadlines({ ...old, keyId }, policy, [], START).rotateAt);
    expect(new Set(instants).size).toBe(50);
    expect(Math.max(...instants)).toBeLessThanOrEqual(START + policy.maxAge);
  });

  test("the deadlines are nested, and reasons only grow stronger as time passes", () => {
    const order = [null, "age-reached", "lead-time-reached", "urgent", "last-safe-passed"];
    fc.assert(
      fc.property(
        anyCredential,
        anyPolicy,
        anyTargets,
        anyInstant,
        fc.nat(400 * DAY),
        (one, rules, targets, now, by) => {
          const before = deadlines(one, rules, targets, now);
          const after = deadlines(one, rules, targets, epochMs(now + by));
          expect(before.rotateAt).toBeLessThanOrEqual(before.urgentAt);
          expect(before.urgentAt).toBeLessThanOrEqual(one.end);
          expect(order.indexOf(after.dueBecause)).toBeGreaterThanOrEqual(order.indexOf(before.dueBecause));
          expect(before.dueBecause !== null).toBe(now >= Math.min(before.rotateAt, before.lastSafeAt));
        },
      ),
    );
  });
});
