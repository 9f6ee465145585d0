/** Cancelling at every state: the old one stays, everything we made stays known, and the next rotation comes. */
import { expect, test } from "vitest";
import type { RotationEvent, RotationState } from "../../src/core/rotation/rotation.ts";
import { DAY, MINUTE } from "../../src/core/time.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { ask } from "../../src/engine/commands/rotate.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

/** A rotation that something keeps in this state. */
async function heldAt(state: RotationState): Promise<{ readonly bench: Workbench; readonly free: () => void }> {
  const bench = new Workbench({
    policy: { retire: "after-overlap", overlap: 7 * DAY },
    complete: true,
    endsIn: 20 * DAY,
  });
  const breakTarget = () => {
    bench.target.broken = new Error("not now");
  };
  if (state === "planned") breakTarget();
  if (state === "halted") bench.entra.tokenLag = 2 * DAY;
  const observe = (_: unknown, { type }: RotationEvent) => {
    if (state === "accepted" && type === "accepted") breakTarget();
    if (state === "delivered" && type === "delivered")
      bench.entra.fail("probe", { fault: "probe", probe: { outcome: "inconclusive" } }, 1);
  };
  await bench.drive((one) => one?.state === state, 5, { observe });
  const free = () => {
    bench.target.broken = null;
    bench.entra.tokenLag = 0;
  };
  return { bench, free };
}

async function stateOf(bench: Workbench, id: string | undefined): Promise<RotationState | undefined> {
  return (await bench.store.rotations({ tenantId: TENANT })).find((one) => one.id === id)?.state;
}

/** Every credential on the application that carries our mark stands in the ledger. */
async function expectAllKnown(bench: Workbench): Promise<void> {
  const known = new Set((await bench.store.ledger(TENANT, bench.app.appId)).map((one) => one.keyId));
  const there = bench.entra.keyIds(bench.app).filter((keyId) => !bench.app.keyIds.includes(keyId));
  expect(there.filter((keyId) => !known.has(keyId))).toEqual([]);
}

test.each(["planned", "delivered", "verified", "halted"] as const)(
  "%s: nothing is removed, and the next one comes",
  async (state) => {
    const { bench, free } = await heldAt(state);
    const before = await bench.rotation();
    const there = bench.entra.keyIds(bench.app);
    expect((await cancel(bench.deps(), before?.id ?? "", "ada")).state).toBe("cancelled");
    await expectAllKnown(bench);
    free();
    const { rotations } = await ask(bench.deps(), [bench.app.appId], { now: true, actor: "ada" });
    const [next] = rotations;
    expect(next?.id).not.toBe(before?.id);
    for (let step = 0; step < 50 && (await stateOf(bench, next?.id)) !== "verified"; step += 1) {
      bench.clock.advance(MINUTE);
      await bench.run();
    }
    expect(await stateOf(bench, next?.id)).toBe("verified");
    // what was there when it was cancelled is there still: removing is the next rotation's part, in its time
    for (const keyId of there) expect(bench.entra.keyIds(bench.app)).toContain(keyId);
    await expectAllKnown(bench);
    expect((await bench.target.readBack()).state).toBe("present");
  },
);

test("verified and given up: both are kept past the overlap, and nothing new is begun for either", async () => {
  const { bench } = await heldAt("verified");
  const there = bench.entra.keyIds(bench.app);
  await cancel(bench.deps(), (await bench.rotation())?.id ?? "", "ada");
  for (let day = 0; day < 12; day += 1) {
    bench.clock.advance(DAY);
    await bench.run();
  }
  expect(bench.entra.keyIds(bench.app)).toEqual(there);
  expect(await bench.store.rotations({ tenantId: TENANT })).toHaveLength(1);
});

test.each(["issued", "accepted"] as const)("%s: refused with what to do, and it goes on", async (state) => {
  const { bench, free } = await heldAt(state);
  const before = await bench.rotation();
  await expect(cancel(bench.deps(), before?.id ?? "", "ada")).rejects.toMatchObject({
    code: "refused-by-rule",
    next: expect.stringMatching(/nolapse pause \S+ holds it/),
  });
  free();
  const after = await bench.drive((one) => one?.state === "retired");
  expect(after.id).toBe(before?.id);
  await expectAllKnown(bench);
});
