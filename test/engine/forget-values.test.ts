/** A person has the values erased that custody keeps: only those that no step needs, and never one of another application. */
import { expect, test } from "vitest";
import { DAY, HOUR } from "../../src/core/time.ts";
import { forgetValues } from "../../src/engine/values/forget-values.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

const forget = (bench: Workbench, named = "billing") =>
  forgetValues(bench.deps(), named, "it was kept too long", "ann");

test("what is kept after delivery goes, once, with its reason in the trail; the rotation goes on to its end", async () => {
  const bench = new Workbench({
    policy: { custody: "keep", retire: "after-overlap", overlap: 7 * DAY },
    complete: true,
  });
  await bench.drive(() => true);
  await expect(forget(bench)).rejects.toMatchObject({ code: "refused-by-rule" });
  const { id, issued } = await bench.drive((rotation) => rotation?.state === "verified");
  expect(await bench.store.sealed(id)).not.toBeNull();
  await expect(forget(bench, "another")).rejects.toMatchObject({ code: "not-found" });
  expect(await forget(bench)).toMatchObject({ forgotten: [{ id }], needed: [] });
  expect(await bench.store.sealed(id)).toBeNull();
  await expect(forget(bench)).rejects.toMatchObject({ code: "not-found" });
  const [line] = await bench.store.auditPage(TENANT, { limit: 1 });
  expect(line).toMatchObject({
    action: "value-forgotten",
    actor: "ann",
    rotation: id,
    keyId: issued?.keyId,
    details: { why: "it was kept too long" },
  });
  await bench.drive((rotation) => rotation?.state === "retired");
});

test("where nothing reads the place back, it is kept until the old credential is gone", async () => {
  const bench = new Workbench({ policy: { custody: "keep" } });
  const { id } = await bench.drive((rotation) => rotation?.state === "verified");
  const { readBack: _, ...blind } = bench.target;
  const deps = { ...bench.deps(), targets: { get: () => ({ ...blind, readBack: undefined }) as never } };
  await expect(forgetValues(deps, "billing", "why", "ann")).rejects.toMatchObject({ code: "refused-by-rule" });
  expect(await bench.store.sealed(id)).not.toBeNull();
});

test("one that another process is working on is left to it", async () => {
  const bench = new Workbench({ policy: { custody: "keep" } });
  const { id } = await bench.drive((rotation) => rotation?.state === "verified");
  bench.clock.advance(30 * DAY);
  const claimed = await bench.store.claim({ tenantId: TENANT, now: bench.clock.at, processNow: 0, leaseMs: HOUR });
  expect(claimed?.rotation.id).toBe(id);
  await expect(forget(bench)).rejects.toMatchObject({ code: "store-busy" });
  expect(await bench.store.sealed(id)).not.toBeNull();
});

test("what was given up before it was proven goes; of one that stands still it says what moves it", async () => {
  const bench = new Workbench({ policy: { custody: "keep" } });
  const issued = await bench.drive((rotation) => rotation?.state === "issued");
  const become = async (state: "halted" | "cancelled") => {
    const rotation = (await bench.rotation()) ?? issued;
    await bench.store.amend(rotation, { rotation: { ...rotation, state, dueAt: null }, audit: [] });
  };
  await become("halted");
  await expect(forget(bench)).rejects.toMatchObject({
    code: "refused-by-rule",
    next: expect.stringContaining(`nolapse cancel ${issued.id}`),
  });
  await become("cancelled");
  expect(await forget(bench)).toMatchObject({ forgotten: [{ id: issued.id }], needed: [], busy: [] });
  expect(await bench.store.sealed(issued.id)).toBeNull();
});
