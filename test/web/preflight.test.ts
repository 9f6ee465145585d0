/** A look at a rotation as checks: what each says, and which of them keep it from being begun. */
import { expect, test } from "vitest";
import { foreseenChecks, verdictOf } from "../../web/src/text/preflight.ts";

type Look = Parameters<typeof foreseenChecks>[0];
const NOW = "2031-03-01T12:00:00Z";
const ITEM: Look["items"][number] = {
  objectId: "o",
  appId: "a",
  displayName: "billing",
  slot: "default",
  outcome: "opens",
  reason: "not-due",
  sentence: "it is not due",
  detail: null,
  startsAt: NOW,
  waitsFor: [],
};
const look = (more: Partial<Look> = {}): Look => ({
  now: NOW,
  blocked: null,
  held: [],
  twoPersons: 0,
  items: [ITEM],
  ...more,
});
const said = (given: Look) =>
  foreseenChecks(given, "Europe/Amsterdam").map(({ name, state, says }) => `${state} ${name}: ${says}`);

test("nothing speaks against it", () =>
  expect(said(look())).toEqual([
    "ok Writing: Nothing holds it back.",
    "ok billing: May begin at once.",
    "ok Approvals: Your word is enough.",
  ]));

test("what blocks all is a failure, what only waits is a warning", () => {
  const blocked = { code: "refused-by-stop", detail: "ann paused all writing", next: "nolapse resume" };
  expect(foreseenChecks(look({ blocked }), "UTC")[0]).toMatchObject({ state: "failed", fix: "nolapse resume" });
  const held = [{ reason: "breaker-open", sentence: "the breaker is open" }] as const;
  expect(said(look({ held: [...held] }))[0]).toBe("warn Writing: What is begun waits: the breaker is open.");
});

test("each slot has its own answer: later, under way, or why it cannot", () => {
  const items = [
    { ...ITEM, slot: "blue", startsAt: "2031-03-02T07:00:00Z" },
    { ...ITEM, outcome: "open" as const },
    { ...ITEM, outcome: "refused" as const, detail: "its owner says so" },
  ];
  expect(said(look({ items })).slice(1, 4)).toEqual([
    "warn billing (blue): Begins Sun 2 Mar 2031, 08:00: windows, freezes and limits say so.",
    "ok billing: Is under way already.",
    "failed billing: Cannot: it is not due: its owner says so [not-due]",
  ]);
});

test("who must still approve what is said; of what cannot begin nobody is asked", () => {
  const waiting = (waitsFor: Look["items"][number]["waitsFor"], twoPersons = 0) =>
    said(look({ twoPersons, items: [{ ...ITEM, waitsFor }] })).at(-1);
  expect(waiting(["retire"])).toBe("warn Approvals: A person must still approve the removal of the old one.");
  expect(waiting(["issue", "retire"], 1)).toBe(
    "warn Approvals: Two persons must still approve the new credential and the removal of the old one.",
  );
  const items = [{ ...ITEM, outcome: "refused" as const }];
  expect(said(look({ items })).some((one) => one.includes("Approvals"))).toBe(false);
});

test("what was tried and failed is named; a warning keeps nothing back", () => {
  const one = { area: "targets", name: "app-2", state: "failed", says: "gone", fix: null } as const;
  const slots = [{ slot: "default", targets: ["app-2", "vault"] }];
  expect(verdictOf({ checks: [one, { ...one, name: "vault" }], slots })).toEqual({
    slots: [],
    why: "2 checks have failed (app-2, vault): nothing could be brought to its end.",
  });
  expect(verdictOf({ checks: [{ ...one, state: "warn" }], slots })).toEqual({ slots: null, why: null });
});

test("a target that failed leaves out the slots that go to it and no other; what failed of Nolapse itself keeps all back", () => {
  const gone = { area: "targets", name: "vault", state: "failed", says: "gone", fix: null } as const;
  const slots = [
    { slot: "blue", targets: ["vault"] },
    { slot: "green", targets: ["file"] },
    { slot: "red", targets: ["file", "vault"] },
  ];
  expect(verdictOf({ checks: [gone], slots })).toEqual({
    slots: ["green"],
    why: "vault failed: slot blue, slot red are left out.",
  });
  expect(verdictOf({ checks: [gone], slots: slots.slice(0, 2) }).why).toBe("vault failed: slot blue is left out.");
  const right = { ...gone, area: "permissions", name: "rotate what it owns" };
  expect(verdictOf({ checks: [gone, right], slots }).slots).toEqual([]);
});
