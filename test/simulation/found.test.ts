/** Faults of the engine that the simulator found, each as the smallest run that showed it. */
import { expect, test } from "vitest";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { applyEvent } from "../../src/core/rotation/apply-event.ts";
import type { Attempt, Rotation, RotationEvent } from "../../src/core/rotation/rotation.ts";
import { DAY, epochMs, HOUR, SECOND } from "../../src/core/time.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { rehearse } from "../../src/rehearse/rehearse.ts";
import { hasFindings } from "../../src/rehearse/report.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";
import { memoryGround } from "./memory-ground.ts";

const quiet = { crashes: NO_CRASHES, faults: false };

function plan(policy: string): WorldPlan {
  return {
    applications: [{ displayName: "one", policy, left: 40 * DAY, reloads: [HOUR] }],
    limits: null,
    places: GOOD_PLACES,
  };
}

test("the loop scans though nobody listens to its scans", async () => {
  const ground = memoryGround();
  const { figures } = await rehearse(ground, { seed: 1, duration: 30 * DAY, plan: plan("quick"), ...quiet });
  expect(ground.shelf.scan).not.toBeNull();
  expect(figures.rotations).toBeGreaterThan(0);
});

test("a rotation that waits for the old end is followed by the next one and still retires", async () => {
  // 60 days and all defaults: the next one is due just when the old credential of the last one is to be swept
  const { report, findings, figures } = await rehearse(memoryGround(), {
    seed: 1,
    duration: 200 * DAY,
    plan: plan("patient"),
    ...quiet,
  });
  expect(findings.map(tell)).toEqual([]);
  expect(hasFindings(report)).toBe(false);
  expect(figures).toMatchObject({ halted: 0, rotations: 6, retired: 5 });
});

test("what was seen of a lost answer and could not be told apart is not said to have never arrived", () => {
  const read = (keyIds: readonly string[]) =>
    ({ type: "attempt-read", at: epochMs(2), attempt: "a".repeat(12), keyIds }) as const;
  const close = { type: "attempt-closed", at: epochMs(3), attempt: "a".repeat(12) } as const;
  const attempt: Attempt = {
    id: "a".repeat(12),
    displayName: `one [nolapse:abcd.${"a".repeat(12)}]`,
    end: epochMs(9),
    keyIdsBefore: [],
    startedAt: epochMs(1),
    outcome: "unknown",
    reads: [],
    certificate: null,
    orphan: null,
  };
  const halted = { state: "halted", attempts: [attempt] } as unknown as Rotation;
  const outcome = (events: readonly RotationEvent[]) => events.reduce(applyEvent, halted).attempts[0]?.outcome;
  expect(outcome([read([]), close])).toBe("never-arrived");
  expect(outcome([read([]), read(["key"]), close])).toBe("left");
});

test.each([1, 2, 3, 4, 5, 6])(
  "with seed %i a consumer is told by its hook once its place gives the new copy",
  async (seed) => {
    // told at the delivery it took the old copy, was never told again, and was refused when the old secret went
    const { findings, figures } = await rehearse(memoryGround(), {
      seed,
      duration: 60 * DAY,
      plan: {
        applications: [{ displayName: "one", policy: "quick", left: 25 * DAY, reloads: ["hook", HOUR, "hook"] }],
        limits: null,
        places: { ...GOOD_PLACES, stale: 0.4, fails: 0.2 },
      },
      ...quiet,
    });
    expect(findings.map(tell)).toEqual([]);
    expect(figures.retired).toBeGreaterThan(0);
  },
);

test("an incomplete scan is made again within the hour, whatever the pace of scans", async () => {
  const scans: number[] = [];
  await rehearse(memoryGround(), {
    seed: 1,
    duration: 3 * DAY,
    plan: plan("quick"),
    ...quiet,
    faults: [{ on: "read", fault: "throttle", probability: 1 }],
    scanEvery: 2 * DAY,
    observe: ({ method }, at) => {
      if (method === "page" && !scans.includes(at)) scans.push(at);
    },
  });
  expect(scans.length).toBeGreaterThan(1);
});

test.each([1, 2, 3])(
  "with seed %i a list of certificates is looked at twice by the directory's clock, whosever clock is fast",
  { timeout: 60_000 },
  async (seed) => {
    // one process read the list, and another, whose clock was ahead, read it again at once and replaced it
    const ground = await directoryGround({ seed });
    const { findings, figures } = await rehearse(ground, {
      seed,
      duration: 12 * DAY,
      plan: {
        applications: [{ displayName: "one", policy: "certified", left: 21 * DAY, reloads: [HOUR] }],
        limits: null,
        places: GOOD_PLACES,
        managers: 2,
        skew: 20 * SECOND,
      },
      ...quiet,
    });
    await ground.end();
    expect(findings.map(tell)).toEqual([]);
    expect(figures.rotations).toBeGreaterThan(0);
  },
);

test("a certificate that was kept here is no obstacle once a later rotation has taken its place", {
  timeout: 60_000,
}, async () => {
  // the old one was to go by proof of possession, the sealed key was compared with the later rotation's, and it halted
  const ground = await directoryGround({ seed: 1 });
  const { findings, figures } = await rehearse(ground, {
    seed: 1,
    duration: 200 * DAY,
    plan: {
      applications: [
        { displayName: "one", policy: "certified-patient", begins: "certificate", left: 40 * DAY, reloads: [HOUR] },
      ],
      policies: {
        "certified-patient": completePolicy("certified-patient", {
          kind: "certificate",
          lifetime: 60 * DAY,
          custody: "keep",
        }),
      },
      limits: null,
      places: GOOD_PLACES,
    },
    ...quiet,
  });
  await ground.end();
  expect(findings.map(tell)).toEqual([]);
  expect(figures).toMatchObject({ halted: 0, rotations: 6, retired: 5 });
});

test.each([1, 2])(
  "with seed %i a sign-in that a policy of the tenant refuses once is no shorter way to acceptance",
  { timeout: 120_000 },
  async (seed) => {
    const ground = await directoryGround({ seed });
    const lag = { fault: "token-lag", probability: 1, duration: "PT60S" } as const;
    const faults = [
      { on: "token", fault: "conditional-access", probability: 0.3 },
      { on: "addPassword", ...lag },
      { on: "addKey", ...lag },
      { on: "patch", ...lag },
    ] as const;
    const { findings, figures } = await rehearse(ground, { seed, duration: 25 * DAY, applications: 8, faults });
    await ground.end();
    expect(findings.map(tell)).toEqual([]);
    expect(figures.rotations).toBeGreaterThan(0);
  },
);
