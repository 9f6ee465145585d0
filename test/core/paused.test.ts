/** A paused rotation: nothing of it is decided to be done in any state, however urgent, and what ends the pause. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { REASONS } from "../../src/core/reasons.ts";
import { applyEvent, mayCome } from "../../src/core/rotation/apply-event.ts";
import { decide, explain } from "../../src/core/rotation/decide.ts";
import type { Rotation, RotationState } from "../../src/core/rotation/rotation.ts";
import type { Facts } from "../../src/core/rotation/verdict.ts";
import { DAY, formatInstant, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { anyEvent, TARGETS } from "./any-event.ts";
import { attempt, delivery, issued, NOW, probe, rotation, settings, target } from "./make.ts";

const FACTS: Facts = {
  ...{ mode: "enforce", stopped: false, removalOff: false, breakerOpen: false, scanHolds: null },
  ...{
    acceptance: settings().acceptance,
    limits: null,
    timeZone: "UTC",
    targets: TARGETS.map((one) => target(0, one)),
  },
  asked: { retire: "after-overlap", complete: true },
  // past its last safe moment
  forecast: { rotateAt: plus(NOW, -9 * DAY), urgentAt: plus(NOW, -8 * DAY), lastSafeAt: plus(NOW, -DAY) } as never,
  tally: { issues: [], clean: 0, earlyRetirements: [] },
  ...{ succession: { underWay: false, by: null }, kindFits: true, earlyDue: 1 },
};
const ACTIVE: readonly RotationState[] = ["planned", "issued", "accepted", "delivered", "verified"];
const both = TARGETS.map((name) => delivery({ target: name }));
const paused = { by: "entra:ann", at: NOW };

/** What each state would do next if nobody held it. */
const BUSY: readonly [string, Partial<Rotation>][] = [
  ["planned", { state: "planned" }],
  ["planned, an answer lost", { state: "planned", attempts: [attempt({ outcome: "unknown" })] }],
  ["issued", { state: "issued", issued: issued() }],
  ["issued, being withdrawn", { state: "issued", issued: issued(), withdrawIntendedAt: NOW }],
  ["accepted", { state: "accepted", issued: issued(), acceptedAt: NOW }],
  ["delivered", { state: "delivered", issued: issued(), acceptedAt: NOW }],
  ["verified, the old one removed", { state: "verified", issued: issued(), removedAt: plus(NOW, -HOUR) }],
];

test.each(BUSY)("%s: waits for a person, and goes on with what it would have done", (_, parts) => {
  const free = rotation({ deliveries: both, ...parts });
  const before = decide(free, FACTS, NOW);
  expect(before.verdict).toBe("do");
  const held = applyEvent(free, { type: "paused", at: NOW, by: "entra:ann", reason: "the vault moves" });
  expect(decide(held, FACTS, NOW)).toEqual({
    verdict: "wait",
    until: null,
    because: "paused",
    detail: `by entra:ann since ${formatInstant(NOW)}: the vault moves; nolapse continue ${held.id}`,
  });
  expect(decide(applyEvent(held, { type: "continued", at: NOW }), FACTS, NOW)).toEqual(before);
});

const LIST_WRITE = { at: plus(NOW, -HOUR), reads: [], restored: [], removed: null } as const;
const LOST = { keyId: "theirs", name: "theirs", fate: "lost", at: NOW } as const;
const HELD = { state: "issued", issued: issued(), paused } as const;

test.each([
  [
    "a list that it replaced is watched on",
    { listWrite: LIST_WRITE },
    { verdict: "do", step: { step: "compare-list" } },
  ],
  ["what that cost others is put back", { listLosses: [LOST] }, { verdict: "do", step: { step: "restore-list" } }],
  [
    "a failed try of that is waited after as ever",
    {
      listLosses: [LOST],
      lastFailure: { at: NOW, code: "directory-failed", message: "", next: null },
      notBefore: plus(NOW, HOUR),
    },
    { verdict: "wait", because: "backoff", until: plus(NOW, HOUR) },
  ],
  [
    "between two looks nothing else is done",
    { listWrite: { ...LIST_WRITE, at: NOW } },
    { because: "paused", until: null },
  ],
  ["what is put back needs nothing more", { listLosses: [{ ...LOST, fate: "restored" }] }, { because: "paused" }],
] as const)("half a list is no place to pause: %s", (_, parts, expected) => {
  const held = rotation({ ...HELD, ...(parts as Partial<Rotation>) });
  expect(decide(held, FACTS, NOW)).toMatchObject(expected);
  expect(decide(held, { ...FACTS, stopped: true }, NOW)).toMatchObject({ because: "stopped" });
});

