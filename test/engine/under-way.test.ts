/** The plan of a credential whose replacement is open: it is under way, and its deadlines are those of any other. */
import { expect, test } from "vitest";
import { overviewOf } from "../../src/core/pictures/overview.ts";
import { DAY, HOUR } from "../../src/core/time.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { explainApplication } from "../../src/engine/views/explain.ts";
import { metricsOf } from "../../src/engine/views/metrics.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

/** Halted, with so long to go. */
async function halted(endsIn: number): Promise<Workbench> {
  const bench = new Workbench({ endsIn: 10 * DAY });
  await bench.run();
  const rotation = await bench.rotation();
  if (rotation === undefined) throw new Error("nothing was opened");
  await bench.store.amend(rotation, {
    rotation: { ...rotation, state: "halted", haltReason: "never-accepted", dueAt: null },
    audit: [],
  });
  bench.clock.advance(10 * DAY - endsIn);
  return bench;
}

async function valuesOf(bench: Workbench): Promise<(name: string, state?: string) => number | undefined> {
  const deps = bench.deps();
  const samples = metricsOf({
    tenant: "contoso",
    now: bench.clock.at,
    scan: await bench.store.lastScan(TENANT),
    switches: await bench.store.switches(TENANT),
    items: (await makePlan(deps, await discover(deps))).items,
    rotations: [],
    broken: null,
  });
  return (name, state) =>
    samples.find((one) => one.name === `nolapse_${name}` && (state === undefined || one.labels.state === state))?.value;
}

test("it has its credential and its deadlines, and nobody is told to begin it", async () => {
  const bench = new Workbench({ endsIn: 10 * DAY });
  const before = (await makePlan(bench.deps(), await discover(bench.deps()))).items[0];
  await bench.run();
  const plan = await makePlan(bench.deps(), await discover(bench.deps()));
  const [item, ...others] = plan.items;
  expect(others).toEqual([]);
  expect(item).toMatchObject({ status: "in-progress", startsAt: null, retiresAt: null, rotation: { state: "issued" } });
  expect(item?.credential).toEqual(before?.credential);
  expect(item?.forecast).toEqual(before?.forecast);
  expect([plan.issuedBy, plan.waves.issues]).toEqual([null, []]);
});

test("a rule of age says after the opening what it said before", async () => {
  const bench = new Workbench({ endsIn: 300 * DAY, policy: { maxAge: 20 * DAY } });
  const before = (await makePlan(bench.deps(), await discover(bench.deps()))).items[0];
  expect(before?.forecast?.dueBecause).toBe("age-reached");
  await bench.run();
  const [item] = (await makePlan(bench.deps(), await discover(bench.deps()))).items;
  expect(item?.status).toBe("in-progress");
  expect(item?.forecast).toEqual(before?.forecast);
});

test("what is halted past its last safe moment is what the first page speaks of", async () => {
  const bench = await halted(HOUR);
  const picture = await pictureOf(bench.deps(), await discover(bench.deps()));
  const portrait = picture.find(bench.app.appId);
  expect(portrait?.lastSafeAt).toBeLessThan(bench.clock.at);
  expect(overviewOf(picture.all, true, bench.clock.at)).toMatchObject({ code: "past-last-safe", count: 1 });
});

test("the numbers count it as one that lives, is urgent, and then is past its last safe moment", async () => {
  const urgent = await valuesOf(await halted(2 * DAY));
  expect([urgent("credentials", "live"), urgent("credentials_urgent"), urgent("credentials_past_last_safe")]).toEqual([
    1, 1, 0,
  ]);
  expect(urgent("next_bound_end_seconds")).toBe(2 * 86_400);
  const late = await valuesOf(await halted(HOUR));
  expect([late("credentials_urgent"), late("credentials_past_last_safe")]).toEqual([0, 1]);
});

test("its explanation says until when its successor must be there", async () => {
  const bench = await halted(2 * DAY);
  const { credentials } = await explainApplication(bench.deps(), bench.app.appId, 90 * DAY);
  const old = credentials.find(({ row }) => row.credentialName === "billing 2025");
  expect(old).toMatchObject({ status: "replaced", forecast: { dueBecause: "urgent" }, targets: ["billing"] });
});
