/** What the configuration excludes after its rotation was opened is left alone from then on: nothing is created, nothing is removed. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { SmallTenant } from "../simulation/rules/tenant.ts";
import { Workbench } from "../support/workbench.ts";

const OVERLAP = { retire: "after-overlap", overlap: 7 * DAY } as const;

function exclude(bench: Workbench): void {
  bench.settings = { ...bench.settings, exclude: [{ displayName: "Bill*" }] };
}

test("one that waits to begin creates nothing, and goes on once it is no longer excluded", async () => {
  const bench = new Workbench({ settings: { mode: "propose" } });
  await bench.drive((rotation) => rotation?.state === "planned", 1);
  exclude(bench);
  bench.settings = { ...bench.settings, mode: "enforce" };
  bench.clock.advance(7 * HOUR);
  await bench.run();
  await bench.drive(() => false, 2).catch(() => undefined);
  const lastFailure = { message: expect.stringContaining("excludes Billing") };
  expect(await bench.rotation()).toMatchObject({ state: "planned", lastFailure, attempts: [] });
  bench.settings = { ...bench.settings, exclude: [] };
  await bench.drive((rotation) => rotation?.state === "verified", 2);
});

test("one whose creation is tried again creates nothing, though its places were checked before", async () => {
  const bench = new Workbench();
  bench.entra.fail("addSecret", { fault: "error", error: new NolapseError("directory-throttled", "later") });
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "planned", lastFailure: { code: "directory-throttled" } });
  exclude(bench);
  bench.clock.advance(10 * MINUTE);
  await bench.run();
  const lastFailure = { message: expect.stringContaining("excludes Billing") };
  expect(await bench.rotation()).toMatchObject({ state: "planned", lastFailure });
  const { holder } = await bench.entra.read((await bench.rotation())?.holder as never);
  expect(holder.credentials).toHaveLength(1);
});

test("one in its overlap removes nothing", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  exclude(bench);
  await bench.drive(() => false, 9).catch(() => undefined);
  const lastFailure = { message: expect.stringContaining("excludes Billing") };
  expect(await bench.rotation()).toMatchObject({ state: "verified", lastFailure, removedAt: null });
  const { holder } = await bench.entra.read((await bench.rotation())?.holder as never);
  expect(holder.credentials).toHaveLength(2);
  bench.settings = { ...bench.settings, exclude: [] };
  await bench.drive((rotation) => rotation?.state === "retired", 2);
});

test.each(["app 1", "app 2"])("it takes nobody else's place in the first wave: %s", async (displayName) => {
  const tenant = new SmallTenant({ ends: [50 * DAY, 50 * DAY] });
  await tenant.live(1);
  tenant.settings = { ...tenant.settings, exclude: [{ displayName }], limits: { issuesPerHour: 60 } };
  await tenant.live(6);
  expect(tenant.of("remove")).toHaveLength(1);
});
