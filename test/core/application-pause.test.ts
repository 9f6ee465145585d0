/** An application that a person holds: each of its rotations waits for him, whatever its state, and what is kept of them is their own. */
import { expect, test } from "vitest";
import { outlookOf } from "../../src/core/pictures/outlook.ts";
import { MENDS } from "../../src/core/policy/mends.ts";
import {
  goesOnBy,
  heldBecause,
  pausedDetail,
  underPause,
  withoutPause,
} from "../../src/core/rotation/application-pause.ts";
import { decide } from "../../src/core/rotation/decide.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import type { Facts } from "../../src/core/rotation/verdict.ts";
import { DAY, formatInstant, HOUR, plus } from "../../src/core/time.ts";
import { attempt, delivery, issued, NOW, rotation, settings, target } from "./make.ts";

const PAUSE = { appId: rotation().holder.appId, by: "entra:ann", at: NOW, reason: "the vault moves" };
const FACTS: Facts = {
  ...{ mode: "enforce", stopped: false, removalOff: false, breakerOpen: false, scanHolds: null },
  ...{ acceptance: settings().acceptance, limits: null, timeZone: "UTC", targets: [target(0, "billing")] },
  asked: { retire: "after-overlap", complete: true },
  // past its last safe moment
  forecast: { rotateAt: plus(NOW, -9 * DAY), urgentAt: plus(NOW, -8 * DAY), lastSafeAt: plus(NOW, -DAY) } as never,
  tally: { issues: [], clean: 0, earlyRetirements: [] },
  ...{ succession: { underWay: false, by: null }, kindFits: true, earlyDue: 1 },
};
const undo = { until: plus(NOW, DAY), keyId: "back", addedAt: null, removedAt: null };
const OUT = { issued: issued(), deliveries: [delivery({ target: "billing" })] };

/** What each state would do next if nobody held its application. */
const BUSY: readonly [string, Partial<Rotation>][] = [
  ["planned", { state: "planned" }],
  ["planned, an answer lost", { state: "planned", attempts: [attempt({ outcome: "unknown" })] }],
  ["issued", { ...OUT, state: "issued" }],
  ["issued, being withdrawn", { ...OUT, state: "issued", withdrawIntendedAt: NOW }],
  ["accepted", { ...OUT, state: "accepted", acceptedAt: NOW }],
  ["delivered", { ...OUT, state: "delivered", acceptedAt: NOW }],
  ["verified, the old one removed", { ...OUT, state: "verified", removedAt: plus(NOW, -HOUR) }],
  ["halted, an answer lost", { state: "halted", attempts: [attempt({ outcome: "unknown" })] }],
  ["cancelled, an answer lost", { state: "cancelled", attempts: [attempt({ outcome: "unknown" })] }],
  ["retired, its certificate wanted back", { ...OUT, state: "retired", undo, dueAt: NOW }],
  [
    "retired, its certificate to be swept",
    { ...OUT, state: "retired", undo: { ...undo, until: plus(NOW, -30 * DAY), addedAt: plus(NOW, -40 * DAY) } },
  ],
];

test.each(BUSY)("%s: waits for a person however urgent it is, and goes on with what it would have done", (_, parts) => {
  const free = rotation({ dueAt: NOW, ...parts });
  const before = decide(free, FACTS, NOW);
  expect(before.verdict).toBe("do");
  const held = underPause(free, PAUSE);
  expect(decide(held, FACTS, NOW)).toEqual({
    verdict: "wait",
    until: null,
    because: "application-paused",
    detail: `by entra:ann since ${formatInstant(NOW)}: the vault moves; nolapse continue ${PAUSE.appId}`,
  });
  expect(withoutPause(held)).toEqual(free);
});

test("one that has retired and waits for nothing is done, under a pause as well", () => {
  const free = rotation({ ...OUT, state: "retired", dueAt: NOW });
  expect(decide(underPause(free, PAUSE), FACTS, NOW)).toMatchObject({ verdict: "done" });
  const over = { ...free, dueAt: null };
  expect(underPause(over, PAUSE)).toBe(over);
});

test("what a person holds by itself stays his, and goes on by its own name", () => {
  const own = rotation({ paused: { by: "cli:otto", at: NOW } });
  expect(underPause(own, PAUSE)).toBe(own);
  expect(withoutPause(own)).toBe(own);
  expect(underPause(own, undefined)).toBe(own);
  const words = (one: Rotation) => one.paused && [goesOnBy(one, one.paused), heldBecause(one.paused)];
  expect(words(own)).toEqual([`continue ${own.id}`, "paused"]);
  expect(words(underPause(rotation(), PAUSE))).toEqual([`continue ${PAUSE.appId}`, "application-paused"]);
});

test("since when is told to the second, as times are everywhere", () => {
  expect(pausedDetail({ by: "cli:ann", at: plus(NOW, 789) })).toBe(pausedDetail({ by: "cli:ann", at: NOW }));
});

test("an application that is held stops unless somebody acts, with a rotation under way or without", () => {
  const end = plus(NOW, 20 * DAY);
  const credentials = [{ keyId: "a", start: NOW, end, signsIn: true, never: null }];
  const around = { mode: "enforce", own: null, now: NOW, credentials, retirements: new Map() } as const;
  const slot = { keyId: "a", forecast: null, startsAt: null };
  const held = { ...slot, status: "cannot", because: "application-paused" } as const;
  expect(outlookOf({ ...around, slots: [held], rotations: [] }).next).toMatchObject({
    code: "stops",
    at: end,
    reason: "application-paused",
  });
  const overlapping = underPause(rotation({ ...OUT, state: "verified" }), PAUSE);
  expect(outlookOf({ ...around, slots: [held], rotations: [overlapping] }).next).toMatchObject({
    code: "stops",
    at: end,
    rotation: overlapping.id,
  });
  const under = underPause(rotation({ state: "planned" }), PAUSE);
  const busy = { ...slot, status: "in-progress", because: "lead-time-reached" } as const;
  expect(outlookOf({ ...around, slots: [busy], rotations: [under] }).next).toMatchObject({
    code: "stops",
    reason: "application-paused",
    rotation: under.id,
  });
  expect(MENDS["application-paused"].text).toContain("nolapse continue");
});
