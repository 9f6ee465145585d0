import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  DAY,
  daysBetween,
  epochMs,
  formatDuration,
  formatInstant,
  HOUR,
  MINUTE,
  parseDuration,
  parseInstant,
  plus,
  SECOND,
} from "../../src/core/time.ts";
import { clockChange, instantsOf, isTimeZone, wallClock } from "../../src/core/time-zones.ts";
import { anyInstant, at } from "./make.ts";

describe("parseInstant", () => {
  test.each([
    ["2026-03-01T09:12:44Z", "2026-03-01T09:12:44Z"],
    ["2026-03-01T09:12:44.0123456Z", "2026-03-01T09:12:44.012Z"],
    ["2026-03-01T09:12:44.9999999Z", "2026-03-01T09:12:44.999Z"],
    ["2026-03-01T09:12:44.5Z", "2026-03-01T09:12:44.500Z"],
    ["2026-03-01T09:12:44+02:00", "2026-03-01T07:12:44Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999Z"],
  ])("reads %s", (text, instant) => {
    const read = parseInstant(text);
    expect(read === null ? null : formatInstant(read)).toBe(instant);
  });

  test.each([
    "",
    "2026-03-01",
    "2026-03-01T09:12:44",
    "2026-03-01 09:12:44Z",
    "2026-02-30T09:12:44Z",
    "2025-02-29T09:12:44Z",
    "2026-13-01T09:12:44Z",
    "2026-03-01T25:12:44Z",
    "2026-03-01T09:12:44.Z",
    " 2026-03-01T09:12:44Z",
  ])("refuses %j", (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  test("round trip", () => {
    fc.assert(fc.property(anyInstant, (instant) => parseInstant(formatInstant(instant)) === instant));
  });

  test("is written as the platform writes it, in every year a date can be in, and refused beyond", () => {
    const last = 8.64e15;
    fc.assert(
      fc.property(fc.integer({ min: -last, max: last }), (instant) => {
        expect(formatInstant(epochMs(instant))).toBe(new Date(instant).toISOString().replace(".000Z", "Z"));
      }),
    );
    for (const beyond of [last + 1, -last - 1, Number.NaN]) {
      expect(() => formatInstant(beyond as ReturnType<typeof epochMs>)).toThrow(RangeError);
    }
  });
});

describe("durations", () => {
  test.each([
    ["90s", 90 * SECOND],
    ["30m", 30 * MINUTE],
    ["12h", 12 * HOUR],
    ["180d", 180 * DAY],
    ["P30D", 30 * DAY],
    ["P1W2D", 9 * DAY],
    ["PT10S", 10 * SECOND],
    ["P1DT2H3M4.5S", DAY + 2 * HOUR + 3 * MINUTE + 4_500],
    ["", null],
    ["P", null],
    ["PT", null],
    ["P1DT", null],
    ["-1d", null],
    ["1.5h", null],
    ["1y", null],
  ])("parseDuration(%j)", (text, length) => {
    expect(parseDuration(text)).toBe(length);
  });

  test("round trip of whole seconds", () => {
    const whole = fc.integer({ min: 0, max: 800 * 86_400 }).map((seconds) => seconds * SECOND);
    fc.assert(fc.property(whole, (length) => parseDuration(formatDuration(length)) === length));
  });

  test("days are rounded down, also when past", () => {
    const now = at("2026-03-01T00:00:00Z");
    expect(daysBetween(now, plus(now, DAY - 1))).toBe(0);
    expect(daysBetween(now, plus(now, -1))).toBe(-1);
  });
});

describe("time zones", () => {
  test.each([
    ["Europe/Amsterdam", true],
    ["UTC", true],
    ["America/New_York", true],
    ["Mars/Olympus", false],
    ["", false],
    ["local", false],
  ])("isTimeZone(%j) is %s", (name, known) => {
    expect(isTimeZone(name)).toBe(known);
  });

  test("an unknown zone is an error, not UTC", () => {
    expect(() => wallClock(at("2026-03-01T00:00:00Z"), "Mars/Olympus")).toThrow(RangeError);
  });

  test.each([
    ["2026-03-29T00:59:59Z", "Europe/Amsterdam", "2026-03-29", 0, 119],
    ["2026-03-29T01:00:00Z", "Europe/Amsterdam", "2026-03-29", 0, 180],
    ["2026-10-25T00:59:59Z", "Europe/Amsterdam", "2026-10-25", 0, 179],
    ["2026-10-25T01:00:00Z", "Europe/Amsterdam", "2026-10-25", 0, 120],
    ["2026-01-01T04:30:00Z", "America/New_York", "2025-12-31", 3, 1410],
    ["2026-01-01T18:30:00Z", "Asia/Kathmandu", "2026-01-02", 5, 15],
  ])("at %s in %s it is %s", (instant, zone, date, weekday, minute) => {
    expect(wallClock(at(instant), zone)).toEqual({ date, weekday, minute });
  });

  test.each([
    // one as a rule, none in the missing hour, two in the repeated one
    ["2026-06-01", 150, "Europe/Amsterdam", ["2026-06-01T00:30:00Z"]],
    ["2026-03-29", 150, "Europe/Amsterdam", []],
    ["2026-10-25", 150, "Europe/Amsterdam", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]],
    ["2026-03-08", 150, "America/New_York", []],
    ["2026-11-01", 90, "America/New_York", ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"]],
    ["2026-12-31", 1440, "UTC", ["2027-01-01T00:00:00Z"]],
  ])("instants of %s, minute %i, in %s", (date, minute, zone, instants) => {
    expect(instantsOf(date, minute, zone).map(formatInstant)).toEqual(instants);
  });

  test("clock changes are found to the second", () => {
    const change = clockChange(at("2026-03-28T11:07:00Z"), at("2026-03-30T00:00:01Z"), "Europe/Amsterdam");
    expect(change === null ? null : formatInstant(change)).toBe("2026-03-29T01:00:00Z");
    expect(clockChange(at("2026-05-01T00:00:00Z"), at("2026-05-03T00:00:00Z"), "Europe/Amsterdam")).toBeNull();
  });

  test("dates move over the ends of months and leap days", () => {
    expect(addDays("2026-02-28", 1)).toBe("2026-03-01");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
    expect(() => addDays("2026-02-30", 1)).toThrow(RangeError);
  });

  test("an instant is among those its wall clock names", () => {
    const zone = fc.constantFrom("Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca");
    fc.assert(
      fc.property(anyInstant, zone, (instant, name) => {
        const minute = epochMs(Math.floor(instant / MINUTE) * MINUTE);
        const wall = wallClock(minute, name);
        expect(instantsOf(wall.date, wall.minute, name)).toContain(minute);
      }),
    );
  });
});
