/** A value that is held goes to a further target of its slot, seen by nobody: only the current one, and only where the configuration says. */
import { expect, test } from "vitest";
import { DAY } from "../../src/core/time.ts";
import { furtherFor, furtherTargets, writeHeld } from "../../src/engine/write-held.ts";
import { rotation as rotationOf } from "../core/make.ts";
import { MemoryTarget, TENANT, Workbench } from "../support/workbench.ts";

const ASKED = { target: "spare", reason: "the second host needs it", actor: "otto" };

/** A verified rotation whose value is kept, and a second target that was named for its slot afterwards. */
async function held(policy: ConstructorParameters<typeof Workbench>[0] = {}) {
  const bench = new Workbench({
    policy: { custody: "keep", retire: "after-overlap", overlap: 7 * DAY },
    complete: true,
    ...policy,
  });
  const rotation = await bench.drive((one) => one?.state === "verified");
  const spare = new MemoryTarget("spare", null);
  const [binding] = bench.settings.bindings;
  const slots = [{ slot: "default", current: null, targets: ["billing", "spare"] }];
  const named = bench.settings.targets.billing;
  if (binding === undefined || named === undefined) throw new TypeError("the bench has one target");
  bench.settings = {
    ...bench.settings,
    bindings: [{ ...binding, slots }],
    targets: { billing: named, spare: { ...named, name: "spare" } },
  };
  const deps = (over: Parameters<Workbench["deps"]>[0] = {}) =>
    bench.deps({ targets: { get: (name) => ({ billing: bench.target, spare })[name] ?? null }, ...over });
  const lines = async () =>
    (await bench.store.auditPage(TENANT, { limit: 3 })).filter(({ action }) => action.startsWith("held-"));
  return { bench, rotation, spare, deps, lines };
}

test("it is written where the slot says, read back, and noted before and after; twice is the same as once", async () => {
  const { bench, rotation, spare, deps, lines } = await held();
  expect(await furtherFor(deps(), rotation)).toEqual(["spare"]);
  for (const _ of [1, 2]) {
    expect(await writeHeld(deps(), rotation.id, ASKED)).toMatchObject({ target: "spare", readBack: true });
    expect(spare.value?.reveal()).toBe(bench.target.value?.reveal());
  }
  expect(spare.value?.reveal()).not.toBe("old~value");
  const about = { actor: "otto", rotation: rotation.id, keyId: rotation.issued?.keyId };
  expect((await lines()).slice(0, 2)).toMatchObject([
    { ...about, action: "held-written", details: { target: "spare", readBack: true } },
    { ...about, action: "held-write-intended", details: { target: "spare", why: ASKED.reason } },
  ]);
  // and also once the old one is gone
  const retired = await bench.drive((one) => one?.state === "retired");
  expect(await writeHeld(deps(), retired.id, ASKED)).toMatchObject({ readBack: true });
});

test("a place that cannot be read stands on its receipt; one that holds something else is said to", async () => {
  const { rotation, spare, deps } = await held();
  const write = (over: object) =>
    writeHeld(deps({ targets: { get: () => Object.assign(Object.create(spare), over) } }), rotation.id, ASKED);
  expect(await write({ readBack: undefined })).toMatchObject({ readBack: false, version: "1" });
  spare.loses = 1;
  spare.value = null;
  await expect(writeHeld(deps(), rotation.id, ASKED)).rejects.toMatchObject({ code: "target-failed" });
});

test("nothing goes where nobody has said, and a place that could not take it is not written", async () => {
  const { bench, rotation, spare, deps, lines } = await held();
  const write = (target: string) => writeHeld(deps(), rotation.id, { ...ASKED, target });
  for (const target of ["billing", "elsewhere"])
    await expect(write(target)).rejects.toMatchObject({ code: "refused-by-rule" });
  spare.broken = new Error("no right to write");
  await expect(write("spare")).rejects.toThrow("no right to write");
  await bench.store.turn(
    TENANT,
    "stopped",
    { at: bench.clock.at, by: "ann" },
    {
      tenantId: TENANT,
      at: bench.clock.at,
      actor: "ann",
      action: "stop",
      rotation: null,
      appId: null,
      keyId: null,
      reason: null,
      details: {},
    },
  );
  await expect(write("spare")).rejects.toMatchObject({ code: "refused-by-stop" });
  expect([spare.deliveries, await lines()]).toEqual([0, []]);
});

test("neither what waits for its own targets, nor what is paused or privileged, has a further one", async () => {
  const { rotation, deps } = await held();
  const paused = { at: rotation.updatedAt, by: "ann", why: "a freeze" } as never;
  for (const other of [
    { ...rotation, state: "accepted" as const },
    { ...rotation, leftover: true as const },
    { ...rotation, self: true },
    { ...rotation, privileges: ["Application.ReadWrite.All"] },
    { ...rotation, paused },
    { ...rotation, kind: "federated" as const },
  ])
    expect(furtherTargets(deps(), other)).toEqual([]);
});

test("a value that another one follows, or has followed, goes nowhere: it would be put over the one that works", async () => {
  const { bench, rotation, spare, deps } = await held();
  const slots = async () => [{ slot: "default", keyId: "another" }] as never;
  await expect(writeHeld(deps({ store: { ...bench.store, slots } }), rotation.id, ASKED)).rejects.toMatchObject({
    code: "refused-by-rule",
    next: expect.stringContaining("--now"),
  });
  const replaces = rotation.issued?.keyId ?? "";
  const { plannedAt, holder, slot } = rotation;
  const newer = rotationOf({ id: "newer", tenantId: TENANT, holder, slot, replaces, plannedAt });
  expect(await bench.store.open(newer, [])).toBe(true);
  await expect(writeHeld(deps(), rotation.id, ASKED)).rejects.toMatchObject({ next: "wait for rotation newer" });
  expect(spare.deliveries).toBe(0);
});

test("what was erased is not to be had", async () => {
  const { rotation, deps } = await held({ policy: { retire: "after-overlap", overlap: 7 * DAY }, complete: true });
  expect(await furtherFor(deps(), rotation)).toEqual([]);
  await expect(writeHeld(deps(), rotation.id, ASKED)).rejects.toMatchObject({ code: "not-found" });
});
