/** An end of one's own: what a wall clock means in a zone, and what is said of it before anything is asked for. */
import { describe, expect, test } from "vitest";
import { policyBlock } from "../../web/src/dialogs/blocked.ts";
import { askedFor, customEnd, lastingUntil } from "../../web/src/dialogs/lasting.ts";
import { deliverable, NO_TARGET } from "../../web/src/dialogs/secret-slots.ts";
import { instantOf, wallOf, zoneWords } from "../../web/src/text/wall-clock.ts";

const ZONE = "Europe/Amsterdam";
const at = (text: string) => Date.parse(text);

describe("a wall clock", () => {
  test.each([
    ["2027-01-12T09:30", ZONE, "2027-01-12T08:30:00Z"],
    ["2027-07-12T09:30", ZONE, "2027-07-12T07:30:00Z"],
    ["2027-07-12T00:00", "Pacific/Auckland", "2027-07-11T12:00:00Z"],
    ["2027-07-12T23:59", "America/St_Johns", "2027-07-13T02:29:00Z"],
    // the hour that is left out, and the one that comes twice
    ["2027-03-28T02:30", ZONE, "2027-03-28T01:30:00Z"],
    ["2027-10-31T02:30", ZONE, "2027-10-31T00:30:00Z"],
  ])("%s in %s is %s", (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(at(instant));
  });

  test("shows what it was read from, at every hour of a year", () => {
    for (let hour = at("2027-01-01T00:00:00Z"); hour < at("2028-01-01T00:00:00Z"); hour += 3_600_000) {
      const wall = wallOf(hour, ZONE);
      const back = instantOf(wall, ZONE);
      // the second of two alike is read as the first
      expect(wallOf(back ?? 0, ZONE)).toBe(wall);
      expect(hour - (back ?? 0)).toBeLessThanOrEqual(3_600_000);
    }
  });

  test("is no instant where it says nothing, and says how far its zone is from universal time", () => {
    expect([instantOf("", ZONE), instantOf("2027-13-01T00:00", ZONE), instantOf("tomorrow", ZONE)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(zoneWords(at("2027-07-12T00:00:00Z"), ZONE)).toBe("Europe/Amsterdam, UTC+02:00");
    expect(zoneWords(at("2027-01-12T00:00:00Z"), "America/St_Johns")).toBe("America/St_Johns, UTC−03:30");
  });
});

describe("an end of one's own", () => {
  const now = "2027-01-01T12:00:00Z";
  const range = { earliest: "2027-01-15T11:00:00Z", latest: "2028-12-31T11:00:00Z", why: null };
  const fault = (end: string, over: object = {}, start = "") =>
    customEnd({ start, end }, { ...range, ...over }, now, ZONE).endFault;

  test("is good to the last minute, and said to be too late or too soon after and before", () => {
    expect([fault("2028-12-31T12:00"), fault("2027-01-15T12:00"), fault("")]).toEqual([null, null, null]);
    expect(fault("2028-12-31T12:01")).toBe("At most 24 months (730 days): until Sun 31 Dec 2028, 12:00.");
    expect(fault("2027-01-15T11:59")).toBe("Too soon: not before Fri 15 Jan 2027, 12:00.");
  });

  test("is refused in the policy's words where one of the tenant forbids it", () => {
    const over = { latest: "2027-04-01T11:00:00Z", why: 'the policy "short" allows no longer' };
    expect(fault("2027-06-01T12:00", over)).toBe(
      'Not allowed: the policy "short" allows no longer: until Thu 1 Apr 2027, 13:00.',
    );
  });

  test("may be as much later as it begins later, and begins never in the past", () => {
    expect(fault("2029-01-10T12:00", {}, "2027-01-11T13:00")).toBeNull();
    expect(fault("2029-01-10T12:01", {}, "2027-01-11T13:00")).toContain("At most 24 months");
    expect(customEnd({ start: "2027-01-01T13:00", end: "" }, range, now, ZONE).startFault).toContain("past");
  });

  test("is asked for as an instant, and not at all where anything is wrong with it", () => {
    const offered = { presets: [], custom: range, now, withStart: true };
    const lasting = { choice: "custom", start: "", end: "2027-07-12T09:30" };
    expect(askedFor(lasting, offered, ZONE)).toEqual({ end: "2027-07-12T07:30:00.000Z" });
    expect(askedFor({ ...lasting, start: "2027-02-01T00:00" }, offered, ZONE)).toEqual({
      end: "2027-07-12T07:30:00.000Z",
      start: "2027-01-31T23:00:00.000Z",
    });
    // what begins later is not offered for what goes to targets
    expect(askedFor({ ...lasting, start: "2027-02-01T00:00" }, { ...offered, withStart: false }, ZONE)).toEqual({
      end: "2027-07-12T07:30:00.000Z",
    });
    for (const wrong of [{ end: "" }, { end: "2030-01-01T00:00" }, { start: "2026-01-01T00:00" }])
      expect(askedFor({ ...lasting, ...wrong }, offered, ZONE)).toBeNull();
  });
});

test("to end when another one was to is the length that comes to it within the hour, where that is allowed, and else that minute", () => {
  const preset = (days: number, end: string, allowed = true) => ({
    days,
    end,
    allowed,
    recommended: false,
    why: null,
    notes: [],
  });
  const presets = [preset(90, "2027-04-01T11:00:00Z"), preset(365, "2028-01-01T11:00:00Z", false)];
  const until = (end: string) => lastingUntil(end, presets, ZONE);
  expect(until("2027-04-01T10:45:10Z")).toEqual({ choice: "90", start: "", end: "" });
  expect(until("2027-04-01T10:00:00Z")).toEqual({ choice: "custom", start: "", end: "2027-04-01T12:00" });
  expect(until("2028-01-01T11:00:00Z")).toEqual({ choice: "custom", start: "", end: "2028-01-01T12:00" });
});

test("a secret can be delivered by the first slot that takes one, and where there is none it is said why", () => {
  const slot = (names: string[], why: string | null = null) => ({
    targets: names.map((name) => ({ name, type: "env-file" })),
    blocked: why === null ? null : { reason: "application-paused" as const, why, mend: null },
  });
  expect(deliverable(undefined)).toBeNull();
  expect(deliverable([])).toEqual({ blocked: NO_TARGET, targets: "" });
  expect(deliverable([slot(["vault"], "it is paused"), slot(["file", "ci"])])).toEqual({
    blocked: null,
    targets: "file and ci",
  });
  expect(deliverable([slot(["vault"], "it is paused")])?.blocked).toBe("Not possible now: it is paused.");
});

test("a policy is said in place of the form only where it leaves no way at all", () => {
  const shown = { blocked: "a policy forbids new secrets", privileged: false };
  const of = (slots: Parameters<typeof policyBlock>[0]["slots"], more = {}) =>
    policyBlock({ slots, shown: { ...shown, ...more } as never });
  const forbids = { blocked: { reason: "policy-forbids", why: "the policy of Contoso forbids it" } };
  expect(of([forbids])).toBe("the policy of Contoso forbids it");
  expect(of([])).toBe("a policy forbids new secrets");
  expect(of([], { privileged: true })).toBeNull();
  expect(of([forbids, { blocked: null }])).toBeNull();
  expect(of([{ blocked: { reason: "under-way", why: "one is under way" } }])).toBeNull();
  expect(of([forbids], { blocked: null })).toBeNull();
});
