import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BASE32, DISPLAY_NAME_LIMIT, formatMarkedName, parseMarkedName } from "../../src/core/credentials/marker.ts";

const MARKER = { instance: "abcd", attempt: "abcdefgh2345" };
const SUFFIX = "[nolapse:abcd.abcdefgh2345]";
const base32 = (length: number) =>
  fc.array(fc.constantFrom(...BASE32), { minLength: length, maxLength: length }).map((chars) => chars.join(""));
const anyMarker = fc.record({ instance: base32(4), attempt: base32(12) });
const anyText = fc.string({ unit: "grapheme", maxLength: 200 });

describe("formatMarkedName", () => {
  test.each([
    ["billing api 2026", `billing api 2026 ${SUFFIX}`],
    ["  padded  ", `padded ${SUFFIX}`],
    ["", SUFFIX],
    ["   ", SUFFIX],
    ["x".repeat(200), `${"x".repeat(62)} ${SUFFIX}`],
    // 61 places are taken, the emoji needs two of the one left: it is left out, and so is all that follows
    [`${"x".repeat(61)}😀yz`, `${"x".repeat(61)} ${SUFFIX}`],
    [`${"x".repeat(60)}😀yz`, `${"x".repeat(60)}😀 ${SUFFIX}`],
    [`${"x".repeat(60)}  yyyy`, `${"x".repeat(60)} ${SUFFIX}`],
  ])("%j", (description, name) => {
    expect(formatMarkedName(description, MARKER)).toBe(name);
  });

  test.each([
    { instance: "abc", attempt: MARKER.attempt },
    { instance: "ABCD", attempt: MARKER.attempt },
    { instance: "abc1", attempt: MARKER.attempt },
    { instance: "abcd", attempt: "short" },
  ])("refuses the marker %j", (marker) => {
    expect(() => formatMarkedName("x", marker)).toThrow(TypeError);
  });

  test("never longer than the directory keeps, never a cut marker or code point, always a beginning", () => {
    fc.assert(
      fc.property(anyText, anyMarker, (description, marker) => {
        const name = formatMarkedName(description, marker);
        const read = parseMarkedName(name);
        expect(name.length).toBeLessThanOrEqual(DISPLAY_NAME_LIMIT);
        expect(read.marker).toEqual(marker);
        expect(description.trim().startsWith(read.description)).toBe(true);
        if (description.isWellFormed()) expect(name.isWellFormed()).toBe(true);
      }),
    );
  });

  test("round trip of a description that fits", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 62 }), anyMarker, (description, marker) => {
        expect(parseMarkedName(formatMarkedName(description, marker))).toEqual({
          description: description.trim(),
          marker,
        });
      }),
    );
  });
});

describe("parseMarkedName", () => {
  test.each([
    ["billing", "billing", null],
    [SUFFIX, "", MARKER],
    [`billing${SUFFIX}`, "billing", MARKER],
    [`billing ${SUFFIX} `, `billing ${SUFFIX} `, null],
    ["billing [nolapse:abcd.short]", "billing [nolapse:abcd.short]", null],
    ["billing [NOLAPSE:abcd.abcdefgh2345]", "billing [NOLAPSE:abcd.abcdefgh2345]", null],
    [`[nolapse:zzzz.zzzzzzzzzzzz] ${SUFFIX}`, "[nolapse:zzzz.zzzzzzzzzzzz]", MARKER],
  ])("%j", (name, description, marker) => {
    expect(parseMarkedName(name)).toEqual({ description, marker });
  });
});