test("only what holds the whole tenant is asked before it", () => {
  const held = rotation({ paused });
  expect(explain(held, FACTS, NOW).checks.map((one) => one.check)).toEqual(["stop", "mode", "paused"]);
  expect(decide(held, { ...FACTS, stopped: true }, NOW).because).toBe("stopped");
  expect(decide(held, { ...FACTS, mode: "observe" }, NOW).because).toBe("mode-observe");
  expect(REASONS.paused).toContain("until somebody continues it");
  // what is typed stands beside it: the reason is read in the portal, too
  expect(decide(held, FACTS, NOW)).toMatchObject({ detail: expect.stringContaining(`nolapse continue ${held.id}`) });
});

test("who paused it first stays, and an end or a halt leaves nobody holding what is over", () => {
  const held = applyEvent(rotation({ paused }), { type: "paused", at: plus(NOW, HOUR), by: "bob" });
  expect(held.paused).toEqual(paused);
  expect(applyEvent(held, { type: "cancelled", at: NOW })).not.toHaveProperty("paused");
  for (const state of ["retired", "cancelled", "halted"] as const) expect(mayCome(state, "paused")).toBe(false);
});

test("a leaked value is not held by who paused before it was known, and is by who pauses it then", () => {
  const leaked = applyEvent(rotation({ paused }), { type: "emergency-asked", at: NOW, actor: "bob" });
  expect(decide(leaked, FACTS, NOW).verdict).toBe("do");
  const held = applyEvent(leaked, { type: "paused", at: NOW, by: "entra:ann" });
  expect(decide(held, FACTS, NOW).because).toBe("paused");
});

test("the acceptance begins anew: the time in which nobody tried says nothing against the new one", () => {
  const refused = [probe("not-authenticated", plus(NOW, -MINUTE))];
  const held = rotation({ state: "issued", issued: issued(), probes: refused, probingSince: NOW, paused });
  expect(applyEvent(held, { type: "continued", at: NOW })).toMatchObject({ probes: [], probingSince: null });
  const accepted = rotation({ state: "accepted", issued: issued(), probes: refused, paused });
  expect(applyEvent(accepted, { type: "continued", at: NOW }).probes).toEqual(refused);
});

test("whatever comes to a paused rotation, only a person's word lets it go on", () => {
  const ends = new Set(["continued", "emergency-asked", "cancelled"]);
  const walk = fc.array(fc.nat(200), { maxLength: 40 });
  fc.assert(
    fc.property(fc.constantFrom(...ACTIVE), walk, (state, picks) => {
      let r = rotation({ state, issued: issued(), deliveries: both, paused });
      let now = NOW;
      for (const pick of picks) {
        now = plus(now, MINUTE);
        const events = anyEvent(pick, now, r).filter(({ type }) => mayCome(r.state, type) && !ends.has(type));
        const event = events[pick % events.length];
        if (event === undefined) return;
        try {
          r = applyEvent(r, event);
        } catch (thrown) {
          if (thrown instanceof TypeError) continue;
          throw thrown;
        }
        expect(r.paused).toEqual(paused);
        if (!ACTIVE.includes(r.state)) continue;
        const verdict = decide(r, FACTS, now);
        const isMended = r.listWrite !== null || r.listLosses.some(({ fate }) => fate === "lost");
        if (!isMended) expect(verdict).toMatchObject({ because: "paused" });
        else if (verdict.verdict === "do") expect(["compare-list", "restore-list"]).toContain(verdict.step.step);
        else expect(["paused", "backoff", "list-still"]).toContain(verdict.because);
      }
    }),
  );
});
