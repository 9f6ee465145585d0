import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextReadAt, READ_SCHEDULE, REPLICATION_WINDOW, WATCH_SCHEDULE } from "../../src/core/schedule/replication.ts";
import { RETRY_TABLE, retryDelay, stableFraction, URGENT_CAP } from "../../src/core/schedule/retry.ts";
import { DAY, HOUR, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { NOW } from "./make.ts";

const failures = fc.integer({ min: -2, max: 200 });
const seed = fc.string();
const pace = fc.constantFrom("normal" as const, "urgent" as const);

describe("retryDelay", () => {
  test("the table only grows, up to six hours", () => {
    expect([...RETRY_TABLE].sort((a, b) => a - b)).toEqual(RETRY_TABLE);
    expect(RETRY_TABLE.at(-1)).toBe(6 * HOUR);
  });

  test.each([
    [1, "normal", 12 * SECOND, 15 * SECOND],
    [0, "normal", 12 * SECOND, 15 * SECOND],
    [5, "normal", 4 * MINUTE, 5 * MINUTE],
    [12, "normal", 4.8 * HOUR, 6 * HOUR],
    [1_000_000, "normal", 4.8 * HOUR, 6 * HOUR],
    [12, "urgent", 12 * MINUTE, 15 * MINUTE],
  ] as const)("after %i failures at %s pace", (count, speed, least, most) => {
    const delay = retryDelay(count, "rotation", speed, null);
    expect(delay).toBeGreaterThanOrEqual(least);
    expect(delay).toBeLessThanOrEqual(most);
  });

  test("whole milliseconds, within its caps, the same on every ask", () => {
    fc.assert(
      fc.property(failures, seed, pace, (count, name, speed) => {
        const delay = retryDelay(count, name, speed, null);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(12 * SECOND);
        expect(delay).toBeLessThanOrEqual(speed === "urgent" ? URGENT_CAP : 6 * HOUR);
        expect(retryDelay(count, name, speed, null)).toBe(delay);
      }),
    );
  });

  test("never sooner than the service asks, and at most half a minute later for it", () => {
    fc.assert(
      fc.property(failures, seed, pace, fc.integer({ min: 0, max: DAY }), (count, name, speed, retryAfter) => {
        const delay = retryDelay(count, name, speed, retryAfter);
        const without = retryDelay(count, name, speed, null);
        expect(delay).toBeGreaterThanOrEqual(Math.max(without, retryAfter));
        expect(delay).toBeLessThanOrEqual(Math.max(without, retryAfter + 30 * SECOND));
      }),
    );
  });

  test("different seeds wait differently", () => {
    const delays = new Set(
      Array.from({ length: 100 }, (_, index) => retryDelay(6, `rotation-${index}`, "normal", null)),
    );
    expect(delays.size).toBeGreaterThan(95);
  });
});

test("stableFraction is from 0 to below 1 and evenly spread over texts that differ little", () => {
  fc.assert(fc.property(seed, (text) => stableFraction(text) >= 0 && stableFraction(text) < 1));
  const tenths = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index++) {
    const tenth = Math.floor(stableFraction(`key-${index}`) * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(Math.min(...tenths)).toBeGreaterThan(850);
  expect(Math.max(...tenths)).toBeLessThan(1150);
});

describe("reads after a write", () => {
  test("five over the window; a lost answer is watched for a day", () => {
    expect(READ_SCHEDULE).toEqual([0, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, REPLICATION_WINDOW]);
    expect(WATCH_SCHEDULE).toEqual([...READ_SCHEDULE, HOUR, 6 * HOUR, DAY]);
  });

  test("the next one, then none", () => {
    expect(nextReadAt(READ_SCHEDULE, NOW, 0)).toBe(NOW);
    expect(nextReadAt(READ_SCHEDULE, NOW, 4)).toBe(plus(NOW, REPLICATION_WINDOW));
    expect(nextReadAt(READ_SCHEDULE, NOW, 5)).toBeNull();
  });
});
