/**
 * The invariants of rotation over random orders of events (design §4.3), as far as core can see them. Two kinds of walk:
 * one in which anything that may come comes, and one in which the decision leads and the world answers as it likes.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SuccessorKind } from "../../src/core/credentials/federation.ts";
import { SWEEP_AFTER } from "../../src/core/policy/policy.ts";
import { ABSENT_READS, applyEvent, mayCome, TRANSITIONS } from "../../src/core/rotation/apply-event.ts";
import { ISSUE_TRIES } from "../../src/core/rotation/checks.ts";
import { decide } from "../../src/core/rotation/decide.ts";
import { PROOF_LASTS } from "../../src/core/rotation/retire-guard.ts";
import type { Rotation, RotationEvent, RotationState } from "../../src/core/rotation/rotation.ts";
import type { Facts, Step } from "../../src/core/rotation/verdict.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { anyEvent, anyOfFederated, failure, TARGETS } from "./any-event.ts";
import {
  attempt,
  delivery,
  federated,
  issued,
  madeCertificate,
  NOW,
  probe,
  rotation,
  settings,
  signIns,
  target,
  useEvidence,
} from "./make.ts";

const fresh = (parts: Partial<Rotation> = {}) =>
  rotation({ deliveries: TARGETS.map((name) => delivery({ target: name })), ...parts });

const RANK: Record<RotationState, number> = {
  planned: 0,
  issued: 1,
  accepted: 2,
  delivered: 3,
  verified: 4,
  retired: 5,
  halted: -1,
  cancelled: -1,
};

/** What must be true of any rotation, however it came to be. */
function sound(r: Rotation): void {
  const was = r.state === "halted" || r.state === "cancelled" ? r.from : r.state;
  const rank = was === null ? 0 : RANK[was];
  if (rank >= 1) expect(r.issued, "issued has a credential").not.toBeNull();
  if (rank >= 2 && r.kind !== "federated") expect(r.acceptedAt, "accepted was accepted").not.toBeNull();
  if (rank >= 3) for (const one of r.deliveries) expect(one.receipt, "delivered has every receipt").not.toBeNull();
  if (rank >= 4) for (const one of r.deliveries) expect(one.verifiedAt, "verified has every proof").not.toBeNull();
  if (rank >= 4 && r.kind === "federated") expect(r.assurance, "somebody signed in").toBe("consumer-evidence");
  if (rank >= 5) {
    expect(r.removedAt).not.toBeNull();
    expect(r.absentReads.length).toBeGreaterThanOrEqual(ABSENT_READS);
  }
  expect(JSON.parse(JSON.stringify(r)), "survives the store").toEqual(r);
}

