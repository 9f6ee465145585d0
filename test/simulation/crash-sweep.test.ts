/** One rotation survives a crash at every single port call of it (design §4.3, invariant 3). */
import { expect, test } from "vitest";
import { DAY, MINUTE } from "../../src/core/time.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import type { Call } from "../../src/rehearse/stage/story.ts";
import { crashSweep, type Swept } from "../../src/rehearse/sweep.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";
import { memoryGround } from "./memory-ground.ts";

const plan: WorldPlan = {
  applications: [{ displayName: "one", policy: "quick", left: 15 * DAY, reloads: [MINUTE] }],
  limits: null,
  places: GOOD_PLACES,
};

const said = ({ fallen }: Swept) =>
  fallen.map(({ call, moment, rehearsed }) => {
    const { report, figures, findings } = rehearsed;
    return [`${moment} ${call}: ${JSON.stringify({ ...report, ...figures })}`, ...findings.map(tell)].join("\n");
  });

test("every port call, on the ground in memory", { timeout: 120_000 }, async () => {
  const swept = await crashSweep(async () => memoryGround(), { seed: 1, plan });
  expect(said(swept)).toEqual([]);
  expect(swept.calls).toBeGreaterThan(300);
  expect(swept.runs).toBe(2 * swept.calls);
});

test.each(["addSecret", "removeSecret"] as const)(
  "every port call, when the answer of %s is lost as well",
  { timeout: 120_000 },
  async (call) => {
    const ground = async () => {
      const made = memoryGround();
      made.entra.fail(call, { fault: "lost-after" });
      return made;
    };
    const swept = await crashSweep(ground, { seed: 2, plan });
    expect(said(swept)).toEqual([]);
  },
);

test("every port call, with a second manager on the same store", { timeout: 120_000 }, async () => {
  const swept = await crashSweep(async () => memoryGround(), { seed: 3, plan: { ...plan, managers: 2 } });
  expect(said(swept)).toEqual([]);
});

test("every call that changes something, on the real parts", { timeout: 180_000 }, async () => {
  const changes: Partial<Record<Call["port"], readonly string[]>> = {
    entra: ["addSecret", "removeSecret"],
    target: ["deliver", "reloadConsumer"],
    sealer: ["seal"],
    store: ["open", "turn", "commit"],
  };
  const at = ({ port, method, args }: Call) => {
    // a commit of nothing but the next due time is like its neighbours
    const audit = method === "commit" ? (args[1] as { audit: readonly unknown[] }).audit : [null];
    return changes[port]?.includes(method) === true && audit.length > 0;
  };
  const swept = await crashSweep(() => directoryGround({ seed: 1 }), { seed: 1, plan, at });
  expect(said(swept)).toEqual([]);
  expect(swept.runs).toBeGreaterThan(40);
});
