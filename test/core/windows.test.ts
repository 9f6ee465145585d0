import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Freeze, Window } from "../../src/core/policy/policy.ts";
import { frozenAt, openAt } from "../../src/core/policy/windows.ts";
import { DAY, epochMs, formatInstant, MINUTE, plus } from "../../src/core/time.ts";
import { wallClock } from "../../src/core/time-zones.ts";
import { at } from "./make.ts";

const EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const daily = (from: string, to: string): Window => ({ days: EVERY_DAY, from, to });
const on = (day: Window["days"][number], from: string, to: string): Window => ({ days: [day], from, to });

function opening(windows: readonly Window[], zone: string, now: string): string {
  const answer = openAt(windows, zone, at(now));
  return answer.open ? "open" : formatInstant(answer.next);
}

describe("openAt", () => {
  test("no windows means always", () => {
    expect(openAt([], "Europe/Amsterdam", at("2026-03-29T00:30:00Z"))).toEqual({ open: true });
  });

  test.each([
    ["inside", [on("sun", "10:00", "12:00")], "UTC", "2026-03-01T11:00:00Z", "open"],
    ["its first minute", [on("sun", "10:00", "12:00")], "UTC", "2026-03-01T10:00:00Z", "open"],
    ["its end is outside", [on("sun", "10:00", "12:00")], "UTC", "2026-03-01T12:00:00Z", "2026-03-08T10:00:00Z"],
    ["before", [on("sun", "10:00", "12:00")], "UTC", "2026-03-01T09:59:59Z", "2026-03-01T10:00:00Z"],
    ["over midnight, before", [on("sat", "22:00", "04:00")], "UTC", "2026-02-28T23:00:00Z", "open"],
    ["over midnight, after", [on("sat", "22:00", "04:00")], "UTC", "2026-03-01T03:59:00Z", "open"],
    ["over midnight, wrong day", [on("sat", "22:00", "04:00")], "UTC", "2026-02-28T03:00:00Z", "2026-02-28T22:00:00Z"],
    ["to the end of the day", [on("sat", "22:00", "24:00")], "UTC", "2026-03-01T00:00:00Z", "2026-03-07T22:00:00Z"],
    [
      "the earlier of two",
      [on("wed", "01:00", "02:00"), on("tue", "05:00", "06:00")],
      "UTC",
      "2026-03-02T00:00:00Z",
      "2026-03-03T05:00:00Z",
    ],
  ])("%s", (_, windows, zone, now, expected) => {
    expect(opening(windows, zone, now)).toBe(expected);
  });

  test.each([
    // Amsterdam: forward 2026-03-29 01:00Z (02:00 to 03:00), back 2026-10-25 01:00Z (03:00 to 02:00)
    [
      "starts in the missing hour",
      [daily("02:30", "04:00")],
      "Europe/Amsterdam",
      "2026-03-29T00:00:00Z",
      "2026-03-29T01:00:00Z",
    ],
    [
      "lies in the missing hour",
      [daily("02:00", "03:00")],
      "Europe/Amsterdam",
      "2026-03-29T00:00:00Z",
      "2026-03-30T00:00:00Z",
    ],
    [
      "weekly in the missing hour",
      [on("sun", "02:00", "03:00")],
      "Europe/Amsterdam",
      "2026-03-29T00:00:00Z",
      "2026-04-05T00:00:00Z",
    ],
    [
      "same wall time after it",
      [daily("02:30", "04:00")],
      "Europe/Amsterdam",
      "2026-03-29T03:00:00Z",
      "2026-03-30T00:30:00Z",
    ],
    ["repeated hour, first", [daily("02:00", "03:00")], "Europe/Amsterdam", "2026-10-25T00:30:00Z", "open"],
    ["repeated hour, second", [daily("02:00", "03:00")], "Europe/Amsterdam", "2026-10-25T01:30:00Z", "open"],
    [
      "between two repetitions",
      [daily("02:10", "02:20")],
      "Europe/Amsterdam",
      "2026-10-25T00:30:00Z",
      "2026-10-25T01:10:00Z",
    ],
    [
      "reopens as clocks go back",
      [daily("01:00", "02:30")],
      "Europe/Amsterdam",
      "2026-10-25T00:45:00Z",
      "2026-10-25T01:00:00Z",
    ],
    [
      "not the change but the start",
      [daily("01:00", "05:00")],
      "Europe/Amsterdam",
      "2026-03-28T10:00:00Z",
      "2026-03-29T00:00:00Z",
    ],
    // New York: forward 2026-03-08 07:00Z, back 2026-11-01 06:00Z
    [
      "starts in the missing hour",
      [daily("02:15", "05:00")],
      "America/New_York",
      "2026-03-08T06:00:00Z",
      "2026-03-08T07:00:00Z",
    ],
    [
      "over midnight into the change",
      [on("sat", "23:00", "04:00")],
      "America/New_York",
      "2026-03-08T07:59:00Z",
      "open",
    ],
    [
      "ends an hour sooner in real time",
      [on("sat", "23:00", "04:00")],
      "America/New_York",
      "2026-03-08T08:00:00Z",
      "2026-03-15T03:00:00Z",
    ],
    [
      "repeated hour, second",
      [daily("01:00", "01:30")],
      "America/New_York",
      "2026-11-01T05:45:00Z",
      "2026-11-01T06:00:00Z",
    ],
  ])("clocks change: %s %j in %s", (_, windows, zone, now, expected) => {
    expect(opening(windows, zone, now)).toBe(expected);
  });

  test("a window without days never opens and says when to ask again", () => {
    const now = at("2026-03-01T00:00:00Z");
    expect(openAt([{ days: [], from: "01:00", to: "02:00" }], "UTC", now)).toEqual({
      open: false,
      next: plus(now, 15 * DAY),
    });
  });

  test("next is the first minute at which a window is open", () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 10, 30, 45));
    const text = ([hour, minute]: [number, number]) =>
      `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    const window = fc
      .record({ days: fc.subarray([...EVERY_DAY], { minLength: 1 }), from: time.map(text), to: time.map(text) })
      .filter((one) => one.from !== one.to);
    const change = fc.constantFrom(
      "2026-03-29T01:00:00Z",
      "2026-10-25T01:00:00Z",
      "2026-03-08T07:00:00Z",
      "2026-11-01T06:00:00Z",
    );
    const zone = fc.constantFrom("Europe/Amsterdam", "America/New_York");
    const offset = fc.integer({ min: -36 * 60, max: 12 * 60 });
    fc.assert(
      fc.property(
        fc.array(window, { minLength: 1, maxLength: 2 }),
        zone,
        change,
        offset,
        (windows, name, near, minutes) => {
          const now = plus(at(near), minutes * MINUTE);
          const answer = openAt(windows, name, now);
          if (answer.open) return;
          expect(openAt(windows, name, answer.next)).toEqual({ open: true });
          // Every minute up to it is closed; two days of minutes hold both changes' surroundings.
          const limit = Math.min(answer.next, plus(now, 2 * DAY));
          for (let ms = now + MINUTE; ms < limit; ms += 5 * MINUTE) {
            expect(openAt(windows, name, epochMs(ms)).open).toBe(false);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("frozenAt", () => {
  const yearEnd: Freeze = { from: "2026-12-20", to: "2027-01-02", reason: "year end" };
  const thaw = (freezes: readonly Freeze[], zone: string, now: string) => {
    const answer = frozenAt(freezes, zone, at(now));
    return answer.frozen ? `${formatInstant(answer.until)} ${answer.reason}` : "not frozen";
  };

  test.each([
    ["before its first local minute", [yearEnd], "Europe/Amsterdam", "2026-12-19T22:59:59Z", "not frozen"],
    [
      "from its first local minute",
      [yearEnd],
      "Europe/Amsterdam",
      "2026-12-19T23:00:00Z",
      "2027-01-02T23:00:00Z year end",
    ],
    ["to its last", [yearEnd], "Europe/Amsterdam", "2027-01-02T22:59:59Z", "2027-01-02T23:00:00Z year end"],
    ["not after", [yearEnd], "Europe/Amsterdam", "2027-01-02T23:00:00Z", "not frozen"],
    [
      "a day on which clocks go forward",
      [{ from: "2026-03-29", to: "2026-03-29", reason: "x" }],
      "Europe/Amsterdam",
      "2026-03-29T12:00:00Z",
      "2026-03-29T22:00:00Z x",
    ],
    [
      "a day on which clocks go back",
      [{ from: "2026-11-01", to: "2026-11-01", reason: "x" }],
      "America/New_York",
      "2026-11-01T04:00:00Z",
      "2026-11-02T05:00:00Z x",
    ],
    [
      "two that touch are one",
      [{ from: "2027-01-03", to: "2027-01-05", reason: "audit" }, yearEnd],
      "UTC",
      "2026-12-24T00:00:00Z",
      "2027-01-06T00:00:00Z year end",
    ],
    ["none", [], "UTC", "2026-12-24T00:00:00Z", "not frozen"],
    // Cairo puts clocks forward at midnight: 2026-04-24 begins at 01:00
    [
      "a day without a midnight after it",
      [{ from: "2026-04-23", to: "2026-04-23", reason: "x" }],
      "Africa/Cairo",
      "2026-04-23T12:00:00Z",
      "2026-04-23T22:00:00Z x",
    ],
  ])("%s", (_, freezes, zone, now, expected) => {
    expect(thaw(freezes, zone, now)).toBe(expected);
  });

  test("until is never frozen, and the instant before it is", () => {
    const start = fc.integer({ min: 0, max: 1200 });
    const one = fc.tuple(start, fc.integer({ min: 0, max: 20 })).map(([from, length]): Freeze => {
      const day = (count: number) => wallClock(plus(at("2026-01-01T12:00:00Z"), count * DAY), "UTC").date;
      return { from: day(from), to: day(from + length), reason: "r" };
    });
    const zone = fc.constantFrom("Europe/Amsterdam", "America/New_York", "Africa/Cairo", "America/Santiago");
    const now = fc
      .integer({ min: 0, max: 1200 * 24 * 60 })
      .map((minutes) => plus(at("2026-01-01T00:00:00Z"), minutes * MINUTE));
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), zone, now, (freezes, name, instant) => {
        const answer = frozenAt(freezes, name, instant);
        if (!answer.frozen) return;
        expect(answer.until).toBeGreaterThan(instant);
        expect(frozenAt(freezes, name, answer.until).frozen).toBe(false);
        expect(frozenAt(freezes, name, plus(answer.until, -1)).frozen).toBe(true);
      }),
    );
  });
});