test("whatever comes in whatever order, a state is reached only with its proof, and in its order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(30), fc.nat(2 * HOUR)), { maxLength: 120 }),
      fc.boolean(),
      (picks, federates) => {
        let r = federates ? fresh({ kind: "federated", federated: federated(), deliveries: [] }) : fresh();
        let now = NOW;
        for (const [index, [pick, later]] of picks.entries()) {
          now = plus(now, later);
          const events = (federates ? anyOfFederated(now, r) : anyEvent(index, now, r)).filter(({ type }) =>
            mayCome(r.state, type),
          );
          const event = events[pick % events.length];
          if (event === undefined) break;
          const before = r;
          r = applyEvent(r, event);
          sound(r);
          const forward = RANK[r.state] - RANK[before.state];
          if (RANK[before.state] >= 0 && RANK[r.state] >= 0) {
            const most = event.type === "passed" ? 2 : 1;
            expect(forward, `${before.state} → ${r.state}`).toBeLessThanOrEqual(most);
            if (forward < 0) expect(["withdrawn", "drifted"]).toContain(event.type);
          }
          expect(before, "the old one is not touched").not.toBe(r);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test("an event that may not come is refused, and changes nothing", () => {
  for (const state of Object.keys(TRANSITIONS) as RotationState[]) {
    const r = fresh({ state, attempts: [attempt()], issued: issued() });
    for (const event of anyEvent(1, NOW, r)) {
      if (mayCome(state, event.type)) continue;
      expect(() => applyEvent(r, event), `${event.type} in ${state}`).toThrow(TypeError);
    }
  }
});

/** A tenant's switches and a service that answers as it likes. */
interface World {
  readonly stopped: boolean;
  readonly removalOff: boolean;
  readonly breakerOpen: boolean;
  readonly scanSound: boolean;
  readonly mode: Facts["mode"];
  readonly good: number;
  readonly later: number;
  readonly own: Facts["own"];
}

const anyWorld: fc.Arbitrary<World> = fc.record({
  stopped: fc.integer({ min: 0, max: 19 }).map((one) => one === 0),
  removalOff: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  breakerOpen: fc.integer({ min: 0, max: 19 }).map((one) => one === 0),
  scanSound: fc.integer({ min: 0, max: 9 }).map((one) => one !== 0),
  mode: fc.constantFrom("enforce", "enforce", "enforce", "enforce", "enforce", "propose", "observe"),
  good: fc.integer({ min: 0, max: 9 }),
  own: fc.oneof(
    fc.constant(undefined),
    fc.record({
      isThis: fc.boolean(),
      isOtherBusy: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
      source: fc.constantFrom("file", "file", "environment"),
    }),
  ),
  later: fc.oneof(fc.integer({ min: 0, max: HOUR }), fc.integer({ min: 0, max: 10 * DAY })),
});

/** Worlds that last for a while, or a walk would hardly ever come far. */
const worldsInTurn = fc
  .array(fc.tuple(anyWorld, fc.integer({ min: 1, max: 40 })), { maxLength: 16 })
  .map((spans) => spans.flatMap(([world, times]) => Array<World>(times).fill(world)));

function factsOf(world: World, reload: number): Facts {
  const { acceptance } = settings();
  return {
    mode: world.mode,
    stopped: world.stopped,
    removalOff: world.removalOff,
    breakerOpen: world.breakerOpen,
    scanHolds: world.scanSound ? null : "scan-incomplete",
    acceptance,
    limits: null,
    timeZone: "UTC",
    targets: TARGETS.map((name) => target(reload, name)),
    asked: { retire: "after-overlap", complete: true },
    forecast: null,
    tally: { issues: [], clean: 0, earlyRetirements: [] },
    succession: { underWay: false, by: null },
    kindFits: true,
    earlyDue: 1,
    ...(world.own === undefined ? {} : { own: world.own }),
  };
}

/** What the engine makes of a step, when the world answers well (`good` > 2) or badly. */
function outcome(r: Rotation, step: Step, { good }: World, at: EpochMs, number: number): RotationEvent[] {
  const failed: RotationEvent = { type: "failed", at, failure, notBefore: plus(at, MINUTE), verifying: false };
  const well = good > 2;
  switch (step.step) {
    case "preflight":
      return well ? [{ type: "preflighted", at, requests: [] }] : [failed];
    case "make": {
      const parts = {
        id: `attempt${number}`,
        displayName: "n",
        end: plus(at, 90 * DAY),
        certificate: madeCertificate(),
      };
      return well ? [{ type: "made", at, attempt: parts }] : [failed];
    }
    case "compare-list": {
      const loss = { keyId: "other", name: null, fate: "lost", at } as const;
      return [{ type: "list-compared", at, losses: good === 0 ? [loss] : [], settled: good > 0 }];
    }
    case "restore-list":
      return good === 0
        ? [{ type: "list-read", at, seen: at, again: at }]
        : [{ type: "list-intended", at, added: null, removed: null, restored: ["other"] }];
    case "issue": {
      if (r.kind === "certificate") return outcomeOfCertificate(r, good, at, number);
      const end = r.kind === "federated" ? null : plus(at, 90 * DAY);
      const made = { id: `attempt${number}`, displayName: "n", end, keyIdsBefore: ["old"] };
      const intent: RotationEvent = { type: "issue-intended", at, attempt: made };
      if (good === 0) return [intent];
      if (good === 1) return [intent, { type: "issue-unknown", at, failure }];
      if (good === 2) return [intent, { type: "issue-refused", at, failure, notBefore: plus(at, MINUTE) }];
      return [intent, { type: "issued", at, issued: issued({ keyId: `key${number}`, attempt: made.id, at, end }) }];
    }
    case "read-attempt":
      if (good !== 1) return [{ type: "attempt-read", at, attempt: step.attempt, keyIds: [] }];
      return [
        { type: "attempt-read", at, attempt: step.attempt, keyIds: [`orphan${number}`] },
        { type: "orphan-confirmed", at, attempt: step.attempt, keyId: `orphan${number}` },
      ];
    case "remove-orphan":
      return well ? [{ type: "orphan-removed", at, attempt: step.attempt }] : [failed];
    case "close-attempt":
      return [{ type: "attempt-closed", at, attempt: step.attempt }];
    case "probe":
      return [{ type: "probed", at, probe: probe(well ? "issued" : "not-authenticated", at) }];
    case "accept":
      return [{ type: "accepted", at, assurance: "token" }];
    case "withdraw":
      if (r.withdrawIntendedAt === null) return [{ type: "withdraw-intended", at }];
      return well ? [{ type: "withdrawn", at, notBefore: plus(at, HOUR) }] : [failed];
    case "deliver":
      if (r.deliveries.find((one) => one.target === step.target)?.intendedAt === null)
        return [{ type: "delivery-intended", at, target: step.target }];
      return well ? [{ type: "delivered", at, target: step.target, version: null }] : [failed];
    case "verify":
      if (good === 0) return [{ type: "drifted", at, target: step.target }];
      return well
        ? [{ type: "verified", at, read: at, target: step.target, assurance: "token", request: null }]
        : [failed];
    case "prove-own":
      return [{ type: "own-tried", at, proven: well }];
    case "retire":
      return well
        ? [
            { type: "retire-intended", at, certificate: null },
            { type: "removed", at },
          ]
        : [{ type: "retire-intended", at, certificate: null }, failed];
    case "read-absent":
      return good === 0 ? [{ type: "reappeared", at }] : [{ type: "absent-read", at }];
    case "pass":
      return [{ type: "passed", at }];
    case "await-sign-in": {
      const evidence = signIns({ readAt: at, lastUse: well ? at : null, closed: good === 0, listed: good !== 1 });
      const oldUse = good === 3 && r.verifiedAt !== null ? at : null;
      return [{ type: "sign-ins-read", at, evidence: { ...evidence, oldUse }, failure: null }];
    }
    case "read-uses": {
      const uses = useEvidence({
        readAt: at,
        unread: good === 0 ? "failed" : null,
        upTo: at,
        newUse: well ? at : null,
      });
      return [{ type: "uses-read", at, uses, failure: null }];
    }
    case "give-up":
      return [{ type: "cancelled", at }];
    case "succeed":
    case "undo":
    case "sweep-undo":
      return [];
  }
}

/** A certificate is issued from what was made and sealed before; without a proof of possession the list is read first. */
function outcomeOfCertificate(r: Rotation, good: number, at: EpochMs, number: number): RotationEvent[] {
  const made = r.attempts.findLast((one) => one.outcome === "made");
  expect(made, "a certificate is made and sealed before it is asked for").toBeDefined();
  if (made === undefined) return [];
  const { id, displayName, end } = made;
  if (good === 3 && r.listReadAt === null) return [{ type: "list-read", at, seen: at, again: at }];
  const intent: RotationEvent = {
    type: "issue-intended",
    at,
    attempt: { id, displayName, end, keyIdsBefore: ["old"] },
  };
  const listed: RotationEvent = { type: "list-intended", at, added: "new", removed: null, restored: [] };
  if (good === 0) return [intent, listed];
  if (good === 1) return [intent, listed, { type: "issue-unknown", at, failure }];
  if (good === 2) return [intent, { type: "issue-refused", at, failure, notBefore: plus(at, MINUTE) }];
  return [intent, listed, { type: "issued", at, issued: issued({ keyId: `key${number}`, attempt: id, at }) }];
}

/** What must be true whenever the decision says "do". */
function allowed(r: Rotation, step: Step, world: World, now: EpochMs): void {
  expect(world.stopped, "nothing is done after a stop").toBe(false);
  expect(world.mode, "nothing is done in mode observe").not.toBe("observe");
  // but for an answer that was lost before: what came of it is looked for, an orphan is not left lying, and a list is put right
  const settles = ["read-attempt", "close-attempt", "remove-orphan", "compare-list", "restore-list"].includes(
    step.step,
  );
  if (world.mode === "propose" && !(r.state === "planned" && settles)) {
    expect(r.approvals.issue, "propose waits for a person").not.toBeNull();
  }
  const unsettled = r.attempts.filter((one) => one.outcome === "open" || one.outcome === "unknown");
  if (step.step === "issue") {
    expect(r.state).toBe("planned");
    expect(world.breakerOpen || !world.scanSound).toBe(false);
    expect(r.attempts.filter((one) => one.outcome === "withdrawn").length).toBeLessThan(ISSUE_TRIES);
    expect(unsettled.every((one) => one.reads.length >= 5)).toBe(true);
    expect(unsettled.every((one) => one.orphan === null)).toBe(true);
  }
  if (step.step === "withdraw") {
    expect(r.state).toBe("issued");
    expect(r.deliveries.every((one) => one.intendedAt === null)).toBe(true);
    expect(world.removalOff).toBe(false);
  }
  if (step.step === "remove-orphan") expect(world.removalOff).toBe(false);
  if (step.step === "deliver") expect(r.acceptedAt, "accept comes before deliver").not.toBeNull();
  if (step.step === "retire") retiredSafely(r, world, now, unsettled.length);
}

function retiredSafely(r: Rotation, world: World, now: EpochMs, unsettled: number): void {
  expect(r.state).toBe("verified");
  expect(world.removalOff || world.breakerOpen || !world.scanSound).toBe(false);
  expect(unsettled).toBe(0);
  if (r.kind === "federated") {
    const seen = r.federated?.evidence ?? null;
    expect(seen, "the log was read").not.toBeNull();
    expect(now - (seen?.readAt ?? 0)).toBeLessThanOrEqual(PROOF_LASTS);
    expect([seen?.closed, seen?.listed]).toEqual([false, true]);
    expect(now - (seen?.lastUse ?? 0)).toBeLessThanOrEqual(7 * DAY);
    if (now < (r.replacesEnd ?? 0)) expect(seen?.oldUse, "nobody uses the old one").toBeNull();
  }
  for (const { verifiedAt } of r.deliveries) expect(now - (verifiedAt ?? 0)).toBeLessThanOrEqual(PROOF_LASTS);
  const swept = plus(r.replacesEnd ?? (0 as EpochMs), SWEEP_AFTER);
  if (now < swept) {
    expect(r.policy.retire, "early only where the policy says so").toBe("after-overlap");
    expect(r.consumersComplete, "and the binding").toBe(true);
    expect(now - (r.verifiedAt ?? now)).toBeGreaterThanOrEqual(r.policy.overlap);
  }
}

describe("led by the decision", () => {
  const walk = (worlds: readonly World[], start: Rotation): RotationState => {
    let r = start;
    let now = NOW;
    for (const [index, world] of worlds.entries()) {
      const verdict = decide(r, factsOf(world, MINUTE), now);
      if (verdict.verdict === "do") {
        allowed(r, verdict.step, world, now);
        for (const event of outcome(r, verdict.step, world, now, index)) {
          r = applyEvent(r, event);
          sound(r);
        }
        continue;
      }
      if (verdict.verdict === "halt") r = applyEvent(r, { type: "halted", at: now, reason: verdict.because });
      else if (verdict.verdict === "wait" && verdict.until !== null) {
        expect(verdict.until, "a wait is for the future").toBeGreaterThan(now);
        now = plus(now, Math.min(verdict.until - now, Math.max(world.later, MINUTE)));
      } else now = plus(now, Math.max(world.later, MINUTE));
    }
    return r.state;
  };
  const kinds = fc.constantFrom("secret" as const, "certificate" as const, "federated" as const);
  /** A federated credential goes nowhere, so there is nothing but the log. */
  const startOf = (consumersComplete: boolean, kind: SuccessorKind) =>
    fresh({ consumersComplete, kind, ...(kind === "federated" ? { federated: federated(), deliveries: [] } : {}) });
  const policies = fc.constantFrom("at-expiry" as const, "after-overlap" as const, "never" as const);

  test("nothing is done that a rule forbids, whatever the world answers", () => {
    fc.assert(
      fc.property(worldsInTurn, policies, fc.boolean(), kinds, (worlds, retire, complete, kind) => {
        const start = startOf(complete, kind);
        walk(worlds, { ...start, policy: { ...start.policy, retire } });
      }),
      { numRuns: 1000 },
    );
  });

  test("in a good world every rotation comes to its end", () => {
    const fine: World = {
      stopped: false,
      removalOff: false,
      breakerOpen: false,
      own: undefined,
      scanSound: true,
      mode: "enforce",
      good: 9,
      later: DAY,
    };
    for (const [retire, complete, kind] of [
      ["at-expiry", false, "secret"],
      ["after-overlap", false, "certificate"],
      ["after-overlap", true, "secret"],
      ["after-overlap", true, "certificate"],
      ["after-overlap", true, "federated"],
      ["at-expiry", false, "federated"],
    ] as const) {
      const start = startOf(complete, kind);
      expect(walk(Array(120).fill(fine), { ...start, policy: { ...start.policy, retire } }), retire).toBe("retired");
    }
    expect(walk(Array(120).fill(fine), { ...fresh(), policy: { ...fresh().policy, retire: "never" } })).toBe(
      "verified",
    );
  });
});
