/** Each reason for which something cannot be renewed has one thing to do about it. */
import { expect, test } from "vitest";
import { MENDS, mendOf } from "../../src/core/policy/mends.ts";
import { REASONS, type ReasonCode } from "../../src/core/reasons.ts";

test("a mend is whole sentences, and another one for each reason that is not the same to people", () => {
  for (const [reason, { text }] of Object.entries(MENDS)) {
    expect(Object.keys(REASONS)).toContain(reason);
    expect(text, reason).toMatch(/^[A-Z][^`]*(`[a-z ]+`[^`]*)*\.$/);
  }
  expect(new Set(Object.values(MENDS).map(({ text }) => text)).size).toBe(Object.keys(MENDS).length);
});

test("what somebody else renews asks nothing of whoever looks", () => {
  const others = Object.entries(MENDS).flatMap(([reason, { by }]) => (by === "others" ? [reason] : []));
  expect(others.toSorted()).toEqual([
    "encryption",
    "first-party",
    "managed-elsewhere",
    "platform-managed",
    "property-locked",
  ]);
});

test("a reason without a mend of its own leads to where each check is told", () => {
  expect(mendOf("ramp").text).toContain("nolapse explain");
  expect(mendOf("constructor" as ReasonCode).text).toContain("nolapse explain");
  expect(mendOf("target-kind")).toBe(MENDS["target-kind"]);
});
