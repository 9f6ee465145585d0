/** What a person says in the configuration of a rotation that is under way: a freeze holds it or lets it go, and a longer overlap is kept. */
import { expect, test } from "vitest";
import type { PolicyInput } from "../../src/core/policy/policy.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR } from "../../src/core/time.ts";
import { START, Workbench } from "../support/workbench.ts";

const OVERLAP = { lifetime: 90 * DAY, retire: "after-overlap", overlap: 7 * DAY } as const;
const MARCH = [{ from: "2026-03-05", to: "2026-03-20", reason: "year end" }];

function setPolicy(bench: Workbench, policy: PolicyInput): void {
  bench.settings = { ...bench.settings, policies: { default: completePolicy("default", { ...OVERLAP, ...policy }) } };
}

const endsAt = (rotation: Rotation | undefined) => (Number(rotation?.removedAt) - START) / DAY;

test("a freeze that is announced in the overlap keeps the old credential until it is over", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  setPolicy(bench, { freeze: MARCH });
  const after = await bench.drive((rotation) => rotation?.state === "retired", 40);
  expect(endsAt(after)).toBeGreaterThanOrEqual(20);
});

test("a freeze that is taken back holds nothing any more, as it would until the credential ends", async () => {
  const forEver = [{ from: "2026-02-20", to: "2027-03-20", reason: "a slip of the pen" }];
  const bench = new Workbench({ policy: { ...OVERLAP, freeze: forEver }, complete: true, endsIn: 10 * DAY });
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "planned", attempts: [] });
  setPolicy(bench, {});
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  expect(bench.clock.at).toBeLessThan(START + 2 * DAY);
});

test("an overlap that is made longer is kept; a shorter one takes nothing back", async () => {
  for (const [overlap, days] of [
    [20 * DAY, 20],
    [1 * HOUR, 7],
  ] as const) {
    const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
    await bench.drive((rotation) => rotation?.state === "verified", 2);
    setPolicy(bench, { overlap });
    const after = await bench.drive((rotation) => rotation?.state === "retired", 40);
    expect(Math.floor(endsAt(after))).toBe(days);
  }
});
